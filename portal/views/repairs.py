"""报修: where, what kind, and the report itself, with what is known about it shown before it is sent. No step needs a script."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import BusinessError
from core.masking import mask_phone
from core.web.pages import add_error
from portal.access import owner_page
from portal.forms.repairs import RepairForm
from portal.pages import current_unit, page, units
from workorders.models import RepairRule
from workorders.queries import spots
from workorders.queries.residents import standing_of
from workorders.services import concerned, residents
from workorders.services.calls import first_phone


@owner_page
@require_safe
def repair_where(request: HttpRequest) -> HttpResponse:
    """His flats as buttons, the public places as one plain list."""
    return page(request, "portal/repair_where.html", {"spots": spots.public_spots(units(request))})


@owner_page
@require_safe
def repair_kind(request: HttpRequest) -> HttpResponse:
    """What is out of order there. Without a place it is the flat this device shows."""
    spot = spots.spot_by(units(request), request.GET.get("where", "")) or spots.spot_of_unit(current_unit(request))
    context = {"spot": spot, "groups": spots.kinds_at(spot)} | _outages(request, spot)
    return page(request, "portal/repair_kind.html", context)


@owner_page
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "POST"])
def repair_create(request: HttpRequest, where: str, kind: int) -> HttpResponse:
    owner: Any = request.owner  # type: ignore[attr-defined]
    spot = spots.spot_by(units(request), where)
    rule = spots.rule_at(spot, kind) if spot is not None else None
    if spot is None or rule is None:
        raise Http404(where)
    sent = request.method == "POST"
    form = RepairForm(
        request.POST if sent else None, request.FILES if sent else None,
        community=spot.community, known_phone=mask_phone(first_phone(owner)),
    )  # fmt: skip
    if sent and form.is_valid():
        answer = _report(request, form, spot, rule)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "spot": spot,
        "rule": rule,
        "terms": spots.terms_of(rule, spot, timezone.localdate()),
        **_outages(request, spot),
        "similar": [(row, standing_of(row)) for row in spots.same_matter(owner, spot, rule.kind)],
        "photos_lost": sent and bool(request.FILES),
    }
    return page(request, "portal/repair_create.html", context)


def _outages(request: HttpRequest, spot: spots.Spot) -> dict[str, Any]:
    found = spots.outages_at(spot)
    return {"outages": found, "concerned": spots.concerned(request.owner, found)}  # type: ignore[attr-defined]


def _report(request: HttpRequest, form: RepairForm, spot: spots.Spot, rule: RepairRule) -> HttpResponse | None:
    """To the order; None when a rule said no, which then stands in the form."""
    try:
        done = residents.report(
            residents.Wish(spot=spot, kind=rule.kind, **form.cleaned_data),
            by=request.owner_session,  # type: ignore[attr-defined]
        )
    except BusinessError as error:
        add_error(form, error)
        return None
    if done.again:
        messages.info(request, _("这次报修已经提交过了，没有重复提交"))
    else:
        messages.success(request, _("已收到您的报修，工单号 %(number)s") % {"number": done.order.number})
    for sentence in done.refused:
        messages.warning(request, sentence)
    return redirect("portal:repair", done.order.pk)


@owner_page
@require_POST
def repair_join(request: HttpRequest, pk: int) -> HttpResponse:
    """就是这件事: no second order, the first one knows of him."""
    order = spots.joinable(request.owner, units(request), pk)  # type: ignore[attr-defined]
    if order is None:
        raise Http404(pk)
    residents.join_order(order, by=request.owner_session)  # type: ignore[attr-defined]
    messages.success(request, _("已记到这张工单上，不用重复报修"))
    return redirect("portal:repair", pk) if order.unit_id is not None else redirect("portal:home")


@owner_page
@require_POST
def outage_join(request: HttpRequest, pk: int) -> HttpResponse:
    outage = spots.outage_near(units(request), pk)
    if outage is None:
        raise Http404(pk)
    home = next(
        (row for row in (current_unit(request), *units(request)) if row.community_id == outage.community_id), None
    )
    concerned.join_outage(outage, by=request.owner_session, unit=home)  # type: ignore[attr-defined]
    messages.success(request, _("已记下您家也受影响，不用再报修，恢复后通知您"))
    return redirect("portal:home")
