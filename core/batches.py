"""Acts that made many things at once, for lists that show only what one of them made. Their log entries carry the batch.

The app whose acts they are registers in ready(); its rows may stand on lower floors, whose lists cannot know it:
register("properties.unit", permission="owners.import_owner", action=UNIT_ADDED, batches=imports)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.models import LogEntry


@dataclass(frozen=True)
class Source:
    """`batches(user, uid)` gives [(uid, label)] that this person may see: the latest, or the one of `uid`."""

    permission: str
    action: str
    batches: Callable[[Any, str], list[tuple[str, str]]]


_sources: dict[str, Source] = {}


def register(model_label: str, *, permission: str, action: str, batches: Callable[[Any, str], Any]) -> None:
    _sources[model_label] = Source(permission, action, batches)


def source_of(model_label: str) -> Source:
    return _sources[model_label]


def made_in(rows: Any, uid: Any) -> Any:
    """The rows of a query set that this batch made."""
    label = rows.model._meta.label_lower
    made = LogEntry.objects.filter(batch=uid, object_type=label, action=_sources[label].action)
    return rows.filter(pk__in=made.values("object_id"))
