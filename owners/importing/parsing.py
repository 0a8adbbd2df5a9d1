"""File rows from sheet rows: cells parsed by core.excel, then the rules that look at more than one cell of a row. Half of a long
file is read by a second process."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

from django.utils.translation import gettext as _

from core import blind_index
from core.errors import BadValue
from core.excel.cells import CLEAR
from core.excel.columns import Column
from core.excel.headers import HeaderMap
from core.excel.reader import Row, Sheet
from core.excel.rows import CellError, ColumnNotice, ParsedRow, RowParser
from core.normalise import normalise_name
from owners.importing.columns import PERSON_KEYS
from owners.importing.parallel import Side
from owners.importing.people import document
from owners.importing.plans import FileRow
from owners.importing.problems import Blame
from owners.importing.rooms import room_of

PARALLEL_ROWS = 4_000
_SENT_ROWS = 2_000
_FIXED = (
    "unit_type",
    "delivery_status",
    "name",
    "role",
    "start",
    "end",
    "plates",
    "building",
    "number",
    "room",
    "community",
)
_TELLING = ("number", "room", "name", "phone", "id_number")
_REMARK_RE = re.compile(r"\s*(?:合\s*计|总\s*计|小\s*计|制表|填表|审核|备注|说明|注)\s*[:：]?|.*(?:共计|总户数)")


class Parsed:
    """The rows of a file, in its order, and what was noticed on the way."""

    def __init__(self) -> None:
        self.rows: list[FileRow] = []
        self.unknown_words: dict[str, Counter[str]] = {}
        self.notices: dict[tuple[str, str], ColumnNotice] = {}
        self.ignored: list[int] = []

    def add(
        self, unknown: dict[str, Counter[str]], notices: dict[tuple[str, str], ColumnNotice], ignored: list[int]
    ) -> None:
        for key, words in unknown.items():
            self.unknown_words.setdefault(key, Counter()).update(words)
        for place, notice in notices.items():
            self.notices.setdefault(place, ColumnNotice()).add(notice)
        self.ignored += ignored


class RowReader:
    """One process's parser. Rows that say nothing about any room or person are left out: totals, signatures, notes."""

    def __init__(self, parser: RowParser, blame: Blame, community_names: frozenset[str]) -> None:
        self.parser = parser
        self.blame = blame
        self.community_names = community_names
        self.ignored: list[int] = []
        self.phone_digest = blind_index.digester("phone")
        self.id_digest = blind_index.digester("id_number")

    def read(self, rows: Iterable[Row]) -> Iterable[FileRow]:
        first = self.parser.header.row
        for row in rows:
            if row.number > first and (found := self.row(self.parser.parse(row))) is not None:
                yield found

    def row(self, parsed: ParsedRow) -> FileRow | None:
        values = {key: value for key, value in parsed.values.items() if value is not None}
        if not values and not parsed.errors:
            return None
        if self._is_remark(parsed, values):
            self.ignored.append(parsed.number)
            return None
        row = FileRow(parsed.number, values, None)
        row.errors, row.notices = parsed.errors, parsed.notices
        try:
            row.room = room_of(values)
        except BadValue as problem:
            if not any(error.header == self.blame.titles.get(problem.field) for error in row.errors):
                self._refuse(row, problem.field, problem)
        self._check_values(row, values)
        if "name" in values or any(key in values for key in PERSON_KEYS):
            self._person(row, values)
        return row

    def _is_remark(self, parsed: ParsedRow, values: dict[str, Any]) -> bool:
        titles = self.blame.titles
        told = [key for key in _TELLING if key in values]
        told += [key for key in _TELLING if any(error.header == titles[key] for error in parsed.errors)]
        if not told:
            return True
        if len(values) + len(parsed.errors) > 2:
            return False
        first = next(iter(values.values()), None) or (parsed.errors[0].shown_value if parsed.errors else "")
        return isinstance(first, str) and _REMARK_RE.match(first) is not None

    def _refuse(self, row: FileRow, key: str, problem: BadValue) -> None:
        self.blame.add(row, key, problem.sentence, problem.fix)

    def _check_values(self, row: FileRow, values: dict[str, Any]) -> None:
        for key, value in values.items():
            if value is CLEAR and key in _FIXED:
                self.blame.add(row, key, _("不能清空"), _("请填写，或留空保持不变"))
        community = values.get("community")
        if community and community not in self.community_names:
            self.blame.add(row, "community", _("不是所选的项目"), _("请核对项目，或换一个项目导入"))

    def _person(self, row: FileRow, values: dict[str, Any]) -> None:
        name = values.get("name")
        if not name or name is CLEAR:
            if not any(error.header == self.blame.titles["name"] for error in row.errors):
                self.blame.add(row, "name", _("必填，现为空"), _("请填写姓名；没有住户的房屋请把人的各列都留空"))
            return
        number = values.get("id_number")
        if number and number is not CLEAR:
            try:
                number, kind = document(number, values.get("id_type"))
            except BadValue as problem:
                self._refuse(row, "id_number", problem)
            else:
                values["id_number"], values["id_type"] = number, kind
                row.id_index = self.id_digest(number)
        row.name_key = normalise_name(name)
        phones: tuple[str, ...] = ()
        for key in ("phone", "other_phones"):
            if (found := values.get(key)) and found is not CLEAR:
                phones += found
        if phones:
            row.digests = tuple([self.phone_digest(phone) for phone in phones])


