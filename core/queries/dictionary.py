"""Where dictionary items are used. Found through the models' foreign keys, so that an app that adds one is counted by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count

from core.models import DictItem, DictType


@dataclass(frozen=True)
class Relation:
    """One column that points at dictionary items; `code` limits it to one dictionary, "" leaves it open."""

    model: type[models.Model]
    field: Any
    code: str

    @property
    def label(self) -> str:
        return f"{self.model._meta.verbose_name} / {self.field.verbose_name}"


@lru_cache(maxsize=1)
def relations() -> tuple[Relation, ...]:
    """Every foreign key and many-to-many to DictItem of every installed model (the through tables of the latter are not counted
    twice)."""
    found = []
    for model in apps.get_models():
        fields: list[Any] = [*model._meta.local_fields, *model._meta.local_many_to_many]
        for field in fields:
            if field.related_model is DictItem:
                limit = field.get_limit_choices_to()
                found.append(Relation(model, field, limit.get("type__code", "") if isinstance(limit, dict) else ""))
    return tuple(found)


@dataclass(frozen=True)
class Use:
    relation: Relation
    count: int


def uses_of(items: Iterable[DictItem], code: str) -> dict[int, list[Use]]:
    """{item id: its uses}, one aggregate query for each column that may hold items of this dictionary."""
    ids = [item.pk for item in items]
    uses: dict[int, list[Use]] = {pk: [] for pk in ids}
    if not ids:
        return uses
    for relation in relations():
        if relation.code not in ("", code):
            continue
        name = relation.field.name
        rows = (
            relation.model._base_manager.filter(**{f"{name}__in": ids}).order_by().values(name).annotate(n=Count("pk"))
        )
        for row in rows:
            uses[row[name]].append(Use(relation, row["n"]))
    return uses


def types_by_group() -> list[tuple[str, list[DictType]]]:
    """The dictionaries under their groups, with the number of their items; a group stands where its first dictionary stands."""
    groups: dict[str, list[DictType]] = {}
    for dict_type in DictType.objects.annotate(item_count=Count("items")).order_by("sort", "id"):
        groups.setdefault(dict_type.group, []).append(dict_type)
    return list(groups.items())


def items_with_uses(dict_type: DictType) -> list[DictItem]:
    """All items in their order, each with `uses` and their sum `use_count`."""
    items = list(DictItem.objects.of(dict_type.code).select_related("type"))
    uses = uses_of(items, dict_type.code)
    for item in items:
        item.uses = uses[item.pk]
        item.use_count = sum(use.count for use in item.uses)
    return items
