"""A community, a person who may import into it, and an import that runs here and now."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.models import Job, JobStatus
from core.services.dictionary import seed
from owners import tasks
from owners.importing import batches, checking, writing
from owners.models import ImportBatch, ImportStatus
from tests.factories.audit import user_with
from tests.support.cases import make_community, signed_in

PERMISSIONS = (
    "owners.import_owner",
    "owners.view_owner",
    "owners.export_owner",
    "owners.export_plain_owner",
    "properties.view_unit",
)
HEAD = ("楼栋", "单元", "房号", "房屋类型", "建筑面积", "姓名", "角色", "手机", "证件号")
BAD_WORD = ("3栋", "2", "1503", "跃层", 90, "李四", "业主", "1380013800", "")
WANG = ("3栋", "2", "1502", "高层", 89.5, "王建国", "业主", "13800138000", "11010519491231002X")


def workbook(rows: list[tuple], head: tuple = HEAD, title: list[tuple] = ()) -> bytes:
    book = openpyxl.Workbook()
    for row in [*title, head, *rows]:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class Desk:
    """What a clerk does with one community."""

    def __init__(self, community: Any, user: Any) -> None:
        self.community, self.user = community, user

    def upload(self, content: bytes, name: str = "业主.xlsx", mode: str = "upsert") -> ImportBatch:
        batch = batches.start_import(
            self.community, by=self.user, file=io.BytesIO(content), name=name, mode=mode, queued=False
        )
        return checking.check(batch, checking.Quietly())

    def check(self, rows: list[tuple], head: tuple = HEAD, title: list[tuple] = ()) -> ImportBatch:
        return self.upload(workbook(rows, head, title))

    def write(self, batch: ImportBatch, mode: str = "upsert") -> ImportBatch:
        batches.confirm_import(batch, by=self.user, mode=mode, queued=False)
        return writing.write(batch, checking.Quietly())

    def bring(self, rows: list[tuple], head: tuple = HEAD, mode: str = "upsert") -> ImportBatch:
        batch = self.check(rows, head)
        assert batch.status == ImportStatus.PREVIEW, batch.refusal
        return self.write(batch, mode)


def send(client: Client, desk: Desk, content: bytes) -> Any:
    file = SimpleUploadedFile("业主.xlsx", content)
    form = {"community": desk.community.pk, "mode": "upsert", "file": file}
    return client.post(reverse("owners:import_start"), form)


def work() -> None:
    """What the worker does with the jobs that wait."""
    known = (tasks.check_import, tasks.write_import, tasks.undo_import, tasks.export_estate, tasks.write_import_errors)
    by_name = {task.name: task for task in known}
    for job in Job.objects.filter(status=JobStatus.NEW):
        by_name[job.kind](job.pk)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """added, changed, unchanged, errors"""
    return batch.added, batch.changed, batch.unchanged, batch.errors


def problems(batch: ImportBatch, *, notices: bool = False) -> list[tuple[int, str, str]]:
    """(row, header, reason)"""
    return [
        (row.number, problem["header"], problem["reason"])
        for row in batch.rows.order_by("number")
        for problem in row.problems
        if bool(problem.get("notice")) == notices
    ]


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }


@pytest.fixture
def desk(db: None) -> Desk:
    seed()
    community = make_community("HYH")
    return Desk(community, user_with(*PERMISSIONS, communities=[community]))


@pytest.fixture
def client(desk: Desk) -> Client:
    return signed_in(desk.user)
