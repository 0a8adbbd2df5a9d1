"""Rows that are closed to some people whatever their rights: a confidential complaint to those it is about.

Floors below keep soft references to such rows (calls to be made, the operation log) and cannot know the rule. The app that owns the
model registers it in ready(); query sets of soft references leave out what is closed to their reader.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models

Rows = TypeVar("Rows", bound=models.QuerySet)
# user -> the rows of the model that this person may not know of
Closed = Callable[[Any], models.QuerySet]


@dataclass(frozen=True)
class Rule:
    """`unreadable`: what the person may not open. `about`: of these, what is about himself; the operation log, which has readers of its
    own and must be complete for them, leaves out only that."""

    unreadable: Closed
    about: Closed


_rules: dict[str, Rule] = {}


def register(label: str, *, unreadable: Closed, about: Closed) -> None:
    """`label` is the model's, in lower case, as soft references hold it."""
    _rules[label] = Rule(unreadable, about)


def without(rows: Rows, user: Any, *, type_field: str, id_field: str, only_about: bool = False) -> Rows:
    """The rows whose soft reference does not lead to something closed to this person."""
    for label, rule in _rules.items():
        closed = (rule.about if only_about else rule.unreadable)(user)
        rows = rows.exclude(**{type_field: label, f"{id_field}__in": closed.order_by().values("pk")})
    return rows
