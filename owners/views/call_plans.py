"""回访计划: the list, the page with its preview and rounds, and what can be done with one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from audit.states import available_actions
from core.web.access import requires, user_of
from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView, Tab, crumbs
from core.web.pages import ActionView, UpdateView
from owners.filters import CallBackPlanFilter
from owners.forms.call_plans import PlanChangeForm, PlanForm
from owners.models import CallBackPlan
from owners.queries import call_plans as rows
from owners.services import call_plans as service
from owners.states import PlanAction, PlanStatus
from owners.tables import CallBackPlanTable
from owners.views.call_backs import GROUP, LIST
from owners.visibility import Eyes
from properties.views.here import CreateHere

VIEW, ADD, CHANGE = "owners.view_callbackplan", service.ADD, service.CHANGE
PLANS = (GROUP, LIST, (_("回访计划"), "owners:callbackplan_list"))
# What can be pressed, in the order of a plan's life: act, icon, address.
_ACTS = (
    (PlanAction.END, "ban", "owners:callbackplan_end"),
    (PlanAction.PAUSE, "player-pause", "owners:callbackplan_pause"),
    (PlanAction.RESUME, "player-play", "owners:callbackplan_resume"),
    (PlanAction.START, "player-play", "owners:callbackplan_start"),
)


class PlanListView(ListView):
    model, permission = CallBackPlan, VIEW
    title, list_name = _("回访计划"), "owners:callbackplan_list"
    table, filterset = CallBackPlanTable, CallBackPlanFilter
    prepare = staticmethod(rows.listed)
    breadcrumbs = (GROUP, LIST)
    export_permission = "owners.export_callbacktask"
    tabs = (Tab(_("全部")), *(Tab(label, f"status={code}") for code, label in PlanStatus.choices))
    page_actions = (Link(_("新建计划"), "owners:callbackplan_create", ADD, "plus", True, "N"),)
    empty_sentence, help_topic = _("还没有回访计划"), "callbacks"


class PlanCreateView(CreateHere):
    model, permission = CallBackPlan, ADD
    form_class, service = PlanForm, staticmethod(service.create_plan)
    title, breadcrumbs, submit_label = _("新建回访计划"), PLANS, _("保存并预览")
    success = _("已保存 %(object)s，请看看会打给谁，再启用")


class PlanUpdateView(UpdateView):
    model, permission = CallBackPlan, CHANGE
    form_class, service = PlanChangeForm, staticmethod(service.change_plan)
    prepare = staticmethod(rows.listed)
    title, breadcrumbs = _("修改回访计划"), PLANS


@require_safe
@requires(VIEW)
def callbackplan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    plan = get_object_or_404(rows.listed(CallBackPlan.objects.visible_to(user, VIEW)), pk=pk)
    offered = available_actions(user, plan)
    context = {
        "title": str(plan),
        "breadcrumbs": crumbs(PLANS, str(plan)),
        "acts": [
            {"label": PlanAction(act).label, "icon": icon, "url": reverse(name, args=[pk]), "main": act in _MAIN}
            for act, icon, name in _ACTS
            if act in offered
        ],
        "may_change": plan.status != PlanStatus.ENDED
        and user.has_perm(CHANGE)
        and Eyes(user).covers(CHANGE, plan.community_id),
        "list_url": f"{reverse('owners:callback_list')}?plan={pk}",
    }
    return render(request, "owners/callbackplan_detail.html", context | rows.page(plan, user))


_MAIN = {PlanAction.START, PlanAction.RESUME}


class _Act(ActionView):
    model, permission, breadcrumbs, danger = CallBackPlan, CHANGE, PLANS, False
    prepare = staticmethod(rows.listed)


class PlanStartView(_Act):
    form_class, service = ConfirmForm, staticmethod(service.start_plan)
    title, success = _("启用"), _("已启用 %(object)s")

    @staticmethod
    def consequence(plan: CallBackPlan) -> dict[str, Any]:
        return {"consequence": now("到第一轮日期自动生成回访；日期已到的马上生成。")}


class PlanResumeView(_Act):
    form_class, service = ConfirmForm, staticmethod(service.resume_plan)
    title, success = _("恢复"), _("已恢复 %(object)s")

    @staticmethod
    def consequence(plan: CallBackPlan) -> dict[str, Any]:
        return {"consequence": now("暂停期间错过的轮次不补做，从下一个日期开始。")}


class PlanPauseView(_Act):
    form_class, service = ReasonForm, staticmethod(service.pause_plan)
    title, success = _("暂停"), _("已暂停 %(object)s")

    @staticmethod
    def consequence(plan: CallBackPlan) -> dict[str, Any]:
        return {"consequence": now("暂停后不再生成新的一轮，已生成的回访照常打。")}


class PlanEndView(_Act):
    form_class, service, danger = ReasonForm, staticmethod(service.end_plan), True
    title, success = _("结束"), _("已结束 %(object)s")

    @staticmethod
    def consequence(plan: CallBackPlan) -> dict[str, Any]:
        return {
            "consequence": now("结束后不能再启用，还没打的回访不用再打。"),
            "consequences": [{"label": now("还没打的回访"), "value": rows.waiting(plan)}],
        }
