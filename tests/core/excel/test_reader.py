"""What comes out of a file, hazard by hazard (SECURITY.md 3.2, DOMAIN.md 2.1)."""

import datetime

import pytest

from core.errors import BadFile
from core.excel.inspect import FileKind
from core.excel.reader import ErrorCell, FormulaWithoutValue, Merge, OtherValue, Row, read_workbook, run_child
from tests.support import workbooks
from tests.support.workbooks import GOOD_ROW, HEADERS


def read(path):
    with read_workbook(path) as sheet:
        return sheet, list(sheet.rows)


def test_values_keep_their_types(tmp_path):
    moment = datetime.datetime(2026, 1, 5, 3, 4)
    cells = [
        "0101",
        3,
        89.5,
        True,
        datetime.date(2026, 1, 5),
        moment,
        datetime.time(3, 4),
        "𠮷田",
        440106199001011234,
    ]
    sheet, rows = read(workbooks.xlsx(tmp_path / "a.xlsx", [cells]))
    assert rows == [Row(1, [*cells[:6], OtherValue("03:04:00"), "𠮷田", 4.401061990010113e17])]
    assert (sheet.name, sheet.warnings, sheet.kind) == ("Sheet", [], FileKind("xlsx"))


def test_rows_can_be_read_twice_and_side_by_side(tmp_path):
    with read_workbook(workbooks.good(tmp_path / "a.xlsx", 1200)) as sheet:
        first, second = sheet.rows, sheet.rows
        assert [next(first), next(first)] == [next(second), next(second)]
        assert len(list(first)) == len(list(second)) == 1199


def test_error_cells_and_formulas(tmp_path):
    def change(book):
        sheet = book.active
        sheet["A1"], sheet["B1"], sheet["C1"] = "#N/A", "=1+1", "text #N/A"
        sheet["A1"].data_type = "e"

    sheet, rows = read(workbooks.xlsx(tmp_path / "a.xlsx", [[]], change))
    assert rows == [Row(1, [ErrorCell("#N/A"), FormulaWithoutValue(), "text #N/A"])]
    assert sheet.warnings == ["有 1 个公式，按计算结果读取"]


def test_formula_with_a_stored_result_is_its_result(tmp_path):
    path = workbooks.sheet_edited(tmp_path / "a.xlsx", rb'<c r="C2" t="n"><v>', rb'<c r="C2"><f>1+1</f><v>')
    _sheet, rows = read(path)
    assert rows[1].cells[2] == 89.5


def test_prefixed_tags_and_single_quotes(tmp_path):
    def edit(name, content):
        if not name.endswith("sheet1.xml"):
            return content
        return (
            b"<x:worksheet xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><x:sheetData>"
            b"<x:row r='2' hidden='1'><x:c r='A2' t='e'><x:v>#REF!</x:v></x:c>"
            b"<x:c r='B2'><x:v>7</x:v></x:c></x:row>"
            b"</x:sheetData></x:worksheet>"
        )

    path = workbooks.rewritten(workbooks.good(tmp_path / "clean.xlsx"), tmp_path / "a.xlsx", edit)
    sheet, rows = read(path)
    assert rows == [Row(2, [ErrorCell("#REF!"), 7])]
    assert sheet.warnings == ["有 1 个隐藏的行，一并读取"]


def test_cell_in_the_last_corner_does_not_abort(tmp_path):
    sheet, rows = read(workbooks.far_cell(tmp_path / "a.xlsx"))
    assert [row.cells for row in rows] == [HEADERS, GOOD_ROW]
    assert sheet.warnings == ["连续 200 个空行以后的内容未读"]


def test_cells_right_of_column_100_are_left_out(tmp_path):
    path = workbooks.sheet_edited(tmp_path / "a.xlsx", b"</row>", b'<c r="XFD1"><v>5</v></c></row>')
    sheet, rows = read(path)
    assert rows[0].cells == HEADERS
    assert sheet.warnings == ["第 100 列以后的 1 个单元格未读"]


def test_300_columns(tmp_path):
    _sheet, rows = read(workbooks.xlsx(tmp_path / "a.xlsx", [[f"列{n}" for n in range(300)]]))
    assert len(rows[0].cells) == 100


