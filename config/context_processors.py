"""What the frame of every staff page shows: menu, community switcher, bell, running job.

The menu and the switcher are drawn once for everything they depend on: language, permissions, page, communities. All of that is read
anew for every request and is the whole key, so there is nothing to invalidate: a grant withdrawn is another key.
"""

from functools import cache, lru_cache, partial
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config import navigation
from config.entries import CardPart, MenuItem
from core.queries.frame import waiting
from core.web.access import ANYONE_SIGNED_IN, allowed
from properties.current import current_community, switchable_communities

KEPT = 512


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    waits = cache(partial(waiting, user.pk))
    # Templates call what can be called: nothing is asked for on a page that does not show it.
    return {
        "side_menu": partial(side_menu, request),
        "unit_card_parts": partial(parts, request, navigation.UNIT_CARD),
        "order_parts": partial(parts, request, navigation.ORDER_PARTS),
        "switcher": partial(switcher, request),
        "current_community": partial(current_community, request),
        "unread_count": lambda: waits().unread,
        "running_job": lambda: waits().job,
    }


def side_menu(request: HttpRequest) -> str:
    user: Any = request.user
    name = request.resolver_match.view_name if request.resolver_match else ""
    community = current_community(request)
    held = user.access.permissions if user.is_active and not user.is_expired else frozenset()
    return _side_menu(get_language(), held, name, community.pk if community else None)


@lru_cache(maxsize=KEPT)
def _side_menu(language: str | None, held: frozenset[str], name: str, community_id: int | None) -> str:
    return render_to_string("components/_side_menu.html", {"nav_groups": menu(held, name, community_id)})


def menu(held: frozenset[str], name: str, community_id: int | None) -> list[dict[str, Any]]:
    """The entries open to the holder of these permissions, as seen from the page `name`."""
    groups = []
    for group in navigation.MENU:
        items = [
            {
                "label": item.label,
                "icon": item.icon,
                "url": menu_url(item, community_id),
                "active": name.startswith(item.match),
                "count_place": item.count_place,
            }
            for item in group.items
            if item.permission == ANYONE_SIGNED_IN or item.permission in held
        ]
        if items:
            groups.append({"label": group.label, "items": items})
    return groups


def menu_url(item: MenuItem, community_id: int | None) -> str:
    """The entry's list, narrowed to the community in which the person works."""
    narrowed = f"?{item.here}={community_id}" if item.here and community_id else ""
    return reverse(item.url) + narrowed


def parts(request: HttpRequest, offered: tuple[CardPart, ...]) -> list[str]:
    """Addresses of what upper floors add to a page or card of a lower one."""
    return [part.url for part in offered if allowed(request, part.permission)]


def switcher(request: HttpRequest) -> str:
    """The buttons of the communities to choose from; '' when there is none."""
    rows = tuple((row.pk, row.name) for row in switchable_communities(request.user))
    current = current_community(request)
    return _switcher(get_language(), rows, current.pk if current else None) if rows else ""


@lru_cache(maxsize=KEPT)
def _switcher(language: str | None, rows: tuple[tuple[int, str], ...], current_id: int | None) -> str:
    communities: list[dict[str, Any]] = [{"id": pk, "name": name, "active": pk == current_id} for pk, name in rows]
    if len(rows) > 1:
        communities.insert(0, {"id": None, "name": _("全部项目"), "active": current_id is None})
    return render_to_string("components/_communities.html", {"communities": communities})
