"""Deadlines that tell (R41, DOMAIN 2.2): 80% to whoever has the order, 100% to the supervisors, ×1.5 to the manager, ×2 to the region
together with a 督办.

The steps are claimed and told as core.services.telling says. The order's row is claimed with the step, so that nothing is told of an
order that is just being finished.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from core import inbox_kinds, log
from core.actors import SYSTEM
from core.keys import among
from core.models import DictItem, InboxItem
from core.services.inbox import Note
from core.services.telling import BATCH, Shared, Told, tell_all
from properties.models import Community, Team
from workorders.due import span
from workorders.models import Escalation, Supervision, WorkOrder
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

_READ = (
    "level", "at", *(f"clock__{name}" for name in ("clock", "due_at", "order")),
    *(f"clock__order__{name}" for name in ("number", "address", "urgency", "community", "kind", "assignee", "team")),
)  # fmt: skip


class _Orders:
    """How orders are told of (core.services.telling)."""

    due_sql, claim_sql, parameters = _DUE, _CLAIM, {"open": sorted(OPEN)}
    kind, action = REMINDER.code, TOLD

    def __init__(self) -> None:
        self.audience = Audience()
        # A label is a promise to translate, and is kept anew each time: once for each run will do.
        self.labels: dict[str, str] = {word: str(word.label) for word in (*Clock, *Level)}
        # The address of an order's door, on both sides of its key (WorkOrder.door).
        self.door = reverse("workorders:workorder_open", args=[0]).rsplit("0", 1)
        self.shared = {
            "community": Shared(Community._base_manager.select_related("work_calendar")),
            "kind": Shared(DictItem._base_manager.all()),
            "assignee": Shared(User._base_manager.all()),
            "team": Shared(Team._base_manager.select_related("leader").prefetch_related("members")),
        }

    def rows(self, ids: Sequence[int]) -> QuerySet[Escalation]:
        # Of the order only what is said and asked below: reading its other forty columns costs more than the rest.
        return Escalation.objects.filter(among(ids)).select_related("clock__order").only(*_READ)

    def share(self, steps: Sequence[Escalation]) -> None:
        orders = [step.clock.order for step in steps]
        for name, rows in self.shared.items():
            rows.give(name, orders)

    def telling_time(self, step: Escalation, now: datetime) -> datetime:
        order = step.clock.order
        return now if order.urgency in ROUND_THE_CLOCK else telling_time(order, now)

    def people(self, step: Escalation) -> list[User]:
        return self.audience.of(step.clock.order, step.level)

    def notes(self, step: Escalation, people: Sequence[User], now: datetime) -> list[Note]:
        sentence, url = sentence_of(step, now), str(step.clock.order_id).join(self.door)
        level = BELL.get(Level(step.level), InboxItem.Level.URGENT)
        return [Note(person.pk, sentence, url, level, f"workorders.escalation:{step.pk}") for person in people]

    def subject(self, step: Escalation) -> WorkOrder:
        return step.clock.order

    def facts(self, step: Escalation, people: list[User]) -> dict[str, Any]:
        return {
            "clock": self.labels[Clock(step.clock.clock)],
            "level": self.labels[Level(step.level)],
            "told": "、".join(person.display_name for person in people),
        }

    def follow(self, steps: list[Escalation], now: datetime) -> int:
        """督办 by the region, which is told of what is at twice its time."""
        demands = _demands([step for step in steps if step.level == Level.REGION], now)
        Supervision.objects.bulk_create(demands)
        lines = [(row.order, {"demand": row.demand, "due_at": _moment(row.due_at)}) for row in demands]
        log.record_many(DEMANDED, lines, by=SYSTEM)
        return len(demands)


def send_overdue_reminders(*, hold: Callable[[], None] = lambda: None, batch: int = BATCH) -> Told:
    """Tells every step that is due now."""
    return tell_all(_Orders(), hold=hold, batch=batch)


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