def test_wrong_dimension_is_not_believed(tmp_path):
    path = workbooks.sheet_edited(tmp_path / "a.xlsx", rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A2"')
    assert [row.cells for row in read(path)[1]] == [HEADERS, GOOD_ROW]
    path = workbooks.sheet_edited(tmp_path / "b.xlsx", rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"')
    assert [row.cells for row in read(path)[1]] == [HEADERS, GOOD_ROW]


def test_blank_rows_between_and_behind_are_dropped_and_numbers_kept(tmp_path):
    rows = [HEADERS, [], ["  ", None, "\u3000"], GOOD_ROW, *([[]] * 50)]
    assert [row.number for row in read(workbooks.xlsx(tmp_path / "a.xlsx", rows))[1]] == [1, 4]


def test_leading_empty_rows_and_columns_keep_their_places(tmp_path):
    _sheet, rows = read(workbooks.xlsx(tmp_path / "a.xlsx", [[], [], [None, None, "x"]]))
    assert rows == [Row(3, ["", "", "x"])]


def test_more_than_200_000_rows_are_refused_before_they_are_parsed(tmp_path):
    with pytest.raises(BadFile) as info:
        read_workbook(workbooks.many_rows(tmp_path / "a.xlsx", 200_030))
    assert (info.value.sentence, info.value.fix) == ("数据超过 200,000 行", "请拆分成几个文件")


def test_hidden_sheets_rows_and_columns_are_named(tmp_path):
    def change(book):
        book.create_sheet("旧数据").append(["x"])
        book.create_sheet("秘密").sheet_state = "hidden"
        book.active.row_dimensions[2].hidden = True
        book.active.column_dimensions["C"].hidden = True

    sheet, rows = read(workbooks.xlsx(tmp_path / "a.xlsx", [HEADERS, GOOD_ROW], change))
    assert sheet.warnings == [
        "只读取工作表 Sheet，未读：旧数据",
        "有 1 个隐藏的工作表未读",
        "有 1 个隐藏的行，一并读取",
        "有 1 个隐藏的列，一并读取",
    ]
    assert len(rows) == 2


def test_first_visible_sheet_with_content_is_read(tmp_path):
    def change(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("空")
        book.create_sheet("业主").append(["姓名"])
        book.active = 1

    sheet, rows = read(workbooks.xlsx(tmp_path / "a.xlsx", [["隐藏"]], change))
    assert (sheet.name, rows) == ("业主", [Row(1, ["姓名"])])


def test_merged_ranges_are_told(tmp_path):
    sheet, _rows = read(workbooks.messy(tmp_path / "a.xlsx"))
    assert sorted(sheet.merges) == [Merge(1, 0, 1, 7), Merge(4, 0, 5, 0)]


def test_1904_epoch(tmp_path):
    def change(book):
        book.epoch = datetime.datetime(1904, 1, 1)

    sheet, rows = read(workbooks.xlsx(tmp_path / "a.xlsx", [[datetime.date(2026, 1, 5)]], change))
    assert sheet.epoch_1904
    assert rows[0].cells == [datetime.date(2026, 1, 5)]


def test_entity_bomb_and_lying_sizes_are_refused(tmp_path):
    for builder in (workbooks.entity_bomb, workbooks.lying_sizes):
        with pytest.raises(BadFile, match="文件已损坏"):
            read_workbook(builder(tmp_path / "a.xlsx"))


def test_ten_megabyte_string_is_cut(tmp_path):
    (tmp_path / "a.csv").write_text("姓名\n" + "王" * 3_000_000, encoding="utf-8")
    _sheet, rows = read(tmp_path / "a.csv")
    assert len(rows[1].cells[0]) == 40_000


def test_file_without_data(tmp_path):
    with pytest.raises(BadFile, match="文件里没有数据"):
        read_workbook(workbooks.xlsx(tmp_path / "a.xlsx", []))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv(tmp_path, encoding, delimiter):
    text = f"姓名{delimiter}手机\n\n王建国{delimiter}'0138\n#N/A{delimiter}\n"
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    _sheet, rows = read(tmp_path / "a.csv")
    assert rows == [Row(1, ["姓名", "手机"]), Row(3, ["王建国", "'0138"]), Row(4, [ErrorCell("#N/A"), ""])]


def test_xls(tmp_path):
    sheet, rows = read(workbooks.xls(tmp_path / "a.xls", [HEADERS, GOOD_ROW]))
    assert (sheet.name, sheet.kind.kind) == ("业主", "xls")
    assert [row.cells for row in rows] == [HEADERS, GOOD_ROW]


def test_xls_error_cells_and_hidden_rows(tmp_path):
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    sheet.write(0, 0, "姓名")
    sheet.row(1).set_cell_error(0, 0x2A)
    sheet.row(1).hidden = True
    book.save(str(tmp_path / "a.xls"))
    sheet, rows = read(tmp_path / "a.xls")
    assert rows == [Row(1, ["姓名"]), Row(2, [ErrorCell("#N/A")])]
    assert sheet.warnings == ["有 1 个隐藏的行，一并读取"]


def test_child_that_runs_out_of_memory_aborts_alone(tmp_path):
    with pytest.raises(BadFile, match="文件展开后过大"):
        read_workbook(workbooks.endless_grid(tmp_path / "a.xlsx"))


def test_child_that_fails_or_takes_too_long(tmp_path, monkeypatch):
    with pytest.raises(BadFile, match="文件已损坏"):
        run_child({"task": "read", "kind": "csv"})
    monkeypatch.setattr("core.excel.reader.WALL_SECONDS", 0.01)
    with pytest.raises(BadFile, match="读取文件超时"):
        read_workbook(workbooks.good(tmp_path / "a.xlsx"))


def test_child_gets_none_of_the_parents_environment(tmp_path, monkeypatch):
    seen = {}
    import subprocess

    real = subprocess.Popen

    def spy(*args, **kwargs):
        seen.update(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setenv("FIELD_KEYS", "secret")
    monkeypatch.setattr("core.excel.reader.subprocess.Popen", spy)
    read(workbooks.good(tmp_path / "a.xlsx"))
    assert set(seen) == {"PATH", "PYTHONUTF8", "TMPDIR"}
