"""Users with what their list and page show."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from audit.access import scope_of
from audit.models import DataScope, FieldVisibility, Grant, SignInEntry, User, UserSession
from audit.queries.explain import Places
from audit.queries.locks import is_locked
from core.models import LogEntry


def with_grants(users: QuerySet[User]) -> QuerySet[User]:
    """Adds `grants_now`: the grants in force with their roles."""
    grants = Grant.objects.in_force().select_related("role")
    return users.prefetch_related(Prefetch("grants", grants, to_attr="grants_now"))


def grant_lines(user: User) -> list[dict[str, Any]]:
    """The grants not withdrawn, with the words of their places."""
    places = Places()
    rows = Grant.objects.filter(user=user, withdrawn_at__isnull=True).select_related("role", "granted_by")
    return [
        {"grant": row, "place": places.words(scope_of(row)), "scope": row.role.get_data_scope_display()} for row in rows
    ]


def user_page(user: User, viewer: User) -> dict[str, Any]:
    """Context of the user's page."""
    own = viewer.pk == user.pk
    return {
        "grants": grant_lines(user),
        "sessions": UserSession.objects.filter(user=user),
        "locked": is_locked(user.username),
        "own": own,
        "may_grant": viewer.has_perm("audit.grant_role_user") and not own,
        "sign_ins": recent_sign_ins(user) if viewer.has_perm("audit.view_signinentry") else None,
        "counts": {"acts": LogEntry.objects.filter(actor_type="user", actor_id=user.pk).count()},
    }


def recent_sign_ins(user: User, most: int = 8) -> QuerySet[SignInEntry]:
    return SignInEntry.objects.filter(username=user.username).order_by("-id")[:most]


def account_page(user: User, session_key: str | None) -> dict[str, Any]:
    """Context of 我的账号与权限."""
    return {
        "grants": grant_lines(user),
        "sessions": [
            {"row": row, "current": row.session_key == session_key} for row in UserSession.objects.filter(user=user)
        ],
        "sign_ins": recent_sign_ins(user),
    }


def role_words(role: Any) -> dict[str, str]:
    """A role's scope and field visibilities in words."""
    return {
        "scope": str(DataScope(role.data_scope).label),
        **{
            name: str(FieldVisibility(getattr(role, f"{name}_visibility")).label)
            for name in ("name", "phone", "id", "amount")
        },
    }


def holders_of(permission: str, community_ids: Iterable[int]) -> QuerySet[User]:
    """Active people who hold a permission in all of these communities as a whole, by the grants in force."""
    return _people(_with_permission(permission).filter(_reach(community_ids)))


def role_holders(code: str, community_ids: Iterable[int]) -> QuerySet[User]:
    """Active people who have been given a role template for all of these communities as a whole, by the grants in force."""
    return _people(_with_role(code).filter(_reach(community_ids)))


class Holders:
    """The same for one community after the other: asked once for all of them, by whoever tells thousands of things at a time."""

    def __init__(self, *, permission: str = "", role: str = "") -> None:
        grants = _with_permission(permission) if permission else _with_role(role)
        self._everywhere: set[int] = set()
        self._there: dict[int, set[int]] = {}
        rows = grants.filter(role__data_scope__in=[DataScope.ALL, *_PLACES]).order_by()
        for user_id, scope, places in rows.values_list("user_id", "role__data_scope", "community_ids"):
            if scope == DataScope.ALL:
                self._everywhere.add(user_id)
                continue
            for place in places:
                self._there.setdefault(place, set()).add(user_id)
        self._people = list(_people(grants)) if self._everywhere or self._there else []

    def at(self, community_id: int) -> list[User]:
        there = self._there.get(community_id, set())
        return [user for user in self._people if user.pk in there or user.pk in self._everywhere]


_PLACES = (DataScope.COMMUNITY, DataScope.SUBTREE)


def _reach(community_ids: Iterable[int]) -> Q:
    places = Q(role__data_scope__in=_PLACES, community_ids__contains=list(community_ids))
    return Q(role__data_scope=DataScope.ALL) | places


def _with_permission(permission: str) -> QuerySet[Grant]:
    app_label, codename = permission.split(".")
    return Grant.objects.in_force().filter(
        role__permissions__codename=codename, role__permissions__content_type__app_label=app_label
    )


def _with_role(code: str) -> QuerySet[Grant]:
    return Grant.objects.in_force().filter(role__code=code)


def _people(grants: QuerySet[Grant]) -> QuerySet[User]:
    return User.objects.filter(pk__in=grants.values("user_id"), is_active=True)
