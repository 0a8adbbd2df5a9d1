"""Dictionaries as a workbook, by django-import-export: it maps columns, compares rows and rolls the dry run back; all writes go
through the services, so that an import leaves the same log entries as a hand."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from import_export import fields, resources
from import_export.widgets import ForeignKeyWidget, IntegerWidget, Widget

from core.models import DictItem, DictType
from core.models.dictionary import ATTRIBUTE_COLUMNS
from core.normalise import clean_text
from core.services.dictionary import ItemAttribute, attributes_of, declared_attributes
from core.services.dictionary_items import add_item, change_item, disable_item, restore_item

ACTIVE, STOPPED = "启用", "停用"
CHANGEABLE = ("name", "synonyms", "colour", "sort")


class TypeWidget(ForeignKeyWidget):
    """The dictionary by its code; all of them are known by heart, since every row asks."""

    def __init__(self) -> None:
        super().__init__(DictType, "code")
        self.known: dict[str, DictType] | None = None

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> DictType:
        if self.known is None:
            self.known = {dict_type.code: dict_type for dict_type in DictType.objects.all()}
        code = clean_text(str(value or ""))
        if code not in self.known:
            raise ValueError(_("没有编码为“%(code)s”的字典") % {"code": code})
        return self.known[code]


class TextWidget(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return clean_text(str(value)) if value not in (None, "") else ""


class WordsWidget(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[str]:
        return [word for word in (clean_text(part) for part in re.split(r"[、,，;；]", str(value or ""))) if word]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "、".join(value or [])


class StateWidget(Widget):
    """启用 or 停用 against the moment it was stopped."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        word = clean_text(str(value or "")) or ACTIVE
        if word not in (ACTIVE, STOPPED):
            raise ValueError(_("状态只能是“启用”或“停用”"))
        return word == ACTIVE

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return STOPPED if value else ACTIVE


class AttributeField(fields.Field):
    """A column for one declared attribute, blank at the items of dictionaries that do not ask for it."""

    def __init__(self, row: ItemAttribute) -> None:
        super().__init__(row.name, column_name=str(row.label))
        self.row = row

    def export(self, instance: DictItem, **kwargs: Any) -> str:
        asked = instance.type_id is not None and self.row in attributes_of(instance.type.code)
        return self.row.word(instance.attribute(self.row.name)) if asked else ""

    def read(self, instance: DictItem, cell: Any) -> Any:
        """The value behind the word in the cell."""
        if self.row not in attributes_of(instance.type.code):
            words = {"dictionary": instance.type, "label": self.row.label}
            raise ValueError(_("“%(dictionary)s”没有“%(label)s”这一列，请留空") % words)
        values: list[Any] = [value for value, _word in self.row.choices] or [True, False]
        by_word = {self.row.word(value): value for value in values}
        typed = clean_text(str(cell))
        if typed not in by_word:
            words = {"label": self.row.label, "words": _("或").join(f"“{word}”" for word in by_word)}
            raise ValueError(_("%(label)s只能填%(words)s") % words)
        return by_word[typed]


class DictItemResource(resources.ModelResource):
    type = fields.Field("type", column_name="字典编码", widget=TypeWidget())
    type_name = fields.Field("type__name", column_name="字典", readonly=True)
    code = fields.Field("code", column_name="编码", widget=TextWidget())
    name = fields.Field("name", column_name="名称", widget=TextWidget())
    synonyms = fields.Field("synonyms", column_name="同义词", widget=WordsWidget())
    colour = fields.Field("colour", column_name="颜色", widget=TextWidget())
    sort = fields.Field("sort", column_name="序号", widget=IntegerWidget())
    disabled_at = fields.Field("disabled_at", column_name="状态", widget=StateWidget())

    class Meta:
        model = DictItem
        fields = ("type", "type_name", "code", "name", "synonyms", "colour", "sort", "disabled_at")
        import_id_fields = ("type", "code")
        skip_unchanged = True
        report_skipped = True
        use_transactions = True
        store_instance = True
        clean_model_instances = False

    def __init__(self, by: Any = None) -> None:
        super().__init__()
        self.by = by
        for row in declared_attributes():
            self.fields[f"attribute_{row.name}"] = AttributeField(row)

    def get_queryset(self) -> Any:
        return DictItem.objects.select_related("type").order_by("type__sort", "type_id", "sort", "id")

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        """A missing column, and a blank cell of a known item, leave the value alone; state and attributes are kept aside."""
        if field.column_name not in row or (instance.pk and row[field.column_name] in (None, "")):
            return
        if isinstance(field, AttributeField):
            if row[field.column_name] not in (None, ""):
                asked = instance.__dict__.setdefault("wanted_attributes", {})
                asked[field.row.name] = field.read(instance, row[field.column_name])
            return
        if field.attribute == "disabled_at":
            instance.wanted_active = field.clean(row, **kwargs)
            return
        if field.attribute == "name" and instance.pk and clean_text(instance.name) == field.clean(row, **kwargs):
            return  # a built-in name keeps its full-width brackets
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Without the library's reset of the id sequence: ids are never imported, and the application's role may not set it."""

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """Unchanged: same fields, same attributes and same state."""
        if not original.pk or import_validation_errors:
            return False
        same = all(getattr(instance, name) == getattr(original, name) for name in CHANGEABLE)
        asked = getattr(instance, "wanted_attributes", {})
        same = same and all((original.attribute(name) or None) == (value or None) for name, value in asked.items())
        return same and getattr(instance, "wanted_active", original.is_active) == original.is_active

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        """The services write and log; the dry run's transaction takes both back."""
        wanted = getattr(instance, "wanted_active", None)
        values = {name: getattr(instance, name) for name in CHANGEABLE} | getattr(instance, "wanted_attributes", {})
        if is_create:
            values["sort"] = values["sort"] or None
            saved = add_item(instance.type, by=self.by, code=instance.code, **values)
        else:
            saved = change_item(DictItem.objects.get(pk=instance.pk), by=self.by, **values)
        if wanted is not None and wanted != saved.is_active:
            saved = (restore_item if wanted else disable_item)(saved, by=self.by)
        instance.pk, instance.disabled_at, instance.extra = saved.pk, saved.disabled_at, saved.extra
        for name in ATTRIBUTE_COLUMNS:
            setattr(instance, name, getattr(saved, name))
