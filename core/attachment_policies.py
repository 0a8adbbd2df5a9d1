"""Who may open a file: the app that owns the thing a file hangs on says so. A source without a policy is closed to everybody."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models

Policy = Callable[[Any, Any], bool]
Rows = TypeVar("Rows", bound=models.QuerySet)

_policies: dict[str, Policy] = {}


def register(source_type: str, policy: Policy) -> None:
    """Called in ready(). `source_type` is a model's label in lower case ("core.job"); `policy(user, file)` says yes or no."""
    _policies[source_type] = policy


def registered() -> frozenset[str]:
    return frozenset(_policies)


def allows(user: Any, attachment: Any) -> bool:
    policy = _policies.get(attachment.source_type)
    return bool(user.is_authenticated and policy and policy(user, attachment))


def narrow(rows: Rows, user: Any) -> Rows:
    """Asks the policy row by row: hand in the files of one object or one page, not the table."""
    return rows.filter(pk__in=[row.pk for row in rows if allows(user, row)])
