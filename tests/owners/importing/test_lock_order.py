"""An import beside other writers: nobody waits in a circle, whoever comes first (docs/architecture.md, Locks)."""

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from core.errors import BusinessError
from core.models import Job, JobStatus
from core.services.dictionary import seed
from core.tasks.skeleton import LEASE, LostLease, Progress, Terms, execute
from owners.importing import batches, checking, stopping, undoing, writing
from owners.models import ImportBatch, ImportStatus, Owner, OwnerPhone
from owners.services import care, portrait, tenures
from properties.models import Unit, UnitMark
from tests.factories.audit import user_with
from tests.factories.owners import word
from tests.factories.properties import UnitFactory
from tests.owners.importing.conftest import PERMISSIONS, WANG, Desk, work, workbook
from tests.support.cases import make_community
from tests.support.races import race, until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)
NEW_PHONE = (*WANG[:7], "13700137000", WANG[8])


@pytest.fixture
def desk(db: Any) -> Desk:
    seed()
    community = make_community("HYH")
    return Desk(community, user_with(*PERMISSIONS, communities=[community]))


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk that the database ends because of a deadlock is not begun anew: it fails the test."""
    monkeypatch.setattr(writing, "_ATTEMPTS", 1)


class Meeting:
    """Two acts that each stop halfway, the first one until the second needs what it holds."""

    def __init__(self) -> None:
        self.halfway, self.ended, self.failed = threading.Event(), threading.Event(), []

    def pause(self) -> None:
        """Where the first act stands when the second begins."""
        if not self.halfway.is_set():
            self.halfway.set()
            until_somebody_waits(self.ended)

    def of(self, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
        outcomes: list[Any] = [None, None]

        def run(place: int, act: Callable[[], Any]) -> None:
            try:
                if place:
                    assert self.halfway.wait(20), "the first act never got halfway"
                outcomes[place] = act()
            except Exception as problem:
                outcomes[place] = problem
            finally:
                (self.ended if place else self.halfway).set()
                connections.close_all()

        threads = [threading.Thread(target=run, args=item) for item in enumerate((first, second))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return outcomes


def cared_for(desk: Desk, *, home_first: bool) -> tuple[Owner, Unit]:
    """A person of the file who has another home, with a care mark on both: its number before or behind that of the file's unit."""
    home = UnitFactory() if home_first else None
    desk.bring([WANG])
    home = home or UnitFactory()
    owner = Owner.objects.get()
    tenures.start_tenure(owner, by=desk.user, unit=home, role="owner")
    portrait.add_tag(owner, by=desk.user, tag=word("owner_tag", "living_alone"), reason="社区名单")
    assert UnitMark.objects.filter(kind=UnitMark.Kind.CARE).count() == 2
    return owner, home


def by_hand(owner: Owner, home: Unit, between: Callable[[], Any] = lambda: None) -> Callable[[], str]:
    """What every service of the household does: first the homes, then the person."""

    def act() -> str:
        with transaction.atomic():
            care.hold([home.pk], [])
            between()
            care.hold([], [owner.pk])
        return "done"

    return act


@pytest.mark.parametrize("home_first", [True, False])
@pytest.mark.parametrize("import_first", [True, False])
def test_a_chunk_and_a_clerk_at_the_other_home_of_its_person(
    desk: Desk, once: None, monkeypatch: pytest.MonkeyPatch, home_first: bool, import_first: bool
) -> None:
    owner, home = cared_for(desk, home_first=home_first)
    batch = desk.check([NEW_PHONE])
    batches.confirm_import(batch, by=desk.user, mode="upsert", queued=False)
    meeting = Meeting()

    def bring() -> str:
        writing.write(batch, checking.Quietly())
        return "done"

    if import_first:
        judge = writing.judge
        monkeypatch.setattr(writing, "judge", lambda *given: (judge(*given), meeting.pause())[0])
        outcomes = meeting.of(bring, by_hand(owner, home))
    else:
        outcomes = meeting.of(by_hand(owner, home, meeting.pause), bring)
    assert outcomes == ["done", "done"]
    assert [phone.number for phone in OwnerPhone.objects.all()] == ["13700137000"]


