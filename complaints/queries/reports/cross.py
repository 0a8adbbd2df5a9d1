"""Any two dimensions at once: how many cases stand in each pair of values."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from complaints.queries.reports.asked import Asked, list_url
from complaints.queries.reports.dimensions import Dimension, names, order_of, reachable, value_of, with_values


@dataclass(frozen=True)
class Head:
    """A row or a column with its sum."""

    key: Any
    label: str
    total: int
    url: str


@dataclass(frozen=True)
class Cell:
    count: int
    url: str


@dataclass(frozen=True)
class CrossRow:
    head: Head
    cells: list[Cell]


@dataclass(frozen=True)
class Cross:
    asked: Asked
    down: Dimension
    across: Dimension
    total: int
    url: str
    columns: list[Head]
    rows: list[CrossRow]

    @property
    def most(self) -> int:
        """The fullest cell: what the others are tinted by."""
        return max((cell.count for row in self.rows for cell in row.cells), default=0)


def cross(user: Any, asked: Asked, down: Dimension, across: Dimension) -> Cross:
    """One grouping; sums of rows and columns are added up from it, so that they agree whatever is drawn of the table."""
    months = asked.months()
    rows = with_values(asked.rows(user), months, down, across)
    counts = {
        (value_of(down, first, months), value_of(across, second, months)): n
        for first, second, n in rows.values_list(down.path, across.path).annotate(n=Count("pk"))
    }  # fmt: skip
    sums: tuple[dict[Any, int], dict[Any, int]] = ({}, {})
    for pair, n in counts.items():
        for place in (0, 1):
            sums[place][pair[place]] = sums[place].get(pair[place], 0) + n
    lead = [_heads(by, sums[place], asked, user) for place, by in enumerate((down, across))]
    open_to = [{head.key for head in heads if head.url} for heads in lead]

    def cell(first: Any, second: Any) -> Cell:
        count = counts.get((first, second), 0)
        is_open = count and first in open_to[0] and second in open_to[1]
        return Cell(count, list_url(asked.query((down, first), (across, second))) if is_open else "")

    drawn = [CrossRow(head, [cell(head.key, column.key) for column in lead[1]]) for head in lead[0]]
    return Cross(asked, down, across, sum(sums[0].values()), list_url(asked.base()), lead[1], drawn)


def _heads(by: Dimension, totals: dict[Any, int], asked: Asked, user: Any) -> list[Head]:
    words, there = names(by, totals.keys()), reachable(by, totals.keys(), user)
    heads = [
        Head(key, words.get(key, ""), total, list_url(asked.query((by, key)) if key in there else None))
        for key, total in totals.items()
    ]
    return sorted(heads, key=lambda head: order_of(by, head.total, head.key, head.label))
