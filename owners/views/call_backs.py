"""Calling back (R72): who is to be called, by whom, what is said and what came of it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.errors import BusinessError
from core.web.access import requires, user_of
from core.web.forms import BaseForm, ReasonForm
from core.web.lists import Link, ListView, Tab, crumbs, ids_of
from core.web.pages import ActionView, DetailView
from core.web.paging import Count
from owners.filters import CallBackFilter
from owners.forms.call_backs import AssignForm, CallBackForm
from owners.models import CallBackTask
from owners.queries.call_backs import ASSIGN, CALL, VIEW, count_groups, facts, listed
from owners.services import call_assigning
from owners.services.call_backs import record_call_back
from owners.states import CallBackStatus
from owners.tables import CallBackTable

GROUP = (_("服务"), "")
LIST = (_("回访"), "owners:callback_list")
# More at once is no choosing any more: nobody looks at them.
MOST = 500


class CallBackListView(ListView):
    model, permission = CallBackTask, VIEW
    title, list_name = _("回访"), "owners:callback_list"
    table, filterset = CallBackTable, CallBackFilter
    prepare, default_order = staticmethod(listed), ("due_at", "pk")
    breadcrumbs, keys_first = (GROUP,), True
    opening_group = "waiting"
    export_permission = "owners.export_callbacktask"
    tabs = (
        Tab(_("待回访"), "group=waiting"),
        Tab(_("现在可以打"), "group=now"),
        Tab(_("今天到期"), "group=today"),
        Tab(_("已逾期"), "group=late"),
        Tab(_("分配给我的"), "mine=me&status=waiting"),
        Tab(_("不满意"), "status=unsatisfied"),
        Tab(_("不满意没有跟进"), "group=open_ends"),
        Tab(_("全部"), "group=all"),
    )
    page_actions = (
        Link(_("回访统计"), "owners:callback_report", "owners.report_callbacktask", "chart-bar"),
        Link(_("回访计划"), "owners:callbackplan_list", "owners.view_callbackplan", "calendar"),
        Link(_("回访话术"), "owners:callbackscript_list", "owners.view_callscript", "message-2"),
    )
    bulk_actions = (
        Link(_("认领"), "owners:callback_take_many", CALL, "hand-stop", True),
        Link(_("分配"), "owners:callback_assign_many", ASSIGN, "user-plus"),
    )
    empty_sentence, help_topic = _("没有要回访的住户"), "callbacks"

    def tab_counts(self, queries: Sequence[QueryDict]) -> Sequence[Count]:
        return count_groups(self.filters.queryset, self.request.user)

    @classmethod
    def filtered(cls, user: Any, query: Any, request: Any = None) -> Any:
        """Rows know their reader: names are shown as he may see them, on the page and in the export."""
        rows = CallBackTask.objects.visible_to(user, cls.permission).read_by(user)
        return cls.filterset(query, queryset=rows, request=request, user=user)


class CallBackDetailView(DetailView):
    """The call on one page: whom, what to say, and the form for what came of it."""

    model, permission = CallBackTask, VIEW
    breadcrumbs = (GROUP, LIST)
    template_name = "owners/callback_detail.html"
    prepare = staticmethod(listed)

    @staticmethod
    def facts(task: CallBackTask, user: Any) -> dict[str, Any]:
        context = facts(task, user)
        return context | {"form": CallBackForm(user=user, instance=task) if context["may_call"] else None}


class CallBackRecordView(ActionView):
    model, permission, danger = CallBackTask, CALL, False
    form_class, service = CallBackForm, staticmethod(record_call_back)
    prepare = staticmethod(listed)
    title, breadcrumbs, submit_label = _("登记回访结果"), (GROUP, LIST), _("保存")
    success = _("已登记回访：%(object)s")

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        """A mistake stands on the page of the call, beside the words to say."""
        if self.request.headers.get("HX-Request"):
            return super().page(form, obj, draft)
        context = {"object": obj, "title": str(obj), "breadcrumbs": self.crumbs(str(obj)), "form": form}
        return render(self.request, "owners/callback_detail.html", facts(obj, self.request.user) | context)

    def next_url(self, saved: Any) -> str:
        """Something of the file has changed: on to the file, if he may put it right."""
        change = facts(saved, self.request.user)["may_change"] if saved.status == CallBackStatus.CHANGED else False
        return reverse("owners:owner_file", args=[saved.owner_id]) if change else super().next_url(saved)


class _Act(ActionView):
    model, breadcrumbs, danger = CallBackTask, (GROUP, LIST), False
    prepare = staticmethod(listed)


class CallBackReleaseView(_Act):
    permission, title, form_class = CALL, _("退回回访"), ReasonForm
    service, success = staticmethod(call_assigning.release_call_back), _("已退回：%(object)s")


class CallBackAssignView(_Act):
    permission, title, form_class = ASSIGN, _("分配回访"), AssignForm
    success = _("已分配：%(object)s")

    @staticmethod
    def service(task: CallBackTask, *, by: Any, to: Any) -> CallBackTask:
        shared = call_assigning.assign_call_backs([task], by=by, to=to)
        if shared.skipped:
            raise BusinessError(shared.skipped[0][1], field="to")
        return task


@require_POST
@requires(CALL)
def callback_take(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(CallBackTask.objects.visible_to(request.user, CALL), pk=pk)
    try:
        call_assigning.take_call_back(task, by=user_of(request))
        messages.success(request, now("已认领：%(task)s") % {"task": task})
    except BusinessError as error:
        messages.error(request, error.sentence)
    return HttpResponseRedirect(task.get_absolute_url())


# --- many ------------------------------------------------------------------------------------------------------------------


def _chosen(request: HttpRequest, permission: str) -> Any:
    """The rows the list's bulk bar names, as far as the person holds the permission for them."""
    rows = CallBackTask.objects.visible_to(request.user, permission)
    if request.POST.get("all"):
        shown = CallBackListView.filtered(request.user, QueryDict(request.POST.get("filter", ""))).qs
        return rows.filter(pk__in=shown.order_by().values("pk"))
    return rows.filter(pk__in=ids_of(request.POST.getlist("ids")))


