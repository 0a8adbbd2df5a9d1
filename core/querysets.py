"""Query sets every app builds on."""

from typing import Any, Self

from django.db import models


def visible(model: type[models.Model], user: Any, permission: str) -> models.QuerySet:
    """The rows of a model that this user may see. For the bases of the web kit, which know only that there is a model: every model
    with a page has a manager from one of the query sets below or from properties.scoping."""
    manager: Any = model._default_manager
    rows: models.QuerySet = manager.visible_to(user, permission)
    return rows


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
