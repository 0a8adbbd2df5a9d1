"""The first full story in a real browser, with the real worker and relay: a company's messy workbook goes in, its two bad rows are mended in
the error workbook, a household is found six ways, its file is opened, and the log tells all of it. Nothing is faked."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from audit.models import DataScope
from core.models import LogEntry
from owners.models import ImportBatch, Owner, Tenure
from properties.models import Unit
from tests.factories.audit import user_with
from tests.support.browser import PATIENCE, serious_findings, sign_in
from tests.support.cases import make_community
from tests.support.processes import background, wait_for

PASSWORD = "Qingtian-2026-lushui"
pytestmark = pytest.mark.django_db(transaction=True)

HEADERS = (
    "序号",
    "楼号",
    "单元",
    "房间号",
    "面积",
    "房屋类型",
    "业主姓名",
    "身份",
    "联系电话",
    "身份证",
    "收楼日期",
    "车牌号",
)
ROWS = (
    (1, "3栋", "2单元", "1502", 89.5, "高层", "王建国", "业主", 15400006620, "11010519491231002X", datetime(2022, 3, 28), "苏Ａ８Ｋ６２１"),
    (2, "3栋", "2单元", "1502", "89.50", "高层", "李慧敏", "共有人", "１６３００００２０９１", "", "2022.3.28", ""),
    (3, "3", "2", 1503, "101.37", "高层", "单 雄信", "业主", "154-0000-1111", "", "2022/3/28", ""),
    (4, "3#", "02", "1504室", 120, "高层", "湖映置业有限公司", "业主", "", "", "2022年3月28日", ""),
    (5, "3栋", "2单元", "1601", 89.5, "高层", "赵敏", "业主", 1540000222, "", "20220328", ""),
    (6, "3栋", "2单元", "1602", 89.5, "高层", "孙策", "业主", 15400003333, "", "2026.13.5", ""),
)  # fmt: skip
SEARCHES = (
    ("3-2-1502", "3栋2单元1502"),
    ("王建国", "王建国"),
    ("wjg", "王建国"),
    ("shanxiong", "单雄信"),
    ("6620", "王建国"),
    ("A8K621", "苏A8K621"),
)


def messy(path: Path) -> Path:
    """Merged title, a line of remarks, the header in row 3, junk below."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["湖映花园业主资料（2026 年 11 月整理）"])
    sheet.merge_cells("A1:L1")
    sheet.append(["填表：前台", None, None, "联系电话没有就空着"])
    sheet.append(HEADERS)
    for row in ROWS:
        sheet.append(row)
    sheet.append([])
    sheet.append([None, None, " "])
    book.save(path)
    return path


def upload(page: Page, address: str, path: Path, community: str) -> None:
    page.goto(f"{address}/import/")
    page.select_option("#import-community", label=community)
    page.set_input_files("[name=file]", str(path))
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("button", name="确认写入")).to_be_visible(timeout=PATIENCE)


def confirm(page: Page) -> None:
    page.get_by_role("button", name="确认写入").click()
    expect(page.get_by_text("再导入一个文件")).to_be_visible(timeout=PATIENCE)


def mend(source: Path, target: Path) -> Path:
    """What the clerk does in Excel: the two cells, in his own layout, beside the reasons."""
    book = openpyxl.load_workbook(source)
    sheet = book.active
    head = next(row for row in sheet.iter_rows() if any(cell.value == "联系电话" for cell in row))
    column = {cell.value: cell.column for cell in head}
    assert "错误原因" in column
    bad = {sheet.cell(row, column["业主姓名"]).value: row for row in range(head[0].row + 1, sheet.max_row + 1)}
    assert set(bad) - {None} == {"赵敏", "孙策"}
    sheet.cell(bad["赵敏"], column["联系电话"]).value = "15400002222"
    sheet.cell(bad["孙策"], column["收楼日期"]).value = "2026-12-05"
    book.save(target)
    return target


def search(page: Page, text: str, expected: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(text)
    expect(page.locator("#search-results .sr-i", has_text=expected).first).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 700, "y": 740})


def test_r10_r11_r23_a_messy_workbook_goes_in_and_any_household_is_found(
    page: Page, live_server, broker: str, tmp_path: Path
) -> None:
    community = make_community("HYHY")
    user = user_with(
        "owners.view_owner", "owners.import_owner", "owners.view_tenure", "owners.view_vehicle", "owners.view_contactrecord",
        "owners.reveal_owner", "properties.view_unit", "properties.view_building", "properties.view_community",
        "properties.add_unit", "core.view_logentry",
        scope=DataScope.ALL,
    )  # fmt: skip
    user.set_password(PASSWORD)
    user.save()
    label = f"{community}（{community.code}）"
    with background(broker):
        sign_in(page, live_server.url, user.username, PASSWORD)
        expect(page.locator("[data-sign-out]")).to_contain_text("退出")

        upload(page, live_server.url, messy(tmp_path / "湖映花园.xlsx"), label)
        expect(page.locator("body")).to_contain_text("尚未写入任何数据")
        assert not Owner.objects.exists() and not Unit.objects.exists()
        assert serious_findings(page) == []
        with page.expect_download() as download:
            page.get_by_text("下载错误行").first.click()
        download.value.save_as(tmp_path / "errors.xlsx")
        confirm(page)
        assert sorted(Owner.objects.values_list("name", flat=True)) == [
            "单雄信",
            "李慧敏",
            "湖映置业有限公司",
            "王建国",
        ]

        upload(page, live_server.url, mend(tmp_path / "errors.xlsx", tmp_path / "mended.xlsx"), label)
        confirm(page)
        assert Owner.objects.count() == 6 and Tenure.objects.count() == 6
        assert list(ImportBatch.objects.order_by("pk").values_list("added", "errors")) == [(4, 2), (2, 0)]

        page.goto(f"{live_server.url}/")
        for text, expected in SEARCHES:
            search(page, text, expected)

        page.keyboard.press("/")
        page.keyboard.type("3-2-1502")
        expect(page.locator("#search-results .sr-i").first).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("3栋2单元1502")
        expect(page.locator("main")).to_contain_text("154****6620")
        expect(page.locator("main")).to_contain_text("李慧敏")
        assert "15400006620" not in page.content()
        assert serious_findings(page) == []

        page.goto(f"{live_server.url}/log/")
        expect(page.locator("main")).to_contain_text("导入")
        assert "15400006620" not in page.content()
    wait_for(lambda: LogEntry.objects.filter(community_id=community.pk, action__startswith="owners.").exists())
