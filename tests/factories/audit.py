"""Staff, roles and grants. `user_with` is what most tests need: a person who holds exactly these permissions there."""

from collections.abc import Iterable, Mapping
from typing import Any

import factory
from django.contrib.auth.models import Permission

from audit.access import PROTECTED_FIELDS
from audit.models import DataScope, Grant, Role, SignInEntry, User
from audit.services.seeds import permissions_named
from core.models import LogEntry

BACKEND = "audit.backends.GrantBackend"


class UserFactory(factory.django.DjangoModelFactory):
    """Without a password nobody signs in by the form; tests use `client.force_login(user, backend=BACKEND)`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n:04}")
    display_name = factory.Sequence(lambda n: f"员工{n}")
    must_change_password = False
    password = "!"

    @factory.post_generation
    def plain_password(self, create: bool, value: str | None, **_: Any) -> None:
        """UserFactory(plain_password="…") makes an account that can sign in by the form (hashing costs 50 ms)."""
        if value:
            self.set_password(value)
            self.save(update_fields=["password"])


class RoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Role
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"test-role-{n}")
    name = factory.Sequence(lambda n: f"测试角色{n}")

    @factory.post_generation
    def holds(self, create: bool, names: Iterable[str] | None, **_: Any) -> None:
        """RoleFactory(holds=["owners.view_owner"])."""
        if names:
            self.permissions.set(permissions_named(list(names)))


class GrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Grant

    user = factory.SubFactory(UserFactory)
    role = factory.SubFactory(RoleFactory)


class SignInEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SignInEntry

    username = factory.Sequence(lambda n: f"staff{n:04}")
    result = SignInEntry.Result.SUCCESS
    ip = "10.0.0.8"


class LogEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LogEntry

    action = "audit.user.created"
    actor_type = "user"
    actor_id = 1
    actor_label = "测试员（tester）"


def _ids(places: Iterable[Any]) -> list[int]:
    return [getattr(place, "pk", place) for place in places]


def _visibility(wish: str | Mapping[str, str] | None) -> dict[str, str]:
    if wish is None:
        return {}
    levels = dict.fromkeys(PROTECTED_FIELDS, wish) if isinstance(wish, str) else dict(wish)
    return {f"{name}_visibility": level for name, level in levels.items()}


def grant_to(
    user: User,
    *permissions: str,
    communities: Iterable[Any] = (),
    buildings: Iterable[Any] = (),
    scope: str | None = None,
    visibility: str | Mapping[str, str] | None = None,
) -> Grant:
    """One more role for somebody, holding these permissions for these places (objects or ids).

    The scope follows from what is named: buildings, communities, else everything."""
    communities, buildings = list(communities), list(buildings)
    if scope is None:
        scope = DataScope.BUILDING if buildings else DataScope.COMMUNITY if communities else DataScope.ALL
    if buildings and not communities:
        communities = list(dict.fromkeys(b.community_id for b in buildings if hasattr(b, "community_id")))
    role = RoleFactory(data_scope=scope, holds=permissions, **_visibility(visibility))
    user.__dict__.pop("access", None)
    return GrantFactory(user=user, role=role, community_ids=_ids(communities), building_ids=_ids(buildings))


def user_with(*permissions: str, username: str = "", display_name: str = "", **where: Any) -> User:
    """A person who holds exactly these permissions. `where` as for grant_to(): communities, buildings, scope, visibility
    ("plain", "masked", "hidden" for all protected fields or {"phone": "plain"})."""
    named = {"username": username} if username else {}
    named |= {"display_name": display_name} if display_name else {}
    user = UserFactory(**named)
    if permissions or where:
        grant_to(user, *permissions, **where)
    return user


def all_permission_names() -> list[str]:
    rows = Permission.objects.select_related("content_type")
    return [f"{row.content_type.app_label}.{row.codename}" for row in rows]
