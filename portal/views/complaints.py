"""投诉建议: what the owner has complained of or suggested, how far it has come, and his word about the result."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.models import Complaint
from complaints.queries import residents
from complaints.services import residents as service
from complaints.states import Status
from core.errors import BusinessError
from core.services.attachments import check_photos
from core.web.pages import add_error
from core.web.stored import stored_file_or_404
from portal.access import owner_page
from portal.forms.enquiries import ComplaintForm, JudgeForm, WithdrawForm
from portal.pages import current_unit, page, page_number


@owner_page
@require_safe
def complaint_list(request: HttpRequest) -> HttpResponse:
    number = page_number(request)
    lines, more = residents.case_lines(request.owner, number)  # type: ignore[attr-defined]
    return page(request, "portal/complaints.html", {"lines": lines, "number": number, "has_next": more})


@owner_page
@require_http_methods(["GET", "POST"])
def complaint_create(request: HttpRequest) -> HttpResponse:
    sent = request.method == "POST"
    form = ComplaintForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid():
        data = form.cleaned_data
        photos, refused = check_photos(data.pop("photos"))
        wish = service.Wish(unit=current_unit(request), files=photos, **data)
        try:
            case = service.complain(wish, by=request.owner_session)  # type: ignore[attr-defined]
        except BusinessError as error:
            add_error(form, error)
        else:
            words = {"kind": case.get_kind_display(), "number": case.number}
            messages.success(request, _("已收到您的%(kind)s，编号 %(number)s") % words)
            for sentence in refused:
                messages.warning(request, sentence)
            return redirect("portal:complaint", case.pk)
    return page(request, "portal/complaint_create.html", {"form": form, "photos_lost": sent and bool(request.FILES)})


def _mine(request: HttpRequest, pk: int) -> Complaint:
    found = residents.case_of(request.owner, pk)  # type: ignore[attr-defined]
    if found is None:
        raise Http404(pk)
    return found


def _shown(request: HttpRequest, case: Complaint, form: JudgeForm | None = None) -> HttpResponse:
    found = residents.case_page(case, request.owner_session)  # type: ignore[attr-defined]
    found["judge_form"] = form or (JudgeForm() if found["may_judge"] else None)
    return page(request, "portal/complaint.html", found)


@owner_page
@require_safe
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _mine(request, pk))


@owner_page
@require_safe
def complaint_photo(request: HttpRequest, pk: int, file: int) -> Any:
    return stored_file_or_404(residents.photo_of(_mine(request, pk), file))


@owner_page
@require_POST
def complaint_judge(request: HttpRequest, pk: int) -> HttpResponse:
    case, form = _mine(request, pk), JudgeForm(request.POST)
    if form.is_valid():
        try:
            done = service.judge(case, by=request.owner_session, **form.cleaned_data)  # type: ignore[attr-defined]
        except BusinessError as error:
            add_error(form, error)
        else:
            said = _("已转给物业重新处理") if done.status == Status.WORKING else _("谢谢您的评价")
            messages.success(request, said)
            return redirect("portal:complaint", pk)
    return _shown(request, case, form)


@owner_page
@require_http_methods(["GET", "POST"])
def complaint_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    case = _mine(request, pk)
    if not residents.case_page(case, request.owner_session)["may_withdraw"]:  # type: ignore[attr-defined]
        raise BusinessError(_("现在不能撤回"), _("情况见“投诉建议”"))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            service.withdraw(case, by=request.owner_session, **form.cleaned_data)  # type: ignore[attr-defined]
        except BusinessError as error:
            add_error(form, error)
        else:
            messages.success(request, _("已撤回"))
            return redirect("portal:complaint", pk)
    return page(request, "portal/complaint_withdraw.html", {"form": form, "case": case})
