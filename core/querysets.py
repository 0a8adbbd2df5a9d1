"""Query sets every app builds on."""

from typing import Any, Self

from django.db import models


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
