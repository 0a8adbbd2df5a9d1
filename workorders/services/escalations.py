"""Deadlines that tell (R41, DOMAIN 2.2): 80% to whoever has the order, 100% to the supervisors, ×1.5 to the manager, ×2 to the region
together with a 督办.

A step is a row made with its clock. Whoever runs this claims the rows that are due with SKIP LOCKED and writes messages, log and
told_at in one transaction: two workers never tell the same step, one that is killed has told nothing, and after a standstill
everything is told once, late. The order's row is claimed with it, so that nothing is told of an order that is just being finished.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from core import inbox_kinds, log
from core.actors import SYSTEM
from core.models import InboxItem
from core.services.inbox import Note, notify_many
from workorders.due import span
from workorders.models import Escalation, Supervision
from workorders.queries.audience import Audience
from workorders.services.clocks import ROUND_THE_CLOCK, telling_time
from workorders.states import OPEN, Clock, Level

TOLD = log.declare("workorders.workorder.escalated", lazy("发出时限提醒"))
DEMANDED = log.declare("workorders.workorder.supervised", lazy("督办"))
REMINDER = inbox_kinds.declare(
    "workorders.deadline", lazy("工单时限提醒与升级"), demands=True, permission="workorders.view_workorder"
)
SUPERVISED = inbox_kinds.declare(
    "workorders.supervision", lazy("督办与回复"), demands=True, permission="workorders.view_workorder"
)
BATCH = 500
Step = tuple[datetime, int]  # its moment and its key
# How long the region gives, by itself, to an order at twice its time.
ANSWER_WITHIN, ANSWER_AT_ONCE = timedelta(days=1), timedelta(hours=4)
BELL = {Level.REMIND: InboxItem.Level.WARNING}

# What is past, in turn; which of it may be told is asked of so many rows at a time, however many stand still.
_DUE = """
SELECT id, at FROM workorders_escalation
 WHERE told_at IS NULL AND dropped_at IS NULL AND at <= %(now)s AND (at, id) > (%(at)s, %(id)s)
 ORDER BY at, id LIMIT %(batch)s
"""
_CLAIM = """
SELECT e.id FROM workorders_escalation e
  JOIN workorders_orderclock c ON c.id = e.clock_id
  JOIN workorders_workorder o ON o.id = c.order_id
 WHERE e.id = ANY(%(ids)s) AND e.told_at IS NULL AND e.dropped_at IS NULL AND e.at <= %(now)s
   AND c.met_at IS NULL AND c.round = o.rework_count AND o.paused_at IS NULL AND o.status = ANY(%(open)s)
 ORDER BY e.at, e.id
   FOR UPDATE OF e SKIP LOCKED FOR SHARE OF o SKIP LOCKED
