"""The one home of the data scope: every business query set narrows itself here (ARCHITECTURE part 3)."""

from typing import Any, Self

from django.db.models import Q

from audit.access import Scope
from core.querysets import PermittedQuerySet, WordsQuerySet


class ScopedQuerySet(WordsQuerySet):
    """Query set of a model that says where its rows stand.

    The model names `scope_path` (lookup of the community id, "" when the row is a community itself) and, where rows stand in a
    building, `scope_building_path`; models of own rows name `scope_self_path` (lookup of the user id).
    """

    def visible_to(self, user: Any, permission: str) -> Self:
        """Rows the user may see under this permission; none without it (deny by default)."""
        if not user.is_authenticated or not user.has_perm(permission):
            return self.none()
        return self.within(user.access.scope(permission), user)

    def within(self, scope: Scope, user: Any = None) -> Self:
        if scope.everything:
            return self
        condition = scope_condition(self.model, scope, user)
        return self.filter(condition) if condition else self.none()


def scope_condition(model: Any, scope: Scope, user: Any = None) -> Q:
    """The filter of one scope on one model; an empty Q means nothing is visible."""
    communities = set(scope.community_ids)
    building_path = getattr(model, "scope_building_path", None)
    if building_path is None:
        communities |= scope.building_community_ids
    condition = Q()
    if communities:
        condition |= Q(**{f"{model.scope_path}__in": communities})
    if scope.building_ids and building_path is not None:
        condition |= Q(**{f"{building_path}__in": scope.building_ids})
    self_path = getattr(model, "scope_self_path", None)
    if scope.self_only and self_path and user is not None:
        condition |= Q(**{self_path: user.pk})
    return condition


class NodeQuerySet(PermittedQuerySet):
    """Nodes of the organisation: who may see the tree sees all of it; every other permission reaches only what can_change_node
    (properties/policies.py) grants, here as a filter."""

    def visible_to(self, user: Any, permission: str) -> Self:
        rows = super().visible_to(user, permission)
        if permission == "properties.view_orgnode" or not user.is_authenticated:
            return rows
        scope = user.access.scope(permission)
        if scope.everything:
            return rows
        below = Q(pk__in=[])
        for node_id in scope.node_ids:
            below |= Q(path__contains=f"/{node_id}/")
        return rows.filter(below)
