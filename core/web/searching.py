"""Search boxes over very many rows: each meaning of what was typed is asked by itself, and last."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from core.keys import among
from core.web.paging import EXACT_LIMIT


class SearchesLast:
    """For a filter set: the search looks among what the other filters leave, and knows how many are too many to count."""

    def filter_queryset(self, queryset: Any) -> Any:
        values = self.form.cleaned_data  # type: ignore[attr-defined]
        text = values.get("q", "")
        values["q"] = ""
        rows = super().filter_queryset(queryset)  # type: ignore[misc]
        values["q"] = text  # the chip says it
        return self.search(rows, "q", text) if text else rows  # type: ignore[attr-defined]


def any_of(rows: Any, parts: Iterable[Q], one_by_one: Q) -> Any:
    """Rows for which one of the parts holds. Asked for at once, PostgreSQL reads the whole table: it cannot tell how much a part that
    asks another table lets through. So each is asked alone, by its index; only what very many match is looked through in the order
    of the list, `one_by_one`, where they are soon found."""
    found: set[int] = set()
    for part in parts:
        found.update(rows.filter(part).order_by().values_list("pk", flat=True)[: EXACT_LIMIT + 1])
        if len(found) > EXACT_LIMIT:
            many = rows.filter(one_by_one)
            many.surpasses = EXACT_LIMIT
            return many
    return rows.filter(among(found))