"""


@dataclass
class Told:
    """What one run did. `messages` counts people, `postponed` steps that wait for the next working hours."""

    steps: int = 0
    messages: int = 0
    supervisions: int = 0
    postponed: int = 0


def send_overdue_reminders(*, hold: Callable[[], None] = lambda: None, batch: int = BATCH) -> Told:
    """Tells every step that is due now; each batch is a transaction of its own. `hold` is called before each is written."""
    told, audience = Told(), Audience()
    after: Step | None = (datetime.min.replace(tzinfo=UTC), 0)
    while after is not None:
        after = _tell_batch(told, audience, hold, batch, after)
    return told


@transaction.atomic
def _tell_batch(told: Told, audience: Audience, hold: Callable[[], None], batch: int, after: Step) -> Step | None:
    """What comes after this step; returns the last one told. What stands still keeps steps that are past, and a run would else walk over
    all of them with every batch."""
    hold()
    now = timezone.now()
    steps, last = _claim(now, batch, after)
    later = [step for step in steps if not _may_tell_now(step, now)]
    for step in later:
        step.at = telling_time(step.clock.order, now)
    Escalation.objects.bulk_update(later, ["at"])
    waiting = {step.pk for step in later}
    due = [step for step in steps if step.pk not in waiting]
    people = {step.pk: audience.of(step.clock.order, step.level) for step in due}
    sent = notify_many([note for step in due for note in _notes(step, people[step.pk], now)], kind=REMINDER.code)
    demands = _demands([step for step in due if step.level == Level.REGION], now)
    Supervision.objects.bulk_create(demands)
    Escalation.objects.filter(pk__in=[step.pk for step in due]).update(told_at=now)
    log.record_many(TOLD, [(step.clock.order, _facts(step, people[step.pk])) for step in due], by=SYSTEM)
    log.record_many(
        DEMANDED, [(row.order, {"demand": row.demand, "due_at": _moment(row.due_at)}) for row in demands], by=SYSTEM
    )
    told.steps += len(due)
    told.messages += sent
    told.supervisions += len(demands)
    told.postponed += len(later)
    return last


def _claim(now: datetime, batch: int, after: Step) -> tuple[list[Escalation], Step | None]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now, "at": after[0], "id": after[1], "batch": batch})
        due = cursor.fetchall()
        if not due:
            return [], None
        cursor.execute(_CLAIM, {"now": now, "open": sorted(OPEN), "ids": [row[0] for row in due]})
        ids = [row[0] for row in cursor.fetchall()]
    rows = Escalation.objects.filter(pk__in=ids).select_related(
        "clock__order__community__work_calendar", "clock__order__kind", "clock__order__assignee",
        "clock__order__team__leader",
    )  # fmt: skip
    # Free text and the encrypted number are not looked at: reading them costs more than the rest.
    rows = rows.defer("clock__order__description", "clock__order__result", "clock__order__reporter_phone")
    steps = list(rows.prefetch_related("clock__order__team__members").order_by("at", "pk"))
    return steps, (due[-1][1], due[-1][0])


def _may_tell_now(step: Escalation, now: datetime) -> bool:
    """Planned for working hours, but told late: it may be night by now, or a holiday somebody has just entered."""
    order = step.clock.order
    return order.urgency in ROUND_THE_CLOCK or telling_time(order, now) <= now


def _notes(step: Escalation, people: list[User], now: datetime) -> list[Note]:
    sentence, url = sentence_of(step, now), step.clock.order.door
    level = BELL.get(Level(step.level), InboxItem.Level.URGENT)
    return [Note(person.pk, sentence, url, level, f"workorders.escalation:{step.pk}") for person in people]


def sentence_of(step: Escalation, now: datetime) -> str:
    """As it stands now, not as it was planned: after a standstill the first step may be told of an order long overdue."""
    order, clock = step.clock.order, Clock(step.clock.clock).label
    words = {"order": order.headline, "clock": clock}
    if now <= step.clock.due_at:
        return _("%(clock)s时限剩 %(left)s：%(order)s") % {**words, "left": span(step.clock.due_at - now)}
    late = {**words, "late": span(now - step.clock.due_at)}
    if step.level == Level.REGION:
        return _("%(clock)s超时 %(late)s，已督办：%(order)s") % late
    return _("%(clock)s超时 %(late)s：%(order)s") % late


def _demands(steps: list[Escalation], now: datetime) -> list[Supervision]:
    """One for an order, however many of its clocks are at twice their time; none while another waits for its answer."""
    open_ = Supervision.objects.filter(replied_at__isnull=True).exclude(level="")
    asked = set(open_.filter(order__in=[step.clock.order_id for step in steps]).values_list("order_id", flat=True))
    first = {step.clock.order_id: step for step in reversed(steps) if step.clock.order_id not in asked}
    return [_demand(step, now) for step in first.values()]


def _demand(step: Escalation, now: datetime) -> Supervision:
    order = step.clock.order
    at_once = order.urgency in ROUND_THE_CLOCK
    due = now + ANSWER_AT_ONCE if at_once else telling_time(order, now + ANSWER_WITHIN)
    words = {"clock": Clock(step.clock.clock).label, "due": _moment(step.clock.due_at)}
    demand = _("%(clock)s已超时一倍（应在 %(due)s 前），请说明原因并尽快处理") % words
    return Supervision(order=order, demand=demand, due_at=due, level=step.level)


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _facts(step: Escalation, people: list[User]) -> dict[str, Any]:
    return {
        "clock": Clock(step.clock.clock).label,
        "level": Level(step.level).label,
        "told": "、".join(person.display_name for person in people),
    }
