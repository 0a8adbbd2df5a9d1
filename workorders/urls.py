from django.urls import path

from workorders.views import board, dispatching, intake, orders, outages, panels, people, pickers, slips

app_name = "workorders"
urlpatterns = [
    # desk: orders
    path("workorders/", orders.WorkOrderList.as_view(), name="workorder_list"),
    path("workorders/new", intake.WorkOrderCreate.as_view(), name="workorder_create"),
    path("workorders/new/who", intake.intake_who, name="intake_who"),
    path("workorders/new/call", intake.intake_call, name="intake_call"),
    path("workorders/slips", slips.workorder_slips, name="workorder_slips"),
    path("workorders/<int:pk>/", orders.workorder_detail, name="workorder_detail"),
    path("workorders/<int:pk>/edit", orders.WorkOrderUpdate.as_view(), name="workorder_update"),
    path("workorders/<int:pk>/cancel", orders.WorkOrderCancel.as_view(), name="workorder_cancel"),
    path("workorders/<int:pk>/rework", orders.WorkOrderRework.as_view(), name="workorder_rework"),
    path("workorders/<int:pk>/archive", orders.WorkOrderArchive.as_view(), name="workorder_archive"),
    path("workorders/<int:pk>/close", orders.WorkOrderClose.as_view(), name="workorder_close"),
    path("workorders/<int:pk>/note", orders.WorkOrderNote.as_view(), name="workorder_note"),
    path("workorders/<int:pk>/call", orders.WorkOrderCall.as_view(), name="workorder_call"),
    path("workorders/<int:pk>/files/new", orders.WorkOrderAttach.as_view(), name="workorder_attach"),
    path("workorders/<int:pk>/outage", orders.WorkOrderOutage.as_view(), name="workorder_outage"),
    path("workorders/<int:pk>/slip", slips.workorder_slip, name="workorder_slip"),
    # desk: outages
    path("outages/", outages.OutageList.as_view(), name="outage_list"),
    path("outages/new", outages.OutageCreate.as_view(), name="outage_create"),
    path("outages/<int:pk>/", outages.outage_detail, name="outage_detail"),
    path("outages/<int:pk>/edit", outages.OutageUpdate.as_view(), name="outage_update"),
    path("outages/<int:pk>/call", outages.OutageCall.as_view(), name="outage_call"),
    path("outages/<int:pk>/end", outages.OutageEnd.as_view(), name="outage_end"),
    # desk: what upper pages show of a household
    path("workorders/of/unit/<int:pk>", panels.unit_orders, name="unit_orders"),
    path("workorders/of/owner/<int:pk>", panels.owner_orders, name="owner_orders"),
    path("workorders/of/unit/<int:pk>/card", panels.unit_card, name="unit_card"),
    # desk: type-ahead
    path("workorders/pick/spots", pickers.spot_picker, name="spot_picker"),
    path("workorders/pick/places", pickers.place_picker, name="place_picker"),
    path("workorders/pick/orders", pickers.workorder_picker, name="workorder_picker"),
    path("workorders/pick/outages", pickers.outage_picker, name="outage_picker"),
    path("workorders/pick/repairers", pickers.repairer_picker, name="repairer_picker"),
    # Board: dispatch
    path("board/", board.board, name="board"),
    path("workorders/pool/", board.pool, name="pool"),
    path("workorders/dispatch/", dispatching.workorder_dispatch_many, name="workorder_dispatch_many"),
    path("workorders/<int:pk>/dispatch/", dispatching.WorkOrderDispatch.as_view(), name="workorder_dispatch"),
    path("workorders/<int:pk>/transfer/", dispatching.WorkOrderTransfer.as_view(), name="workorder_transfer"),
    path("workorders/<int:pk>/return/", dispatching.WorkOrderReturn.as_view(), name="workorder_return"),
    path("workorders/<int:pk>/claim/", dispatching.WorkOrderClaim.as_view(), name="workorder_claim"),
    path("workorders/<int:pk>/accept/", dispatching.WorkOrderAccept.as_view(), name="workorder_accept"),
    # Board: people
    path("repairers/", people.RepairerList.as_view(), name="repairer_list"),
    path("repairers/new/", people.RepairerCreate.as_view(), name="repairer_create"),
    path("repairers/<int:pk>/", people.RepairerDetail.as_view(), name="repairer_detail"),
    path("repairers/<int:pk>/edit/", people.RepairerUpdate.as_view(), name="repairer_update"),
    path("repairers/<int:pk>/disable/", people.RepairerDisable.as_view(), name="repairer_disable"),
    path("repairers/<int:pk>/restore/", people.RepairerRestore.as_view(), name="repairer_restore"),
    path("repairers/<int:pk>/rota/", people.RotaUpdate.as_view(), name="repairer_rota"),
    path("repairers/<int:pk>/day/", people.DaySet.as_view(), name="repairer_day"),
    path("repairers/<int:pk>/duty/", people.DutySet.as_view(), name="repairer_duty"),
    path("repairers/<int:pk>/duty/clear/", people.DutyClear.as_view(), name="repairer_duty_clear"),
    path("rota/", people.rota, name="rota"),
    path("rota/days/<int:pk>/remove/", people.DayRemove.as_view(), name="shiftexception_remove"),
    path("my/duty/", people.my_duty, name="my_duty"),
    path("my/duty/clear/", people.my_duty_clear, name="my_duty_clear"),
    path("board/settings/<int:pk>/", people.SettingUpdate.as_view(), name="dispatchsetting_update"),
]
