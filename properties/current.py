"""The community a person is working in: a choice kept in the session that narrows lists and prefills forms, never a right."""

from typing import Any

from django.http import HttpRequest

from audit.access import NOWHERE, Scope
from core.statements import Instances
from properties.models import Community

SESSION_KEY = "community_id"
VIEW = "properties.view_community"
_SHOWN = ("id", "code", "name", "disabled_at")
# What `visible_to` gives to whom nothing is closed.
_ALL = Instances(Community, Community.objects.all, only=_SHOWN)


def communities_in_reach(user: Any, permission: str) -> list[Community]:
    """The communities in the person's scope under a permission, by code: what switchers and filters offer. Read once for each scope of
    a user object, which lives one request: on most pages frame and filter ask for the same.

    Only what is shown is fetched: at eighty communities the other columns cost more than the rest of the frame."""
    scope = user.access.scope(permission) if user.has_perm(permission) else NOWHERE
    kept = user.__dict__.setdefault("_communities", {})
    if scope not in kept:
        kept[scope] = [] if scope.is_empty else _reached(user, permission, scope)
    found: list[Community] = kept[scope]
    return found


def _reached(user: Any, permission: str, scope: Scope) -> list[Community]:
    if scope.everything:
        return _ALL.rows()
    return list(Community.objects.visible_to(user, permission).only(*_SHOWN))


def switchable_communities(user: Any) -> list[Community]:
    """The communities a person may choose to work in: those in his scope that are not stopped."""
    return [row for row in communities_in_reach(user, VIEW) if row.disabled_at is None]


def current_community(request: HttpRequest) -> Community | None:
    """The chosen community if it is still in scope; the only one when there is just one; None for all."""
    kept: Any = request  # one answer a request, kept on it
    if not hasattr(kept, "_current_community"):
        rows = switchable_communities(request.user)
        chosen = request.session.get(SESSION_KEY)
        found = next((row for row in rows if row.pk == chosen), None)
        kept._current_community = found or (rows[0] if len(rows) == 1 else None)
    chosen_here: Community | None = kept._current_community
    return chosen_here


def switch(request: HttpRequest, community_id: int | None) -> None:
    """Remembers the choice; an id out of scope counts as all."""
    ids = {row.pk for row in switchable_communities(request.user)}
    request.session[SESSION_KEY] = community_id if community_id in ids else None
