"""Rows that pages read by the dozen."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class LeanModel(models.Model):
    """Instances read from the database take their columns as they come.

    Django calls `__init__` with a value, or a mark for "not fetched", for every field of the model: for a page of units with their
    buildings and communities that took longer than asking for them. What `__init__` adds is for new objects: defaults, keyword
    arguments, and signals that nothing here listens to. A model with an `__init__` of its own must not use this base.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_options: Any) -> Self:
        row = cls.__new__(cls)
        row._state = state = ModelState()
        state.adding, state.db = False, db
        row.__dict__.update(zip(field_names, values, strict=True))
        return row
