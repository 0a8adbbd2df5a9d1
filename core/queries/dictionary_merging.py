"""What merging two dictionary items would move, and which merges can still be taken back."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dictionary_rules import rule_of
from core.models import DictItem, DictMerge
from core.queries.dictionary import Relation, Use, relations, uses_of

UNDO_FOR = timedelta(hours=24)


def concerned(code: str) -> list[Relation]:
    """The columns that may hold items of a dictionary."""
    return [relation for relation in relations() if relation.code in ("", code)]


def key_of(relation: Relation) -> str:
    return f"{relation.model._meta.label_lower}.{relation.field.name}"


def doubles(relation: Relation, merged: DictItem, kept: DictItem) -> QuerySet:
    """Rows of the merged item beside which the same thing already has the kept one, where it may be there only once."""
    rows = relation.model._base_manager.filter(**{relation.field.name: merged})
    found = rows.none()
    for constraint in relation.model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint) or relation.field.name not in constraint.fields:
            continue
        others = {name: OuterRef(name) for name in constraint.fields if name != relation.field.name}
        twins = relation.model._base_manager.filter(**{relation.field.name: kept}, **others)
        held = rows
        if constraint.condition is not None:
            twins, held = twins.filter(constraint.condition), held.filter(constraint.condition)
        found = found | held.filter(Exists(twins))
    return found


@dataclass(frozen=True)
class Preview:
    """What stands before the person who is asked whether to merge."""

    merged: DictItem
    kept: DictItem
    uses: list[Use]
    doubles: int
    settled: str
    refusal: str

    @property
    def total(self) -> int:
        return sum(use.count for use in self.uses)

    @property
    def words(self) -> list[str]:
        """What imports will read as the kept item from now on."""
        new = [self.merged.name, *self.merged.synonyms]
        return [word for word in dict.fromkeys(new) if word not in (self.kept.name, *self.kept.synonyms)]


def preview(merged: DictItem, kept: DictItem) -> Preview:
    rule, code = rule_of(merged.type.code), merged.type.code
    both = {relation: doubles(relation, merged, kept).count() for relation in concerned(code)}
    return Preview(
        merged,
        kept,
        uses_of([merged], code)[merged.pk],
        sum(both.values()),
        str(rule.settled),
        why_not(merged, kept) or _stuck([relation for relation, count in both.items() if count], code),
    )


def why_not(merged: DictItem, kept: DictItem) -> str:
    """Why these two cannot become one; "" when they can."""
    if merged.pk == kept.pk or merged.type_id != kept.type_id:
        return _("请选择同一本字典里的两项")
    if not kept.is_active:
        return _("“%(name)s”已停用，不能作为保留的项") % {"name": kept}
    return rule_of(merged.type.code).refuse(merged, kept)


def _stuck(both: Iterable[Relation], code: str) -> str:
    settle = rule_of(code).settle
    label = next((relation.label for relation in both if relation.model._meta.label_lower not in settle), "")
    return _("有“%(label)s”的记录同时用了这两项，请先改掉其中一项") % {"label": label} if label else ""


def undoable(items: Iterable[DictItem]) -> dict[int, DictMerge]:
    """{merged item id: its last merge} of those that can be taken back today."""
    rows = DictMerge.objects.filter(
        merged_id__in=[item.pk for item in items], undone_at__isnull=True, at__gt=timezone.now() - UNDO_FOR
    )
    return {row.merged_id: row for row in rows.defer("moved").order_by("pk")}


def heirs() -> dict[int, int]:
    """{merged item id: the item it last became part of}, as merges stand today: one that was taken back is gone from it. For whoever
    keeps items by their ids where no merge can move them."""
    rows = DictMerge.objects.filter(undone_at__isnull=True).order_by("pk")
    return dict(rows.values_list("merged_id", "kept_id"))


def heir_of(item_id: int, known: dict[int, int], living: Container[int]) -> int | None:
    """The living item that stands for this one: itself, or the end of its chain of merges; None when there is none. A word that was
    taken up again by hand after a merge can be merged back: the chain is a ring then."""
    passed: set[int] = set()
    found: int | None = item_id
    while found is not None and found not in living:
        passed.add(found)
        found = known.get(found)
        if found in passed:
            return None
    return found


def rows_moved(merge: DictMerge) -> int:
    moved: dict[str, list[Any]] = merge.moved
    return sum(len(ids) for ids in moved.values())
