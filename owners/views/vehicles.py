"""Pages of the vehicles."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link
from core.web.pages import CreateView, DetailView
from owners import policies
from owners.filters import VehicleFilter
from owners.forms import household as forms
from owners.models import Owner, Vehicle
from owners.queries.lists import vehicle_rows
from owners.queries.vehicles import vehicle_facts
from owners.services import vehicles
from owners.tables import VehicleTable
from owners.views.base import ActView, PanelView
from owners.views.people import GROUP, ReaderListView

LIST = (_("车辆"), "owners:vehicle_list")


class VehicleListView(ReaderListView):
    model = Vehicle
    permission = "owners.view_vehicle"
    title = _("车辆")
    list_name = "owners:vehicle_list"
    table = VehicleTable
    filterset = VehicleFilter
    prepare = staticmethod(vehicle_rows)
    plain_values = staticmethod(policies.plain_reader)
    export_permission = "owners.export_vehicle"
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(_("登记车辆"), "owners:vehicle_create", "owners.add_vehicle", icon="plus", primary=True, shortcut="N"),
    )
    empty_sentence = _("还没有登记车辆")


class VehicleDetailView(DetailView):
    model = Vehicle
    permission = "owners.view_vehicle"
    breadcrumbs = (LIST,)
    template_name = "owners/vehicle_detail.html"
    facts = staticmethod(vehicle_facts)
    prepare = staticmethod(vehicle_rows)


def register(*, by: Any, owner: Owner, **fields: Any) -> Vehicle:
    return vehicles.add_vehicle(owner, by=by, **fields)


class VehicleCreateView(CreateView):
    permission = "owners.add_vehicle"
    model = Vehicle
    title = _("登记车辆")
    breadcrumbs = (LIST,)
    form_class = forms.VehicleForm
    service = staticmethod(register)
    success = _("已登记 %(object)s")


class _OnVehicle:
    """Leads back to the vehicle."""

    def next_url(self, saved: Vehicle) -> str:
        return saved.get_absolute_url()

    def cancel_url(self, obj: Vehicle) -> str:
        return obj.get_absolute_url()


class VehicleUpdateView(_OnVehicle, PanelView):
    permission = "owners.change_vehicle"
    model = Vehicle
    title = _("编辑车辆")
    form_class = forms.VehicleUpdateForm
    service = staticmethod(vehicles.change_vehicle)
    prepare = staticmethod(vehicle_rows)


class VehicleDisableView(_OnVehicle, ActView):
    permission = "owners.disable_vehicle"
    model = Vehicle
    title = _("停用车辆")
    form_class = ReasonForm
    service = staticmethod(vehicles.disable_vehicle)
    success = _("已停用 %(object)s")
    danger = True


class VehicleRestoreView(_OnVehicle, ActView):
    permission = "owners.disable_vehicle"
    model = Vehicle
    title = _("恢复车辆")
    form_class = ConfirmForm
    service = staticmethod(vehicles.restore_vehicle)
    success = _("已恢复 %(object)s")