def read_rows(
    sheet: Sheet,
    header: HeaderMap,
    declared: Sequence[Column],
    blame: Blame,
    community_names: frozenset[str],
    words: dict[str, dict[str, Any]],
    tick: Any,
) -> Parsed:
    """Every row of the file. `tick(done)` is told how far it got."""

    def reader() -> RowReader:
        parser = RowParser(declared, header, merges=sheet.merges, epoch_1904=sheet.epoch_1904, required=(), words=words)
        return RowReader(parser, blame, community_names)

    result, mine = Parsed(), reader()
    # Merged cells speak for the rows below them: those files are read in one go, in their order.
    if sheet.row_count < PARALLEL_ROWS or sheet.merges:
        result.rows = list(mine.read(sheet.rows))
    else:
        with Side(lambda connection: _read_share(connection, reader(), sheet)) as side:
            result.rows = _both(mine.read(sheet.share(0, 2)), side, tick)
            result.add(*side.get())
        result.rows.sort(key=lambda row: row.number)
    result.add(mine.parser.unknown_words, mine.parser.column_notices, mine.ignored)
    tick(len(result.rows))
    return result


def _both(mine: Iterable[FileRow], side: Side, tick: Any) -> list[FileRow]:
    """Own rows and those of the other process, taken as they come: a full pipe would make it wait."""
    rows: list[FileRow] = []
    own = iter(mine)
    waiting = True
    while block := list(islice(own, _SENT_ROWS)):
        rows += block
        while waiting and side.connection.poll():
            waiting = _receive(side, rows)
        tick(len(rows))
    while waiting:
        waiting = _receive(side, rows)
    return rows


def _receive(side: Side, rows: list[FileRow]) -> bool:
    block = side.get()
    if block is not None:
        rows += map(_from_wire, block)
    return block is not None


Wire = tuple[int, dict[str, Any], Any, bytes | None, tuple[bytes, ...], str, list[CellError], list[CellError]]


def _read_share(connection: Connection, reader: RowReader, sheet: Sheet) -> None:
    block: list[Wire] = []
    for row in reader.read(sheet.share(1, 2)):
        block.append(
            (row.number, row.values, row.room, row.id_index, row.digests, row.name_key, row.errors, row.notices)
        )
        if len(block) == _SENT_ROWS:
            connection.send(block)
            block = []
    connection.send(block)
    connection.send(None)
    connection.send((reader.parser.unknown_words, reader.parser.column_notices, reader.ignored))


def _from_wire(wire: Wire) -> FileRow:
    row = FileRow(wire[0], wire[1], wire[2])
    row.id_index, row.digests, row.name_key, row.errors, row.notices = wire[3:]
    return row
