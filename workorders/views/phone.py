"""The repairer's phone: his orders, one of them, the pool, and the number of whoever reported."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.web.access import requires, user_of
from workorders.models import WorkOrder
from workorders.queries import doing
from workorders.queries.board import pool_of
from workorders.services import calling

WORK, CLAIM = "workorders.work_workorder", "workorders.claim_workorder"
TABS = (
    (gettext_lazy("我的工单"), "tool", "workorders:phone_list", WORK),
    (gettext_lazy("抢单池"), "hand-stop", "workorders:phone_pool", CLAIM),
    (gettext_lazy("在岗状态"), "user", "workorders:phone_duty", WORK),
)


def phone_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    user, here = user_of(request), request.resolver_match.view_name if request.resolver_match else ""
    tabs = [
        {"label": label, "icon": icon, "url": reverse(name), "active": name == here}
        for label, icon, name, permission in TABS
        if user.has_perm(permission)
    ]
    return render(request, template, {"tabs": tabs} | context)


@requires(WORK)
@require_safe
def phone_list(request: HttpRequest) -> HttpResponse:
    sections = doing.sections_of(user_of(request), timezone.now())
    return phone_page(request, "workorders/phone_list.html", {"title": _("我的工单"), "sections": sections})


@requires(WORK)
@require_safe
def phone_order(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    order = get_object_or_404(doing.on_phone(user), pk=pk)
    context = doing.page_of(order, user, timezone.now()) | {"title": order.kind}
    return phone_page(request, "workorders/phone_order.html", context)


@requires(CLAIM)
@require_safe
def phone_pool(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    orders = pool_of(WorkOrder.objects.visible_to(user, CLAIM), user, timezone.now())
    doing.dress(orders, timezone.now())
    return phone_page(request, "workorders/phone_pool.html", {"title": _("抢单池"), "orders": orders})


@requires(WORK)
@require_POST
def phone_call(request: HttpRequest, pk: int) -> HttpResponse:
    """By POST only: the number stands on no page that is merely opened, and every look is in the log."""
    user = user_of(request)
    order = get_object_or_404(doing.on_phone(user), pk=pk)
    if not doing.may_call(order, user):
        raise PermissionDenied(_("只有处理人可以联系报事人"))
    number = calling.show_number(order, by=user)
    return phone_page(
        request, "workorders/phone_call.html", {"title": _("联系报事人"), "order": order, "number": number}
    )
