"""Staff of the places a person works in: whom his forms and filters offer. A company of a thousand does not stand in a select,
and who works elsewhere is nobody's business."""

from typing import Any

from django.db.models import Q, QuerySet

from audit.models import DataScope, Grant, User
from core.pinyin import readings


def colleagues(user: Any, *, ever: bool = False) -> QuerySet[User]:
    """Active people with a grant in force that reaches one of his communities, or all of them. `ever` adds who worked there before:
    a filter looks for what people did who have gone."""
    rows, grants = User.objects.order_by("display_name", "pk"), Grant.objects.all()
    if not ever:
        rows, grants = rows.filter(is_active=True), Grant.objects.in_force()
    if any(grant.scope.everything for grant in user.access.grants):
        return rows
    mine = sorted({pk for grant in user.access.grants for pk in grant.community_ids})
    near = grants.filter(Q(role__data_scope=DataScope.ALL) | Q(community_ids__overlap=mine))
    return rows.filter(pk__in=near.values("user_id"))


def colleagues_and(user: Any, kept: Any) -> QuerySet[User]:
    """Them and whom the record names already (a person, a key or several): opening a form takes nobody off it."""
    named = kept if isinstance(kept, list | tuple) else [kept] if kept else []
    return colleagues(user) | User.objects.filter(pk__in=[getattr(row, "pk", row) for row in named])


def named_like(rows: QuerySet[User], text: str, most: int) -> list[User]:
    """By name, account or the letters of the name (zm, zhoum), as people are looked for everywhere else."""
    wanted = text.lower()
    return [user for user in rows if _is_like(user, wanted)][:most]


def _is_like(user: User, wanted: str) -> bool:
    if wanted in user.display_name.lower() or user.username.lower().startswith(wanted):
        return True
    return any(
        "".join(syllables).startswith(wanted) or "".join(word[0] for word in syllables).startswith(wanted)
        for syllables in readings(user.display_name)
    )
