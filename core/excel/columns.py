"""How a column is declared: once, for the template, the import and the export."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What the cells of a column mean; the Python type that parsing gives is in brackets."""

    TEXT = "text"  # one line (str)
    NOTE = "note"  # free text with line breaks (str)
    NAME = "name"  # a person's or company's name (str)
    CODE = "code"  # digits that are no number: room 0101 (str)
    PHONE = "phone"  # (str)
    ID_NUMBER = "id_number"  # 18 digits with check digit (str)
    DOCUMENT = "document"  # a paper's number whose kind another column tells (str)
    PLATE = "plate"  # (str)
    DECIMAL = "decimal"  # 0 or more (Decimal)
    INTEGER = "integer"  # (int)
    SHARE = "share"  # per cent, from 50%, 1/2, 0.5 or 50 (Decimal)
    DATE = "date"  # (date)
    CHOICE = "choice"  # a word of a dictionary (whatever `Choice.value` is)
    YESNO = "yesno"  # (bool)
    LAYOUT = "layout"  # 3室2厅2卫1厨 (Layout)


# Digits that Excel would spoil as numbers: their cells are preset to the text format.
TEXT_FORMAT_KINDS = frozenset((Kind.CODE, Kind.PHONE, Kind.ID_NUMBER, Kind.DOCUMENT, Kind.PLATE, Kind.LAYOUT))


class Choice(NamedTuple):
    """One word of a drop-down; `synonyms` are read but never offered."""

    value: object
    label: str
    synonyms: tuple[str, ...] = ()


class Layout(NamedTuple):
    """Rooms of a flat, in the order in which DOMAIN.md writes them: 室 厅 卫 厨."""

    bedrooms: int
    living_rooms: int
    bathrooms: int
    kitchens: int


_DEFAULT_LENGTHS = {Kind.NOTE: 2000, Kind.CODE: 40, Kind.NAME: 60, Kind.DOCUMENT: 40}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    `required` marks the header with * and refuses blank cells unless `RowParser` is told of other
    keys. `many` takes several values in a cell and gives a tuple. `fill_down` lets a merged cell
    speak for all its rows. `signed` allows negative integers (basement floors). `units` are the words that may stand behind the
    number of a DECIMAL column, in the form that core.normalise.clean_text gives them (㎡ is m2); any other word is refused.
    """

    key: str
    title: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    kind: Kind = Kind.TEXT
    width: int = 12
    example: str = ""
    help: str = ""
    choices: Callable[[], Sequence[Choice]] | None = None
    max_length: int = 0
    many: bool = False
    places: int = 2
    signed: bool = False
    units: tuple[str, ...] = ()
    fill_down: bool = False

    @property
    def longest(self) -> int:
        return self.max_length or _DEFAULT_LENGTHS.get(self.kind, 200)


def column_letter(index: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
