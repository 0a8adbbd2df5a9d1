"""Materials and prices as workbooks, by django-import-export: it maps columns, compares rows and rolls the dry run back; all writes go
through the services, so that an import leaves the same log entries as a hand. A workbook exported from the list comes back by its
heads."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from import_export import fields, resources
from import_export.widgets import Widget

from core.errors import BadValue
from core.normalise import clean_text, parse_decimal_text
from properties.models import Community
from workorders.models import Material, PriceItem
from workorders.services import setup

ACTIVE, STOPPED, YES, NO, EVERYWHERE, UNCOUNTED = "启用", "停用", "是", "否", "所有项目", "不管"


class TextWidget(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return clean_text(str(value)) if value not in (None, "") else ""


class CodeWidget(TextWidget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return super().clean(value, row, **kwargs).upper()


class AmountWidget(Widget):
    """A number as people type it; the word for nothing counted gives none."""

    def __init__(self, places: int = 2) -> None:
        super().__init__()
        self.places = places

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        text = clean_text(str(value if value is not None else ""))
        if text in ("", UNCOUNTED):
            return None
        try:
            return parse_decimal_text(text, self.places)
        except BadValue as error:
            raise ValueError(error.sentence) from None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else f"{Decimal(value).normalize():f}"


class ChoiceWidget(Widget):
    """Two words for a yes and a no."""

    def __init__(self, yes: str, no: str) -> None:
        super().__init__()
        self.words = {yes: True, no: False}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        word = clean_text(str(value or "")) or next(iter(self.words))
        if word not in self.words:
            raise ValueError(_("只能填%(words)s") % {"words": _("或").join(f"“{name}”" for name in self.words)})
        return self.words[word]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return next(word for word, meaning in self.words.items() if meaning == bool(value))


class StateWidget(ChoiceWidget):
    """启用 or 停用 against the moment it was stopped."""

    def __init__(self) -> None:
        super().__init__(ACTIVE, STOPPED)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return STOPPED if value else ACTIVE


class CommunityWidget(Widget):
    """A community by its name or code, among those whose prices this person sets; blank or 所有项目 for the house's own list."""

    by: Any = None

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Community | None:
        text = clean_text(str(value or ""))
        if text in ("", EVERYWHERE):
            return None
        rows = Community.objects.visible_to(self.by, setup.CHANGE_PRICE)
        found = rows.filter(code=text).first() or rows.filter(name=text).first()
        if found is None:
            raise ValueError(_("没有项目“%(name)s”，或不在您的数据范围内") % {"name": text})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value) if value else EVERYWHERE


class SetupResource(resources.ModelResource):
    """`changeable` are the columns a row may bring; `create` and `change` are the services."""

    changeable: tuple[str, ...] = ()
    create: Any
    change: Any

    def __init__(self, by: Any = None) -> None:
        super().__init__()
        self.by = by
        for field in self.fields.values():
            if isinstance(field.widget, CommunityWidget):
                field.widget.by = by

    def import_field(self, field: Any, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        """A missing column, and a blank cell of a known row, leave the value alone; the state is kept aside."""
        if field.column_name not in row or (instance.pk and row[field.column_name] in (None, "")):
            return
        if field.attribute == "disabled_at":
            instance.wanted_active = field.clean(row, **kwargs)
            return
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Without the library's reset of the id sequence: ids are never imported, and the application's role may not set it."""

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        if not original.pk or import_validation_errors:
            return False
        active = original.disabled_at is None
        same = all(getattr(instance, name) == getattr(original, name) for name in self.changeable)
        return same and getattr(instance, "wanted_active", active) == active

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        """The services write and log; the dry run's transaction takes both back."""
        wanted = getattr(instance, "wanted_active", None)
        model: Any = self._meta.model
        names = self.changeable if not is_create else (*self.changeable, *self._meta.import_id_fields)
        values = {name: getattr(instance, name) for name in names}
        saved = self._write(None if is_create else model.objects.get(pk=instance.pk), values)
        if wanted is not None and wanted != (saved.disabled_at is None):
            saved = setup.restore(saved, by=self.by) if wanted else setup.disable(saved, by=self.by)
        instance.pk, instance.disabled_at = saved.pk, saved.disabled_at

    def _write(self, known: Any, values: dict[str, Any]) -> Any:
        own = type(self)
        return own.create(by=self.by, **values) if known is None else own.change(known, by=self.by, **values)


class MaterialResource(SetupResource):
    code = fields.Field("code", column_name="编码", widget=CodeWidget())
    name = fields.Field("name", column_name="名称", widget=TextWidget())
    spec = fields.Field("spec", column_name="规格", widget=TextWidget())
    measure = fields.Field("measure", column_name="单位", widget=TextWidget())
    price = fields.Field("price", column_name="单价（元）", widget=AmountWidget(places=4))
    stock = fields.Field("stock", column_name="库存", widget=AmountWidget())
    chargeable = fields.Field("chargeable", column_name="向业主收费", widget=ChoiceWidget(YES, NO))
    disabled_at = fields.Field("disabled_at", column_name="状态", widget=StateWidget())

    changeable = ("name", "spec", "measure", "price", "chargeable", "stock")
    create = staticmethod(setup.create_material)
    change = staticmethod(setup.change_material)
    needed = ("编码", "名称")
    sample = ("WL0001", "角阀", "DN15", "个", "18.5", "40", YES, ACTIVE)

    class Meta:
        model = Material
        fields = ("code", "name", "spec", "measure", "price", "stock", "chargeable", "disabled_at")
        import_id_fields = ("code",)
        skip_unchanged = report_skipped = use_transactions = store_instance = True
        clean_model_instances = False


class PriceResource(SetupResource):
    name = fields.Field("name", column_name="服务项目", widget=TextWidget())
    community = fields.Field("community", column_name="项目", widget=CommunityWidget())
    measure = fields.Field("measure", column_name="单位", widget=TextWidget())
    price = fields.Field("price", column_name="单价（元）", widget=AmountWidget())
    note = fields.Field("note", column_name="说明", widget=TextWidget())
    disabled_at = fields.Field("disabled_at", column_name="状态", widget=StateWidget())

    changeable = ("measure", "price", "note")
    create = staticmethod(setup.create_price)
    change = staticmethod(setup.change_price)
    needed = ("服务项目", "单价（元）")
    sample = ("换水龙头", "", "个", "10", "不含龙头", ACTIVE)

    class Meta:
        model = PriceItem
        fields = ("name", "community", "measure", "price", "note", "disabled_at")
        import_id_fields = ("name", "community")
        skip_unchanged = report_skipped = use_transactions = store_instance = True
        clean_model_instances = False
