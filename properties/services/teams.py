from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import User
from core import changes, log
from core.errors import BadValue
from core.normalise import normalise_phone
from properties.models import Community, Team
from properties.services import guards

CREATED = log.declare("properties.team.created", gettext_lazy("新增班组"))
CHANGED = log.declare("properties.team.changed", gettext_lazy("修改班组"))
DISABLED = log.declare("properties.team.disabled", gettext_lazy("停用班组"))
RESTORED = log.declare("properties.team.restored", gettext_lazy("恢复班组"))


@transaction.atomic
def create_team(*, by: Any, community: Community, members: Iterable[User] = (), **values: Any) -> Team:
    values = _tidy(values)
    team = Team(community=community, **values)
    changes.save(team)
    guards.require_in_scope(team, by=by, permission="properties.add_team")
    people = _with_leader(team, members)
    team.members.set(people)
    log.record(CREATED, team, by=by, changes=guards.named(values, team) | {"members": _names(people)})
    return team


@transaction.atomic
def change_team(team: Team, *, by: Any, members: Iterable[User] | None = None, **values: Any) -> Team:
    """The leader is always one of the members."""
    changed = changes.assign(team, _tidy(values))
    if changed:
        changes.save(team)
    before = list(team.members.order_by("pk"))
    after = _with_leader(team, before if members is None else members)
    if before != after:
        team.members.set(after)
        changed["members"] = [_names(before), _names(after)]
    if changed:
        log.record(CHANGED, team, by=by, changes=changed)
    return team


def _tidy(values: dict[str, Any]) -> dict[str, Any]:
    if not values.get("phone"):
        return values
    try:
        return values | {"phone": normalise_phone(values["phone"])}
    except BadValue as error:
        raise BadValue(error.sentence, error.fix, field="phone") from None


def _with_leader(team: Team, members: Iterable[User]) -> list[User]:
    people = {user.pk: user for user in members}
    if team.leader is not None:
        people[team.leader.pk] = team.leader
    gone = [str(user) for user in people.values() if not user.is_active]
    if gone:
        raise BadValue(_("%(people)s已停用，不能在班组里") % {"people": "、".join(gone)}, field="members")
    return [people[pk] for pk in sorted(people)]


def _names(people: Iterable[User]) -> list[str]:
    return [str(user) for user in people]


def disable_team(team: Team, *, by: Any, reason: str = "") -> Team:
    guards.stop(team, action=DISABLED, by=by, reason=reason)
    return team


def restore_team(team: Team, *, by: Any, reason: str = "") -> Team:
    guards.restart(team, action=RESTORED, by=by, reason=reason)
    return team
