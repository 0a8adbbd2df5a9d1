"""A sheet of XlsxWriter whose rows of data are put together as text.

XlsxWriter spends eight calls on every cell, which is most of the time of an export; here a cell is one f-string. Everything around the
rows (styles, header, panes, foot, properties, the package) stays XlsxWriter's. What stands in the file is what XlsxWriter itself would
write for the same cells; a test compares the two byte by byte.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767
# What cannot stand in a cell as it is: markup, control characters, words that look like an escape, blanks at the ends.
_SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f&<>\ufffe\uffff]|_x[0-9a-fA-F]{4}_|^\s|\s\Z")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")

# The cell of a row number and a value (neither None nor ""): its XML.
CellText = Callable[[int, Any], str]
Convert = Callable[[Any], Any]


class RowSheet(Worksheet):
    """Only in a workbook of constant memory: a row goes to the file at once and cannot be changed."""

    def write_rows(self, first: int, cells: Sequence[CellText], rows: Iterable[Sequence[Any]]) -> int:
        """Rows of values from row `first` (from zero) on, each cell by the function of its column; returns how many. None and ""
        stay blank."""
        self._write_single_row(first)  # what the public methods have begun
        write, number, last = self.fh.write, first, 0
        for number, row in enumerate(rows, start=first + 1):
            parts = [
                cell(number, value)
                for cell, value in zip(cells, row, strict=False)
                if value is not None and value != ""
            ]
            if parts:
                write(f'<row r="{number}">{"".join(parts)}</row>')
                last = number
        if last:
            self._check_dimensions(last - 1, len(cells) - 1)
        self.previous_row = number
        return number - first

    def cell(self, place: int, convert: Convert, form: Format | None) -> CellText:
        """How a column's values become XML: text as it is, anything else by `convert`, which gives a text or a number."""
        column = f'<c r="{xl_col_to_name(place)}'
        style = f'" s="{form._get_xf_index()}"' if form else '"'
        text, number_ = f'{style} t="inlineStr"><is><t', f"{style}><v>"

        def written(number: int, value: Any) -> str:
            if type(value) is not str:
                value = convert(value)
                if type(value) is not str:
                    return f"{column}{number}{number_}{value:.16G}</v></c>"
            if _SPECIAL.search(value) or len(value) > LONGEST_TEXT // 2:
                return f"{column}{number}{text}{_escaped(value)}</t></is></c>"
            return f"{column}{number}{text}>{value}</t></is></c>"

        return written


def _escaped(text: str) -> str:
    """From the end of the opening tag on. Longer text than a cell holds is cut; it is counted in UTF-16."""
    if len(text) > LONGEST_TEXT // 2:
        text = text.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
    text = _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPE_LIKE.sub("_x005F_", text))
    space = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{space}>{text}"
