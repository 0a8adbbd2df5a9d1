"""Fields that several models of the app have."""

from typing import Any

from django.conf import settings
from django.db import models


def person(verbose_name: Any, **options: Any) -> models.ForeignKey:
    """A member of staff on a case; nobody asks for the cases of one by most of these, so they have no index."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=verbose_name, **options,
    )  # fmt: skip
