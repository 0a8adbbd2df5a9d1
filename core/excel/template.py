"""The workbook a user fills in: an empty table with drop-downs, and a sheet that explains it."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core.excel.columns import TEXT_FORMAT_KINDS, Column, Kind, column_letter

_HEAD = Font(bold=True, color="FFFFFF")
_HEAD_FILL = PatternFill("solid", fgColor="2F5D9B")
_REQUIRED_FILL = PatternFill("solid", fgColor="B4321F")
_EXAMPLE_FILL = PatternFill("solid", fgColor="F2F5FA")
_WRAP = Alignment(wrap_text=True, vertical="top")
_LAST_ROW = 200_001
_FORMATS = dict.fromkeys(TEXT_FORMAT_KINDS, "@") | {Kind.DATE: "yyyy-mm-dd", Kind.DECIMAL: "0.00"}


def write_template(
    target: str | Path | IO[bytes], columns: Sequence[Column], *, sheet_name: str, notes: Sequence[str] = ()
) -> None:
    """Sheet 1 holds the header only, so nobody uploads the example; 填写说明 holds the example row,
    an explanation a column, and `notes` about the whole."""
    workbook = Workbook()
    data = workbook.active
    data.title = sheet_name
    _write_head(data, columns)
    data.freeze_panes = "A2"
    for place, column in enumerate(columns):
        dimension = data.column_dimensions[column_letter(place)]
        dimension.width = column.width
        dimension.number_format = _FORMATS.get(column.kind, "General")
    _write_guide(workbook.create_sheet(_("填写说明")), columns, notes)
    _add_drop_downs(workbook, data, columns)
    workbook.save(target)


def header_text(column: Column) -> str:
    return f"{column.title}*" if column.required else column.title


def _write_head(sheet: Worksheet, columns: Sequence[Column], row: int = 1) -> None:
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(row, place, header_text(column))
        cell.font = _HEAD
        cell.fill = _REQUIRED_FILL if column.required else _HEAD_FILL
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = 24


def _write_guide(sheet: Worksheet, columns: Sequence[Column], notes: Sequence[str]) -> None:
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[column_letter(place - 1)].width = max(column.width, 14)
    sheet["A1"] = _("示例（只供参考，不会被导入）")
    sheet["A1"].font = Font(bold=True)
    _write_head(sheet, columns, row=2)
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(3, place, column.example)
        cell.number_format = "@"
        cell.fill = _EXAMPLE_FILL
    row = 5
    for title, text in [(_("说明"), ""), *(("", note) for note in notes)]:
        sheet.cell(row, 1, title or text).font = Font(bold=bool(title))
        row += 1
    _write_explanations(sheet, columns, row + 1)


def _write_explanations(sheet: Worksheet, columns: Sequence[Column], row: int) -> None:
    for place, title in enumerate((_("列名"), _("是否必填"), _("怎么填"), "", "", _("也认得的列名")), start=1):
        sheet.cell(row, place, title).font = Font(bold=True)
    for number, column in enumerate(columns, start=row + 1):
        sheet.cell(number, 1, column.title)
        sheet.cell(number, 2, _("必填") if column.required else _("选填"))
        sheet.cell(number, 3, _explanation(column)).alignment = _WRAP
        sheet.merge_cells(start_row=number, start_column=3, end_row=number, end_column=5)
        sheet.cell(number, 6, "、".join(column.synonyms))


def _explanation(column: Column) -> str:
    parts = [column.help] if column.help else []
    if column.many:
        parts.append(_("可填多个，用 、 隔开"))
    if column.kind in TEXT_FORMAT_KINDS:
        parts.append(_("单元格保持文本格式"))
    if column.kind in (Kind.CHOICE, Kind.YESNO):
        parts.append(_("请从下拉中选择"))
    if column.kind is Kind.DATE:
        parts.append(_("写成 2026-01-05、2026/1/5、20260105 都认得"))
    return "；".join(parts)


def _add_drop_downs(workbook: Workbook, data: Worksheet, columns: Sequence[Column]) -> None:
    """Lists live on a hidden sheet: written into the cell rule itself they may have 255 characters."""
    options: Worksheet | None = None
    used = 0
    for place, column in enumerate(columns):
        labels = _labels(column)
        if not labels:
            continue
        if options is None:
            options = workbook.create_sheet(_("选项"))
            options.sheet_state = "hidden"
        letter = column_letter(used)
        used += 1
        for row, label in enumerate([column.title, *labels], start=1):
            options.cell(row, used, label)
        rule = DataValidation("list", formula1=f"'{options.title}'!${letter}$2:${letter}${len(labels) + 1}")
        rule.allow_blank = True
        # A warning, not a bar: synonyms and several values in a cell are understood, too.
        rule.errorStyle = "warning"
        rule.error = _("不在下拉选项中，导入时可能需要对应到字典项")
        rule.showErrorMessage = not column.many
        rule.add(f"{column_letter(place)}2:{column_letter(place)}{_LAST_ROW}")
        data.add_data_validation(rule)


def _labels(column: Column) -> list[str]:
    if column.kind is Kind.YESNO:
        return [_("是"), _("否")]
    return [choice.label for choice in column.choices()] if column.choices else []
