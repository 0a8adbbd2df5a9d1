"""What is wrong with a row, in the words and at the place the user knows: Excel row, column letter, header, cell as seen."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.excel.rows import CellError
from core.masking import mask_id_number, mask_tail
from owners.importing.columns import PHONE_KEYS
from owners.importing.plans import FileRow

# What makes two complaints of one kind look different: row numbers, amounts, quoted names and words.
_PARTICULARS_RE = re.compile(r"“[^”]*”|[0-9][0-9.,*-]*")
_DIGITS_RE = re.compile(r"[0-9０-９]{7,}[0-9Xx]?")
# A missing column is blamed on one that is there: 楼栋 may stand in the combined column.
_FALLBACKS = {
    "building": ("room", "number"),
    "number": ("room", "building"),
    "phone": ("other_phones",),
    "id_number": ("name",),
}


class Blame:
    """Puts complaints on rows. `letters` maps a column's key to its letter, `titles` to its title."""

    def __init__(self, letters: Mapping[str, str], titles: Mapping[str, str]) -> None:
        self.letters = letters
        self.titles = titles

    def add(self, row: FileRow, key: str, reason: str, fix: str = "") -> None:
        row.errors.append(self._error(row, key, reason, fix))

    def notice(self, row: FileRow, key: str, reason: str) -> None:
        row.notices.append(self._error(row, key, reason, ""))

    def _error(self, row: FileRow, key: str, reason: str, fix: str) -> CellError:
        place = next((k for k in (key, *_FALLBACKS.get(key, ())) if k in self.letters), key)
        title = self.titles.get(place, place)
        return CellError(row.number, self.letters.get(place, ""), title, shown(row.values.get(place)), reason, fix)


def shown(value: Any) -> str:
    """A parsed value as the preview shows it."""
    if value is None:
        return ""
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return "、".join(map(str, value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "" if isinstance(value, int) else str(value)[:40]


def masked(key: str, text: str) -> str:
    """A cell as it may rest in clear text beside its complaint. Long runs of digits are numbers of somebody, whatever column they
    strayed into."""
    if key in PHONE_KEYS:
        return _DIGITS_RE.sub(lambda found: mask_tail(found[0], 3, 4), text)
    if key == "id_number":
        return mask_id_number(text) if len(text) > 6 and "E+" not in text.upper() else text
    return _DIGITS_RE.sub(lambda found: mask_tail(found[0], 3, 2), text) if len(text) > 9 else text


def kind(error: CellError) -> str:
    """Under which heading the preview counts a complaint."""
    return f"{error.header} {_PARTICULARS_RE.sub('…', error.reason).replace('……', '…')}".replace(
        _("没有…"), _("没有的词")
    )


def as_json(error: CellError, key: str, *, notice: bool = False) -> dict[str, Any]:
    """As ImportRow.problems keeps it."""
    problem: dict[str, Any] = {
        "column": error.column_letter, "header": error.header, "shown": masked(key, error.shown_value.replace("e+", "E+")),
        "reason": error.reason, "fix": error.fix, "kind": kind(error),
    }  # fmt: skip
    return problem | {"notice": True} if notice else problem
