from django.urls import path

from workorders.views import (
    after,
    intake,
    links,
    orders,
    outages,
    panels,
    pickers,
    reports,
    slips,
    supervision,
)

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
    # after: demanding, rating, handing on
    path("supervisions/", supervision.SupervisionList.as_view(), name="supervision_list"),
    path("supervisions/<int:pk>/reply", supervision.SupervisionReply.as_view(), name="supervision_reply"),
    path("workorders/<int:pk>/supervise", supervision.WorkOrderSupervise.as_view(), name="workorder_supervise"),
    path("workorders/<int:pk>/rate", after.WorkOrderRate.as_view(), name="workorder_rate"),
    path("workorders/<int:pk>/contractor", after.WorkOrderContractor.as_view(), name="workorder_contractor"),
    path("workorders/<int:pk>/contractor/revoke", after.contractor_revoke, name="workorder_contractor_revoke"),
    # after: personal links, opened without signing in
    path("w/<str:token>/", links.PublicOrderView.as_view(), name="public_order"),
    path("wc/<str:token>/", links.ContractorView.as_view(), name="public_contractor"),
    # after: figures
    path("workorders/report", reports.workorder_report, name="report"),
    path("workorders/report/export", reports.workorder_report_export, name="report_export"),
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
]
