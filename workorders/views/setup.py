"""Materials, price list, rules of types, clock standards: what repairs go by."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.forms import BaseForm, ConfirmForm, ReasonForm
from core.web.lists import Link, ListView
from core.web.pages import ActionView, CreateView, UpdateView
from properties.views.here import CreateHere, HouseList
from workorders import filters, tables
from workorders.forms import setup as forms
from workorders.models import ClockRule, Material, PriceItem, RepairRule
from workorders.queries import setup as queries
from workorders.services import setup

GROUP = (gettext_lazy("报修工单"), "")
MATERIALS = (GROUP, (gettext_lazy("物料"), "workorders:material_list"))
PRICES = (GROUP, (gettext_lazy("有偿服务价目"), "workorders:price_list"))
RULES = (GROUP, (gettext_lazy("报修类型规则"), "workorders:rule_list"))
CLOCKS = (GROUP, (gettext_lazy("时限标准"), "workorders:clock_list"))
CHANGE_MATERIAL, CHANGE_PRICE = "workorders.change_material", "workorders.change_priceitem"


class _Update(UpdateView):
    """The form's own page is the object's page: it offers what else can be done, and leads back to the list."""

    list_url: str
    acts: tuple[tuple[Any, str, str, bool], ...] = ()

    def next_url(self, saved: Any) -> str:
        return reverse(self.list_url)

    def cancel_url(self, obj: Any) -> str:
        return reverse(self.list_url)

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        known: Any = form
        known.offered = [
            {"label": label, "icon": icon, "url": reverse(url, args=[obj.pk]), "dialog": True}
            for label, icon, url, stopped in self.acts
            if bool(getattr(obj, "disabled_at", None)) == stopped
        ]
        return super().page(form, obj, draft)


class _Act(ActionView):
    list_url: str

    def next_url(self, saved: Any) -> str:
        return reverse(self.list_url)

    def cancel_url(self, obj: Any) -> str:
        return str(obj.get_absolute_url())


class MaterialList(ListView):
    model, permission = Material, "workorders.view_material"
    title, list_name = gettext_lazy("物料"), "workorders:material_list"
    table, filterset, default_order = tables.MaterialTable, filters.MaterialFilter, ("code",)
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(gettext_lazy("导入"), "workorders:material_import", CHANGE_MATERIAL, "file-import"),
        Link(gettext_lazy("登记物料"), "workorders:material_create", "workorders.add_material", "plus", True, "N"),
    )
    export_permission = "workorders.export_material"
    empty_sentence = gettext_lazy("还没有物料，可以用 Excel 一次导入")


class MaterialCreate(CreateView):
    model, permission = Material, "workorders.add_material"
    form_class, service = forms.MaterialForm, staticmethod(setup.create_material)
    title, breadcrumbs = gettext_lazy("登记物料"), MATERIALS

    def next_url(self, saved: Any) -> str:
        return reverse("workorders:material_list")


class MaterialUpdate(_Update):
    model, permission, list_url = Material, CHANGE_MATERIAL, "workorders:material_list"
    form_class, service = forms.MaterialChangeForm, staticmethod(setup.change_material)
    title, breadcrumbs = gettext_lazy("修改物料"), MATERIALS
    template_name = "workorders/setup_form.html"
    acts = (
        (gettext_lazy("停用"), "ban", "workorders:material_disable", False),
        (gettext_lazy("盘点库存"), "clipboard-check", "workorders:material_stock", False),
        (gettext_lazy("恢复"), "refresh", "workorders:material_restore", True),
    )


class MaterialStock(_Act):
    model, permission, list_url = Material, CHANGE_MATERIAL, "workorders:material_list"
    form_class, service = forms.StockForm, staticmethod(setup.set_stock)
    title, breadcrumbs = gettext_lazy("盘点库存"), MATERIALS
    submit_label, success = gettext_lazy("保存"), gettext_lazy("已更新 %(object)s 的库存")


class MaterialDisable(_Act):
    model, permission, list_url, danger = Material, CHANGE_MATERIAL, "workorders:material_list", True
    form_class, service = ReasonForm, staticmethod(setup.disable)
    title, breadcrumbs, success = gettext_lazy("停用"), MATERIALS, gettext_lazy("已停用 %(object)s")

    @staticmethod
    def consequence(row: Material) -> dict[str, Any]:
        return {"consequence": _("停用后不能再登记到工单；已登记的不变。")}


class MaterialRestore(_Act):
    model, permission, list_url = Material, CHANGE_MATERIAL, "workorders:material_list"
    form_class, service = ConfirmForm, staticmethod(setup.restore)
    title, breadcrumbs, success = gettext_lazy("恢复"), MATERIALS, gettext_lazy("已恢复 %(object)s")


class PriceList(HouseList):
    model, permission, change = PriceItem, "workorders.view_priceitem", CHANGE_PRICE
    title, list_name = gettext_lazy("有偿服务价目"), "workorders:price_list"
    table, filterset, default_order = tables.PriceTable, filters.PriceFilter, ("name", "pk")
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(gettext_lazy("导入"), "workorders:price_import", CHANGE_PRICE, "file-import"),
        Link(gettext_lazy("登记价目"), "workorders:price_create", "workorders.add_priceitem", "plus", True, "N"),
    )
    export_permission = "workorders.export_priceitem"
    empty_sentence = gettext_lazy("还没有价目，有偿维修前要先有价目")


class PriceCreate(CreateHere):
    model, permission = PriceItem, "workorders.add_priceitem"
    form_class, service = forms.PriceForm, staticmethod(setup.create_price)
    title, breadcrumbs = gettext_lazy("登记价目"), PRICES

    def next_url(self, saved: Any) -> str:
        return reverse("workorders:price_list")


class PriceUpdate(_Update):
    model, permission, list_url = PriceItem, CHANGE_PRICE, "workorders:price_list"
    form_class, service = forms.PriceChangeForm, staticmethod(setup.change_price)
    title, breadcrumbs = gettext_lazy("修改价目"), PRICES
    template_name = "workorders/setup_form.html"
    acts = (
        (gettext_lazy("停用"), "ban", "workorders:price_disable", False),
        (gettext_lazy("恢复"), "refresh", "workorders:price_restore", True),
    )


class PriceDisable(_Act):
    model, permission, list_url, danger = PriceItem, CHANGE_PRICE, "workorders:price_list", True
    form_class, service = ReasonForm, staticmethod(setup.disable)
    title, breadcrumbs, success = gettext_lazy("停用"), PRICES, gettext_lazy("已停用 %(object)s")

    @staticmethod
    def consequence(row: PriceItem) -> dict[str, Any]:
        return {"consequence": _("停用后不再出示给业主；已同意的明细不变。")}


class PriceRestore(_Act):
    model, permission, list_url = PriceItem, CHANGE_PRICE, "workorders:price_list"
    form_class, service = ConfirmForm, staticmethod(setup.restore)
    title, breadcrumbs, success = gettext_lazy("恢复"), PRICES, gettext_lazy("已恢复 %(object)s")


class RuleList(ListView):
    model, permission = RepairRule, "workorders.view_repairrule"
    title, list_name = gettext_lazy("报修类型规则"), "workorders:rule_list"
    table, filterset, default_order = tables.RuleTable, filters.RuleFilter, ("category__sort", "kind__sort", "pk")
    prepare, breadcrumbs = staticmethod(queries.ruled), (GROUP,)
    export_permission = "workorders.export_repairrule"
    empty_sentence = gettext_lazy("没有这样的类型")


class RuleUpdate(_Update):
    model, permission, list_url = RepairRule, "workorders.change_repairrule", "workorders:rule_list"
    form_class, service = forms.RuleForm, staticmethod(setup.change_rule)
    prepare = staticmethod(queries.ruled)
    title, breadcrumbs = gettext_lazy("修改类型规则"), RULES
    template_name = "workorders/setup_form.html"


class ClockList(ListView):
    model, permission = ClockRule, "workorders.view_clockrule"
    title, list_name = gettext_lazy("时限标准"), "workorders:clock_list"
    table, filterset, default_order = tables.ClockTable, filters.ClockFilter, ("rank", "kind_id", "pk")
    prepare, breadcrumbs = staticmethod(queries.clocked), (GROUP,)
    page_actions = (
        Link(gettext_lazy("某类型另定标准"), "workorders:clock_create", "workorders.add_clockrule", "plus", True, "N"),
    )
    export_permission = "workorders.export_clockrule"
    empty_sentence = gettext_lazy("没有这样的标准")


class ClockCreate(CreateView):
    model, permission = ClockRule, "workorders.add_clockrule"
    form_class, service = forms.ClockCreateForm, staticmethod(setup.create_clock)
    title, breadcrumbs = gettext_lazy("某类型另定标准"), CLOCKS

    def next_url(self, saved: Any) -> str:
        return reverse("workorders:clock_list")


class ClockUpdate(_Update):
    model, permission, list_url = ClockRule, "workorders.change_clockrule", "workorders:clock_list"
    form_class, service = forms.ClockForm, staticmethod(setup.change_clock)
    prepare = staticmethod(queries.clocked)
    title, breadcrumbs = gettext_lazy("修改时限标准"), CLOCKS
    success = gettext_lazy("已保存 %(object)s，新工单按新标准计时")
    template_name = "workorders/setup_form.html"

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        self.acts = ((gettext_lazy("删除"), "trash", "workorders:clock_remove", False),) if obj.kind_id else ()
        return super().page(form, obj, draft)


class ClockRemove(_Act):
    model, permission, list_url, danger = ClockRule, "workorders.change_clockrule", "workorders:clock_list", True
    form_class, service = ConfirmForm, staticmethod(setup.remove_clock)
    prepare = staticmethod(queries.clocked)
    title, breadcrumbs, success = gettext_lazy("删除"), CLOCKS, gettext_lazy("已删除 %(object)s，改按通用标准")

    @staticmethod
    def consequence(row: ClockRule) -> dict[str, Any]:
        return {"consequence": _("删除后，%(kind)s 按紧急程度的通用标准计时；已有工单不变。") % {"kind": row.kind}}
