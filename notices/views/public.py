"""The page behind a personal link: opened without signing in, for one announcement. A GET writes nothing; the button and, where
scripts run, the page itself post that it was read."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.services import links
from core.web.access import public
from notices.models import Delivery, Notice
from notices.queries.contents import PURPOSE
from notices.queries.public import attachments_of, page_of, target_of
from notices.services import receipts
from notices.states import Status

REASON = "the personal link itself is the right: 256 random bits, one announcement, one person, expiring"


def _target(token: str) -> tuple[Notice, Delivery]:
    link = links.resolve(token, PURPOSE)
    found = target_of(link) if link is not None else None
    if found is None:
        raise Http404
    return found


@public(REASON)
@never_cache
@require_GET
def public_notice(request: HttpRequest, token: str) -> HttpResponse:
    notice, delivery = _target(token)
    context: dict[str, Any] = page_of(notice, delivery) | {"token": token}
    return render(request, "notices/public_notice.html", context)


@public(REASON)
@require_POST
def public_read(request: HttpRequest, token: str) -> HttpResponse:
    """Posted by the page when it is really looked at: messengers that fetch previews run no scripts."""
    notice, delivery = _target(token)
    receipts.mark_read(notice, owner=delivery.owner, via="link")
    return HttpResponse(status=204)


@public(REASON)
@require_GET
def public_file(request: HttpRequest, token: str, file: int) -> FileResponse:
    """A file of the announcement; saved, never run by the browser. Gone with the announcement."""
    notice, _delivery = _target(token)
    row = next((row for row in attachments_of(notice) if row.pk == file), None)
    if row is None or notice.status == Status.WITHDRAWN or not default_storage.exists(str(row.file.name)):
        raise Http404
    content = default_storage.open(str(row.file.name))
    return FileResponse(content, as_attachment=True, filename=row.name, content_type=row.content_type)


@public(REASON)
@require_POST
def public_confirm(request: HttpRequest, token: str) -> HttpResponse:
    notice, delivery = _target(token)
    receipts.confirm(notice, owner=delivery.owner, via="link")
    return HttpResponseRedirect(request.path.removesuffix("confirm"))