@pytest.mark.parametrize("undo_first", [True, False])
def test_an_undo_and_a_clerk_at_a_unit_it_takes_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, undo_first: bool
) -> None:
    desk.bring([WANG])
    batch = desk.bring([NEW_PHONE, (*NEW_PHONE[:2], "1503", *NEW_PHONE[3:])])
    owner, home = Owner.objects.get(), Unit.objects.get(number="1503")
    batches.queue_undo(batch, by=desk.user)
    meeting = Meeting()

    def take_back() -> str:
        undoing.undo(batch, by=desk.user, progress=checking.Quietly())
        return "done"

    if undo_first:
        restore = undoing._restore
        monkeypatch.setattr(undoing, "_restore", lambda *given: (restore(*given), meeting.pause())[0])
        outcomes = meeting.of(take_back, by_hand(owner, home))
    else:
        outcomes = meeting.of(by_hand(owner, home, meeting.pause), take_back)
    assert outcomes == ["done", "done"]
    assert [phone.number for phone in OwnerPhone.objects.all()] == ["13800138000"]
    assert not Unit.objects.filter(number="1503").exists()


def stopped_while_writing(desk: Desk) -> tuple[ImportBatch, Progress]:
    """An import whose worker was thought to be lost and is there after all."""
    batch = desk.check([WANG])
    batches.confirm_import(batch, by=desk.user, mode="upsert")
    Job.objects.filter(pk=batch.job_id).update(
        status=JobStatus.RUNNING, lease_until=timezone.now() - 2 * LEASE, fence=1
    )
    batch.refresh_from_db()
    return batch, Progress(Job.objects.get(pk=batch.job_id), Terms(LEASE, 3))


@pytest.mark.parametrize("worker_first", [True, False])
def test_running_a_step_again_while_its_worker_ends_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, worker_first: bool
) -> None:
    batch, progress = stopped_while_writing(desk)
    meeting, hold = Meeting(), progress.hold

    def work() -> str:
        writing._finish(ImportBatch.objects.select_related("created_by").get(pk=batch.pk), progress)
        return "done"

    def again() -> ImportBatch:
        return stopping.retry_import(batch, by=desk.user)

    if worker_first:
        monkeypatch.setattr(progress, "hold", lambda: (hold(), meeting.pause()))
        outcomes = meeting.of(work, again)
        assert outcomes[0] == "done"
        assert isinstance(outcomes[1], BusinessError), outcomes
        expected = ImportStatus.DONE
    else:
        queue = stopping.queue
        monkeypatch.setattr(stopping, "queue", lambda *given: (meeting.pause(), queue(*given)))
        outcomes = meeting.of(again, work)
        assert isinstance(outcomes[0], ImportBatch), outcomes
        assert isinstance(outcomes[1], LostLease)
        expected = ImportStatus.WRITING
    batch.refresh_from_db()
    assert batch.status == expected


# --- A correction while the check ends ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("corrected_first", [True, False])
def test_a_correction_at_the_moment_the_check_ends_is_checked_again(desk: Desk, corrected_first: bool) -> None:
    """The preview stands before its job has ended: asked for then, a job of the same key was that one, which did nothing more."""
    file = io.BytesIO(workbook([WANG]))
    batch = batches.start_import(desk.community, by=desk.user, file=file, name="业主.xlsx", mode="upsert")
    checked, corrected = threading.Event(), threading.Event()

    def check(job: Job, progress: Progress) -> None:
        checking.check(ImportBatch.objects.select_related("community", "created_by").get(pk=batch.pk), progress)
        checked.set()
        if corrected_first:
            corrected.wait(20)

    def correct() -> ImportBatch:
        try:
            assert checked.wait(20)
            stale = ImportBatch.objects.select_related("job").get(pk=batch.pk)
            return batches.correct_mapping(stale, by=desk.user, columns={}, words={})
        finally:
            corrected.set()

    first = batch.job_id
    outcomes = race(lambda: execute(first, check, Terms(LEASE, 3)), correct)
    assert isinstance(outcomes[1], ImportBatch)
    batch.refresh_from_db()
    assert (batch.status, batch.job.status) == (ImportStatus.CHECKING, JobStatus.NEW)
    assert batch.job_id != first and not Job.objects.get(pk=first).is_open
    work()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.PREVIEW
