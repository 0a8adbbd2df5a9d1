"""派工单 and 完工单 on paper: one order or many, A5 or A4, with the QR code of the order's page and lines to sign on."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.views.decorators.http import require_POST, require_safe

from core.masking import mask_phone
from core.models import Attachment
from core.web.access import requires, user_of
from core.web.lists import ids_of
from owners.visibility import Eyes
from workorders.models import WorkOrder
from workorders.qr import absolute, qr_svg
from workorders.queries.orders import read_by
from workorders.queries.page import joined, visit_words
from workorders.signatures import SIGNED
from workorders.states import ConfirmWay, Status
from workorders.views.orders import VIEW, WorkOrderList

MOST = 100
SIZES = ("a5", "a4")
_FINISHED = frozenset({Status.DONE, Status.ARCHIVED})


def _signatures(orders: list[WorkOrder]) -> dict[int, Attachment]:
    """What the owner wrote on the screen when it was finished: the last of his signatures on each order."""
    done = [order.pk for order in orders if order.confirm_way == ConfirmWay.SIGNATURE]
    rows = Attachment.objects.filter(
        source_type=WorkOrder._meta.label_lower, source_id__in=done, removed_at__isnull=True
    )
    return {row.source_id: row for row in rows.filter(name__startswith=SIGNED).order_by("id")}


def slip_of(order: WorkOrder, eyes: Eyes, signature: Attachment | None = None) -> dict[str, Any]:
    """One sheet. The number stays masked: paper lies about, and whoever goes there finds it on his phone."""
    return {
        "order": order,
        "finished": order.status in _FINISHED,
        "qr": qr_svg(absolute(order.get_absolute_url())),
        "reporter": eyes.sees("name", order.reporter_name, [order.community_id]),
        "phone": mask_phone(order.reporter_phone),
        "visit": visit_words(order),
        "materials": list(order.materials.all()),
        "paid_lines": list(order.paid_lines.all()),
        "checks": list(order.checks.all()),
        "signature": signature,
        "rating": next((row for row in order.ratings.all() if row.round == order.rework_count), None),
    }


def _sheets(request: HttpRequest, orders: list[WorkOrder], back: str, more: bool = False) -> HttpResponse:
    eyes = Eyes(request.user)
    signatures = _signatures(orders)
    asked = request.POST.get("size") or request.GET.get("size", "")
    context = {
        "title": now("打印工单"), "slips": [slip_of(order, eyes, signatures.get(order.pk)) for order in orders], "back": back,
        "more": more, "most": MOST, "size": asked if asked in SIZES else SIZES[0], "ids": [order.pk for order in orders],
    }  # fmt: skip
    return render(request, "workorders/workorder_slips.html", context)


def _printed(rows: Any) -> Any:
    return joined(rows).prefetch_related("materials", "paid_lines", "checks", "helpers", "ratings")


@require_safe
@requires(VIEW)
def workorder_slip(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(_printed(read_by(user_of(request))), pk=pk)
    return _sheets(request, [order], order.get_absolute_url())


@require_POST
@requires(VIEW)
def workorder_slips(request: HttpRequest) -> HttpResponse:
    """The ticked orders, or all of the filtered list, at most a hundred at once."""
    user = user_of(request)
    rows = read_by(user)
    if request.POST.get("all"):
        shown = WorkOrderList.filtered(user, QueryDict(request.POST.get("filter", ""))).qs
        rows = rows.filter(pk__in=shown.order_by().values("pk"))
    else:
        rows = rows.filter(pk__in=ids_of(request.POST.getlist("ids")))
    found = list(_printed(rows).order_by("community_id", "building__sort_key", "id")[: MOST + 1])
    back = f"{reverse('workorders:workorder_list')}?{request.POST.get('filter', '')}"
    return _sheets(request, found[:MOST], back, more=len(found) > MOST)
