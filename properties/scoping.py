"""The one home of the data scope: every business query set narrows itself here (ARCHITECTURE part 3)."""

from typing import Any, Self

from django.db.models import F, Q

from audit.access import Scope
from core.querysets import PermittedQuerySet, WordsQuerySet, visible


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


class HouseQuerySet(ScopedQuerySet):
    """Query set of what one community keeps for itself, and of what holds in all that keep nothing (`community` is NULL)."""

    def visible_to(self, user: Any, permission: str) -> Self:
        """Whoever may read such rows, or take them out, reads those of the house too; they are changed only by whose scope is everything."""
        rows, meta = super().visible_to(user, permission), self.model._meta
        reads = permission in {f"{meta.app_label}.{verb}_{meta.model_name}" for verb in ("view", "export")}
        if not reads or not user.is_authenticated or not user.has_perm(permission):
            return rows
        return rows | self.filter(community__isnull=True)

    def holding_in(self, community: Any) -> Self:
        """The community's own, and those of the house."""
        return self.filter(Q(community=community) | Q(community__isnull=True))

    def own_first(self) -> Self:
        return self.order_by(F("community").asc(nulls_last=True))

    def marked_for(self, user: Any, permission: str) -> Self:
        """Each row knows by `changeable` whether this reader may change it: those of the house are a link for whose scope is everything."""
        mine = visible(self.model, user, permission).values("pk")
        return self.annotate(changeable=Q(pk__in=mine))


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
