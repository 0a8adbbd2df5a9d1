"""Pages of big lists: counts exact to 10,000, pages by number within the first 10,000 rows, by keyset after (UX 9)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connections, models
from django.db.models import F, Q

EXACT_LIMIT = 10_000
# Sorting a hundred thousand primary keys takes about 50 ms; walking half a million rows for the twenty that match takes 150.
SORTED_LIMIT = 150_000
SIZES = (20, 50, 100)
Load = Callable[[list[Any]], dict[Any, Any]]


@dataclass(frozen=True)
class Count:
    """How many rows: `number` is exact unless `more` says that there are more than the limit."""

    number: int
    more: bool

    @classmethod
    def of(cls, number: int) -> "Count":
        """Of a number that is known, as if it had been counted."""
        return cls(min(number, EXACT_LIMIT), number > EXACT_LIMIT)

    def pages(self, size: int) -> int:
        """Pages by number; an empty list has one."""
        return max(1, -(-self.number // size))

    @property
    def text(self) -> str:
        return f"{EXACT_LIMIT:,}+" if self.more else f"{self.number:,}"


def count(rows: models.QuerySet, *, exactly: bool = False) -> Count:
    """Counts at most 10,001 rows unless asked to count exactly: COUNT(*) of a million rows takes longer than the page."""
    counted: Count | None = getattr(rows, "counted", None)  # whoever made the query had to find out
    if counted is not None and not (exactly and counted.more):
        return counted
    if exactly:
        return Count(rows.order_by().count(), False)
    found = rows.order_by().values("pk")[: EXACT_LIMIT + 1].count()
    return Count.of(found)


def count_each(several: Sequence[models.QuerySet]) -> list[Count]:
    """The counts of several query sets, of whatever model, in one statement: most of what a small count costs is its asking."""
    parts: list[str] = []
    params: list[Any] = []
    for rows in several:
        try:
            sql, values = rows.order_by().values("pk")[: EXACT_LIMIT + 1].query.sql_with_params()
        except EmptyResultSet:
            sql, values = "SELECT WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  made by the ORM, values are parameters
        params.extend(values)
    if not parts:
        return []
    with connections[several[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        found = cursor.fetchone()
    return [Count.of(number) for number in found]


def count_with_keys(rows: models.QuerySet, fields: Sequence[str], start: int, size: int) -> tuple[Count, list[Any]]:
    """The count of the rows and the keys of one page of them, in one statement."""
    try:
        counted, values = rows.order_by().values("pk")[: EXACT_LIMIT + 1].query.sql_with_params()
        keys, more = order(rows, fields).values("pk")[start : start + size].query.sql_with_params()
    except EmptyResultSet:
        return Count(0, False), []
    with connections[rows.db].cursor() as cursor:
        # made by the ORM, values are parameters
        cursor.execute(f"SELECT (SELECT count(*) FROM ({counted}) AS counted), ARRAY({keys})", [*values, *more])  # noqa: S608
        found, listed = cursor.fetchone()
    return Count.of(found), listed


def order(rows: models.QuerySet, fields: Sequence[str]) -> models.QuerySet:
    """Total order: the given fields, blanks last, then the primary key in the direction of the first field."""
    return rows.order_by(*[_term(rows.model, field) for field in with_tiebreak(fields)])


def slice_of(
    rows: models.QuerySet, fields: Sequence[str], start: int, size: int, total: Count, *, backwards: bool = False
) -> models.QuerySet:
    """`size` rows from `start` in the given order, or in the opposite one.

    In the order of the primary key PostgreSQL likes to walk that key until enough rows match. It takes matching rows for evenly
    spread, but what was imported together has neighbouring keys: the newest people of an old community are behind half a million
    others. Where the matching rows are few, their keys are sorted instead, which costs no more than counting them did."""
    ordered = order(rows, fields)
    ordered = ordered.reverse() if backwards else ordered
    if not (_by_key_alone(rows, fields) and _are_few(rows, total)):
        return ordered[start : start + size]
    key = F("pk") + 0  # an expression: no index promises it in order
    falls = with_tiebreak(fields)[0].startswith("-") != backwards
    keys = rows.select_related(None).prefetch_related(None).order_by(key.desc() if falls else key.asc()).values("pk")
    return ordered.filter(pk__in=keys[start : start + size])


def _by_key_alone(rows: models.QuerySet, fields: Sequence[str]) -> bool:
    """The order for which it has to be known first how many rows there are."""
    return len(with_tiebreak(fields)) == 1 and bool(rows.query.where)


def _are_few(rows: models.QuerySet, total: Count) -> bool:
    if not total.more:
        return True
    return estimate(rows) <= SORTED_LIMIT


def estimate(rows: models.QuerySet) -> int:
    """How many rows PostgreSQL expects, by its statistics."""
    plan = json.loads(rows.select_related(None).order_by().values("pk").explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])


def with_tiebreak(fields: Sequence[str]) -> list[str]:
    """The fields up to the primary key, in its direction; where they do not name it, in that of the first."""
    kept: list[str] = []
    for field in fields:
        kept.append(field)
        if field.lstrip("-") in {"pk", "id"}:
            return kept
    return [*kept, "-pk" if not kept or kept[0].startswith("-") else "pk"]


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
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return False  # an annotation of the model's manager: it computes a value for every row
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


def _loaded(rows: models.QuerySet, load: Load | None) -> list[Any]:
    """`load` gives {primary key: row}: wide rows with many joins are sorted by their keys alone and fetched once these are known."""
    if load is None:
        return list(rows)
    return _in_order(list(rows.values_list("pk", flat=True)), load)


def _in_order(keys: list[Any], load: Load) -> list[Any]:
    found = load(keys) if keys else {}
    return [found[key] for key in keys if key in found]


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
        return self.count.pages(self.size)

    @property
    def first(self) -> int | None:
        return None if self.number is None else (self.number - 1) * self.size + bool(self.rows)

    @property
    def last(self) -> int | None:
        return None if self.number is None else (self.number - 1) * self.size + len(self.rows)


def page_by_number(
    rows: models.QuerySet, fields: Sequence[str], number: int, size: int, total: Count, *, load: Load | None = None
) -> Page:
    number = min(max(number, 1), total.pages(size))
    start = (number - 1) * size
    found = _loaded(slice_of(rows, fields, start, size + 1, total), load)
    return Page(found[:size], size, number, total, len(found) > size, number > 1)


def page_and_count(rows: models.QuerySet, fields: Sequence[str], number: int, size: int, *, load: Load) -> Page:
    """As page_by_number, of rows that have not been counted yet."""
    number = min(max(number, 1), EXACT_LIMIT // size + 1)
    if hasattr(rows, "counted") or _by_key_alone(rows, fields):
        return page_by_number(rows, fields, number, size, count(rows), load=load)
    total, keys = count_with_keys(rows, fields, (number - 1) * size, size + 1)
    if number > total.pages(size):
        return page_by_number(rows, fields, number, size, total, load=load)
    return Page(_in_order(keys[:size], load), size, number, total, len(keys) > size, number > 1)


def page_by_key(
    rows: models.QuerySet, fields: Sequence[str], size: int, total: Count, *, after: Any = None, before: Any = None,
    load: Load | None = None,
) -> Page:  # fmt: skip
    if before is None:
        found = _loaded(slice_of(beyond(rows, fields, after), fields, 0, size + 1, total), load)
        return Page(found[:size], size, None, total, len(found) > size, True)
    found = _loaded(
        slice_of(beyond(rows, fields, before, backwards=True), fields, 0, size + 1, total, backwards=True), load
    )
    return Page(found[:size][::-1], size, None, total, True, len(found) > size)
