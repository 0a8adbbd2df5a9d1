"""在线咨询: the owner's conversations with the desk. Everything works without a script; with one the open page finds what is new."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.states import available_actions
from complaints.models import Enquiry
from complaints.queries import enquiries as talk
from complaints.queries import residents
from complaints.services import enquiries as service
from complaints.states import EnquiryAction
from core.errors import BusinessError
from core.services.attachments import check_photos
from core.web.pages import add_error
from core.web.stored import stored_file_or_404
from notices.queries import portal as notices
from portal.access import owner_page
from portal.forms.enquiries import EnquiryForm, MessageForm
from portal.pages import current_unit, page, page_number


@owner_page
@require_safe
def enquiry_list(request: HttpRequest) -> HttpResponse:
    number = page_number(request)
    lines, more = residents.enquiry_lines(request.owner, number)  # type: ignore[attr-defined]
    return page(request, "portal/enquiries.html", {"lines": lines, "number": number, "has_next": more})


@owner_page
@require_http_methods(["GET", "POST"])
def enquiry_create(request: HttpRequest, notice: int | None = None) -> HttpResponse:
    """`notice`: 想了解 below a 服务推荐 led here; the question then names it, so that the desk knows what it was about."""
    sent = request.method == "POST"
    initial = {"text": _about(request, notice)} if notice is not None else {}
    form = EnquiryForm(request.POST if sent else None, request.FILES if sent else None, initial=initial)
    if sent and form.is_valid():
        data = form.cleaned_data
        photos, refused = check_photos(data.pop("photos"))
        try:
            row = service.open_enquiry(
                by=request.owner_session, unit=current_unit(request), files=photos, **data  # type: ignore[attr-defined]
            )  # fmt: skip
        except BusinessError as error:
            add_error(form, error)
        else:
            messages.success(request, _("已发给物业客服，答复会显示在这里"))
            for sentence in refused:
                messages.warning(request, sentence)
            return redirect("portal:enquiry", row.pk)
    return page(request, "portal/enquiry_create.html", {"form": form, "photos_lost": sent and bool(request.FILES)})


def _about(request: HttpRequest, pk: int) -> str:
    owner: Any = request.owner  # type: ignore[attr-defined]
    found = notices.of_owner(owner, pk)
    if found is None or not notices.shows_offer(found, owner):
        raise Http404(pk)
    return _("想了解“%(offer)s”（见通知“%(title)s”）。") % {"offer": found.offer_title, "title": found.title}


def _mine(request: HttpRequest, pk: int) -> Enquiry:
    found = residents.enquiry_of(request.owner, pk)  # type: ignore[attr-defined]
    if found is None:
        raise Http404(pk)
    return found


def _talk(request: HttpRequest, row: Enquiry) -> dict[str, Any]:
    """What has been said. The open page says by itself that it is being looked at, the button does it without a script."""
    stamp = talk.stamp(row)
    poll = f"{reverse('portal:enquiry_talk', args=[row.pk])}?stamp={stamp}"
    acts = available_actions(request.owner_session, row)  # type: ignore[attr-defined]
    return {
        "enquiry": row,
        "lines": talk.lines_of(row, for_owner=True),
        "standing": residents.enquiry_word(row),
        "poll": poll,
        "may_end": EnquiryAction.END in acts,
        "may_take_back": EnquiryAction.TAKE_BACK in acts,
    }


def _shown(request: HttpRequest, row: Enquiry, form: MessageForm | None = None) -> HttpResponse:
    return page(request, "portal/enquiry.html", _talk(request, row) | {"form": form or MessageForm()})


@owner_page
@require_safe
def enquiry(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _mine(request, pk))


@owner_page
@require_safe
def enquiry_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """For the open page; 204 while nothing is new."""
    row = _mine(request, pk)
    if request.GET.get("stamp") == talk.stamp(row):
        return HttpResponse(status=204)
    return render(request, "portal/_talk.html", _talk(request, row))


@owner_page
@require_POST
def enquiry_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """The answers on the screen have been read; by the script, or by the button 我知道了."""
    service.seen_by_owner(_mine(request, pk))
    return HttpResponse(status=204) if "X-Background" in request.headers else redirect("portal:enquiry", pk)


@owner_page
@require_POST
def enquiry_write(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = _mine(request, pk), MessageForm(request.POST, request.FILES)
    if form.is_valid():
        photos, refused = check_photos(form.cleaned_data["photos"])
        try:
            service.write(row, by=request.owner_session, text=form.cleaned_data["text"], files=photos)  # type: ignore[attr-defined]
        except BusinessError as error:
            add_error(form, error)
            for sentence in refused:
                messages.warning(request, sentence)
        else:
            for sentence in refused:
                messages.warning(request, sentence)
            return redirect(f"{reverse('portal:enquiry', args=[pk])}#end")
    return _shown(request, row, form)


@owner_page
@require_POST
def enquiry_end(request: HttpRequest, pk: int) -> HttpResponse:
    """不用答复了 while an answer is owed, 没有问题了 after it."""
    row = _mine(request, pk)
    acts = available_actions(request.owner_session, row)  # type: ignore[attr-defined]
    act = service.take_back if EnquiryAction.TAKE_BACK in acts else service.end
    act(row, by=request.owner_session)  # type: ignore[attr-defined]
    messages.success(request, _("咨询已结束，有问题可以接着写"))
    return redirect("portal:enquiry", pk)


@owner_page
@require_safe
def enquiry_file(request: HttpRequest, pk: int, file: int) -> Any:
    return stored_file_or_404(talk.file_for_owner(_mine(request, pk), file))
