"""A unit goes to somebody who has no file yet: file and relation in one act (R12, R29)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from owners.models import Owner, Tenure
from owners.services.files import create_owner
from owners.services.tenures import replace_tenure


@transaction.atomic
def hand_over(
    tenure: Tenure, *, by: Any, owner: Owner | None = None, person: Mapping[str, Any] | None = None, **fields: Any
) -> Tenure:
    """replace_tenure() with a known `owner`, or with a `person` as create_owner() takes him. Both happen or neither: a refused
    replacement leaves no file behind."""
    return replace_tenure(tenure, by=by, owner=owner or create_owner(by=by, **(person or {})), **fields)
