"""派单、抢单、接单、退单、转单: one order, or many at once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.web.access import requires
from core.web.forms import ConfirmForm
from core.web.lists import crumbs, ids_of
from core.web.pages import ActionView
from properties.current import communities_in_reach, current_community
from properties.models import Community
from workorders.forms import dispatching as forms
from workorders.models import WorkOrder
from workorders.queries.board import once_in_pool
from workorders.queries.crew import people_of
from workorders.services import choice, dispatch
from workorders.states import Action, Status
from workorders.views.orders import HOME, WorkOrderList

DISPATCH = "workorders.dispatch_workorder"
# More at once is no dispatching any more: nobody looks at them.
MOST = 200


def board_url(request: HttpRequest, order: WorkOrder | None) -> str:
    """The board one came from; it is named only where one works in all communities at once, so that the switcher keeps its say."""
    url = reverse("workorders:board")
    everywhere = current_community(request) is None and len(communities_in_reach(request.user, DISPATCH)) > 1
    return f"{url}?community={order.community_id}" if order is not None and everywhere else url


class WorkOrderDispatch(ActionView):
    model, permission = WorkOrder, DISPATCH
    form_class, service = forms.DispatchForm, staticmethod(choice.dispatch_chosen)
    title, breadcrumbs, danger = gettext_lazy("派单"), HOME, False
    success = gettext_lazy("已派出 %(object)s")

    def run(self, obj: Any, values: dict[str, Any]) -> Any:
        self.back = values.pop("back", "")
        return super().run(obj, values)

    def next_url(self, saved: Any) -> str:
        return board_url(self.request, saved) if self.back == "board" else saved.get_absolute_url()

    @staticmethod
    def consequence(order: WorkOrder) -> dict[str, Any]:
        return _what(order) | _gone(order, Action.DISPATCH)


class WorkOrderTransfer(ActionView):
    model, permission = WorkOrder, "workorders.transfer_workorder"
    form_class, service = forms.TransferForm, staticmethod(dispatch.transfer_order)
    title, breadcrumbs, danger = gettext_lazy("转单"), HOME, False
    success = gettext_lazy("已转出 %(object)s")

    @staticmethod
    def consequence(order: WorkOrder) -> dict[str, Any]:
        return _what(order) | _gone(order, Action.TRANSFER)


class WorkOrderReturn(ActionView):
    model, permission = WorkOrder, "workorders.work_workorder"
    form_class, service = forms.ReturnForm, staticmethod(dispatch.return_order)
    title, breadcrumbs, danger = gettext_lazy("退单"), HOME, False
    success = gettext_lazy("已退回 %(object)s")

    @staticmethod
    def consequence(order: WorkOrder) -> dict[str, Any]:
        return {"consequence": _("退回调度，由调度另派；响应时限继续计。")} | _gone(order, Action.RETURN)

    def next_url(self, saved: Any) -> str:
        """The order is no longer his: he may not see its page."""
        return reverse("workorders:workorder_list")


class WorkOrderAccept(ActionView):
    model, permission = WorkOrder, "workorders.work_workorder"
    form_class, service = ConfirmForm, staticmethod(dispatch.accept_order)
    title, breadcrumbs, danger = gettext_lazy("接单"), HOME, False
    success = gettext_lazy("已接单 %(object)s")

    @staticmethod
    def consequence(order: WorkOrder) -> dict[str, Any]:
        return _what(order) | _gone(order, Action.ACCEPT)


class WorkOrderClaim(ActionView):
    model, permission = WorkOrder, "workorders.claim_workorder"
    form_class, service = ConfirmForm, staticmethod(dispatch.claim_order)
    title, breadcrumbs, danger = gettext_lazy("抢单"), ((HOME[0]), (gettext_lazy("抢单池"), "workorders:pool")), False
    success = gettext_lazy("抢到了 %(object)s")

    @staticmethod
    def consequence(order: WorkOrder) -> dict[str, Any]:
        return _what(order) | _gone(order, Action.CLAIM)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """An order that somebody else has just taken is no longer in the pool, but whoever wanted it is told."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            gone = once_in_pool(request.user, kwargs["pk"])
            if gone is None:
                raise
            messages.warning(request, dispatch.who_has_it(gone) or _("这张工单已不在抢单池里"))
            return HttpResponseRedirect(reverse("workorders:pool"))

    def cancel_url(self, obj: Any) -> str:
        return reverse("workorders:pool")


