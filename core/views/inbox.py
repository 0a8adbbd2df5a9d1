"""The bell: what the system tells a person. Reading is a POST, because looking at a link must not change anything."""

from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import inbox_ways
from core.models import InboxItem
from core.services.inbox import mark_read
from core.web.access import signed_in

PAGE = 50
ICONS = {"info": "info-circle", "done": "circle-check", "warning": "alert-triangle", "urgent": "alert-circle"}
COLOURS = {"info": "", "done": "green", "warning": "orange", "urgent": "red"}


@require_safe
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    rows = InboxItem.objects.visible_to(request.user, "*")
    only_unread = request.GET.get("show") == "unread"
    page = Paginator(rows.filter(read_at__isnull=True) if only_unread else rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("消息"),
        "days": _by_day(page.object_list),
        "page": page,
        "only_unread": only_unread,
    }
    return render(request, "core/inbox.html", context)


def _by_day(items: Any) -> list[dict[str, Any]]:
    ways = {way.code: way.label for way in inbox_ways.available()}
    for item in items:
        item.icon, item.colour = ICONS[item.level], COLOURS[item.level]
        item.carried_words = "，".join(_carried(ways.get(way, way), result) for way, result in item.carried.items())
    return [
        {"day": day, "items": list(group)} for day, group in groupby(items, lambda item: timezone.localdate(item.at))
    ]


def _carried(way: Any, result: str) -> str:
    words = {"sent": _("已发%(way)s"), "unknown": _("%(way)s结果未知")}
    return words.get(result, _("%(way)s没有发出")) % {"way": way}


@require_POST
@signed_in
def inbox_read(request: HttpRequest) -> HttpResponse:
    """Marks one item (posted `item`) or all of them as read."""
    item = request.POST.get("item", "")
    mark_read(request.user, item_id=int(item) if item.isdecimal() and len(item) < 19 else None)
    return HttpResponseRedirect(reverse("core:inbox"))


@require_POST
@signed_in
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks an item as read and goes where it points."""
    item = get_object_or_404(InboxItem.objects.visible_to(request.user, "*"), pk=pk)
    mark_read(request.user, item_id=item.pk)
    inside = item.url.startswith("/") and not item.url.startswith(("//", "/\\"))
    return HttpResponseRedirect(item.url if inside else reverse("core:inbox"))
