"""Reminders of complaints with the product's own processes: a real worker is killed among them. Afterwards each step of each clock of
each case has been told to its people once: nobody twice, nobody never (tests/workorders/test_killed_worker.py says the same of orders)."""

import os
import signal
import subprocess
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import Role, User
from audit.services import seeds as roles
from complaints.models import CaseSupervision, ClockStep, ComplaintClock
from complaints.queries.audience import Audience
from complaints.seeds import seed_standards
from complaints.services.escalations import TOLD
from complaints.services.supervision import DEMANDED
from complaints.states import Clock, Step
from core.actors import SYSTEM
from core.models import InboxItem, Job, LogEntry
from core.services import dictionary, jobs
from core.services.telling import BATCH
from tests.factories.audit import GrantFactory, UserFactory
from tests.factories.complaints import ComplaintFactory
from tests.factories.properties import UnitFactory
from tests.support.processes import WORKER, end, start, wait_for
from tests.workorders.test_killed_worker import somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REMIND, KEYS = "complaints.send_reminders", "complaints.clockstep"
CLOCKS = (Clock.ACCEPT, Clock.REPORT_UP, Clock.FIRST_ANSWER)
CASES = 60
STEPS = CASES * len(CLOCKS) * len(Step)


@pytest.fixture
def worker(broker: str):
    started: list[subprocess.Popen] = [start("tests.support.relay", broker=broker)]

    def begin() -> subprocess.Popen:
        started.append(start(*WORKER, broker=broker))
        return started[-1]

    yield begin
    for process in started:
        end(process)


@pytest.fixture
def expected() -> set[tuple[int, str]]:
    """重大 that nobody has taken in, at twice their time, told at any hour. Returns who has to be told of what."""
    roles.seed(), dictionary.seed(), seed_standards()
    unit, now = UnitFactory(), timezone.now()
    for code in (roles.CLERK, roles.CLERK_LEAD, roles.MANAGER, roles.GROUP_QUALITY):
        GrantFactory(user=UserFactory(), role=Role.objects.get(code=code), community_ids=[unit.community.pk])
    for case in ComplaintFactory.create_batch(CASES, unit=unit, level="major"):
        for place, clock in enumerate(CLOCKS):
            due = now - timedelta(hours=5 - place)
            row = ComplaintClock.objects.create(
                complaint=case, clock=clock, basis="round", amount=60, starts_at=due - timedelta(hours=1), due_at=due, warn_at=due
            )  # fmt: skip
            ClockStep.objects.bulk_create(
                ClockStep(clock=row, level=level, at=due + timedelta(minutes=step)) for step, level in enumerate(Step)
            )
    audience = Audience()
    steps = ClockStep.objects.select_related("clock__complaint__handler", "clock__complaint__team")
    return {
        (person.pk, f"{KEYS}:{step.pk}")
        for step in steps
        for person in audience.of(step.clock.complaint, step.clock.clock, step.level)
    }


def told_steps() -> int:
    return ClockStep.objects.filter(told_at__isnull=False).count()


def everybody_told_once(expected: set[tuple[int, str]]) -> None:
    told = Counter(InboxItem.objects.filter(dedup_key__startswith=KEYS).values_list("user", "dedup_key"))
    assert set(told) == expected
    assert set(told.values()) == {1}
    entries = LogEntry.objects.filter(action=TOLD)
    facts = Counter((entry.object_id, entry.changes["clock"], entry.changes["level"]) for entry in entries)
    assert len(facts) == STEPS and set(facts.values()) == {1}
    assert CaseSupervision.objects.values("complaint").distinct().count() == CaseSupervision.objects.count() == CASES
    assert LogEntry.objects.filter(action=DEMANDED).count() == CASES


def run_again() -> None:
    """The lease of a killed worker is over (nobody waits two minutes here), and the next minute's job comes as well."""
    past = timezone.now() - timedelta(minutes=5)
    Job.objects.filter(status="running").update(lease_until=past, published_at=past)
    if not Job.objects.open().filter(kind=REMIND).exists():
        jobs.enqueue(REMIND, by=SYSTEM, visible=False, title=REMIND)


def test_r56_a_worker_killed_among_reminders_tells_everybody_once(expected: set, worker: Any) -> None:
    jobs.enqueue(REMIND, by=SYSTEM, visible=False, title=REMIND)
    # One message of the second batch is being written elsewhere: there the worker has to stand still.
    step = ClockStep.objects.order_by("at", "pk")[BATCH + 50]
    key = f"{KEYS}:{step.pk}"
    somebody = User.objects.get(pk=next(pk for pk, found in expected if found == key))
    with transaction.atomic():
        InboxItem.objects.create(user=somebody, sentence="别处正在写", dedup_key=key)
        process = worker()
        wait_for(lambda: somebody_waits() and told_steps() == BATCH)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        transaction.set_rollback(True)
    assert told_steps() == BATCH, "of the batch it died in, nothing"
    assert InboxItem.objects.filter(dedup_key__startswith=KEYS).count() < len(expected)
    worker()
    run_again()
    for _minute in range(20):  # the dead one's connection may have held its rows a moment longer
        wait_for(lambda: not Job.objects.open().exists())
        if told_steps() == STEPS:
            break
        run_again()
    everybody_told_once(expected)
    run_again()
    wait_for(lambda: not Job.objects.open().exists())
    everybody_told_once(expected)
