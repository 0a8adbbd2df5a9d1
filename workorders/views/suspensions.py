"""挂起审批: who asked for what, and the two answers."""

from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.lists import ListView, Tab
from core.web.pages import ActionView
from workorders import filters, tables
from workorders.forms import doing as forms
from workorders.models import SuspensionRequest
from workorders.queries.setup import asked
from workorders.services import pausing
from workorders.states import RequestStatus

APPROVE = "workorders.approve_suspension"
GROUP = (gettext_lazy("报修工单"), "")
HOME = (GROUP, (gettext_lazy("挂起审批"), "workorders:suspension_list"))


class SuspensionList(ListView):
    model, permission = SuspensionRequest, APPROVE
    title, list_name = gettext_lazy("挂起审批"), "workorders:suspension_list"
    table, filterset, default_order = tables.SuspensionTable, filters.SuspensionFilter, ("-pk",)
    prepare, breadcrumbs = staticmethod(asked), (GROUP,)
    tabs = (Tab(gettext_lazy("全部")), Tab(gettext_lazy("待审批"), f"status={RequestStatus.PENDING}"))
    export_permission = "workorders.export_workorder"
    empty_sentence = gettext_lazy("没有挂起申请")


class _Answer(ActionView):
    model, permission, breadcrumbs, danger = SuspensionRequest, APPROVE, HOME, False
    prepare = staticmethod(asked)

    @staticmethod
    def consequence(row: SuspensionRequest) -> dict[str, Any]:
        """What was asked, and what a yes does; an answer given meanwhile is told instead."""
        day = formats.date_format(row.resume_on, "DATE_FORMAT")
        lines = [
            {
                "label": _("工单"),
                "value": f"{row.order.number} {row.order.address}",
                "url": row.order.get_absolute_url(),
            },
            {"label": _("原因"), "value": "，".join(filter(None, (str(row.reason), row.note)))},
            {"label": _("申请人"), "value": str(row.asked_by)},
            {"label": _("恢复日期"), "value": day},
        ]
        told = {"consequence": _("同意后工单转为已挂起，时限暂停，到恢复处理时接着计。"), "consequences": lines}
        if row.status != RequestStatus.PENDING:
            told["blocked"] = _("这个申请已处理：%(state)s") % {"state": row.get_status_display()}
        return told

    def next_url(self, saved: Any) -> str:
        return str(saved.order.get_absolute_url())

    def cancel_url(self, obj: Any) -> str:
        return str(obj.order.get_absolute_url())


class SuspensionApprove(_Answer):
    form_class, service = forms.AnswerForm, staticmethod(pausing.approve_suspension)
    title, submit_label, success = gettext_lazy("同意挂起"), gettext_lazy("同意"), gettext_lazy("已同意挂起")


class SuspensionRefuse(_Answer):
    form_class, service = forms.RefuseForm, staticmethod(pausing.refuse_suspension)
    title, submit_label, success = gettext_lazy("不同意挂起"), gettext_lazy("不同意"), gettext_lazy("已答复申请人")
