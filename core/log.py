"""The log primitive: who did what to which object, with old and new values, in the same transaction as the act (R133).

Every action code is declared once, past tense and dotted (`owners.owner.changed`), with the sentence the log viewer shows and the
fields that are personal. Values of personal fields are masked before they are written: the log must not become a second,
unencrypted register of phones and identity numbers.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models

from core import context
from core.models import LogEntry

Mask = Callable[[str], str]


@dataclass(frozen=True)
class ActionType:
    """A declared action: `sentence` (lazy, for people), `personal` masks by field name, `sensitive` marks looks and exports."""

    code: str
    sentence: Any
    personal: Mapping[str, Mask] = field(default_factory=dict)
    sensitive: bool = False


_actions: dict[str, ActionType] = {}


def declare(code: str, sentence: Any, *, personal: Mapping[str, Mask] | None = None, sensitive: bool = False) -> str:
    """Registers an action code (called at import by the module that logs it) and returns the code."""
    if code in _actions and str(_actions[code].sentence) != str(sentence):
        raise ValueError(f"log action {code} is declared twice")
    _actions[code] = ActionType(code, sentence, dict(personal or {}), sensitive)
    return code


def declared() -> dict[str, ActionType]:
    return dict(_actions)


def sentence_of(code: str) -> str:
    """What the log viewer prints for a code; a code of a removed app prints itself."""
    action = _actions.get(code)
    return str(action.sentence) if action else code


def reads() -> list[str]:
    """Codes of the looks and exports: they are traced, but nothing of the object has changed."""
    return [code for code, action in _actions.items() if action.sensitive]


def plain(value: Any) -> Any:
    """A JSON value that reads well: money and areas as text, dates ISO, objects by their name."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (Decimal, UUID, float)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat(sep=" ", timespec="minutes") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return str(value)


def _masked(action: ActionType, changes: Mapping[str, Any]) -> dict[str, Any]:
    stored = {}
    for name, value in changes.items():
        mask = action.personal.get(name)
        value = plain(value)
        if mask:
            value = (
                [mask(str(part)) if part else part for part in value]
                if isinstance(value, list)
                else mask(str(value or ""))
            )
        stored[name] = value
    return stored


def label_of(obj: models.Model) -> str:
    """How the log calls an object: its `log_label` where its ordinary name would be personal, else its name."""
    return str(getattr(obj, "log_label", obj))


def entry(
    action: str,
    obj: models.Model | None,
    *,
    by: Any,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    community_id: int | None = None,
    batch: UUID | None = None,
) -> LogEntry:
    """An unsaved entry. `changes` maps field to new value or to [old, new]; `by` is a user, an owner session or SYSTEM."""
    declared_action = _actions[action]
    facts = context.current()
    if community_id is None and obj is not None:
        community_id = getattr(obj, "community_id", None)
    return LogEntry(
        action=action,
        actor_type=by.actor_type,
        actor_id=by.actor_id,
        actor_label=by.actor_label[:80],
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=obj.pk if obj is not None else None,
        object_label=label_of(obj)[:160] if obj is not None else "",
        community_id=community_id,
        changes=_masked(declared_action, changes or {}),
        reason=reason[:200],
        ip=facts.ip,
        request_id=facts.request_id[:40],
        batch=batch,
    )


def record(action: str, obj: models.Model | None = None, *, by: Any, **details: Any) -> LogEntry:
    """Writes one entry (keywords as for `entry`). Call it last inside the business transaction."""
    written = entry(action, obj, by=by, **details)
    written.save(force_insert=True)
    return written


def record_many(action: str, rows: Iterable[tuple[models.Model, Mapping[str, Any]]], *, by: Any, **details: Any) -> int:
    """Writes one entry for each (object, changes) of a bulk act; returns how many."""
    entries = [entry(action, obj, by=by, changes=changes, **details) for obj, changes in rows]
    for start in range(0, len(entries), _AT_ONCE):
        _insert(entries[start : start + _AT_ONCE])
    return len(entries)


_AT_ONCE = 5000
_COLUMNS = (
    "action", "actor_type", "actor_id", "actor_label", "object_type", "object_id", "object_label", "community_id", "changes",
    "reason", "ip", "request_id", "batch",
)  # fmt: skip
# A list for each column: as values one by one, Django prepares and PostgreSQL parses a placeholder for every one of them.
_INSERT = """
INSERT INTO core_logentry (action, actor_type, actor_id, actor_label, object_type, object_id, object_label, community_id, changes,
                           reason, ip, request_id, batch)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::jsonb[],
                     %s::text[], %s::inet[], %s::text[], %s::uuid[])
"""


def _insert(entries: list[LogEntry]) -> None:
    lists = {name: [getattr(row, name) for row in entries] for name in _COLUMNS}
    lists["changes"] = [json.dumps(value, ensure_ascii=False) for value in lists["changes"]]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, list(lists.values()))
