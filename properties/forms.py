"""Forms of the estate. They collect and clean; services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.forms import SeveralStaffField, StaffField
from core.forms.previewed import Previewed
from core.queries.calendars import clock_of, default_calendar
from core.web.forms import DateField, Form, ModelForm
from core.web.pickers import RemoteSelect
from properties.models import Building, Community, DeliveryStatus, OrgNode, Place, Team, Unit, UsageStatus
from properties.policies import ADD_COMMUNITY, ADD_NODE, CHANGE_NODE
from properties.queries.calendars import calendar_of
from properties.services.units import AREA_FREE, kind_of

_DATES = {"completed_on": DateField, "taken_over_on": DateField}
_HERE = {"data-picker": ""}


class NodeChoice(forms.ModelChoiceField):
    """A node of the tree, shown with its level by full-width spaces."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=OrgNode.objects.filter(disabled_at__isnull=True).order_by("path"), **options)

    def label_from_instance(self, node: Any) -> str:
        return f"{'　' * (node.path.count('/') - 2)}{node.name}"


def _only_reachable_nodes(form: Any, name: str, permission: str) -> None:
    field: Any = form.fields[name]
    reachable = OrgNode.objects.visible_to(form.user, permission).values("pk")
    field.queryset = field.queryset.filter(pk__in=reachable)


class BuildingChoice(forms.ModelChoiceField):
    """Type-ahead over the buildings in scope."""

    def __init__(self, **options: Any) -> None:
        widget = RemoteSelect("properties:building_picker", placeholder=_("楼栋号，如 3"))
        options.setdefault("label", _("楼栋"))
        super().__init__(queryset=Building.objects.select_related("community"), widget=widget, **options)

    def label_from_instance(self, building: Any) -> str:
        return f"{building.community.name} {building.label}"


