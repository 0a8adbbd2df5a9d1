"""The write survives what happens to workers and to other people's work at the same time; the undo takes it all back."""

import os
import signal
import threading
from datetime import timedelta
from decimal import Decimal
from multiprocessing import Pipe
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from core.errors import BusinessError
from core.excel.columns import Layout
from core.models import DictType, LogEntry
from core.services.dictionary import seed
from owners.importing import batches, checking, chunks, undoing, writing
from owners.importing.copying import Table, copy
from owners.importing.labels import Labels
from owners.models import ImportRow, ImportStatus, Owner, OwnerPhone, Tenure, TimelineEntry, Vehicle
from owners.services import phones
from properties.models import Building, Unit
from tests.factories.audit import user_with
from tests.owners.importing.conftest import HEAD, PERMISSIONS, WANG, Desk, counts, problems, workbook
from tests.support.cases import make_community

TABLES = (Building, Unit, Owner, OwnerPhone, Tenure, Vehicle, TimelineEntry)


write_all = writing._write_all


def many(count: int, building: str = "1") -> list[tuple]:
    return [
        (
            building,
            "1",
            f"{1 + n // 4:02}{1 + n % 4:02}",
            "高层",
            80,
            f"张{n:03}",
            "业主",
            f"139{building:0>2}{n:06}",
            "",
        )
        for n in range(count)
    ]


def state() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in TABLES)


def written(batch: Any) -> int:
    return batch.chunks.exclude(written_at=None).count()


