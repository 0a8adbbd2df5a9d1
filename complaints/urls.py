from django.urls import path

from complaints.views import acts, cases, intake, links, panels

app_name = "complaints"
urlpatterns = [
    # desk: cases
    path("complaints/", cases.ComplaintList.as_view(), name="complaint_list"),
    path("complaints/new/", intake.ComplaintCreate.as_view(), name="complaint_create"),
    path("complaints/new/who/", intake.intake_who, name="intake_who"),
    path("complaints/new/call/", intake.intake_call, name="intake_call"),
    path("complaints/pick/spots/", intake.spot_picker, name="spot_picker"),
    path("complaints/<int:pk>/", cases.complaint_detail, name="complaint_detail"),
    path("complaints/<int:pk>/edit/", acts.ComplaintUpdate.as_view(), name="complaint_update"),
    path("complaints/<int:pk>/files/new/", acts.ComplaintAttach.as_view(), name="complaint_attach"),
    # desk: the seven steps
    path("complaints/<int:pk>/accept/", acts.ComplaintAccept.as_view(), name="complaint_accept"),
    path("complaints/<int:pk>/settle/", acts.ComplaintSettle.as_view(), name="complaint_settle"),
    path("complaints/<int:pk>/assign/", acts.ComplaintAssign.as_view(), name="complaint_assign"),
    path("complaints/<int:pk>/take/", acts.ComplaintTake.as_view(), name="complaint_take"),
    path("complaints/<int:pk>/reroute/", acts.ComplaintReroute.as_view(), name="complaint_reroute"),
    path("complaints/<int:pk>/level/", acts.ComplaintLevel.as_view(), name="complaint_level"),
    path("complaints/<int:pk>/know/", acts.ComplaintKnow.as_view(), name="complaint_know"),
    path("complaints/<int:pk>/progress/", acts.ComplaintProgress.as_view(), name="complaint_progress"),
    path("complaints/<int:pk>/report/", acts.ComplaintReport.as_view(), name="complaint_report"),
    path("complaints/<int:pk>/improve/", acts.ComplaintImprove.as_view(), name="complaint_improve"),
    path("complaints/<int:pk>/tell/", acts.ComplaintTell.as_view(), name="complaint_tell"),
    path("complaints/<int:pk>/answer/", acts.ComplaintAnswer.as_view(), name="complaint_answer"),
    path("complaints/<int:pk>/close/", acts.ComplaintClose.as_view(), name="complaint_close"),
    path("complaints/<int:pk>/redo/", acts.ComplaintRedo.as_view(), name="complaint_redo"),
    path("complaints/<int:pk>/withdraw/", acts.ComplaintWithdraw.as_view(), name="complaint_withdraw"),
    path("complaints/<int:pk>/reopen/", acts.ComplaintReopen.as_view(), name="complaint_reopen"),
    # desk: approvals
    path("complaints/<int:pk>/approvals/new/", acts.ApprovalAsk.as_view(), name="approval_ask"),
    path("complaints/approvals/<int:pk>/approve/", acts.ApprovalApprove.as_view(), name="approval_approve"),
    path("complaints/approvals/<int:pk>/refuse/", acts.ApprovalRefuse.as_view(), name="approval_refuse"),
    path("complaints/approvals/<int:pk>/withdraw/", acts.ApprovalWithdraw.as_view(), name="approval_withdraw"),
    # desk: orders, outside parties, groups, 12345
    path("complaints/<int:pk>/orders/new/", links.OrderRaise.as_view(), name="order_raise"),
    path("complaints/<int:pk>/orders/link/", links.OrderLink.as_view(), name="order_link"),
    path("complaints/<int:pk>/disclosures/new/", links.DisclosureCreate.as_view(), name="disclosure_create"),
    path("complaints/<int:pk>/group/new/", links.GroupMake.as_view(), name="group_make"),
    path("complaints/<int:pk>/group/join/", links.GroupJoin.as_view(), name="group_join"),
    path("complaints/<int:pk>/group/leave/", links.GroupLeave.as_view(), name="group_leave"),
    path("complaints/groups/<int:pk>/", cases.group_detail, name="group_detail"),
    path("complaints/<int:pk>/city/sign/", acts.CitySign.as_view(), name="city_sign"),
    path("complaints/<int:pk>/city/finish/", acts.CityFinish.as_view(), name="city_finish"),
    # desk: what upper pages show of a household
    path("complaints/of/unit/<int:pk>/", panels.unit_cases, name="unit_cases"),
    path("complaints/of/owner/<int:pk>/", panels.owner_cases, name="owner_cases"),
]
