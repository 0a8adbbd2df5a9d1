"""Query sets every app builds on."""

from collections.abc import Sequence
from typing import Any, Self

from django.db import models


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

    def with_words(self, *names: str) -> Self:
        """`names` are foreign keys of the model that lead to one and the same table."""
        rows = self.all()
        rows._words = names
        return rows

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # django-stubs leave it out
        clone._words = self._words
        return clone

    def _fetch_all(self) -> None:
        is_new = self._result_cache is None
        super()._fetch_all()
        rows = (
            [row for row in self._result_cache or () if isinstance(row, models.Model)] if is_new and self._words else []
        )
        if rows:
            _attach(rows, [self.model._meta.get_field(name) for name in self._words])


def _attach(rows: Sequence[models.Model], fields: Sequence[Any]) -> None:
    keys = {getattr(row, field.attname) for row in rows for field in fields} - {None}
    words = fields[0].related_model._base_manager.in_bulk(keys) if keys else {}
    for row in rows:
        for field in fields:
            field.set_cached_value(row, words.get(getattr(row, field.attname)))


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
