"""The operators' commands: JSON, exit codes, and the way out and in again."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command

from core.models import LogEntry
from owners.models import Owner, Tenure
from owners.services.tenures import start_tenure
from properties.models import Unit
from tests.owners.importing.conftest import HEAD, WANG, Desk, workbook
from tests.support.cases import make_community
from tests.support.estate_workbook import write

pytestmark = pytest.mark.django_db
BAD = ("3栋", "2", "1503", "高层", 90, "李四", "业主", "1380013800", 4.40106199001011e17)


@pytest.fixture
def save(tmp_path: Path) -> Any:
    def saved(rows: list[tuple], head: tuple = HEAD) -> Path:
        path = tmp_path / "estate.xlsx"
        path.write_bytes(workbook(rows, head))
        return path

    return saved


def run(command: str, *arguments: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command(command, *map(str, arguments), "--json", stdout=out)
    return json.loads(out.getvalue())


def refused(command: str, *arguments: Any) -> tuple[int, dict[str, Any], str]:
    """Exit status, JSON and standard error of a command that does not do what was asked."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command(command, *map(str, arguments), "--json", stdout=out, stderr=err)
    told = json.loads(out.getvalue())
    assert told["ok"] is False
    assert told["error"] in err.getvalue()
    return stop.value.code, told, told["error"]


def bring(path: Path, desk: Desk, mode: str = "upsert", community: str = "HYH") -> dict[str, Any]:
    return run("import_estate", path, "--community", community, "--mode", mode, "--user", desk.user.username)


def test_the_json_counts_each_row_once_and_names_row_column_and_message(desk: Desk, save: Any) -> None:
    told = bring(save([WANG, BAD]), desk)
    assert (told["added"], told["changed"], told["unchanged"]) == (1, 0, 0)
    assert told["seconds"] >= 0
    assert [(error["row"], error["column"]) for error in told["errors"]] == [(3, "H"), (3, "I")]
    assert "手机" in told["errors"][0]["message"]
    assert "末位已失真" in told["errors"][1]["message"]
    again = bring(save([WANG, BAD]), desk)
    assert (again["added"], again["changed"], again["unchanged"], len(again["errors"])) == (0, 0, 1, 2)


def test_check_writes_nothing(desk: Desk, save: Any) -> None:
    assert bring(save([WANG]), desk, "check")["added"] == 1
    assert not Unit.objects.exists()


