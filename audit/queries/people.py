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
    app_label, codename = permission.split(".")
    reach = Q(role__data_scope=DataScope.ALL) | Q(
        role__data_scope__in=[DataScope.COMMUNITY, DataScope.SUBTREE], community_ids__contains=list(community_ids)
    )
    grants = Grant.objects.in_force().filter(
        reach, role__permissions__codename=codename, role__permissions__content_type__app_label=app_label
    )
    return User.objects.filter(pk__in=grants.values("user_id"), is_active=True)


def role_holders(code: str, community_ids: Iterable[int]) -> QuerySet[User]:
    """Active people who have been given a role template for all of these communities as a whole, by the grants in force."""
    reach = Q(role__data_scope=DataScope.ALL) | Q(
        role__data_scope__in=[DataScope.COMMUNITY, DataScope.SUBTREE], community_ids__contains=list(community_ids)
    )
    grants = Grant.objects.in_force().filter(reach, role__code=code)
    return User.objects.filter(pk__in=grants.values("user_id"), is_active=True)
