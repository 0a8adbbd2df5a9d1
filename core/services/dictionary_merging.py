"""Two words that mean the same become one: every reference moves, the old word stays known to imports, a day to take it back."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.changes import save
from core.dictionary_rules import rule_of
from core.errors import BusinessError
from core.log import declare, record
from core.models import DictItem, DictMerge
from core.queries.dictionary import Relation
from core.queries.dictionary_merging import UNDO_FOR, concerned, doubles, key_of, preview

MERGED = declare("core.dictitem.merged", _lazy("合并了字典项"))
UNMERGED = declare("core.dictitem.unmerged", _lazy("撤销了字典项的合并"))

CHUNK = 10_000


@transaction.atomic
def merge_items(merged: DictItem, *, by: Any, kept: DictItem) -> DictMerge:
    """Moves every reference from `merged` to `kept`, hands over its name and synonyms and stops it. One log entry with the counts.

    Raises BusinessError where the owner of the dictionary forbids it or a record carries both and nobody knows what then.
    """
    merged, kept = _pair(merged.pk, kept.pk)
    facts = preview(merged, kept)
    if facts.refusal:
        raise BusinessError(facts.refusal)
    _make_room(merged, kept)
    moved, counts = _move(merged, kept)
    merge = DictMerge.objects.create(
        merged_id=merged.pk, kept_id=kept.pk, moved=moved, words=facts.words, synonyms=merged.synonyms,
        was_active=merged.is_active,
    )  # fmt: skip
    kept.synonyms = [*kept.synonyms, *facts.words]
    merged.synonyms, merged.disabled_at = [], merged.disabled_at or timezone.now()
    save(merged, ["synonyms", "disabled_at"])
    save(kept, ["synonyms"])
    rule_of(merged.type.code).follow(by)
    changes = {"dictionary": merged.type.name, "merged_into": [merged.name, kept.name], **counts}
    record(MERGED, merged, by=by, changes=changes | ({"doubles": facts.doubles} if facts.doubles else {}))
    return merge


def _pair(merged_id: int, kept_id: int) -> tuple[DictItem, DictItem]:
    """Both, locked against everybody who changes an item or merges it, but not against records that name one: whoever writes such a
    record holds it already when the database checks the item at the end of his transaction. He would wait for us there while we wait
    for his record. So he never waits for a merge; the merge waits for him."""
    rows = DictItem.objects.select_for_update(of=("self",), no_key=True).select_related("type")
    rows = rows.filter(pk__in=[merged_id, kept_id])
    found = {row.pk: row for row in rows.order_by("pk")}
    if len(found) < 2:
        raise BusinessError(_("请选择同一本字典里的两项"))
    return found[merged_id], found[kept_id]


def _make_room(merged: DictItem, kept: DictItem) -> None:
    settle = rule_of(merged.type.code).settle
    for relation in concerned(merged.type.code):
        both = doubles(relation, merged, kept)
        if both.exists():
            settle[relation.model._meta.label_lower](both, kept)


def _move(merged: DictItem, kept: DictItem) -> tuple[dict[str, list[int]], dict[str, int]]:
    """({column: keys of its rows}, {label: how many}) of what was moved."""
    moved: dict[str, list[int]] = {}
    counts: dict[str, int] = {}
    for relation in concerned(merged.type.code):
        rows = relation.model._base_manager.filter(**{relation.field.name: merged})
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if ids:
            rows.update(**{relation.field.name: kept})
            moved[key_of(relation)], counts[relation.label] = ids, len(ids)
    return moved, counts


def purge_expired() -> int:
    """Empties the lists of moved rows of merges that nobody can take back any more; the merge itself stays, so that a late undo is told
    why. An hour beyond the day: the clocks of the machines may differ, and an undo that has begun has read its list by then."""
    gone = DictMerge.objects.filter(at__lt=timezone.now() - UNDO_FOR - timedelta(hours=1)).exclude(moved={})
    return gone.update(moved={})


@transaction.atomic
def unmerge_items(merge: DictMerge, *, by: Any) -> DictItem:
    """Takes a merge back within a day: records that were moved and still hold the kept item hold the old one again. Records somebody
    has changed since, and doubles that became one, stay as they are. What somebody has given the old item to by hand in between
    (after taking it up again) has it once, not twice. Returns the item that lives again."""
    claimed = DictMerge.objects.filter(pk=merge.pk, undone_at__isnull=True, at__gt=timezone.now() - UNDO_FOR)
    if not claimed.update(undone_at=timezone.now()):
        raise BusinessError(_("这次合并已经撤销，或已超过 24 小时"))
    merged, kept = _pair(merge.merged_id, merge.kept_id)
    if DictMerge.objects.filter(merged_id=kept.pk, pk__gt=merge.pk, undone_at__isnull=True).exists():
        # Records and synonyms have gone on with it: nothing would come back, and a word would mean two items.
        raise BusinessError(_("“%(name)s”后来又合并到了另一项") % {"name": kept}, _("请先撤销那一次合并"))
    back = sum(_give_back(relation, merge, merged, kept) for relation in concerned(merged.type.code))
    kept.synonyms = [word for word in kept.synonyms if word not in merge.words]
    merged.synonyms, merged.disabled_at = merge.synonyms, None if merge.was_active else merged.disabled_at
    save(kept, ["synonyms"])
    save(merged, ["synonyms", "disabled_at"])
    rule_of(merged.type.code).follow(by)
    changes = {"dictionary": merged.type.name, "merged_into": [kept.name, None], "rows": back}
    record(UNMERGED, merged, by=by, changes=changes)
    return merged


def _give_back(relation: Relation, merge: DictMerge, merged: DictItem, kept: DictItem) -> int:
    """The moved rows of one column hold `merged` again; how many. Where a thing has it anew already and may have it but once, the
    rule of the dictionary makes one of the two; without a rule the moved row keeps what it holds."""
    column, ids, back = relation.field.name, merge.moved.get(key_of(relation), []), 0
    settle = rule_of(merged.type.code).settle.get(relation.model._meta.label_lower)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        rows = relation.model._base_manager.filter(**{"pk__in": part, column: kept})
        both = doubles(relation, kept, merged).filter(pk__in=part)
        if settle is None:
            rows = rows.exclude(pk__in=list(both.values_list("pk", flat=True)))
        elif both.exists():
            settle(both, merged)
        back += rows.update(**{column: merged})
    return back