def test_a_refused_file_ends_with_2(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "page.xlsx"
    path.write_text("<html><table><tr><td>房号</td></tr></table></html>")
    words = ("import_estate", path, "--community", "HYH", "--mode", "upsert", "--user", desk.user.username)
    assert refused(*words)[0] == 2
    path.write_bytes(workbook([("x", "y")], ("甲", "乙")))
    code, told, error = refused(*words)
    assert code == 2
    assert "没有找到表头" in error
    assert told["refused"] == error
    assert told["seconds"] >= 0


@pytest.mark.parametrize(("name", "value"), [("community", "NIX"), ("user", "niemand")])
def test_an_unknown_name_is_one_clear_sentence(desk: Desk, save: Any, name: str, value: str) -> None:
    options = {"community": "HYH", "user": desk.user.username} | {name: value}
    words = [word for key, text in options.items() for word in (f"--{key}", text)]
    code, _told, error = refused("import_estate", save([WANG]), "--mode", "upsert", *words)
    assert code == 2
    assert value in error
    code, _told, error = refused("export_estate", "--out", save([WANG]), *words)
    assert code == 2
    assert value in error


def test_a_place_that_cannot_be_written_is_one_clear_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    places = {
        tmp_path: 2,
        tmp_path / "missing" / "a.xlsx": 2,
        tmp_path / "file" / "a.xlsx": 2,
        tmp_path / ("a" * 300): 1,
    }
    for place, expected in places.items():
        code, _told, error = refused("export_estate", "--community", "HYH", "--out", place)
        assert code == expected
        assert str(place.parent) in error
    assert not LogEntry.objects.filter(action="owners.estate.exported").exists()


def test_an_export_without_the_right_ends_with_1(desk: Desk, tmp_path: Path) -> None:
    make_community("FAR")
    words = ("--community", "FAR", "--out", tmp_path / "a.xlsx", "--user", desk.user.username)
    code, _told, error = refused("export_estate", *words)
    assert code == 1
    assert "没有导出" in error
    assert not (tmp_path / "a.xlsx").exists()


def cells(path: Path) -> list[tuple]:
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


def test_export_import_export_is_identical(desk: Desk, tmp_path: Path) -> None:
    source, first, second = tmp_path / "source.xlsx", tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    write(str(source), 300)
    assert bring(source, desk)["added"] == 300
    desk.bring(
        [
            (
                "地下车库",
                "",
                "B1-0235",
                "车位",
                "",
                "张三",
                "业主",
                "13900139000",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "2020-01-02",
                "2021-03-04",
                "",
                "",
            ),
            (
                "90",
                "",
                "S-101",
                "商铺",
                55.5,
                "杭州睦邻贸易有限公司",
                "使用单位",
                "0571-88001234",
                "",
                "",
                "",
                "是",
                "是",
                "说明",
                "",
                "",
                "",
                "",
                "",
            ),
            (
                "91",
                "1",
                "0101",
                "高层",
                60,
                "李芳",
                "业主",
                "13900139001、13900139002",
                "",
                "40%",
                "南",
                "是",
                "",
                "一\n二",
                "3室2厅",
                "2022-02-02",
                "",
                "李强",
                "13900139003",
            ),
            ("91", "1", "0102", "高层", 61, "", "", "", "", "", "", "", "", "空置中", "", "", "", "", ""),
        ],
        (*HEAD, "份额", "朝向", "主联系人", "缴费人", "备注", "户型", "起", "止", "紧急联系人", "紧急电话"),
    )
    call_command("export_estate", community="HYH", out=first, plain=True, reason="迁移", stdout=io.StringIO())
    empty = make_community("NEW")
    other = Desk(empty, desk.user)
    from tests.factories.audit import user_with

    other.user = user_with("owners.import_owner", communities=[empty])
    told = run("import_estate", first, "--community", "NEW", "--mode", "upsert", "--user", other.user.username)
    assert told["errors"] == []
    assert told["added"] == 304
    call_command("export_estate", community="NEW", out=second, plain=True, reason="迁移", stdout=io.StringIO())
    assert cells(first) == cells(second)
    assert told["rows"] == len(cells(first)) - 1
    assert (
        run("import_estate", second, "--community", "NEW", "--mode", "upsert", "--user", other.user.username)[
            "unchanged"
        ]
        == 304
    )


def test_an_export_of_somebody_without_a_number_who_has_a_car_and_two_homes_comes_back_the_same(
    desk: Desk, tmp_path: Path
) -> None:
    """Nothing says that two rows of one name are one person: his car would go to the first of them and leave the second."""
    from tests.factories.audit import user_with

    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    rows = [
        ("1", "1", "0101", "高层", 60, "彭兰淑", "业主", "", "", "浙AD44307"),
        ("B1", "", "B1-0005", "车位", 12, *[""] * 5),
    ]
    desk.bring(rows, (*HEAD, "车牌"))
    start_tenure(
        Owner.objects.get(), by=desk.user, unit=Unit.objects.get(number="B1-0005"), role="owner", start=date(2020, 1, 1)
    )
    call_command("export_estate", community="HYH", out=first, plain=True, reason="迁移", stdout=io.StringIO())
    assert [row[-2] for row in cells(first)[1:]] == ["浙AD44307", None]
    empty = make_community("NEW")
    by = user_with("owners.import_owner", communities=[empty]).username
    assert run("import_estate", first, "--community", "NEW", "--mode", "upsert", "--user", by)["added"] == 2
    call_command("export_estate", community="NEW", out=second, plain=True, reason="迁移", stdout=io.StringIO())
    assert cells(first) == cells(second)


def test_the_same_data_gives_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    desk.bring([WANG])
    hashes = {run("export_estate", "--community", "HYH", "--out", tmp_path / f"{n}.xlsx")["sha256"] for n in range(2)}
    assert len(hashes) == 1


def test_an_export_is_masked_unless_plain_with_a_reason_and_is_logged(desk: Desk, tmp_path: Path) -> None:
    desk.bring([WANG])
    out = tmp_path / "out.xlsx"
    told = run("export_estate", "--community", "HYH", "--out", out)
    assert "138****8000" in str(cells(out))
    assert "13800138000" not in str(cells(out))
    code, _told, error = refused("export_estate", "--community", "HYH", "--out", out, "--plain")
    assert code == 2
    assert "--reason" in error
    run("export_estate", "--community", "HYH", "--out", out, "--plain", "--reason", "核对")
    assert "13800138000" in str(cells(out))
    entries = LogEntry.objects.filter(action="owners.estate.exported").order_by("id")
    assert [entry.reason for entry in entries] == ["", "核对"]
    assert entries[0].changes["sha256"] == told["sha256"]


def test_names_like_formulas_stay_text(desk: Desk, tmp_path: Path) -> None:
    desk.bring([(*WANG[:5], "-王", *WANG[6:])])
    out = tmp_path / "out.xlsx"
    run("export_estate", "--community", "HYH", "--out", out)
    cell = next(cell for row in openpyxl.load_workbook(out).active.iter_rows() for cell in row if cell.value == "-王")
    assert cell.data_type == "s"
    assert Owner.objects.get().name == "-王"
    assert Tenure.objects.count() == 1


def test_without_json_the_command_speaks(desk: Desk, save: Any) -> None:
    out = io.StringIO()
    call_command(
        "import_estate", str(save([WANG, BAD])), community="HYH", mode="upsert", user=desk.user.username, stdout=out
    )
    assert "新增 1，更新 0，不变 0，错误 1" in out.getvalue()
    assert "第 3 行 H 列 手机" in out.getvalue()
