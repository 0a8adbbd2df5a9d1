from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BusinessError
from core.web.access import requires
from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView, crumbs
from core.web.pages import ActionView, UpdateView, add_error
from properties import filters, forms, queries, tables
from properties.models import Building
from properties.policies import ADD_BUILDING, can_add_building
from properties.services import buildings, copying
from properties.views.here import CreateHere
from properties.views.stopping import on_restoring, on_stopping

GROUP = (gettext_lazy("客户与房产"), "")
HOME = (GROUP, (gettext_lazy("楼栋"), "properties:building_list"))


class BuildingList(ListView):
    model, permission = Building, "properties.view_building"
    title, list_name = gettext_lazy("楼栋"), "properties:building_list"
    table, filterset = tables.BuildingTable, filters.BuildingFilter
    prepare, default_order = staticmethod(queries.building_rows), ("community__code", "sort_key")
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(
            gettext_lazy("新增楼栋"),
            "properties:building_create",
            ADD_BUILDING,
            "plus",
            True,
            "N",
            allowed_for=can_add_building,
        ),
    )
    export_permission = "properties.export_building"
    empty_sentence = gettext_lazy("还没有楼栋")


class BuildingCreate(CreateHere):
    model, permission = Building, ADD_BUILDING
    form_class = forms.BuildingForm
    service = staticmethod(buildings.create_building)
    title, breadcrumbs = gettext_lazy("新增楼栋"), HOME


class BuildingUpdate(UpdateView):
    model, permission = Building, "properties.change_building"
    form_class = forms.BuildingChangeForm
    service = staticmethod(buildings.change_building)
    title, breadcrumbs = gettext_lazy("修改楼栋"), HOME


class BuildingDisable(ActionView):
    model, permission = Building, "properties.disable_building"
    form_class = ReasonForm
    service = staticmethod(buildings.disable_building)
    consequence = staticmethod(on_stopping(gettext_lazy("停用后不再出现在房态图和选择框里，也不能再加房屋。")))
    title, breadcrumbs, danger = gettext_lazy("停用"), HOME, True
    success = gettext_lazy("已停用 %(object)s")


class BuildingRestore(ActionView):
    model, permission = Building, "properties.disable_building"
    form_class = ConfirmForm
    service = staticmethod(buildings.restore_building)
    consequence = staticmethod(on_restoring)
    title, breadcrumbs = gettext_lazy("恢复"), HOME
    success = gettext_lazy("已恢复 %(object)s")


@requires("properties.copy_building")
def building_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks what to copy, shows what that would make, then does it (R34). Nothing is written before the second step."""
    rows = Building.objects.visible_to(request.user, "properties.copy_building").select_related("community")
    source = get_object_or_404(rows, pk=pk)
    options: dict[str, Any] = {
        "user": request.user,
        "entrances": queries.entrances_of(source),
        "initial": {"community": source.community_id},
    }
    form = forms.CopyForm(request.POST or None, **options)
    preview = None
    if request.method == "POST" and form.is_valid():
        try:
            if "confirm" in request.POST:
                return _copied(request, source, form.cleaned_data)
            asked = form.cleaned_data
            preview = copying.preview_copy(source, asked["number"], community=asked["community"], part=_part(asked))
        except BusinessError as error:
            add_error(form, error)
    title = _("复制%(building)s") % {"building": source.label}
    context = {
        "form": form,
        "source": source,
        "preview": preview,
        "title": title,
        "breadcrumbs": crumbs(HOME, title),
        "cancel_url": source.get_absolute_url(),
        "hidden": [
            (name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
        ],
    }
    return render(request, "properties/building_copy.html", context)


def _part(asked: dict[str, Any]) -> copying.Part:
    return copying.Part(tuple(asked.get("entrances") or ()), asked["floor_from"], asked["floor_to"])


def _copied(request: HttpRequest, source: Building, asked: dict[str, Any]) -> HttpResponse:
    made = copying.copy_building(
        source,
        asked["number"],
        by=request.user,
        name=asked["name"],
        community=asked["community"],
        part=_part(asked),
        delivery_status=asked["delivery_status"],
    )
    messages.success(request, _("已复制为%(made)s，共 %(count)d 套") % {"made": made, "count": made.units.count()})
    return HttpResponseRedirect(reverse("properties:building_grid", args=[made.pk]))
