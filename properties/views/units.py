from typing import Any

from django.utils.translation import gettext_lazy

from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView
from core.web.pages import ActionView, CreateView, UpdateView
from properties import filters, forms, queries, tables
from properties.models import Unit
from properties.services import units
from properties.views.stopping import on_restoring, on_stopping

GROUP = (gettext_lazy("客户与房产"), "")
HOME = (GROUP, (gettext_lazy("房屋"), "properties:unit_list"))


class UnitList(ListView):
    model, permission = Unit, "properties.view_unit"
    title, list_name = gettext_lazy("房屋"), "properties:unit_list"
    table, filterset = tables.UnitTable, filters.UnitFilter
    prepare, default_order, keys_first = staticmethod(queries.listed_units), ("sort_key",), True
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(gettext_lazy("房态图"), "properties:overview", "properties.view_building", "layout-grid"),
        Link(gettext_lazy("新增房屋"), "properties:unit_create", "properties.add_unit", "plus", True, "N"),
    )
    bulk_actions = (Link(gettext_lazy("设置使用状态"), "properties:unit_usage", "properties.change_unit", "home-move"),)
    export_permission = "properties.export_unit"
    empty_sentence = gettext_lazy("还没有房屋")
    template_name = "properties/unit_list.html"


class UnitCreate(CreateView):
    model, permission = Unit, "properties.add_unit"
    form_class = forms.UnitForm
    service = staticmethod(units.create_unit)
    title, breadcrumbs = gettext_lazy("新增房屋"), HOME


class _OneUnit(UpdateView):
    """The building beside the row, for its label."""

    model = Unit
    breadcrumbs: Any = HOME
    prepare = staticmethod(queries.with_place)


class UnitUpdate(_OneUnit):
    permission = "properties.change_unit"
    form_class = forms.UnitChangeForm
    service = staticmethod(units.change_unit)
    title = gettext_lazy("修改房屋")


class UnitDisable(_OneUnit, ActionView):
    permission = "properties.disable_unit"
    form_class = ReasonForm
    service = staticmethod(units.disable_unit)
    consequence = staticmethod(on_stopping(gettext_lazy("停用后不再出现在选择框和户数里。")))
    title, danger = gettext_lazy("停用"), True
    success = gettext_lazy("已停用 %(object)s")


class UnitRestore(_OneUnit, ActionView):
    permission = "properties.disable_unit"
    form_class = ConfirmForm
    service = staticmethod(units.restore_unit)
    consequence = staticmethod(on_restoring)
    title = gettext_lazy("恢复")
    success = gettext_lazy("已恢复 %(object)s")
