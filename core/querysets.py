"""Query sets every app builds on."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Self

from django.db import models

from core.statements import KEYS, Instances, Statement, among


def visible(model: type[models.Model], user: Any, permission: str) -> models.QuerySet:
    """The rows of a model that this user may see. For the bases of the web kit, which know only that there is a model: every model
    with a page has a manager from one of the query sets below or from properties.scoping."""
    manager: Any = model._default_manager
    rows: models.QuerySet = manager.visible_to(user, permission)
    return rows


class WordsQuerySet(models.QuerySet):
    """Rows whose dictionary words are all fetched together.

    As joins, five words make ten tables whose order PostgreSQL takes 45 ms to plan; with prefetch_related they are five queries. They
    stand in one table, so one query brings them.
    """

    _words: tuple[str, ...] = ()
    _lists: dict[str, Statement] = {}

    def with_words(self, *names: str) -> Self:
        """`names` are foreign keys of the model that lead to one and the same table."""
        rows = self.all()
        rows._words = names
        return rows

    def with_lists(self, **statements: Statement) -> Self:
        """Each row gets, under each name, the rows of a statement about it as a plain list. The statement is asked with the primary
        keys of all rows; the first of its columns says which row is meant. A Prefetch says its query anew every time."""
        rows = self.all()
        rows._lists = {**self._lists, **statements}
        return rows

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # django-stubs leave it out
        clone._words, clone._lists = self._words, self._lists
        return clone

    def _fetch_all(self) -> None:
        is_new = self._result_cache is None
        super()._fetch_all()
        if not is_new or not (self._words or self._lists):
            return
        rows = [row for row in self._result_cache or () if isinstance(row, models.Model)]
        if rows and self._words:
            _attach(rows, [self.model._meta.get_field(name) for name in self._words])
        if rows and self._lists:
            _hang(rows, self._lists)


@cache
def _by_key(model: Any) -> Instances:
    return Instances(model, lambda keys: model._base_manager.filter(among("pk", keys)), KEYS)


def _attach(rows: Sequence[models.Model], fields: Sequence[Any]) -> None:
    keys = {getattr(row, field.attname) for row in rows for field in fields} - {None}
    words = {word.pk: word for word in _by_key(fields[0].related_model).rows(list(keys))} if keys else {}
    for row in rows:
        for field in fields:
            field.set_cached_value(row, words.get(getattr(row, field.attname)))


def _hang(rows: Sequence[models.Model], lists: dict[str, Statement]) -> None:
    keys = [row.pk for row in rows]
    for name, statement in lists.items():
        by_row: dict[Any, list[tuple[Any, ...]]] = {key: [] for key in keys}
        for found in statement.rows(keys):
            by_row[found[0]].append(found)
        for row in rows:
            row.__dict__[name] = by_row[row.pk]


class PermittedQuerySet(models.QuerySet):
    """Rows without a community: whoever holds the permission sees all of them, everybody else none.

    Business models use properties.scoping.ScopedQuerySet, which narrows to the data scope as well.
    """

    def visible_to(self, user: Any, permission: str) -> Self:
        return self if user.is_authenticated and user.has_perm(permission) else self.none()


class OwnQuerySet(models.QuerySet):
    """Rows that belong to one user (`user` column): everybody sees only his own."""

    def visible_to(self, user: Any, permission: str) -> Self:
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()