def _what(order: WorkOrder) -> dict[str, Any]:
    return {"consequence": "，".join((f"{order.get_urgency_display()} {order.kind}", order.address, order.description))}


def _gone(order: WorkOrder, action: str) -> dict[str, Any]:
    """Why the question is not asked any more: who was quicker, as the one who comes second would be told."""
    if order.status in WorkOrder.transitions[action].sources:
        return {}
    return {"blocked": dispatch.who_has_it(order) or _("工单现在是“%(state)s”") % {"state": order.status_word}}


def chosen_orders(request: HttpRequest) -> Any:
    """The rows that the list's bulk bar or the board names, as far as the person may dispatch them."""
    rows = WorkOrder.objects.visible_to(request.user, DISPATCH)
    if request.POST.get("all"):
        shown = WorkOrderList.filtered(request.user, QueryDict(request.POST.get("filter", ""))).qs
        rows = rows.filter(pk__in=shown.order_by().values("pk"))
    else:
        rows = rows.filter(pk__in=ids_of(request.POST.getlist("ids")))
    return rows.select_related("community", "kind", "assignee", "team").order_by("next_due_at", "pk")


@requires(DISPATCH)
@require_POST
def workorder_dispatch_many(request: HttpRequest) -> HttpResponse:
    """First the question (who, and which of the orders cannot go), then the act, then what was skipped and why."""
    rows = chosen_orders(request)
    total = rows.count()
    orders = list(rows[:MOST])
    communities = Community.objects.visible_to(request.user, DISPATCH)
    people = people_of(communities.filter(pk__in={order.community_id for order in orders}), timezone.now())
    confirmed, back = "confirm" in request.POST, _back(request, orders)
    options: dict[str, Any] = {"initial": {"to": request.POST.get("to")}}
    form = forms.ManyForm(request.POST if confirmed else None, user=request.user, people=people, **options)
    if confirmed and 0 < total <= MOST and form.is_valid():
        values = form.cleaned_data
        outcome = dispatch.dispatch_orders(orders, by=request.user, to=values["to"], team=values["team"])
        return _told(request, outcome, values["to"] or values["team"], back)
    title = _("批量派单")
    hidden = [(name, value) for name in ("ids", "all", "filter", "back") for value in request.POST.getlist(name)]
    context = {
        "title": title,
        "breadcrumbs": crumbs(HOME, title),
        "form": form,
        "orders": orders,
        "total": total,
        "most": MOST,
        "ready": sum(order.status == Status.WAITING for order in orders),
        "waiting": Status.WAITING,
        "hidden": [*hidden, ("confirm", "1")],
        "back_url": back,
    }
    return render(request, "workorders/dispatch_many.html", context)


def _told(request: HttpRequest, outcome: dispatch.Outcome, whom: Any, back: str) -> HttpResponse:
    words = _("%(count)d 单已派给 %(whom)s") % {"count": len(outcome.sent), "whom": whom}
    if not outcome.skipped:
        messages.success(request, words)
        return HttpResponseRedirect(back)
    title = _("批量派单")
    context = {"title": title, "breadcrumbs": crumbs(HOME, title), "outcome": outcome, "sentence": words}
    return render(request, "workorders/dispatch_outcome.html", context | {"back_url": back})


def _back(request: HttpRequest, orders: list[WorkOrder]) -> str:
    if request.POST.get("back") == "board":
        return board_url(request, orders[0] if orders else None)
    return f"{reverse('workorders:workorder_list')}?{request.POST.get('filter', '')}"
