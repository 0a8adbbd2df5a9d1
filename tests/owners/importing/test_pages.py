"""The pages over HTTP: who may, what they show, that nothing personal is told, and the jobs behind them."""

from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from core.models import InboxItem, Job, JobStatus
from owners.models import ImportBatch, ImportMode, ImportStatus, Owner
from properties.models import Unit
from tests.factories.audit import user_with
from tests.owners.importing.conftest import BAD_WORD, HEAD, WANG, Desk, problems, send, work, workbook
from tests.support.cases import make_community, signed_in

pytestmark = pytest.mark.django_db


def test_from_upload_to_undo(desk: Desk, client: Client) -> None:
    response = send(client, desk, workbook([WANG, BAD_WORD]))
    batch = ImportBatch.objects.get()
    detail = batch.get_absolute_url()
    assert response.url == detail
    assert "核对中" in client.get(detail).content.decode()
    fragment = client.get(detail, headers={"HX-Request": "true", "HX-Target": "import-progress"})
    assert b"<html" not in fragment.content
    assert b"import-progress" in fragment.content
    work()
    assert (
        client.get(detail, headers={"HX-Request": "true", "HX-Target": "import-progress"}).headers["HX-Refresh"]
        == "true"
    )
    page = client.get(detail).content.decode()
    assert "尚未写入任何数据" in page
    assert "确认写入 1 行" in page
    assert "跃层" in page
    assert "1380013800" not in page
    added = client.get(f"{detail}?tab=added").content.decode()
    assert "3-2-1502" in added
    assert "138****8000" in added
    assert "13800138000" not in added
    assert not Unit.objects.exists()
    client.post(reverse("owners:import_confirm", args=[batch.pk]), {"mode": "upsert"})
    work()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.DONE
    assert Owner.objects.count() == 1
    assert [item.url for item in InboxItem.objects.filter(user=desk.user)] == [detail, detail]
    book = client.get(reverse("owners:import_errors", args=[batch.pk]))
    assert book.status_code == 200
    assert "spreadsheetml" in book.headers["Content-Type"]
    assert "撤销导入" in client.get(reverse("owners:import_undo", args=[batch.pk])).content.decode()
    client.post(reverse("owners:import_undo", args=[batch.pk]))
    work()
    assert not Owner.objects.exists()
    assert "已撤销" in client.get(detail).content.decode()


def test_the_same_file_again_leads_to_the_running_import(desk: Desk, client: Client) -> None:
    content = workbook([WANG])
    assert send(client, desk, content).url == send(client, desk, content).url
    assert ImportBatch.objects.count() == 1


def test_a_correction_checks_again(desk: Desk, client: Client) -> None:
    send(client, desk, workbook([WANG, BAD_WORD]))
    work()
    batch = ImportBatch.objects.get()
    data = {"col-A": "building", "word-1": "", "key-1": "unit_type", "text-1": "跃层"}
    client.post(reverse("owners:import_correct", args=[batch.pk]), data)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.CHECKING
    work()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.PREVIEW


@pytest.mark.parametrize(
    "name",
    [
        "import_detail",
        "import_confirm",
        "import_discard",
        "import_correct",
        "import_errors",
        "import_undo",
        "import_retry",
    ],
)
def test_a_foreign_import_is_not_there(desk: Desk, name: str) -> None:
    batch = desk.check([WANG])
    elsewhere = make_community("ELSE")
    stranger = signed_in(user_with("owners.import_owner", communities=[elsewhere]))
    url = reverse(f"owners:{name}", args=[batch.pk])
    assert stranger.get(url).status_code in (404, 405)
    assert stranger.post(url).status_code in (404, 405)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.PREVIEW


@pytest.mark.parametrize("name", ["import_start", "import_template", "estate_export"])
def test_without_the_permission_the_door_is_shut(desk: Desk, name: str) -> None:
    url = reverse(f"owners:{name}")
    assert signed_in(user_with("owners.view_owner", communities=[desk.community])).get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_a_file_that_is_none_is_refused_beside_the_form(desk: Desk, client: Client) -> None:
    response = send(client, desk, b"<html></html>")
    assert response.status_code == 400
    assert "网页另存" in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_template_is_read_by_the_import(desk: Desk, client: Client, tmp_path: Any) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"".join(client.get(reverse("owners:import_template")).streaming_content))
    book = openpyxl.load_workbook(path)
    assert [sheet.title for sheet in book][:2] == ["房屋与住户", "填写说明"]
    assert len(book.worksheets[0].data_validations.dataValidation) >= 8
    heads = {cell.value.rstrip("*"): cell.column for cell in book.worksheets[0][1]}
    for title, value in {
        "楼栋": "3",
        "房号": "101",
        "房屋类型": "高层",
        "建筑面积": 50,
        "姓名": "甲乙",
        "角色": "业主",
    }.items():
        book.worksheets[0].cell(2, heads[title], value)
    book.save(path)
    batch = desk.upload(path.read_bytes())
    assert (batch.added, batch.errors) == (1, 0)
    assert all(column["key"] for column in batch.report["columns"])


@pytest.mark.parametrize("mode", ImportMode.values)
def test_the_preview_adds_up_in_every_mode(desk: Desk, client: Client, mode: str) -> None:
    desk.bring([WANG])
    batch = desk.check([(*WANG[:4], 95, *WANG[5:]), ("9", "", "1", "高层", 1, "甲", "业主", "", ""), BAD_WORD])
    for tab in ("error", "added", "changed", "unchanged"):
        response = client.get(f"{batch.get_absolute_url()}?mode={mode}&tab={tab}")
        figures = response.context["counts"]
        assert figures["added"] + figures["changed"] + figures["unchanged"] + figures["errors"] == 3


def test_the_export_page_makes_a_job_and_a_file(desk: Desk, client: Client) -> None:
    desk.bring([WANG])
    url = reverse("owners:estate_export")
    assert "事由" in client.post(url, {"community": desk.community.pk}).content.decode()
    assert client.post(url, {"community": desk.community.pk, "reason": "年检"}).status_code == 302
    work()
    job = Job.objects.get(kind="owners.export_estate")
    assert job.status == JobStatus.DONE
    assert job.result["rows"] == 1
    assert client.get(job.result_url).status_code == 200


def test_what_goes_for_a_column_is_said_once_with_its_rows(desk: Desk, client: Client) -> None:
    batch = desk.check([("3栋", "2", 1501 + place, "高层", 80, "", "", "", "") for place in range(7)])
    page = client.get(f"{batch.get_absolute_url()}?tab=added").content.decode()
    assert page.count("为数值格式") == 1
    assert "C 列“房号”为数值格式，开头的 0 如有已丢失（共 7 行：第 2、3、4、5、6… 行）" in page
    assert problems(batch, notices=True) == []


def test_what_several_cells_have_in_common_is_said_once_with_their_columns(desk: Desk, client: Client) -> None:
    filler = "18999999999"
    batch = desk.check([(*WANG[:7], filler, WANG[8], filler)], (*HEAD, "备用电话"))
    page = client.get(f"{batch.get_absolute_url()}?tab=added").content.decode()
    assert page.count("视为未填") == 1
    assert "手机、备用电话：18999999999 不是真实号码，视为未填" in page
    assert "没有要更新的行" in client.get(f"{batch.get_absolute_url()}?tab=changed").content.decode()


def test_without_a_script_a_running_import_leads_on(desk: Desk, client: Client) -> None:
    send(client, desk, workbook([WANG]))
    page = client.get(ImportBatch.objects.get().get_absolute_url()).content.decode()
    assert "查看最新进度" in page.partition("<noscript>")[2]
