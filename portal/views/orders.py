"""我的报修: the list, one order, and what its owner may do with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import BusinessError
from core.web.pages import add_error
from core.web.stored import stored_file_or_404
from portal.access import owner_page
from portal.forms.base import PortalForm
from portal.forms.repairs import CancelForm, RateForm, RemarkForm, ReworkForm
from portal.pages import page, page_number, units
from workorders.models import WorkOrder
from workorders.queries import household_page, residents
from workorders.services import residents as service


@owner_page
@require_safe
def repair_list(request: HttpRequest) -> HttpResponse:
    number = page_number(request)
    lines, more = residents.lines(request.owner, units(request), number)  # type: ignore[attr-defined]
    return page(request, "portal/repairs.html", {"lines": lines, "number": number, "has_next": more})


def _mine(request: HttpRequest, pk: int) -> WorkOrder:
    found = residents.order_of(request.owner, pk)  # type: ignore[attr-defined]
    if found is None:
        raise Http404(pk)
    return found


def _shown(request: HttpRequest, order: WorkOrder, **asked: Any) -> HttpResponse:
    """The page of the order, with whichever of its forms was refused."""
    found = household_page.page_of(order, request.owner_session)  # type: ignore[attr-defined]
    context = {
        "rate_form": asked.get("rate_form") or (RateForm() if found["may_rate"] else None),
        # A form that was refused stands under an address that only takes forms: 大字 leads back to the page itself.
        "next": reverse("portal:repair", args=[order.pk]),
        "remark_form": asked.get("remark_form") or (RemarkForm() if found["may_add"] else None),
    }
    return page(request, "portal/repair.html", found | context)


@owner_page
@require_safe
def repair(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _mine(request, pk))


@owner_page
@require_safe
def repair_photos(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of their own: browsers without scripts load every picture at once, and the order itself stays light."""
    order = _mine(request, pk)
    before, after = residents.photos_of(order)
    return page(request, "portal/repair_photos.html", {"order": order, "before": before, "after": after})


@owner_page
@require_safe
def repair_photo(request: HttpRequest, pk: int, file: int) -> Any:
    return stored_file_or_404(residents.photo_of(_mine(request, pk), file))


@owner_page
@require_POST
def repair_rate(request: HttpRequest, pk: int) -> HttpResponse:
    order, form = _mine(request, pk), RateForm(request.POST)
    if form.is_valid():
        try:
            service.rate(order, by=request.owner_session, **form.cleaned_data)  # type: ignore[attr-defined]
        except BusinessError as error:
            add_error(form, error)
        else:
            messages.success(request, _("谢谢您的评价"))
            return redirect("portal:repair", pk)
    return _shown(request, order, rate_form=form)


@owner_page
@require_POST
def repair_remark(request: HttpRequest, pk: int) -> HttpResponse:
    order, form = _mine(request, pk), RemarkForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            refused = service.add_remark(order, by=request.owner_session, **form.cleaned_data)  # type: ignore[attr-defined]
        except BusinessError as error:
            add_error(form, error)
        else:
            messages.success(request, _("已补充，师傅能看到"))
            for sentence in refused:
                messages.warning(request, sentence)
            return redirect("portal:repair", pk)
    return _shown(request, order, remark_form=form)


def _asked(
    request: HttpRequest,
    pk: int,
    form_class: type[PortalForm],
    act: Callable[..., Any],
    said: str,
    words: dict[str, Any],
) -> HttpResponse:
    """A page of its own that asks why, then acts. Whether he may is the service's answer, told before he has typed anything."""
    order = _mine(request, pk)
    found = household_page.page_of(order, request.owner_session)  # type: ignore[attr-defined]
    if not found[words["may"]]:
        raise BusinessError(_("现在不能这样做"), _("工单的情况见“我的报修”"))
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act(order, by=request.owner_session, **form.cleaned_data)  # type: ignore[attr-defined]
        except BusinessError as error:
            add_error(form, error)
        else:
            messages.success(request, said)
            return redirect("portal:repair", pk)
    return page(request, "portal/repair_ask.html", {"form": form, "order": order, **words})


@owner_page
@require_http_methods(["GET", "POST"])
def repair_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    words = {"may": "may_cancel", "title": _("取消报修"), "action": _("确认取消"), "told": _("取消后师傅不再上门")}
    return _asked(request, pk, CancelForm, service.cancel, _("已取消报修"), words)


@owner_page
@require_http_methods(["GET", "POST"])
def repair_rework(request: HttpRequest, pk: int) -> HttpResponse:
    words = {"may": "may_rework", "title": _("要求返工"), "action": _("要求返工"), "told": _("会重新安排师傅上门")}
    return _asked(request, pk, ReworkForm, service.ask_rework, _("已转给师傅重新处理"), words)
