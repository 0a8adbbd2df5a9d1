"""What merged cells mean for the rows they cover: Excel keeps the value in the top left one only."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from core.excel.reader import Merge


class MergedColumns:
    """The tall merges of some columns, looked up by row. Rows must come in their order."""

    def __init__(self, merges: Sequence[Merge], places: Iterable[int], header_row: int):
        self._tops: dict[int, list[int]] = {}
        self._merges: dict[int, list[Merge]] = {}
        self._values: dict[Merge, object] = {}
        wanted = frozenset(places)
        for merge in sorted(merges):
            if merge.bottom == merge.top or merge.bottom <= header_row:
                continue
            for place in wanted.intersection(range(merge.left, merge.right + 1)):
                self._tops.setdefault(place, []).append(merge.top)
                self._merges.setdefault(place, []).append(merge)

    def __bool__(self) -> bool:
        return bool(self._merges)

    def covering(self, row: int, place: int) -> Merge | None:
        """The tall merge over this cell, or None."""
        tops = self._tops.get(place)
        if tops is None or (at := bisect_right(tops, row)) == 0:
            return None
        merge = self._merges[place][at - 1]
        return merge if merge.bottom >= row else None

    def value(self, row: int, place: int, cells: list[Any], merge: Merge) -> object:
        """The value of the merged cell: seen in its top row, remembered for the others."""
        if row == merge.top and place == merge.left:
            self._values[merge] = cells[place] if place < len(cells) else ""
        return self._values.get(merge, "")
