"""What people do to dictionary items. Every act is logged with old and new: old records can still be read in old words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from pypinyin import lazy_pinyin

from core.changes import assign, save
from core.dictionary_rules import rule_of
from core.errors import BadValue, BusinessError
from core.log import declare, record
from core.models import DictItem, DictType
from core.models.dictionary import ATTRIBUTE_COLUMNS
from core.normalise import clean_text
from core.queries.dictionary import uses_of
from core.services.dictionary import attributes_of

ADDED = declare("core.dictitem.added", _lazy("新增了字典项"))
CHANGED = declare("core.dictitem.changed", _lazy("修改了字典项"))
MOVED = declare("core.dictitem.moved", _lazy("调整了字典项的次序"))
DISABLED = declare("core.dictitem.disabled", _lazy("停用了字典项"))
RESTORED = declare("core.dictitem.restored", _lazy("恢复了字典项"))
DELETED = declare("core.dictitem.deleted", _lazy("删除了字典项"))

STEP = 10


@transaction.atomic
def add_item(
    dict_type: DictType,
    *,
    by: Any,
    name: str,
    code: str = "",
    synonyms: Sequence[str] = (),
    colour: str = "",
    sort: int | None = None,
    **attributes: Any,
) -> DictItem:
    """Adds a word at the end (or at `sort`). Without a code one is made from the pinyin. `attributes` are those its dictionary
    declares. Raises when name or code is taken, or a synonym already stands for another word."""
    locked = DictType.objects.select_for_update().get(pk=dict_type.pk)
    last = locked.items.order_by("-sort").values_list("sort", flat=True).first() or 0
    item = DictItem(type=locked, name=_name(name), code=code or _free_code(locked, name), colour=colour)
    item.synonyms = _synonyms(item, synonyms)
    item.sort = sort if sort is not None else last + STEP
    told = {name: new for name, (_old, new) in _assign_attributes(item, attributes).items()}
    save(item)
    record(ADDED, item, by=by, changes={"dictionary": locked.name, "name": item.name, "code": item.code} | told)
    return item


@transaction.atomic
def change_item(item: DictItem, *, by: Any, **values: Any) -> DictItem:
    """Changes name, colour, synonyms, sort or the attributes its dictionary declares. The code never changes: imports and other
    systems know the word by it."""
    item = _locked(item)
    attributes = {row.name: values.pop(row.name) for row in attributes_of(item.type.code) if row.name in values}
    if "name" in values:
        values["name"] = _name(values["name"])
    if "synonyms" in values:
        item_view = DictItem(pk=item.pk, type=item.type, name=values.get("name", item.name))
        values["synonyms"] = _synonyms(item_view, values["synonyms"])
    unknown = set(values) - {"name", "colour", "synonyms", "sort"}
    if unknown:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    changes = assign(item, values)
    asked = _assign_attributes(item, attributes)
    if changes or asked:
        save(item, [*changes, *(ATTRIBUTE_COLUMNS & attributes.keys()), "extra"])
        record(CHANGED, item, by=by, changes={"dictionary": item.type.name} | changes | asked)
    if asked:
        rule_of(item.type.code).follow(by)
    return item


def _assign_attributes(item: DictItem, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Sets declared attributes; {label: [old word, new word]} of those that differ."""
    declared = {row.name: row for row in attributes_of(item.type.code)}
    if unknown := set(values) - set(declared):
        raise TypeError(f"not attributes of {item.type.code}: {sorted(unknown)}")
    changes: dict[str, list[str]] = {}
    for name, value in values.items():
        row, old = declared[name], item.attribute(name)
        if row.choices and value and value not in dict(row.choices):
            raise BadValue(_("请从列出的选项里选择"), field=name)
        if (old or None) == (value or None):
            continue
        changes[str(row.label)] = [row.word(old), row.word(value)]
        if name in ATTRIBUTE_COLUMNS:
            setattr(item, name, bool(value))
        else:
            item.extra = {**item.extra, name: value}
    return changes