class NodeForm(Form):
    parent = NodeChoice(label=_("上级"), required=False, empty_label=_("没有上级（集团）"))
    kind = forms.ChoiceField(label=_("层级"), choices=OrgNode.Kind)
    name = forms.CharField(label=_("名称"), max_length=40)
    sort = forms.IntegerField(
        label=_("序号"), min_value=0, max_value=9999, initial=0, help_text=_("同一上级下从小到大排列")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only_reachable_nodes(self, "parent", ADD_NODE)


class NodeChangeForm(Form):
    kind = forms.ChoiceField(label=_("层级"), choices=OrgNode.Kind)
    name = forms.CharField(label=_("名称"), max_length=40)
    sort = forms.IntegerField(label=_("序号"), min_value=0, max_value=9999, help_text=_("同一上级下从小到大排列"))

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        known = {name: getattr(instance, name) for name in ("kind", "name", "sort")}
        super().__init__(*args, instance=instance, **kwargs | {"initial": known})


class NodeMoveForm(Form):
    parent = NodeChoice(label=_("移到哪个上级下面"), required=False, empty_label=_("没有上级（集团）"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _only_reachable_nodes(self, "parent", CHANGE_NODE)


class CommunityForm(Previewed, ModelForm):
    """Another working calendar moves the deadlines of the community: shown before it is saved."""

    node = NodeChoice(label=_("所属组织"), help_text=_("按组织节点授权的人员会自动看到这个项目"))
    sections = (
        (_("基本"), ("code", "name", "short_name", "node", "service_phone", "developer", "work_calendar")),
        (_("位置"), ("province", "city", "district", "address")),
        (_("面积与日期"), ("land_area", "built_area", "completed_on", "taken_over_on", "remark")),
    )

    class Meta:
        model = Community
        fields = (
            "code", "name", "short_name", "node", "service_phone", "developer", "province", "city", "district", "address",
            "land_area", "built_area", "completed_on", "taken_over_on", "work_calendar", "remark",
        )  # fmt: skip
        field_classes = _DATES
        help_texts = {
            "code": _("大写字母、数字和短横线，如 HYHY；导入导出按它认项目"),
            "work_calendar": _("时限按它的上班时间计算"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            _only_reachable_nodes(self, "node", ADD_COMMUNITY)
        calendars: Any = self.fields["work_calendar"]
        calendars.empty_label = _("默认（%(name)s）") % {"name": default_calendar()}

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.instance.pk is not None and not self.errors:
            old, new = calendar_of(self.instance), values["work_calendar"] or default_calendar()
            if old != new:
                self.look_first(old, clock_of(new), community=self.instance)
        return values


_BUILDING_SECTIONS = (
    (_("楼层与设施"), ("entrance_count", "floors_above", "floors_below", "lift_count", "structure", "completed_on")),
    (_("其他"), ("address", "remark")),
)


class BuildingChangeForm(ModelForm):
    sections: Any = ((_("基本"), ("number", "name", "building_type")), *_BUILDING_SECTIONS)

    class Meta:
        model = Building
        fields: Any = (
            "number", "name", "building_type", "entrance_count", "floors_above", "floors_below", "lift_count", "structure",
            "completed_on", "address", "remark",
        )  # fmt: skip
        field_classes = _DATES


class BuildingForm(BuildingChangeForm):
    scopes = {"community": "properties.add_building"}
    sections = ((_("基本"), ("community", "number", "name", "building_type")), *_BUILDING_SECTIONS)

    class Meta(BuildingChangeForm.Meta):
        fields = ("community", *BuildingChangeForm.Meta.fields)


class CopyForm(Form):
    """How to copy a building; the choices of entrances come from the source."""

    scopes = {"community": "properties.add_building"}
    community = forms.ModelChoiceField(Community.objects.all(), label=_("复制到项目"))
    number = forms.CharField(label=_("新楼栋号"), max_length=20, help_text=_("如 5、B2"))
    name = forms.CharField(
        label=_("新楼栋名称"), max_length=40, required=False, help_text=_("留空时按楼栋号显示，如 5栋")
    )
    entrances = forms.MultipleChoiceField(
        label=_("复制哪些单元"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不选就是全部")
    )
    floor_from = forms.IntegerField(label=_("从楼层"), required=False, help_text=_("留空不限，地下写负数"))
    floor_to = forms.IntegerField(label=_("到楼层"), required=False)
    delivery_status = forms.ChoiceField(
        label=_("新房屋的交付状态"), choices=DeliveryStatus, initial=DeliveryStatus.UNSOLD
    )

    def __init__(self, *args: Any, entrances: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["entrances"]
        field.choices = [(name, _("%(name)s单元") % {"name": name}) for name in entrances if name]
        if not field.choices:
            del self.fields["entrances"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        low, high = values.get("floor_from"), values.get("floor_to")
        if low is not None and high is not None and low > high:
            self.add_error("floor_to", _("不能低于开始的楼层"))
        return values


class UnitForm(ModelForm):
    free_text = ("mortgage",)
    scopes = {"building": "properties.add_unit"}
    building = BuildingChoice()
    sections = (
        (_("基本"), ("building", "entrance", "number", "floor", "unit_type", "property_nature")),
        (_("户型与面积"), ("rooms", "halls", "baths", "kitchens", "orientation", "built_area", "inner_area")),
        (
            _("交付与使用"),
            ("delivery_status", "delivered_on", "billing_from", "usage", "decoration", "warranty_from", "title_number"),
        ),
        (_("车位"), ("parking_type", "parking_status")),
        (_("设计属性"), ("design_code", "design_area", "design_note")),
        (_("施工属性"), ("drawing_number", "construction_area", "completed_area", "contractor")),
        (_("营销属性"), ("sale_status", "promotion", "order_number")),
        (_("业主属性"), ("contract_number", "buyer", "mortgage", "fitting_plan", "fitting_config", "remark")),
    )

    class Meta:
        model = Unit
        fields = (
            "building", "entrance", "number", "floor", "unit_type", "property_nature", "rooms", "halls", "baths", "kitchens",
            "orientation", "built_area", "inner_area", "delivery_status", "delivered_on", "billing_from", "usage",
            "decoration", "warranty_from", "title_number", "parking_type", "parking_status", "design_code", "design_area",
            "design_note", "drawing_number", "construction_area", "completed_area", "contractor", "sale_status",
            "promotion", "order_number", "contract_number", "buyer", "mortgage", "fitting_plan", "fitting_config", "remark",
        )  # fmt: skip
        field_classes = {"delivered_on": DateField, "billing_from": DateField, "warranty_from": DateField}
        help_texts = {
            "number": _("如 1502、S-101、B1-0235"),
            "floor": _("留空时按房号推算；地下写负数，如 -1"),
            "built_area": _("房屋和商铺必填，车位和储物间可留空"),
        }

    def clean(self) -> dict[str, Any]:
        """Fees are charged by the built area: a home or a shop without one is refused, as in the import (DOMAIN 2.1)."""
        values: dict[str, Any] = super().clean() or {}
        unit_type = values.get("unit_type")
        kind = kind_of(unit_type) if unit_type else self.instance.kind
        if kind not in AREA_FREE and values.get("built_area") is None and "built_area" not in self.errors:
            self.add_error("built_area", _("请填写建筑面积，物业费按它计算"))
        return values


class UnitChangeForm(UnitForm):
    scopes = {"building": "properties.change_unit"}


class UsageForm(Form):
    usage = forms.ChoiceField(label=_("改为"), choices=UsageStatus, widget=forms.RadioSelect)


class PlaceForm(ModelForm):
    scopes = {"community": "properties.add_place", "building": "properties.view_building"}
    building = BuildingChoice(required=False, help_text=_("不在楼里的留空"))

    class Meta:
        model = Place
        fields: Any = ("community", "name", "place_type", "building", "entrance", "code", "remark")


class PlaceChangeForm(PlaceForm):
    scopes = {"building": "properties.view_building"}

    class Meta(PlaceForm.Meta):
        fields = ("name", "place_type", "building", "entrance", "code", "remark")


class TeamChangeForm(ModelForm):
    leader = StaffField(label=_("班长"), required=False)
    members = SeveralStaffField(label=_("成员"), required=False, help_text=_("输入姓名查找；班长自动是成员"))

    class Meta:
        model = Team
        fields: Any = ("name", "team_type", "leader", "phone", "members")


class TeamForm(TeamChangeForm):
    scopes = {"community": "properties.add_team"}

    class Meta(TeamChangeForm.Meta):
        fields = ("community", *TeamChangeForm.Meta.fields)
