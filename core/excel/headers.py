"""Columns found by the names in the header row, wherever that row and those columns are."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from core.errors import BadFile
from core.excel.columns import Column, column_letter
from core.excel.reader import Merge, Row

HEADER_ROWS = 20
ERROR_TITLE = "错误原因"  # the column that an error workbook adds; never read back

_BRACKETS_RE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】|<[^<>]*>")
_BRACKET_RE = re.compile(r"[()\[\]{}<>【】]")
_NOISE_RE = re.compile(r"[\s*:;,.、。\u200b-\u200f\ufeff'\"“”_/\\-]+")
_UNIT_RE = re.compile(r"(?<=.)(?:m2|平方米|平米|%)$")


def normalise_header(text: str) -> str:
    """The part of a header that names the column: 建筑面积 for `* 建筑 面积(㎡)`."""
    text = unicodedata.normalize("NFKC", text[:200]).casefold()
    outside = _NOISE_RE.sub("", _BRACKETS_RE.sub("", text))
    # A header wholly in brackets is named by what they hold.
    return _UNIT_RE.sub("", outside or _NOISE_RE.sub("", _BRACKET_RE.sub("", text)))


@dataclass
class HeaderMap:
    """Where the columns of a declaration stand in a sheet.

    `row` is the number of the header row; `columns` maps a key to its place from 0; `headers` the
    place of each filled header cell to its text. `unknown` and `duplicates` are (place, text).
    """

    row: int
    columns: dict[str, int]
    headers: dict[int, str]
    unknown: list[tuple[int, str]] = field(default_factory=list)
    duplicates: list[tuple[int, str]] = field(default_factory=list)
    missing: list[Column] = field(default_factory=list)

    def letter(self, key: str) -> str:
        return column_letter(self.columns[key])


Override = Mapping[str, str | None]


def find_header(
    rows: Iterable[Row],
    columns: Sequence[Column],
    *,
    override: Override | None = None,
    merges: Sequence[Merge] = (),
) -> HeaderMap:
    """The row among the first 20 that names most columns; raises `BadFile` when none names two.

    `override` is what the user corrected: header text or column letter to a key, or to None for
    "leave this column out".
    """
    names = _names(columns)
    override = override or {}
    best: HeaderMap | None = None
    for row, headers in _candidates(rows, merges):
        found = _match(row, headers, names, columns, override)
        if best is None or _is_better(found, best, merges):
            best = found
    if best is None or len(best.columns) < min(2, len(columns)):
        wanted = [column for column in columns if column.required] or list(columns)
        titles = "、".join(column.title for column in wanted[:6])
        raise BadFile(_("前 20 行里没有找到表头"), _("请检查是否有这些列：%s") % titles)
    return best


def _candidates(rows: Iterable[Row], merges: Sequence[Merge]) -> Iterable[tuple[int, dict[int, str]]]:
    """The rows that may be the header, each with its texts; a merged cell speaks for the rows below."""
    tall = [merge for merge in merges if merge.bottom > merge.top and merge.top <= HEADER_ROWS]
    texts: dict[tuple[int, int], str] = {}
    for row in islice(rows, HEADER_ROWS):
        if row.number > HEADER_ROWS:
            return
        headers = {
            place: cell.strip()
            for place, cell in enumerate(row.cells)
            if isinstance(cell, str) and cell and not cell.isspace()
        }
        texts |= {(row.number, place): text for place, text in headers.items()}
        for merge in tall:
            if merge.top < row.number <= merge.bottom and (merge.top, merge.left) in texts:
                headers.setdefault(merge.left, texts[merge.top, merge.left])
        yield row.number, headers


def _is_better(found: HeaderMap, best: HeaderMap, merges: Sequence[Merge]) -> bool:
    if len(found.columns) != len(best.columns):
        return len(found.columns) > len(best.columns)
    # A header two rows high: data begins below the lower one.
    return bool(found.columns) and any(merge.top <= best.row < found.row <= merge.bottom for merge in merges)


def _names(columns: Sequence[Column]) -> dict[str, tuple[int, str]]:
    """Normalised header to (0 for the title, 1 for a synonym; key)."""
    names: dict[str, tuple[int, str]] = {}
    for column in columns:
        for synonym in column.synonyms:
            names.setdefault(normalise_header(synonym), (1, column.key))
    for column in columns:
        names[normalise_header(column.title)] = (0, column.key)
    return names


def _match(
    row: int,
    headers: dict[int, str],
    names: dict[str, tuple[int, str]],
    columns: Sequence[Column],
    override: Override,
) -> HeaderMap:
    keys = {column.key for column in columns}
    decided = {name if _is_letter(name) else normalise_header(name): key for name, key in override.items()}
    claims: list[tuple[int, int, str]] = []  # how good the match is, place, key
    result = HeaderMap(row, {}, headers)
    for place, text in headers.items():
        name = normalise_header(text)
        word = column_letter(place) if column_letter(place) in decided else name
        if word in decided:
            key = decided[word]
            if key is not None and key in keys:
                claims.append((-1, place, key))
        elif name in names:
            claims.append((names[name][0], place, names[name][1]))
        elif name != ERROR_TITLE:
            result.unknown.append((place, text))
    for _rank, place, key in sorted(claims):
        if key in result.columns:
            result.duplicates.append((place, headers[place]))
        else:
            result.columns[key] = place
    result.missing = [column for column in columns if column.required and column.key not in result.columns]
    return result


def _is_letter(name: str) -> bool:
    return len(name) <= 2 and name.isascii() and name.isalpha() and name.isupper()
