"""A complaint from a repair that was badly done or from a call, and what the page of an order shows of it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from complaints.forms.unhappy import UnhappyForm
from complaints.policies import VIEW
from complaints.queries.low_ratings import rule_of
from complaints.queries.origins import is_complained_of
from complaints.services.unhappy import ADD, raise_from_call, raise_from_order
from core.web.access import requires, user_of
from core.web.pages import ActionView
from owners.models import CallBackTask
from owners.queries.call_backs import RAISING, reaches
from owners.queries.call_backs import VIEW as VIEW_CALLS
from workorders.models import WorkOrder

ORDER_VIEW = "workorders.view_workorder"


class _Raise(ActionView):
    """Whoever raises it can also open what it is about."""

    permission, form_class, danger = ADD, UnhappyForm, False
    title, submit_label, success = _("转投诉"), _("登记投诉"), _("已登记 %(object)s")
    breadcrumbs = ((_("服务"), ""),)
    sees: str

    def object(self) -> Any:
        row = super().object()
        if not self.model._default_manager.visible_to(self.request.user, self.sees).filter(pk=row.pk).exists():  # type: ignore[attr-defined]
            raise PermissionDenied(self.sees)
        return row


class WorkOrderRaise(_Raise):
    model, service, sees = WorkOrder, staticmethod(raise_from_order), ORDER_VIEW

    @staticmethod
    def prepare(rows: Any) -> Any:
        return rows.select_related("community", "kind", "unit__building")


class CallBackRaise(_Raise):
    model, service, sees = CallBackTask, staticmethod(raise_from_call), VIEW_CALLS
    title = _("登记投诉")

    @staticmethod
    def prepare(rows: Any) -> Any:
        return rows.filter(source_type__in=sorted(RAISING)).select_related("community", "unit__building", "owner")


@require_safe
@requires(VIEW)
def workorder_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """The way to a complaint when the owner of an order is unhappy and nobody has written one down; empty otherwise. The complaint itself
    stands among the facts of the order (queries.origins)."""
    user = user_of(request)
    if not user.has_perm(ORDER_VIEW):
        raise Http404
    order = get_object_or_404(WorkOrder.objects.visible_to(user, ORDER_VIEW), pk=pk)
    low = order.stars is not None and order.stars <= rule_of(order.community_id).stars and not is_complained_of(order)
    context = {"order": order, "low": low, "may_raise": low and reaches(user, ADD, order)}
    return render(request, "complaints/_order_cases.html", context)
