"""Data dictionaries: apps register theirs, a migration run seeds them, people add, order, colour, rename and stop items."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.models import DictItem, DictType


@dataclass(frozen=True)
class ItemSeed:
    """A built-in word with the spellings an import should understand."""

    code: str
    name: str
    synonyms: tuple[str, ...] = ()
    colour: str = ""
    sensitive: bool = False
    care: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ItemAttribute:
    """One more thing the items of a dictionary are asked: a column on its page, a box or a choice in the form of an item.

    With `choices` it is one of them, with `from_type` one of the words of that dictionary, otherwise yes or no. `name` is a column of
    DictItem or a key of its `extra`.
    """

    name: str
    label: Any
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    from_type: str = ""

    def word(self, value: Any) -> str:
        """How a value reads: the word of the choice ("" while nobody chose), 是 or 否 for a box."""
        return str(dict(self.choices).get(value, "")) if self.choices else str(_("是") if value else _("否"))


@dataclass(frozen=True)
class TypeSeed:
    code: str
    name: str
    group: str
    items: tuple[ItemSeed, ...] = field(default_factory=tuple)
    description: str = ""
    attributes: tuple[ItemAttribute, ...] = ()


_registered: dict[str, TypeSeed] = {}


def register(*types: TypeSeed) -> None:
    """Called by apps in ready(): the dictionaries they own."""
    for seed in types:
        _registered[seed.code] = seed


def registered() -> dict[str, TypeSeed]:
    return dict(_registered)


def attributes_of(code: str) -> tuple[ItemAttribute, ...]:
    """What the items of this dictionary are asked besides name, colour and synonyms."""
    return tuple(_with_words(row) for row in _registered[code].attributes) if code in _registered else ()


def declared_attributes() -> list[ItemAttribute]:
    """Every attribute some dictionary declares, each once: what a workbook of all of them has a column for."""
    found: dict[str, ItemAttribute] = {}
    for seed in _registered.values():
        for row in seed.attributes:
            found.setdefault(row.name, row)
    return [_with_words(row) for row in found.values()]


def _with_words(row: ItemAttribute) -> ItemAttribute:
    """Its choices as they stand today. A stopped word stays where it was chosen, and says so."""
    if not row.from_type:
        return row
    items = DictItem.objects.of(row.from_type)
    stopped = _("%(word)s（停用）")
    words = [(item.code, item.name if item.is_active else stopped % {"word": item.name}) for item in items]
    return replace(row, choices=tuple(words))


@transaction.atomic
def seed() -> None:
    """Creates what is missing and touches nothing that people have changed since."""
    for sort, type_seed in enumerate(_registered.values(), start=1):
        dict_type, _created = DictType.objects.get_or_create(
            code=type_seed.code,
            defaults={
                "name": type_seed.name,
                "group": type_seed.group,
                "description": type_seed.description,
                "sort": sort * 10,
            },
        )
        known = set(dict_type.items.values_list("code", flat=True))
        DictItem.objects.bulk_create(
            DictItem(
                type=dict_type,
                code=item.code,
                name=item.name,
                synonyms=list(item.synonyms),
                colour=item.colour,
                sensitive=item.sensitive,
                care=item.care,
                extra=dict(item.extra),
                sort=position * 10,
                builtin=True,
            )
            for position, item in enumerate(type_seed.items, start=1)
            if item.code not in known
        )


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    """post_migrate receiver: the tables exist now."""
    if using == "default":
        seed()