def _back(request: HttpRequest) -> str:
    return f"{reverse('owners:callback_list')}?{request.POST.get('filter', '')}"


@require_POST
@requires(CALL)
def callback_take_many(request: HttpRequest) -> HttpResponse:
    """Those of the ticked ones that nobody has; the others stay with whoever has them."""
    user = user_of(request)
    rows = list(_chosen(request, CALL).filter(assignee__isnull=True)[:MOST])
    taken = 0
    for task in rows:
        try:
            call_assigning.take_call_back(task, by=user)
            taken += 1
        except BusinessError:
            continue
    messages.success(request, now("已认领 %(n)d 户，别人已认领的、已结束的和自己经手的除外") % {"n": taken})
    return HttpResponseRedirect(_back(request))


@require_POST
@requires(ASSIGN)
def callback_assign_many(request: HttpRequest) -> HttpResponse:
    """Whom they go to, then what could not be given and why."""
    chosen, back = _chosen(request, ASSIGN), _back(request)
    total = chosen.count()
    confirmed = "confirm" in request.POST
    form = AssignForm(request.POST if confirmed else None, user=request.user)
    title = now("批量分配回访")
    context = {
        "title": title,
        "breadcrumbs": crumbs((GROUP, LIST), title),
        "back_url": back,
        "total": total,
        "most": MOST,
    }
    if confirmed and 0 < total <= MOST and form.is_valid():
        to = form.cleaned_data["to"]
        shared = call_assigning.assign_call_backs(list(chosen), by=user_of(request), to=to)
        said = now("已分配给%(who)s %(n)d 户") % {"who": to, "n": len(shared.given)}
        if not shared.skipped:
            messages.success(request, said)
            return HttpResponseRedirect(back)
        return render(request, "owners/callback_shared.html", context | {"said": said, "skipped": shared.skipped})
    kept = [(name, value) for name in ("ids", "all", "filter") for value in request.POST.getlist(name)]
    return render(request, "owners/callback_assign.html", context | {"form": form, "hidden": [*kept, ("confirm", "1")]})
