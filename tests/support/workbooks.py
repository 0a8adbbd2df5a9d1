"""Spreadsheets with one hazard each, made by code: nothing binary is committed.

Each builder takes the path to write and returns it.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import xlsxwriter
import xlwt
from openpyxl import Workbook

HEADERS = ["楼栋", "房号", "建筑面积", "交付日期", "姓名", "手机", "证件号", "角色"]
GOOD_ROW = [
    "3栋",
    "0101",
    89.5,
    datetime.date(2026, 1, 5),
    "王建国",
    "13912345678",
    "11010519491231002X",
    "业主",
]


def xlsx(path: Path, rows: Iterable[Sequence[object]], change: Callable[[Workbook], None] | None = None) -> Path:
    """A plain workbook by openpyxl; `change` adds the hazard."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    if change:
        change(book)
    book.save(path)
    return path


def good(path: Path, rows: int = 1) -> Path:
    return xlsx(path, [HEADERS, *([GOOD_ROW] * rows)])


def many_rows(path: Path, rows: int) -> Path:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["楼栋", "房号"])
        for number in range(1, rows + 1):
            sheet.write_number(number, 0, 1)
            sheet.write_number(number, 1, number)
    return path


def xls(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("业主")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, datetime.date):
                sheet.write(number, place, value, day)
            else:
                sheet.write(number, place, value)
    book.save(str(path))
    return path


def rewritten(
    source: Path, target: Path, edit: Callable[[str, bytes], bytes | None], extra: dict | None = None
) -> Path:
    """A copy of a zip whose members went through `edit(name, content)`; None drops one."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = edit(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return target


def with_member(path: Path, name: str) -> Path:
    """A good workbook that carries one more part."""
    clean = good(path.with_name("clean.xlsx"))
    return rewritten(clean, path, lambda _name, content: content, {name: b"x"})


def sheet_edited(path: Path, pattern: bytes, replacement: bytes, source: Path | None = None) -> Path:
    """A good workbook whose first sheet's XML was edited."""
    clean = source or good(path.with_name("clean.xlsx"))

    def edit(name: str, content: bytes) -> bytes:
        return re.sub(pattern, replacement, content, count=1) if name.endswith("sheet1.xml") else content

    return rewritten(clean, path, edit)


def far_cell(path: Path, reference: str = "XFD1048576") -> Path:
    """One stray value in the last cell of the grid: five kilobytes that make calamine abort."""
    row = re.sub(r"[A-Z]+", "", reference)
    extra = f'<row r="{row}"><c r="{reference}" t="n"><v>1</v></c></row></sheetData>'
    return sheet_edited(path, b"</sheetData>", extra.encode())


def endless_grid(path: Path) -> Path:
    """A few thousand cells, never 200 empty rows apart, that span a hundred million."""
    rows = (f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="CV{n}"><v>1</v></c></row>' for n in range(1, 10**6, 190))
    content = "<sheetData>" + "".join(rows) + "</sheetData></worksheet>"
    return sheet_edited(path, rb"(?s)<sheetData>.*", content.encode())


def zip_bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as out:
            for _chunk in range(40):
                out.write(b"0" * 2**20)
    return path


def lying_sizes(path: Path) -> Path:
    """A zip whose directory says that the sheet unpacks to ten bytes."""
    content = bytearray(good(path.with_name("clean.xlsx")).read_bytes())
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        length = int.from_bytes(content[at + 28 : at + 30], "little")
        if content[at + 46 : at + 46 + length].endswith(b"sheet1.xml"):
            content[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at += 46
    path.write_bytes(content)
    return path


def entity_bomb(path: Path) -> Path:
    """A billion laughs in front of the sheet."""
    lines = ['<!ENTITY a0 "ha">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
    doctype = f"<!DOCTYPE worksheet [{''.join(lines)}]>".encode()
    return sheet_edited(path, rb"<worksheet", doctype + b"<worksheet")


def encrypted(path: Path) -> Path:
    """A workbook with a password to open, as Excel writes it."""
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = io.BytesIO(good(path.with_name("clean.xlsx")).read_bytes())
    with path.open("wb") as out:
        OOXMLFile(plain).encrypt("secret", out)
    return path


def html(path: Path) -> Path:
    path.write_text("<html><table><tr><td>姓名</td></tr></table></html>", encoding="utf-8")
    return path


def messy(path: Path) -> Path:
    """What a company really sends: a merged title, the header in row 3, every spelling of a value."""

    def change(book: Workbook) -> None:
        sheet = book.active
        sheet.merge_cells("A1:H1")
        sheet.merge_cells("A4:A5")
        sheet.column_dimensions["E"].width = 33
        sheet["C4"].number_format = "0.000"

    rows = [
        ["幸福里小区业主登记表"],
        [],
        [
            "楼 号",
            "房间号",
            "建筑面积(㎡)",
            "交付\n日期",
            "业主名称",
            "联系电话*",
            "身份证号",
            "角色",
            "宠物",
        ],
        ["3栋", "0101", "８９．５", "2026/1/5", "王 建国", 13912345678, "11010519491231002x", "业主", "猫"],
        [None, 102, "89.5平", "2026.13.5", "李四", "138****8000", 440106199001011234, "租户", None],
        ["4栋", "0103", 90, "20260105", "张三\u200b", "０９７１－８１２３４５６", None, "业主", None],
        [None, None, None, None, "  ", None, None, None, None],
    ]
    return xlsx(path, rows, change)
