from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView
from core.web.pages import ActionView, DetailView, UpdateView
from properties import filters, forms, queries, tables
from properties.models import Place
from properties.policies import reaches
from properties.services import places
from properties.views.actions import edit, stop_or_restore
from properties.views.here import CreateHere
from properties.views.stopping import on_restoring, on_stopping

GROUP = (gettext_lazy("客户与房产"), "")
HOME = (GROUP, (gettext_lazy("公共区域"), "properties:place_list"))


class PlaceList(ListView):
    model, permission = Place, "properties.view_place"
    title, list_name = gettext_lazy("公共区域"), "properties:place_list"
    table, filterset = tables.PlaceTable, filters.PlaceFilter
    prepare, default_order = staticmethod(queries.place_rows), ("community__code", "name")
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(gettext_lazy("新增公共区域"), "properties:place_create", "properties.add_place", "plus", True, "N"),
    )
    export_permission = "properties.export_place"
    empty_sentence = gettext_lazy("还没有公共区域")


def place_facts(place: Place, user: Any) -> dict[str, Any]:
    rows = [
        {"label": _("项目"), "value": place.community},
        {"label": _("楼栋"), "value": place.building},
        {"label": _("单元"), "value": place.entrance},
        {"label": _("区域类型"), "value": place.place_type},
        {"label": _("编码"), "value": place.code},
        {"label": _("备注"), "value": place.remark},
    ]
    acts = stop_or_restore(place, user) + edit(place, user, primary=True)
    facts = [{"heading": _("位置信息"), "rows": rows}]
    shown = queries.place_rows(Place.objects.visible_to(user, PlaceDetail.permission))
    beside = queries.places_beside(place, shown)
    may_open = place.building is not None and reaches(user, "properties.view_building", place.building)
    return {"facts": facts, "page_actions": acts, "beside": beside, "may_open_building": may_open}


class PlaceDetail(DetailView):
    model, permission = Place, "properties.view_place"
    template_name = "properties/place_detail.html"
    prepare = staticmethod(queries.place_rows)
    facts, breadcrumbs = staticmethod(place_facts), HOME


class PlaceCreate(CreateHere):
    model, permission = Place, "properties.add_place"
    form_class = forms.PlaceForm
    service = staticmethod(places.create_place)
    title, breadcrumbs = gettext_lazy("新增公共区域"), HOME


class PlaceUpdate(UpdateView):
    model, permission = Place, "properties.change_place"
    form_class = forms.PlaceChangeForm
    service = staticmethod(places.change_place)
    prepare = staticmethod(queries.place_rows)
    title, breadcrumbs = gettext_lazy("修改公共区域"), HOME


class PlaceDisable(ActionView):
    model, permission = Place, "properties.disable_place"
    form_class = ReasonForm
    service = staticmethod(places.disable_place)
    consequence = staticmethod(on_stopping(gettext_lazy("停用后不再出现在报修等选择框里。")))
    title, breadcrumbs, danger = gettext_lazy("停用"), HOME, True
    success = gettext_lazy("已停用 %(object)s")


class PlaceRestore(ActionView):
    model, permission = Place, "properties.disable_place"
    form_class = ConfirmForm
    service = staticmethod(places.restore_place)
    consequence = staticmethod(on_restoring)
    title, breadcrumbs = gettext_lazy("恢复"), HOME
    success = gettext_lazy("已恢复 %(object)s")
