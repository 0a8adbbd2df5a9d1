from django.urls import path

from workorders.views import board, dispatching, orders, people

app_name = "workorders"

urlpatterns = [
    # Orders
    path("workorders/", orders.WorkOrderList.as_view(), name="workorder_list"),
    path("workorders/<int:pk>/", orders.WorkOrderDetail.as_view(), name="workorder_detail"),
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
