"""How an import ends over HTTP: run again, given up, failed rows taken home; and the choice of plain numbers when exporting."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import InboxItem, Job, JobStatus, LogEntry
from owners.importing import batches, checking, error_rows
from owners.models import ImportBatch, ImportStatus
from tests.factories.audit import grant_to, user_with
from tests.owners.importing.conftest import BAD_WORD, WANG, Desk, send, work, workbook
from tests.support.cases import make_community, signed_in

pytestmark = pytest.mark.django_db


# --- Ways out ----------------------------------------------------------------------------------------------------------------


def stuck(desk: Desk, client: Client, status: str = JobStatus.FAILED) -> ImportBatch:
    """An import whose check ended badly."""
    send(client, desk, workbook([WANG]))
    Job.objects.update(status=status, error="系统出错", attempts=3)
    return ImportBatch.objects.select_related("job").get()


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED])
def test_a_check_that_died_is_run_again_from_its_page(desk: Desk, client: Client, status: str) -> None:
    batch = stuck(desk, client, status)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "核对停下了" in page
    assert reverse("owners:import_retry", args=[batch.pk]) in page
    client.post(reverse("owners:import_retry", args=[batch.pk]))
    work()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.PREVIEW
    assert LogEntry.objects.filter(action="owners.import.retried").count() == 1
    client.post(reverse("owners:import_retry", args=[batch.pk]))
    assert "没有停下" in client.get(batch.get_absolute_url()).content.decode()


def test_a_check_whose_worker_is_gone_is_run_again(desk: Desk, client: Client) -> None:
    batch = stuck(desk, client)
    Job.objects.update(status=JobStatus.RUNNING, error="", lease_until=timezone.now() - timedelta(minutes=5))
    client.post(reverse("owners:import_retry", args=[batch.pk]))
    assert list(Job.objects.order_by("pk").values_list("status", flat=True)) == [JobStatus.CANCELLED, JobStatus.NEW]


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.NEW, JobStatus.DONE])
def test_an_unwritten_import_is_given_up_after_a_question(
    desk: Desk, client: Client, status: str, django_capture_on_commit_callbacks: Any
) -> None:
    batch = stuck(desk, client, status)
    name, url = batch.file.name, reverse("owners:import_discard", args=[batch.pk])
    assert url in client.get(batch.get_absolute_url()).content.decode()
    question = client.get(url).content.decode()
    assert "放弃这次导入？" in question
    assert "业主.xlsx" in question
    assert ImportBatch.objects.get().status == ImportStatus.CHECKING
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url, follow=True)
    assert "没有写入任何数据" in response.content.decode()
    batch.refresh_from_db()
    assert (batch.status, batch.file.name) == (ImportStatus.DISCARDED, "")
    assert not batch.file.storage.exists(name)
    assert LogEntry.objects.filter(action="owners.import.discarded").count() == 1
    work()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.DISCARDED
    client.post(url)
    assert LogEntry.objects.filter(action="owners.import.discarded").count() == 1


def test_a_check_still_running_when_it_is_given_up_writes_no_preview(
    desk: Desk, client: Client, meanwhile: Any
) -> None:
    """The clerk gives up while the worker is between reading and storing."""
    send(client, desk, workbook([WANG]))
    batch = ImportBatch.objects.get()
    meanwhile(lambda: client.post(reverse("owners:import_discard", args=[batch.pk])))
    work()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.DISCARDED
    assert not batch.rows.exists()
    assert Job.objects.get().status == JobStatus.CANCELLED
    assert not InboxItem.objects.exists()


@pytest.fixture
def meanwhile(monkeypatch: Any) -> Any:
    """Does something just before the preview is stored."""

    def before(act: Any) -> None:
        judge = checking.judge

        def judged(*args: Any, **options: Any) -> Any:
            act()
            return judge(*args, **options)

        monkeypatch.setattr(checking, "judge", judged)

    return before


def test_what_is_written_is_not_given_up(desk: Desk, client: Client) -> None:
    batch = desk.bring([WANG])
    url = reverse("owners:import_discard", args=[batch.pk])
    assert url not in client.get(batch.get_absolute_url()).content.decode()
    assert "不能放弃" in client.get(url).content.decode()
    client.post(url)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.DONE


def test_a_dead_check_keeps_no_file_for_ever(desk: Desk, client: Client) -> None:
    batch = stuck(desk, client)
    ImportBatch.objects.update(created_at=timezone.now() - timedelta(days=8))
    batches.purge_imports()
    batch.refresh_from_db()
    assert (batch.status, batch.file.name) == (ImportStatus.DISCARDED, "")


def test_a_dead_second_check_keeps_no_values_of_the_first(desk: Desk) -> None:
    batch = desk.check([WANG])
    batches.correct_mapping(batch, by=desk.user, columns={}, words={}, queued=False)
    ImportBatch.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert batches.purge_imports() == {"files": 1, "rows": 1}
    assert not batch.rows.exclude(payload="").exists()


# --- Failed rows -------------------------------------------------------------------------------------------------------------


def test_failed_rows_of_a_long_file_are_made_in_the_background(desk: Desk, client: Client, monkeypatch: Any) -> None:
    batch = desk.check([WANG, BAD_WORD])
    url = reverse("owners:import_errors", args=[batch.pk])
    assert client.get(url).headers["Content-Disposition"]
    monkeypatch.setattr(error_rows, "DIRECT_ROWS", 1)
    assert "生成错误行" in client.get(batch.get_absolute_url()).content.decode()
    assert client.get(url).url == batch.get_absolute_url()
    assert not Job.objects.filter(kind=error_rows.ERRORS).exists()
    response = client.post(url)
    job = Job.objects.get(kind=error_rows.ERRORS)
    assert response.url == client.post(url).url == job.get_absolute_url()
    work()
    job.refresh_from_db()
    assert job.status == JobStatus.DONE, job.error
    item = InboxItem.objects.get(user=desk.user)
    assert "错误行已生成" in item.sentence
    content = b"".join(client.get(item.url).streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert rows[0][-1] == "错误原因"
    assert rows[1][2] == "1503"


def test_failed_rows_are_not_made_for_who_lost_the_right(desk: Desk, client: Client, monkeypatch: Any) -> None:
    batch = desk.check([WANG, BAD_WORD])
    monkeypatch.setattr(error_rows, "DIRECT_ROWS", 1)
    client.post(reverse("owners:import_errors", args=[batch.pk]))
    desk.user.grants.all().delete()
    work()
    job = Job.objects.get(kind=error_rows.ERRORS)
    assert job.status == JobStatus.FAILED
    assert "权限" in job.error


# --- Export in plain ---------------------------------------------------------------------------------------------------------


def test_plain_numbers_are_offered_only_where_they_would_be_given(desk: Desk) -> None:
    elsewhere = make_community("ELSE")
    user = user_with("owners.export_owner", communities=[desk.community, elsewhere])
    grant_to(user, "owners.export_plain_owner", communities=[elsewhere])
    client, url = signed_in(user), reverse("owners:estate_export")
    here = client.get(f"{url}?community={desk.community.pk}").content.decode()
    there = client.get(f"{url}?community={elsewhere.pk}").content.decode()
    assert 'name="plain"' not in here
    assert "没有明文导出的权限" in here
    assert 'name="plain"' in there
    form = {"community": desk.community.pk, "reason": "年检", "plain": "1"}
    assert client.post(url, form).status_code == 400
    assert client.post(url, form | {"community": elsewhere.pk}).status_code == 302


def test_a_list_offers_plain_numbers_to_holders_of_the_right_only(desk: Desk) -> None:
    rights = ["owners.view_owner", "owners.export_owner"]
    url = reverse("core:list_export", args=["owners:owner_list"])
    without = signed_in(user_with(*rights, communities=[desk.community])).get(url).content.decode()
    holder = signed_in(user_with(*rights, "owners.export_plain_owner", communities=[desk.community]))
    assert 'name="plain"' not in without
    assert "没有明文导出的权限" in without
    assert 'name="plain"' in holder.get(url).content.decode()
