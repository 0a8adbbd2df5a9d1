"""Rows into values: every cell is checked, every complaint collected, nothing raised."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadFile, BadValue
from core.excel.cells import CLEAR, cell_parser
from core.excel.cells_digits import Noted
from core.excel.cells_words import UnknownWord
from core.excel.columns import Column, column_letter
from core.excel.headers import HeaderMap, Override, find_header
from core.excel.merges import MergedColumns
from core.excel.reader import Merge, Row, Sheet, read_workbook

_SHOWN_LENGTH = 40
_UNSHOWABLE_RE = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MAX_SHEETS = 5
FIRST_ROWS = 5  # that are named where a column is spoken of as a whole


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong with one cell, and where Excel shows it."""

    row: int
    column_letter: str
    header: str
    shown_value: str
    reason: str
    fix: str = ""

    @property
    def message(self) -> str:
        """第 5 行 D 列 证件号 为数值格式，末位已失真，请设为文本"""
        place = _("第 %(row)d 行 %(column)s 列 %(header)s") % {
            "row": self.row,
            "column": self.column_letter,
            "header": self.header,
        }
        return f"{place} {self.cause}"

    @property
    def cause(self) -> str:
        """The reason and what to do, without the place."""
        return f"{self.reason}，{self.fix}" if self.fix else self.reason


@dataclass(frozen=True, slots=True)
class UnknownWordError(CellError):
    """A word of no dictionary: the caller lists each once and asks what it stands for."""

    key: str = ""
    word: str = ""


@dataclass(slots=True)
class ColumnNotice:
    """What is said once about a column: in how many rows, and the first of them."""

    count: int = 0
    rows: list[int] = field(default_factory=list)

    def add(self, other: "ColumnNotice") -> None:
        self.count += other.count
        self.rows = sorted([*self.rows, *other.rows])[:FIRST_ROWS]


@dataclass(slots=True)
class ParsedRow:
    """`values` has every column that the sheet has; None keeps, `CLEAR` empties.

    A row with `errors` is not to be used. `notices` are CellErrors in shape, remarks in meaning.
    """

    number: int
    values: dict[str, object]
    errors: list[CellError] = field(default_factory=list)
    notices: list[CellError] = field(default_factory=list)


