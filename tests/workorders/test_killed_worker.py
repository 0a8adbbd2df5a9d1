"""Reminders with the product's own processes: a real worker is killed among them, or everything stands still for hours. Afterwards each
step of each clock of each order has been told to its people once: nobody twice, nobody never."""

import os
import signal
import subprocess
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Role, User
from audit.services import seeds as roles
from core import periodic
from core.actors import SYSTEM
from core.models import InboxItem, Job, LogEntry
from core.services import dictionary, jobs
from core.tasks.periodic import _start, tick
from tests.factories.audit import GrantFactory, UserFactory
from tests.factories.properties import UnitFactory
from tests.factories.workorders import WorkOrderFactory
from tests.support.processes import WORKER, end, start, wait_for
from tests.support.races import race
from workorders.models import Escalation, OrderClock, Supervision
from workorders.queries.audience import Audience
from workorders.seeds import seed_rules
from workorders.services.escalations import BATCH, DEMANDED, TOLD
from workorders.states import Clock, Level

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REMIND = "workorders.send_overdue_reminders"
ORDERS = 60
STEPS = ORDERS * len(Clock) * len(Level)


@pytest.fixture
def processes(broker: str):
    started: list[subprocess.Popen] = [start("tests.support.relay", broker=broker)]

    def worker() -> subprocess.Popen:
        started.append(start(*WORKER, broker=broker))
        return started[-1]

    yield worker
    for process in started:
        end(process)


@pytest.fixture
def expected() -> set[tuple[int, str]]:
    """Emergencies nobody has taken, at twice their time, with somebody on every step of the ladder; told at any hour, since a test may
    run at night. Returns who has to be told of what."""
    roles.seed(), dictionary.seed(), seed_rules()
    unit, now = UnitFactory(), timezone.now()
    for code in (roles.CLERK, roles.CLERK_LEAD, roles.MANAGER, roles.GROUP_QUALITY):
        GrantFactory(user=UserFactory(), role=Role.objects.get(code=code), community_ids=[unit.community.pk])
    for order in WorkOrderFactory.create_batch(ORDERS, unit=unit, urgency="urgent"):
        for place, clock in enumerate(Clock):
            due = now - timedelta(hours=5 - place)
            row = OrderClock.objects.create(
                order=order, clock=clock, basis="round", minutes=60, starts_at=due - timedelta(hours=1), due_at=due, warn_at=due
            )  # fmt: skip
            Escalation.objects.bulk_create(
                Escalation(clock=row, level=level, at=due + timedelta(minutes=step)) for step, level in enumerate(Level)
            )
    audience = Audience()
    return {
        (person.pk, f"workorders.escalation:{step.pk}")
        for step in Escalation.objects.select_related("clock__order__assignee", "clock__order__team")
        for person in audience.of(step.clock.order, step.level)
    }


def everybody_told_once(expected: set[tuple[int, str]]) -> None:
    told = Counter(
        InboxItem.objects.filter(dedup_key__startswith="workorders.escalation").values_list("user", "dedup_key")
    )
    assert set(told) == expected
    assert set(told.values()) == {1}
    entries = LogEntry.objects.filter(action=TOLD)
    facts = Counter((entry.object_id, entry.changes["clock"], entry.changes["level"]) for entry in entries)
    assert len(facts) == STEPS and set(facts.values()) == {1}
    assert Counter(Supervision.objects.values_list("order", flat=True)).most_common(1)[0][1] == 1
    assert Supervision.objects.count() == LogEntry.objects.filter(action=DEMANDED).count() == ORDERS


def somebody_waits() -> bool:
    """Asked anew each time: within a transaction PostgreSQL shows the picture of the first question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


def told_steps() -> int:
    return Escalation.objects.filter(told_at__isnull=False).count()


def run_again() -> None:
    """The lease of a killed worker is over (nobody waits two minutes here), and the next minute's job comes as well."""
    past = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(status="running").update(lease_until=past, published_at=past)
    if not Job.objects.open().filter(kind=REMIND).exists():
        jobs.enqueue(REMIND, by=SYSTEM, visible=False, title=REMIND)


def finished() -> bool:
    return told_steps() == STEPS and not Job.objects.open().exists()


def test_r41_a_worker_killed_among_reminders_tells_everybody_once(expected: set, processes: Any) -> None:
    jobs.enqueue(REMIND, by=SYSTEM, visible=False, title=REMIND)
    # One message of the second batch is being written elsewhere: there the worker has to stand still.
    step = Escalation.objects.order_by("at", "pk")[BATCH + 50]
    key = f"workorders.escalation:{step.pk}"
    somebody = User.objects.get(pk=next(pk for pk, found in expected if found == key))
    with transaction.atomic():
        InboxItem.objects.create(user=somebody, sentence="别处正在写", dedup_key=key)
        worker = processes()
        wait_for(lambda: somebody_waits() and told_steps() == BATCH)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        transaction.set_rollback(True)
    assert told_steps() == BATCH, "of the batch it died in, nothing"
    assert InboxItem.objects.filter(dedup_key__startswith="workorders.escalation").count() < len(expected)
    processes()
    run_again()
    for _minute in range(20):  # the dead one's connection may have held its rows a moment longer
        wait_for(lambda: not Job.objects.open().exists())
        if finished():
            break
        run_again()
    everybody_told_once(expected)
    run_again()
    wait_for(finished)
    everybody_told_once(expected)
    connection.close()


def test_r41_hours_without_beat_and_worker_are_caught_up_once(expected: set, processes: Any) -> None:
    """Two schedulers and two workers come back at the same time; the hours that nobody counted become one job, not hundreds."""
    race(tick, tick)
    assert Job.objects.filter(kind=REMIND).count() == 1
    processes(), processes()
    wait_for(finished)
    everybody_told_once(expected)
    entry = next(entry for entry in periodic.entries() if entry.name == REMIND)
    later = timezone.now() + timedelta(minutes=2)
    assert _start(entry, entry.slot(later)) and not _start(entry, entry.slot(later))
    wait_for(finished)
    assert Job.objects.filter(kind=REMIND).count() == 2
    everybody_told_once(expected)
    connection.close()
