"""The page behind a personal link: opened without signing in, for one announcement. A GET writes nothing; the button and, where
scripts run, the page itself post that it was read."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.services import links
from core.web.access import public
from notices.models import Delivery, Notice
from notices.queries.contents import PURPOSE
from notices.queries.public import page_of, target_of
from notices.services import receipts

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
@require_POST
def public_confirm(request: HttpRequest, token: str) -> HttpResponse:
    notice, delivery = _target(token)
    receipts.confirm(notice, owner=delivery.owner, via="link")
    return HttpResponseRedirect(request.path.removesuffix("confirm"))
