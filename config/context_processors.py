"""What the frame of every staff page shows: menu, community switcher, bell, running job."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from config import navigation
from core.models import InboxItem, Job
from core.web.access import allowed
from properties.current import current_community, switchable_communities


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "nav_groups": SimpleLazyObject(lambda: menu(request)),
        "unit_card_parts": SimpleLazyObject(lambda: card_parts(request)),
        "communities": SimpleLazyObject(lambda: communities(request)),
        "current_community": SimpleLazyObject(lambda: current_community(request)),
        "unread_count": SimpleLazyObject(
            lambda: InboxItem.objects.filter(user_id=user.pk, read_at__isnull=True).count()
        ),
        "running_job": SimpleLazyObject(lambda: running_job(user)),
    }


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    name = request.resolver_match.view_name if request.resolver_match else ""
    groups = []
    for group in navigation.MENU:
        items = [
            {
                "label": item.label,
                "icon": item.icon,
                "url": menu_url(request, item),
                "active": name.startswith(item.match),
            }
            for item in group.items
            if allowed(request, item.permission)
        ]
        if items:
            groups.append({"label": group.label, "items": items})
    return groups


def card_parts(request: HttpRequest) -> list[str]:
    """Addresses of what upper floors add to the card of a unit."""
    return [part.url for part in navigation.UNIT_CARD if allowed(request, part.permission)]


def menu_url(request: HttpRequest, item: navigation.MenuItem) -> str:
    """The entry's list, narrowed to the community in which the person works."""
    community = current_community(request) if item.here else None
    return f"{reverse(item.url)}?{item.here}={community.pk}" if community else reverse(item.url)


def communities(request: HttpRequest) -> list[dict[str, Any]]:
    current = current_community(request)
    rows = [{"id": row.pk, "name": row.name, "active": row == current} for row in switchable_communities(request.user)]
    if len(rows) < 2:
        return rows
    return [{"id": None, "name": _("全部项目"), "active": current is None}, *rows]


def running_job(user: Any) -> dict[str, Any] | None:
    job = Job.objects.open().filter(created_by_id=user.pk, visible=True).first()
    return {"title": job.title, "percent": job.percent, "url": job.get_absolute_url()} if job else None
