"""The community a person is working in: a choice kept in the session that narrows lists and prefills forms, never a right."""

from typing import Any

from django.http import HttpRequest

from properties.models import Community

SESSION_KEY = "community_id"
VIEW = "properties.view_community"


def switchable_communities(user: Any) -> list[Community]:
    """The communities in the person's scope that are not stopped, by code; read once for a user object, which lives one request.

    Only what a switcher shows is fetched: at eighty communities the other columns cost more than the rest of the frame."""
    if not hasattr(user, "_switchable_communities"):
        rows = Community.objects.visible_to(user, VIEW).filter(disabled_at__isnull=True).only("id", "code", "name")
        user._switchable_communities = list(rows)
    found: list[Community] = user._switchable_communities
    return found


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
