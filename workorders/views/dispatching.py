"""派单、抢单、接单、退单、转单: one order, or many at once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.web.access import requires
from core.web.forms import ConfirmForm
from core.web.pages import ActionView
from properties.current import communities_in_reach, current_community
from properties.models import Community
from workorders.forms import dispatching as forms
from workorders.models import WorkOrder
from workorders.queries.board import once_in_pool
from workorders.queries.crew import people_of
from workorders.services import choice, dispatch
from workorders.states import Action, Status
from workorders.views import many
from workorders.views.from_phone import FromPhone
from workorders.views.orders import HOME

DISPATCH = "workorders.dispatch_workorder"


def board_url(request: HttpRequest, order: WorkOrder | None) -> str:
    """The board one came from; it is named only where one works in all communities at once, so that the switcher keeps its say."""
    url = reverse("workorders:board")
    everywhere = current_community(request) is None and len(communities_in_reach(request.user, DISPATCH)) > 1
    return f"{url}?community={order.community_id}" if order is not None and everywhere else url


class HandsView(ActionView):
    """Somebody is chosen for one order."""

    def page(self, form: Any, obj: Any, draft: Any = None) -> HttpResponse:
        form.show_choice()
        return super().page(form, obj, draft)


class WorkOrderDispatch(HandsView):
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


class WorkOrderTransfer(HandsView):
    model, permission = WorkOrder, "workorders.transfer_workorder"
    form_class, service = forms.TransferForm, staticmethod(dispatch.transfer_order)
    title, breadcrumbs, danger = gettext_lazy("转单"), HOME, False
    success = gettext_lazy("已转出 %(object)s")

    @staticmethod
    def consequence(order: WorkOrder) -> dict[str, Any]:
        return _what(order) | _gone(order, Action.TRANSFER)


class WorkOrderReturn(FromPhone, ActionView):
    model, permission = WorkOrder, "workorders.work_workorder"
    form_class, service = forms.ReturnForm, staticmethod(dispatch.return_order)
    title, breadcrumbs, danger = gettext_lazy("退单"), HOME, False
    success = gettext_lazy("已退回 %(object)s")

    @staticmethod
    def consequence(order: WorkOrder) -> dict[str, Any]:
        return {"consequence": _("退回调度，由调度另派；响应时限继续计。")} | _gone(order, Action.RETURN)

    def next_url(self, saved: Any) -> str:
        """The order is no longer his: he may not see its page."""
        return reverse("workorders:phone_list" if self.on_phone else "workorders:workorder_list")


class WorkOrderAccept(FromPhone, ActionView):
    model, permission = WorkOrder, "workorders.work_workorder"
    form_class, service = ConfirmForm, staticmethod(dispatch.accept_order)
    title, breadcrumbs, danger = gettext_lazy("接单"), HOME, False
    success = gettext_lazy("已接单 %(object)s")

    @staticmethod
    def consequence(order: WorkOrder) -> dict[str, Any]:
        return _what(order) | _gone(order, Action.ACCEPT)


class WorkOrderClaim(FromPhone, ActionView):
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
            return HttpResponseRedirect(self.cancel_url(gone))

    def cancel_url(self, obj: Any) -> str:
        return reverse("workorders:phone_pool" if self.on_phone else "workorders:pool")


def _what(order: WorkOrder) -> dict[str, Any]:
    return {"consequence": "，".join((f"{order.get_urgency_display()} {order.kind}", order.address, order.description))}


def _gone(order: WorkOrder, action: str) -> dict[str, Any]:
    """Why the question is not asked any more: who was quicker, as the one who comes second would be told."""
    if order.status in WorkOrder.transitions[action].sources:
        return {}
    return {"blocked": dispatch.who_has_it(order) or _("工单现在是“%(state)s”") % {"state": order.status_word}}


@requires(DISPATCH)
@require_POST
def workorder_dispatch_many(request: HttpRequest) -> HttpResponse:
    """First the question (who, and which of the orders cannot go), then the act, then what was skipped and why."""
    rows = many.chosen_orders(request, DISPATCH)
    total = rows.count()
    orders = list(rows[: many.MOST])
    communities = Community.objects.visible_to(request.user, DISPATCH)
    people = people_of(communities.filter(pk__in={order.community_id for order in orders}), timezone.now())
    confirmed, back = "confirm" in request.POST, _back(request, orders)
    options: dict[str, Any] = {"initial": {"to": request.POST.get("to")}}
    form = forms.ManyForm(request.POST if confirmed else None, user=request.user, people=people, **options)
    if confirmed and 0 < total <= many.MOST and form.is_valid():
        values = form.cleaned_data
        outcome = dispatch.dispatch_orders(orders, by=request.user, to=values["to"], team=values["team"])
        words = {"count": len(outcome.sent), "whom": values["to"] or values["team"]}
        sentence = _("%(count)d 单已派给 %(whom)s") % words
        return many.outcome(request, _("批量派单"), HOME, sentence=sentence, skipped=outcome.skipped, back=back)
    question = many.Question(_("批量派单"), _("派出"), _("逐单派出，派不出的会列出原因"), _left_out)
    return question.page(request, form=form, orders=orders, total=total, back=back)


def _left_out(order: WorkOrder) -> str:
    if order.status == Status.WAITING:
        return ""
    return _("%(who)s，会跳过") % {"who": order.assignee} if order.assignee else _("会跳过")


def _back(request: HttpRequest, orders: list[WorkOrder]) -> str:
    if request.POST.get("back") == "board":
        return board_url(request, orders[0] if orders else None)
    return many.list_url(request)
