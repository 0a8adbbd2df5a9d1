"""Changes of state: data plus one helper (ARCHITECTURE part 3).

An app says in its states.py which action leads from where to where and who may (`TRANSITIONS`); `move` is the only writer of a
status column. It compares and swaps in one UPDATE, so that of two people who act at once exactly one succeeds and the other is
told who was first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core.errors import BusinessError, InvalidTransition, OutOfScope
from core.models import LogEntry
from core.querysets import visible

# (actor, action, object) -> True, or something false that knows its `reason`.
Policy = Callable[[Any, str, Any], Any]


@dataclass(frozen=True)
class Transition:
    """One way from some states to one. Staff need the `permission` where the object stands. `owner_field` names the field of the
    object that holds the id of the owner who may go this way himself, for what is his own. Without either it is the system's."""

    sources: frozenset[str]
    target: str
    permission: str = ""
    owner_field: str = ""


Transitions = Mapping[str, Transition]


def move(
    obj: models.Model, action: str, *, by: Any, transitions: Transitions, policy: Policy | None = None, **values: Any
) -> dict[str, list[Any]]:
    """Carries out one action: right, policy, then compare-and-swap of the status together with `values`.

    Returns the change for the log ({"status": [old, new]}, in words); the caller logs it in the same transaction, since that entry
    is how a loser of a race learns who won. Raises OutOfScope, BusinessError (the policy's reason) or InvalidTransition.
    """
    transition = transitions[action]
    check_right(obj, transition, by)
    allowed = policy(by, action, obj) if policy else True
    if not allowed:
        raise BusinessError(getattr(allowed, "reason", "") or _("现在不能这样做"))
    old = getattr(obj, "status")  # noqa: B009  models of different apps
    rows: Any = type(obj)._base_manager
    found = rows.filter(pk=obj.pk, status__in=transition.sources).update(status=transition.target, **values)
    if found != 1:
        raise InvalidTransition(_told(obj), _allowed_words(obj, by, transitions, policy))
    for name, value in {"status": transition.target, **values}.items():
        setattr(obj, name, value)
    return {"status": [_word(obj, old), _word(obj, transition.target)]}


def available_actions(
    user: Any, obj: Any, *, transitions: Transitions | None = None, policy: Policy | None = None
) -> list[str]:
    """What this person may do with the object now, in the order of the table. The model names its table (`transitions`)."""
    table: Transitions = transitions if transitions is not None else type(obj).transitions
    ready = [(action, way) for action, way in table.items() if obj.status in way.sources]
    asked: dict[str, bool] = {}
    reach = {name: _reaches(obj, name, user, asked) for name in {way.permission for _action, way in ready}}
    mine = [action for action, way in ready if reach[way.permission] or _is_own(obj, way, user)]
    return [action for action in mine if policy is None or policy(user, action, obj)]


def check_right(obj: models.Model, transition: Transition, by: Any) -> None:
    """Whether the actor may go this way at all, whatever the state; acts that change no state ask it too. Raises OutOfScope."""
    if by.actor_type == "system" or _is_own(obj, transition, by) or _reaches(obj, transition.permission, by):
        return
    raise OutOfScope(_("你没有做这件事的权限"))


def _is_own(obj: models.Model, transition: Transition, actor: Any) -> bool:
    """Whether the actor is the owner this way is open to. Ids of users and owners are numbers of different tables."""
    if getattr(actor, "actor_type", "") != "owner" or not transition.owner_field:
        return False
    return bool(actor.actor_id is not None and getattr(obj, transition.owner_field) == actor.actor_id)


def _reaches(obj: models.Model, permission: str, user: Any, asked: dict[str, bool] | None = None) -> bool:
    """The permission, where the object stands; a way without one is nobody's. `asked` keeps answers: permissions given for the same
    places ask the same question."""
    if not permission or not hasattr(user, "has_perm") or not user.has_perm(permission):
        return False
    rows = visible(type(obj), user, permission).filter(pk=obj.pk)
    if asked is None:
        return bool(rows.exists())
    try:
        question = str(rows.query)
    except EmptyResultSet:
        return False
    if question not in asked:
        asked[question] = rows.exists()
    return asked[question]


def _told(obj: models.Model) -> str:
    """Who changed it to what and when; the row has just been waited for, so the winner's entry is there to read."""
    current = type(obj)._base_manager.values_list("status", flat=True).filter(pk=obj.pk).first()
    if current is None:
        return _("“%(object)s”已不存在") % {"object": obj}
    obj.status = current  # type: ignore[attr-defined]
    label, state = obj._meta.label_lower, _word(obj, current)
    entries = LogEntry.objects.filter(object_type=label, object_id=obj.pk, changes__has_key="status")
    last = entries.order_by("-id").first()
    if last is None:
        return _("“%(object)s”现在是“%(state)s”，不能这样做") % {"object": obj, "state": state}
    at = formats.date_format(timezone.localtime(last.at), "DATETIME_FORMAT")
    words = {"who": last.actor_label, "at": at, "state": state}
    return _("已由 %(who)s 于 %(at)s 改为“%(state)s”") % words


def _allowed_words(obj: models.Model, by: Any, transitions: Transitions, policy: Policy | None) -> list[str]:
    labels = dict(getattr(type(obj), "action_labels", {}))
    return [str(labels.get(name, name)) for name in available_actions(by, obj, transitions=transitions, policy=policy)]


def _word(obj: models.Model, status: Any) -> str:
    field: Any = obj._meta.get_field("status")
    return str(dict(field.flatchoices).get(status, status))
