"""Deadlines that tell: what is common to everything that has them (work orders, complaints).

A step is a row (`at`, `told_at`) made with its clock. Whoever runs this claims the rows that are due with SKIP LOCKED and writes
messages, log and told_at in one transaction: two workers never tell the same step, one that is killed has told nothing, and after a
standstill everything is told once, late.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection, models, transaction
from django.utils import timezone

from core import log
from core.actors import SYSTEM
from core.keys import among
from core.services.inbox import Note, notify_many

BATCH = 500
Step = tuple[datetime, int]  # its moment and its key


@dataclass
class Told:
    """What one run did. `messages` counts people, `postponed` steps that wait for the next working hours."""

    steps: int = 0
    messages: int = 0
    supervisions: int = 0
    postponed: int = 0


class Teller(Protocol):
    """What one app says about its steps. `due_sql` walks over what is past, (id, at) in turn (%(now)s, %(at)s, %(id)s, %(batch)s);
    `claim_sql` picks of these ids (%(ids)s, %(now)s and `parameters`) what may be told, locking it and the row it is about. `share` gives
    the steps what many of them have in common. `kind` is the message's kind, `action` the log's code."""

    due_sql: str
    claim_sql: str
    parameters: dict[str, Any]
    kind: str
    action: str

    def rows(self, ids: Sequence[int]) -> models.QuerySet: ...

    def share(self, steps: Sequence[Any]) -> None: ...

    def telling_time(self, step: Any, now: datetime) -> datetime: ...

    def people(self, step: Any) -> list[Any]: ...

    def notes(self, step: Any, people: Sequence[Any], now: datetime) -> list[Note]: ...

    def subject(self, step: Any) -> models.Model: ...

    def facts(self, step: Any, people: list[Any]) -> dict[str, Any]: ...

    def follow(self, steps: list[Any], now: datetime) -> int: ...


class Shared:
    """Rows that the steps of one run lead to again and again (a community, a type, a person), read once for the run."""

    def __init__(self, rows: models.QuerySet) -> None:
        self._rows = rows
        self._known: dict[Any, models.Model] = {}

    def give(self, name: str, objects: Sequence[models.Model]) -> None:
        """Each object gets what its foreign key `name` leads to."""
        field: Any = objects[0]._meta.get_field(name) if objects else None
        keys = {getattr(obj, field.attname) for obj in objects} - {None}
        if missing := keys - self._known.keys():
            self._known |= self._rows.in_bulk(missing)
        for obj in objects:
            field.set_cached_value(obj, self._known.get(getattr(obj, field.attname)))


def tell_all(teller: Teller, *, hold: Callable[[], None] = lambda: None, batch: int = BATCH) -> Told:
    """Tells every step that is due now; each batch is a transaction of its own. `hold` is called before each is written."""
    told = Told()
    after: Step | None = (datetime.min.replace(tzinfo=UTC), 0)
    while after is not None:
        after = _tell_batch(teller, told, hold, batch, after)
    return told


@transaction.atomic
def _tell_batch(teller: Teller, told: Told, hold: Callable[[], None], batch: int, after: Step) -> Step | None:
    """What comes after this step; returns the last one looked at. What stands still keeps steps that are past, and a run would else walk
    over all of them with every batch."""
    hold()
    now = timezone.now()
    steps, last = _claim(teller, now, batch, after)
    # Planned for working hours, but told late: it may be night by now, or a holiday somebody has just entered.
    later: list[Any] = []
    due: list[Any] = []
    for step in steps:
        at = teller.telling_time(step, now)
        (due if at <= now else later).append(step)
        step.at = step.at if at <= now else at
    if later:
        type(later[0])._base_manager.bulk_update(later, ["at"])
    people = {step.pk: teller.people(step) for step in due}
    notes = [note for step in due for note in teller.notes(step, people[step.pk], now)]
    told.messages += notify_many(notes, kind=teller.kind)
    if due:
        type(due[0])._base_manager.filter(among([step.pk for step in due])).update(told_at=now)
    log.record_many(
        teller.action, [(teller.subject(step), teller.facts(step, people[step.pk])) for step in due], by=SYSTEM
    )
    told.supervisions += teller.follow(due, now)
    told.steps += len(due)
    told.postponed += len(later)
    return last


def _claim(teller: Teller, now: datetime, batch: int, after: Step) -> tuple[list[Any], Step | None]:
    with connection.cursor() as cursor:
        cursor.execute(teller.due_sql, {"now": now, "at": after[0], "id": after[1], "batch": batch})
        due = cursor.fetchall()
        if not due:
            return [], None
        cursor.execute(teller.claim_sql, {"now": now, "ids": [row[0] for row in due], **teller.parameters})
        ids = [row[0] for row in cursor.fetchall()]
    steps = list(teller.rows(ids).order_by("at", "pk")) if ids else []
    teller.share(steps)
    return steps, (due[-1][1], due[-1][0])