@transaction.atomic
def move_item(item: DictItem, *, by: Any, before: DictItem | None = None) -> DictItem:
    """Puts the item before another one of its dictionary, or at the end. Numbers become 10, 20, 30 … again."""
    items: list[DictItem] = list(DictItem.objects.select_for_update().of(item.type.code))
    old = [row.pk for row in items]
    rest = [row for row in items if row.pk != item.pk]
    if before is not None and before.pk not in {row.pk for row in rest}:
        raise BusinessError(_("次序已经变了，请刷新后再试"))
    place = next((n for n, row in enumerate(rest) if before is not None and row.pk == before.pk), len(rest))
    moved = next(row for row in items if row.pk == item.pk)
    rest.insert(place, moved)
    for number, row in enumerate(rest, start=1):
        row.sort = number * STEP
    DictItem.objects.bulk_update(rest, ["sort"])
    if old != [row.pk for row in rest]:
        record(
            MOVED, moved, by=by, changes={"dictionary": item.type.name, "place": [old.index(item.pk) + 1, place + 1]}
        )
    return moved


@transaction.atomic
def disable_item(item: DictItem, *, by: Any) -> DictItem:
    """Takes the word out of forms; old records keep it."""
    if not DictItem.objects.filter(pk=item.pk, disabled_at__isnull=True).update(disabled_at=timezone.now()):
        raise BusinessError(_("“%(name)s”已经停用") % {"name": item})
    item.refresh_from_db()
    record(DISABLED, item, by=by, changes={"dictionary": item.type.name})
    return item


@transaction.atomic
def restore_item(item: DictItem, *, by: Any) -> DictItem:
    """Back into the forms, unless its word has become a synonym of another item in between."""
    clash = _taken(item, [item.name, *item.synonyms])
    if clash:
        raise BusinessError(_("“%(word)s”已经代表“%(name)s”") % clash, _("先从那一项的同义词里去掉它，或撤销合并"))
    if not DictItem.objects.filter(pk=item.pk, disabled_at__isnull=False).update(disabled_at=None):
        raise BusinessError(_("“%(name)s”没有停用") % {"name": item})
    item.refresh_from_db()
    record(RESTORED, item, by=by, changes={"dictionary": item.type.name})
    return item


@transaction.atomic
def delete_item(item: DictItem, *, by: Any) -> DictItem:
    """Only a word of one's own that was never used; a record that took it in between is protected by the database."""
    item = _locked(item)
    refusal = why_kept(item)
    if refusal:
        raise BusinessError(refusal, _("可以停用它"))
    facts = {"dictionary": item.type.name, "name": item.name, "code": item.code}
    pk = item.pk
    try:
        with transaction.atomic():
            item.delete()
    except ProtectedError:
        raise BusinessError(_("“%(name)s”刚刚被用到，不能删除") % {"name": item}, _("可以停用它")) from None
    item.pk = pk
    record(DELETED, item, by=by, changes=facts)
    return item


def why_kept(item: DictItem) -> str:
    """Why the item cannot be deleted; empty when it can."""
    if item.builtin:
        return _("“%(name)s”是内置的项，不能删除") % {"name": item}
    count = sum(use.count for use in uses_of([item], item.type.code)[item.pk])
    return _("“%(name)s”已用过 %(count)s 次，不能删除") % {"name": item, "count": f"{count:,}"} if count else ""


def _locked(item: DictItem) -> DictItem:
    return DictItem.objects.select_for_update(of=("self",)).select_related("type").get(pk=item.pk)


def _name(name: str) -> str:
    name = clean_text(name)
    if not name:
        raise BadValue(_("请填写名称"), field="name")
    return name


def _free_code(dict_type: DictType, name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", "_".join(lazy_pinyin(name)).lower()).strip("_")[:34] or "item"
    taken = set(dict_type.items.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}_{n}" for n in range(2, 10_000))) if code not in taken)


def _synonyms(item: DictItem, words: Sequence[str]) -> list[str]:
    """Cleaned, without repeats; a word that is already the name or a synonym of another item would make imports guess."""
    kept = [word for word in dict.fromkeys(clean_text(word) for word in words) if word and word != item.name]
    if clash := _taken(item, kept):
        raise BadValue(_("“%(word)s”已经代表“%(name)s”") % clash, field="synonyms")
    too_long = next((word for word in kept if len(word) > 40), "")
    if too_long:
        raise BadValue(_("同义词不能超过 40 个字"), field="synonyms")
    return kept


def _taken(item: DictItem, words: Sequence[str]) -> dict[str, str]:
    """{"word", "name"} of the first word that already means another item. A stopped item no longer means anything by itself: its
    word may have been handed over by a merge."""
    others = DictItem.objects.filter(type=item.type, disabled_at__isnull=True).exclude(pk=item.pk)
    other = (others.filter(name__in=words) | others.filter(synonyms__overlap=list(words) or [""])).first()
    if other is None:
        return {}
    return {"word": next(word for word in words if word == other.name or word in other.synonyms), "name": other.name}
