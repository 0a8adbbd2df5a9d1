"""Pages of big lists: counts exact to 10,000, pages by number within the first 10,000 rows, by keyset after (UX 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Q

EXACT_LIMIT = 10_000
SIZES = (20, 50, 100)


@dataclass(frozen=True)
class Count:
    """How many rows: `number` is exact unless `more` says that there are more than the limit."""

    number: int
    more: bool

    @property
    def text(self) -> str:
        return f"{EXACT_LIMIT:,}+" if self.more else f"{self.number:,}"


def count(rows: models.QuerySet, *, exactly: bool = False) -> Count:
    """Counts at most 10,001 rows unless asked to count exactly: COUNT(*) of a million rows takes longer than the page."""
    if exactly:
        return Count(rows.order_by().count(), False)
    found = rows.order_by().values("pk")[: EXACT_LIMIT + 1].count()
    return Count(min(found, EXACT_LIMIT), found > EXACT_LIMIT)


def order(rows: models.QuerySet, fields: Sequence[str]) -> models.QuerySet:
    """Total order: the given fields, blanks last, then the primary key in the direction of the first field."""
    return rows.order_by(*[_term(rows.model, field) for field in with_tiebreak(fields)])


def with_tiebreak(fields: Sequence[str]) -> list[str]:
    fields = [field for field in fields if field.lstrip("-") not in {"pk", "id"}] or list(fields)[:1] or ["-pk"]
    if fields[-1].lstrip("-") in {"pk", "id"}:
        return fields
    return [*fields, "-pk" if fields[0].startswith("-") else "pk"]


def is_sortable(model: type[models.Model], path: str) -> bool:
    """Whether rows can be ordered and found again by this path: it ends in a column of its own, not in a foreign key, whose rows
    would be ordered by their own fields but compared by id."""
    field: Any = None
    for part in path.split("__"):
        if model is None:
            return False
        try:
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            return False
        if field.many_to_many or field.one_to_many:
            return False
        model = field.related_model
    return field.concrete and not field.is_relation


def _nullable(model: type[models.Model], path: str) -> bool:
    field: Any = None
    for part in path.split("__"):
        if part == "pk":
            return False
        field = model._meta.get_field(part)
        if field.null:
            return True
        model = field.related_model or model
    return False


def _term(model: type[models.Model], field: str) -> Any:
    path = field.lstrip("-")
    if not _nullable(model, path):
        return field
    return F(path).desc(nulls_last=True) if field.startswith("-") else F(path).asc(nulls_last=True)


def beyond(rows: models.QuerySet, fields: Sequence[str], pk: Any, *, backwards: bool = False) -> models.QuerySet:
    """Rows after (or before) the row `pk` in the given order. The first comparison stands alone beside the full one, because
    PostgreSQL uses an index for `a >= x` but not for the OR of the parts."""
    terms = with_tiebreak(fields)
    paths = [term.lstrip("-") for term in terms]
    values = rows.model._base_manager.filter(pk=pk).values_list(*paths).first()
    if values is None:
        return rows
    condition, equal = Q(), Q()
    for term, path, value in zip(terms, paths, values, strict=True):
        descending = term.startswith("-") != backwards
        past = _past(path, value, descending, _nullable(rows.model, path) and not backwards)
        if past is not None:
            condition |= equal & past
        equal &= Q(**{f"{path}__isnull": True}) if value is None else Q(**{path: value})
    bound = _bound(terms[0], paths[0], values[0], backwards, _nullable(rows.model, paths[0]))
    return rows.filter(bound, condition) if bound else rows.filter(condition)


def _past(path: str, value: Any, descending: bool, nulls_follow: bool) -> Q | None:
    if value is None:  # blanks come last: nothing is after them by this field, everything else is before them
        return None if nulls_follow else Q(**{f"{path}__isnull": False})
    past = Q(**{f"{path}__{'lt' if descending else 'gt'}": value})
    return past | Q(**{f"{path}__isnull": True}) if nulls_follow else past


def _bound(term: str, path: str, value: Any, backwards: bool, nullable: bool) -> Q | None:
    if value is None or nullable:
        return None
    descending = term.startswith("-") != backwards
    return Q(**{f"{path}__{'lte' if descending else 'gte'}": value})


@dataclass
class Page:
    """One page of rows and what the footer needs. `after`/`before` are primary keys for the keyset links."""

    rows: list[Any]
    size: int
    number: int | None
    count: Count
    has_next: bool
    has_previous: bool

    @property
    def pages(self) -> int:
        return max(1, -(-self.count.number // self.size))

    @property
    def first(self) -> int | None:
        return None if self.number is None else (self.number - 1) * self.size + bool(self.rows)

    @property
    def last(self) -> int | None:
        return None if self.number is None else (self.number - 1) * self.size + len(self.rows)


def page_by_number(rows: models.QuerySet, fields: Sequence[str], number: int, size: int, total: Count) -> Page:
    last_number = max(1, -(-total.number // size))
    number = min(max(number, 1), last_number)
    start = (number - 1) * size
    found = list(order(rows, fields)[start : start + size + 1])
    return Page(found[:size], size, number, total, len(found) > size, number > 1)


def page_by_key(
    rows: models.QuerySet, fields: Sequence[str], size: int, total: Count, *, after: Any = None, before: Any = None
) -> Page:
    if before is None:
        found = list(order(beyond(rows, fields, after), fields)[: size + 1])
        return Page(found[:size], size, None, total, len(found) > size, True)
    reverse = order(beyond(rows, fields, before, backwards=True), fields).reverse()
    found = list(reverse[: size + 1])
    return Page(found[:size][::-1], size, None, total, True, len(found) > size)