class RowParser:
    """Parses the rows below a header.

    `required` names the keys that must not be blank (default: those declared so); an importer that
    also changes rows asks for its natural key only. `words` maps dictionary words of a column to
    values, as the user decided in an earlier preview. `unknown_words` counts what is left to map,
    `column_notices` has by (key, notice) what is said of a column and not of its rows.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        header: HeaderMap,
        *,
        merges: Sequence[Merge] = (),
        epoch_1904: bool = False,
        required: Collection[str] | None = None,
        words: Mapping[str, Mapping[str, object]] | None = None,
    ):
        self.header = header
        self.unknown_words: dict[str, Counter[str]] = {}
        self.column_notices: dict[tuple[str, str], ColumnNotice] = {}
        self._columns = {column.key: column for column in columns if column.key in header.columns}
        self._fields = [
            (
                key,
                header.columns[key],
                cell_parser(column, words=(words or {}).get(key), epoch_1904=epoch_1904),
            )
            for key, column in self._columns.items()
        ]
        if required is None:
            required = [column.key for column in columns if column.required]
        self._required = [key for key in required if key in self._columns]
        self._merged = MergedColumns(merges, header.columns.values(), header.row)

    def parse(self, row: Row) -> ParsedRow:
        """The values of one row; rows must come in their order when cells are merged."""
        number, cells = row
        values: dict[str, object] = {}
        result = ParsedRow(number, values)
        if self._merged:
            cells = self._unmerged(result, cells)
        width = len(cells)
        for key, place, parse in self._fields:
            if place >= width:
                values[key] = None
                continue
            try:
                value = parse(cells[place])
            except BadValue as problem:
                self._refuse(result, key, cells[place], problem)
                continue
            if type(value) is Noted:
                self._note(result, key, cells[place], value)
                value = value.value
            values[key] = value
        self._check_required(result, cells)
        return result

    def parse_all(self, rows: Iterator[Row]) -> Iterator[ParsedRow]:
        """Every row below the header."""
        first = self.header.row + 1
        return (self.parse(row) for row in rows if row.number >= first)

    def _check_required(self, result: ParsedRow, cells: list[Any]) -> None:
        values = result.values
        for key in self._required:
            value = values.get(key, result)  # a key that is not there was refused already
            if value is None or value is CLEAR:
                place = self.header.columns[key]
                shown = cells[place] if place < len(cells) else ""
                self._refuse(result, key, shown, _must_be_filled(value))

    def _refuse(self, result: ParsedRow, key: str, shown: object, problem: BadValue) -> None:
        place = self._place(result.number, key, shown)
        if isinstance(problem, UnknownWord):
            self.unknown_words.setdefault(key, Counter())[problem.word] += 1
            result.errors.append(UnknownWordError(*place, problem.sentence, problem.fix, key=key, word=problem.word))
        else:
            result.errors.append(CellError(*place, problem.sentence, problem.fix))

    def _note(self, result: ParsedRow, key: str, shown: object, noted: Noted) -> None:
        if noted.of_column:
            self._note_column(result, key, noted.notice)
        else:
            result.notices.append(CellError(*self._place(result.number, key, shown), noted.notice))

    def _note_column(self, result: ParsedRow, key: str, notice: str) -> None:
        said = self.column_notices.setdefault((key, notice), ColumnNotice())
        said.count += 1
        if len(said.rows) < FIRST_ROWS:
            said.rows.append(result.number)

    def _place(self, number: int, key: str, shown: object) -> tuple[int, str, str, str]:
        return number, self.header.letter(key), self._columns[key].title, shown_value(shown)

    def _unmerged(self, result: ParsedRow, cells: list[Any]) -> list[Any]:
        """The cells with the values of merged ones where the column allows it, errors elsewhere."""
        cells = list(cells)
        for key, column in self._columns.items():
            place = self.header.columns[key]
            merge = self._merged.covering(result.number, place)
            if merge is None:
                continue
            value = self._merged.value(result.number, place, cells, merge)
            if value == "" or (result.number == merge.top and place == merge.left):
                continue
            if column.fill_down and place == merge.left:
                cells.extend([""] * (place + 1 - len(cells)))
                cells[place] = value
                self._note_column(result, key, _("有合并的单元格，各行取同一个值"))
            else:
                self._refuse(result, key, value, _is_merged(merge))
        return cells


def _must_be_filled(value: object) -> BadValue:
    return BadValue(_("必填，不能清空") if value is CLEAR else _("必填，现为空"), _("请填写"))


def _is_merged(merge: Merge) -> BadValue:
    area = f"{column_letter(merge.left)}{merge.top}:{column_letter(merge.right)}{merge.bottom}"
    return BadValue(_("在合并的单元格 %s 里") % area, _("请取消合并，逐行填写"))


def shown_value(value: object) -> str:
    """A cell as a message may show it: short, and without characters that cannot be stored."""
    text = getattr(value, "text", value)
    if isinstance(text, float) and text == text and abs(text) < 1e15 and text == int(text):
        text = int(text)
    text = _UNSHOWABLE_RE.sub("\ufffd", str(text)[: _SHOWN_LENGTH * 2])
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…"


def open_table(
    path: str | Path, columns: Sequence[Column], *, override: Override | None = None
) -> tuple[Sheet, HeaderMap]:
    """The first visible sheet in which a header is found; raises `BadFile`.

    The caller closes the sheet.
    """
    first = read_workbook(path)
    refusal: BadFile | None = None
    for name in ["", *first.other_sheets[: _MAX_SHEETS - 1]]:
        try:
            sheet = read_workbook(path, sheet=name, kind=first.kind) if name else first
        except BadFile:  # an empty one among the others
            continue
        try:
            return sheet, find_header(sheet.rows, columns, override=override, merges=sheet.merges)
        except BadFile as problem:
            refusal = refusal or problem
            sheet.close()
    assert refusal is not None
    raise refusal