class Dies(checking.Quietly):
    """A worker that is gone in the middle of its n-th chunk, after the rows and before the commit."""

    def __init__(self, after: int) -> None:
        self.left = after

    def hold(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


@pytest.mark.django_db
class TestResume:
    def test_f1_the_next_worker_goes_on_behind_the_last_whole_chunk(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)
        batch = desk.check([*many(55), ("9", "1", "101", "高层", 80, "张000", "业主", "13901000000", "")])
        assert batch.chunks.count() == 6
        batches.confirm_import(batch, by=desk.user, mode="upsert", queued=False)
        with pytest.raises(KeyboardInterrupt):
            writing.write(batch, Dies(3))
        batch.refresh_from_db()
        assert (written(batch), Owner.objects.count(), batch.status) == (3, 30, ImportStatus.WRITING)
        writing.write(batch, checking.Quietly())
        assert counts(batch) == (56, 0, 0, 0)
        # One person in the first and in the last chunk is one person, also across the interruption.
        assert (Owner.objects.count(), Unit.objects.count(), Tenure.objects.count()) == (55, 56, 56)
        added = LogEntry.objects.filter(batch=batch.uid, action="owners.import.owner_added")
        assert added.count() == added.values("object_id").distinct().count() == 55

    def test_a_second_worker_cannot_write_a_chunk_again(self, desk: Desk) -> None:
        batch = desk.check(many(3))
        batches.confirm_import(batch, by=desk.user, mode="upsert", queued=False)
        late = type(batch).objects.select_related("community", "created_by").get(pk=batch.pk)
        writing.write(batch, checking.Quietly())
        with pytest.raises(RuntimeError, match="another worker"):
            writing.write(late, checking.Quietly())
        assert Owner.objects.count() == 3

    def test_confirming_twice_is_refused(self, desk: Desk) -> None:
        batch = desk.bring(many(1))
        with pytest.raises(BusinessError, match="已写入"):
            batches.confirm_import(batch, by=desk.user, mode="upsert", queued=False)

    def test_rows_whose_ground_moved_since_the_preview_come_back_as_errors(self, desk: Desk) -> None:
        desk.bring([WANG])
        batch = desk.check([(*WANG[:4], 95, *WANG[5:]), *many(2)])
        Unit.objects.filter(number="1502").update(built_area=91)
        desk.write(batch)
        assert counts(batch) == (2, 0, 0, 1)
        assert Unit.objects.get(number="1502").built_area == 91
        assert "已被他人改动" in problems(batch)[0][2]


@pytest.mark.django_db
def test_rows_hang_on_what_the_database_no_longer_asks_them_for(desk: Desk) -> None:
    """The community of a unit is its building's, the batch of a row is there: nobody else checks these two keys."""
    batch = desk.bring(many(5) + many(5, building="2"))
    assert {unit.community_id == unit.building.community_id for unit in Unit.objects.select_related("building")} == {
        True
    }
    assert set(ImportRow.objects.values_list("batch", flat=True)) == {batch.pk}


@pytest.mark.django_db
def test_remembered_values_are_printed_as_they_are_written() -> None:
    labels = Labels()
    assert [labels.remembered("built_area", Decimal(text)) for text in ("89.50", "89.5")] == ["89.50", "89.5"]
    layout = Layout(3, 2, 2, 1)
    assert [labels.remembered("layout", layout) for _again in range(2)] == ["3室2厅2卫1厨"] * 2


@pytest.mark.django_db
def test_a_copy_that_meets_an_existing_row_fails_like_any_other_statement() -> None:
    """The chunk is begun anew on Django's IntegrityError; a bare error of the driver would end the import."""
    seed()
    taken = DictType.objects.values_list("pk", flat=True)[0]
    table = Table(DictType, ("id", "code", "name"))
    with connection.cursor() as cursor, pytest.raises(IntegrityError) as caught, transaction.atomic():
        copy(cursor, table.sql, [f"{taken}\tx\tx{table.tail}"])
    assert caught.value.__cause__.sqlstate == "23505"


@pytest.mark.django_db(transaction=True)
class TestConcurrency:
    @pytest.fixture
    def desk(self, db: Any) -> Desk:
        from audit.services.seeds import permissions_named

        seed()
        community = make_community("HYH")
        assert permissions_named(["owners.import_owner"])
        return Desk(community, user_with(*PERMISSIONS, communities=[community]))

    def test_f18_two_files_with_overlapping_rooms_at_once(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """No deadlock, no duplicate; what the other one brought in the meantime comes back as an error row."""
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 8)
        first, second = desk.check(many(60)), desk.check([*many(60)[30:], *many(20, "2")])
        for batch in (first, second):
            batches.confirm_import(batch, by=desk.user, mode="upsert", queued=False)
        barrier, failed = threading.Barrier(2), []

        def run(batch: Any) -> None:
            try:
                barrier.wait(10)
                writing.write(batch, checking.Quietly())
            except Exception as problem:
                failed.append(problem)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=[batch]) for batch in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert not failed
        assert Unit.objects.count() == 80 == Owner.objects.count() == Tenure.objects.count()
        assert first.added + second.added == 80
        assert first.errors + second.errors == 30

    def test_f18_the_same_file_twice_at_once_shows_the_running_one(self, desk: Desk) -> None:
        import io

        content = workbook(many(2))
        one = batches.start_import(desk.community, by=desk.user, file=io.BytesIO(content), name="a.xlsx", mode="upsert")
        two = batches.start_import(desk.community, by=desk.user, file=io.BytesIO(content), name="b.xlsx", mode="upsert")
        assert one.pk == two.pk
        assert one.job_id

    def test_two_processes_write_a_large_file_and_a_person_of_many_chunks_once(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Chunks that share a person wait for each other; the others are taken by whoever is free."""
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)
        everywhere = [("7", "1", f"{n:02}01", "高层", 80, "赵大", "业主", "13911112222", "") for n in range(1, 31)]
        batch = desk.check([*many(120), *everywhere])
        assert [chunk.after for chunk in batch.chunks.all()][-2:] == [[12], [13]]
        batches.confirm_import(batch, by=desk.user, mode="upsert", queued=False)
        writing.write(batch, checking.Quietly())
        assert counts(batch) == (150, 0, 0, 0)
        assert Tenure.objects.count() == 150 == Unit.objects.count()
        assert Owner.objects.count() == 121
        assert Owner.objects.get(name="赵大").tenures.count() == 30
        numbers = Owner.objects.values_list("number", flat=True)
        assert len(set(numbers)) == 121

    def test_what_the_second_process_leaves_undone_the_first_one_does(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)
        arrived, begun = Pipe()
        monkeypatch.setattr(writing, "_help", lambda batch, pipe: (begun.send(1), 1 / 0))
        monkeypatch.setattr(writing, "_write_all", lambda *given: (arrived.recv(), write_all(*given), arrived.poll()))
        desk.bring(many(50))
        assert Owner.objects.count() == 50
        assert "gave up: ZeroDivisionError" in caplog.text

    def test_a_second_process_that_is_done_first_is_no_failure(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)
        gone = lambda: os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)  # noqa: E731
        monkeypatch.setattr(writing, "_write_all", lambda *given: (write_all(*given), gone()))
        assert counts(desk.bring(many(50))) == (50, 0, 0, 0)
        assert "gave up" not in caplog.text

    def test_f1_a_killed_process_leaves_whole_chunks(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 10)
        batch = desk.check(many(600))
        batches.confirm_import(batch, by=desk.user, mode="upsert", queued=False)
        connections.close_all()
        pid = os.fork()
        if pid == 0:

            class Killed(checking.Quietly):
                held = 0

                def hold(self) -> None:
                    self.held += 1
                    if self.held == 3:
                        os.kill(os.getpid(), signal.SIGKILL)

            writing.write(batch, Killed())
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == signal.SIGKILL
        batch.refresh_from_db()
        with connection.cursor() as cursor:  # at one moment: the other writing process has its last chunk in hand
            cursor.execute(
                "SELECT count(*), (SELECT count(*) FROM owners_owner) FROM owners_importchunk "
                "WHERE batch_id = %s AND written_at IS NOT NULL",
                [batch.pk],
            )
            whole, people = cursor.fetchone()
        assert whole * 10 == people
        assert 0 < whole < 60
        writing.write(batch, checking.Quietly())
        assert Owner.objects.count() == 600 == Tenure.objects.count()


@pytest.mark.django_db
class TestUndo:
    def undo(self, batch: Any, desk: Desk) -> None:
        batches.queue_undo(batch, by=desk.user)
        undoing.undo(batch, by=desk.user, progress=checking.Quietly())

    def test_everything_made_is_gone_and_everything_changed_is_as_before(self, desk: Desk) -> None:
        head = (*HEAD, "性别", "紧急联系人", "紧急电话", "车牌", "备注")
        desk.bring([(*WANG, "男", "李芳", "13900139000", "浙A12345", "旧")], head)
        before = state()
        owner = Owner.objects.get()
        batch = desk.bring([
            (*WANG[:4], 95, *WANG[5:7], "13700137000", WANG[8], "女", "李强", "13900139001", "浙A12345、浙A54321", "新"),
            *((*row, "", "", "", "", "") for row in many(5)),
        ], head)  # fmt: skip
        assert counts(batch) == (5, 1, 0, 0)
        self.undo(batch, desk)
        assert state() == before
        assert batch.status == ImportStatus.UNDONE
        owner.refresh_from_db()
        unit = Unit.objects.get()
        assert (owner.gender, owner.phones.get().number, str(unit.built_area)) == ("male", "13800138000", "89.50")
        assert (owner.emergency_contacts.get().name, owner.emergency_contacts.get().phone) == ("李芳", "13900139000")
        assert Tenure.objects.get().remark == "旧"
        assert owner.community_ids == [desk.community.pk]
        assert LogEntry.objects.filter(batch=batch.uid, action="owners.import.object_removed").count() == 5 * 3 + 2
        assert LogEntry.objects.filter(action="owners.import.undone").count() == 1

    def test_it_is_blocked_with_counts_once_somebody_touched_it(self, desk: Desk) -> None:
        batch = desk.bring(many(3))
        phones.add_phone(Owner.objects.first(), by=desk.user, number="13911112222")
        assert [blocker.count for blocker in undoing.blockers(batch)] == [1]
        with pytest.raises(BusinessError, match="不能整批撤销"):
            self.undo(batch, desk)
        batch.refresh_from_db()
        assert Owner.objects.count() == 3
        assert batch.status == ImportStatus.DONE

    def test_a_newer_tenure_blocks_it(self, desk: Desk) -> None:
        batch = desk.bring(many(2))
        desk.bring([(*many(1)[0][:5], "李四", "租户", "13911112222", "")])
        assert undoing.blockers(batch)

    def test_the_window_closes_after_a_day(self, desk: Desk) -> None:
        batch = desk.bring(many(1))
        batch.written_at = timezone.now() - timedelta(hours=25)
        batch.save()
        assert not batches.may_undo(batch)
        with pytest.raises(BusinessError, match="24 小时"):
            batches.queue_undo(batch, by=desk.user)

    def test_personal_data_goes_with_its_purpose(self, desk: Desk) -> None:
        batch = desk.bring(many(2))
        assert ImportRow.objects.exclude(payload="").count() == 2
        type(batch).objects.update(
            written_at=timezone.now() - timedelta(hours=25), created_at=timezone.now() - timedelta(days=8)
        )
        path = batch.file.path
        assert batches.purge_imports() == {"files": 1, "rows": 2}
        assert not os.path.exists(path)
        assert not ImportRow.objects.exclude(payload="").exists()
