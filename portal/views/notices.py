"""Announcements to the person who is signed in: the list, one of them, 我知道了."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import BusinessError
from core.web.stored import stored_file_or_404
from notices.queries import portal as notices
from notices.services import receipts
from portal.access import owner_page
from portal.pages import is_looked_at, page, page_number, units


@owner_page
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    number = page_number(request)
    lines, more = notices.lines(request.owner, units(request), number)  # type: ignore[attr-defined]
    return page(request, "portal/notices.html", {"lines": lines, "number": number, "has_next": more})


def _mine(request: HttpRequest, pk: int) -> Any:
    found = notices.of_owner(request.owner, pk)  # type: ignore[attr-defined]
    if found is None:
        raise Http404(pk)
    return found


@owner_page
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Opening it is the receipt: the one page of this house whose GET writes (已读, its first time only)."""
    found, owner = _mine(request, pk), request.owner  # type: ignore[attr-defined]
    context = notices.article(found, owner, units(request))
    if is_looked_at(request) and not context["withdrawn"] and found.read_at is None:
        receipts.mark_read(found, owner=owner, via="portal")
    files = [(row, reverse("portal:notice_file", args=[pk, row.pk])) for row in context["files"]]
    asks = found.receipt_wanted and found.confirmed_at is None and not context["withdrawn"]
    return page(
        request,
        "portal/notice.html",
        context | {"files": files, "asks": asks, "confirmed_at": found.confirmed_at, "keeper": owner.keeper},
    )


@owner_page
@require_POST
def notice_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    found = _mine(request, pk)
    if notices.was_withdrawn(found):
        raise BusinessError(_("这条通知已撤回"), _("不需要确认了"))
    receipts.confirm(found, owner=request.owner, via="portal")  # type: ignore[attr-defined]
    return redirect("portal:notice", pk)


@owner_page
@require_safe
def notice_file(request: HttpRequest, pk: int, file: int) -> Any:
    """A file of an announcement that reached this person; pictures are shown, everything else is saved."""
    return stored_file_or_404(notices.file_of(_mine(request, pk), file))
