"""Forms of the desk: taking an order in, putting it right, ending it."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.web.forms import DateField, Form
from core.web.pickers import RemoteSelect
from owners.models import Owner
from owners.queries.people import Person
from properties.models import Place, Unit
from workorders.forms.fields import (
    FilesField,
    KindField,
    PhoneField,
    SpotField,
    moments_of,
    slot_of,
    slots,
    urgency_steps,
)
from workorders.models import Outage, WorkOrder
from workorders.models.orders import DESCRIPTION_LENGTH
from workorders.queries.intake import Household, household_of, relation_code, spot_of
from workorders.services.intake import MOST_PHOTOS
from workorders.states import Area, Source, Urgency

DESK_SOURCES = (Source.HOTLINE, Source.COUNTER, Source.WECHAT, Source.PATROL, Source.CITY, Source.APP)


class MatterForm(Form):
    """What is wrong, how urgent it is and when somebody may come: the part that new orders and corrections share."""

    kind = KindField()
    urgency = forms.ChoiceField(
        label=_("紧急程度"), choices=Urgency.choices, required=False, widget=forms.RadioSelect({"segmented": True})
    )
    area = forms.ChoiceField(label=_("区域"), choices=[("", _("按类型")), *Area.choices], required=False)
    spot = forms.CharField(
        label=_("具体位置"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"placeholder": _("如 厨房水槽下")}),
    )  # fmt: skip
    visit_day = DateField(label=_("预约上门日期"), required=False, help_text=_("日期可输入 20261125 或 11-25"))
    visit_slot = forms.ChoiceField(label=_("预约时段"), required=False)
    description = forms.CharField(
        label=_("问题描述"), max_length=DESCRIPTION_LENGTH, min_length=2,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("位置和现象，如：厨房水槽下角阀渗水，橱柜已泡")}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = self.instance if isinstance(self.instance, WorkOrder) else None
        self.fields["kind"].load(order.kind_id if order else None)  # type: ignore[attr-defined]
        self.fields["urgency"].choices = urgency_steps()  # type: ignore[attr-defined]
        own = slot_of(order.visit_from, order.visit_until) if order else ""
        known = slots()
        if own and own not in dict(known):
            known.append((own, own.replace("-", "–")))
        self.fields["visit_slot"].choices = [("", _("未约")), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        day, slot = values.pop("visit_day", None), values.pop("visit_slot", "")
        if bool(day) != bool(slot) and not {"visit_day", "visit_slot"} & self.errors.keys():
            self.add_error("visit_slot" if day else "visit_day", _("日期和时段要一起填"))
        values["visit_from"] = values["visit_until"] = None
        if day and slot:
            values["visit_from"], values["visit_until"] = moments_of(day, slot)
        return values


class CallerForm(Form):
    """What every form of the desk shares that begins with a caller: place and person, and the household beside them. Name and phone of
    somebody on file are left blank: the page knows them masked, the service reads the file."""

    # Addresses of the page, and of the answer to a place that was chosen; whether orders are taken here.
    create_name, who_name, call_name = "workorders:workorder_create", "workorders:intake_who", "workorders:intake_call"
    takes_orders = True
    name_field, phone_field = "reporter_name", "reporter_phone"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].user = self.user  # type: ignore[attr-defined]
        self.fields["unit"].queryset = self.fields["unit"].queryset.active().with_place()  # type: ignore[attr-defined]
        self.fields["owner"].error_messages["invalid_choice"] = _("住户不在您的数据范围内，请重新选择")

    @property
    def create_url(self) -> str:
        return reverse(self.create_name)

    @property
    def who_url(self) -> str:
        return reverse(self.who_name)

    @property
    def call_url(self) -> str:
        return reverse(self.call_name)

    @cached_property
    def household(self) -> Household:
        """What stands beside the form: the place that is chosen, and who is taken to be calling."""
        unit_id, owner_id = (_number(self._chosen(name)) for name in ("unit", "owner"))
        rows: Any = self.fields["unit"].queryset  # type: ignore[attr-defined]
        unit = rows.filter(pk=unit_id).first() if unit_id else None
        if unit is not None:
            return household_of(self.user, unit, owner_id=owner_id, outages=self.takes_orders)
        spot = self.fields["place"].find(str(self._chosen("place")))  # type: ignore[attr-defined]
        return spot_of(self.user, spot, outages=self.takes_orders) if spot is not None else Household()

    def _chosen(self, name: str) -> Any:
        """Not through the bound field, which would remember that nothing was chosen yet."""
        return (self.data if self.is_bound else self.initial).get(name) or ""

    def show_person(self) -> None:
        """Name and number of the person on file stand in their fields as he may be seen: masked, and never as values. For whoever draws
        the form: what is posted is nearly always taken, and then nobody sees the household."""
        if self.household.unit is not None:
            self.fields["unit"].widget.known = [self.household.unit]  # type: ignore[attr-defined]
        person = self.household.person
        if person is None:
            return
        if not self.is_bound:
            self.initial["owner"] = person.owner.pk
            self._guess(person)
        self.fields[self.name_field].widget.attrs["placeholder"] = person.name
        self.fields[self.phone_field].widget.attrs["placeholder"] = person.phones[0].shown if person.phones else ""
        # The bound field has copied the text by now, if something was posted.
        self[self.name_field].help_text = _("来自住户档案；别人报的直接改写")

    def _guess(self, person: Person) -> None:
        """What else follows from who is calling."""

    def split_spot(self, values: dict[str, Any]) -> None:
        """The one field of the page becomes place or building."""
        spot = values.pop("place", None)
        values["place"] = spot if isinstance(spot, Place) else None
        values["building"] = spot if spot is not None and not isinstance(spot, Place) else None


class IntakeForm(CallerForm, MatterForm):
    """A new order."""

    unit = forms.ModelChoiceField(
        Unit.objects.with_place(), label=_("房号"), required=False,
        widget=RemoteSelect("owners:unit_picker", placeholder=_("房号、姓名、拼音")),
    )  # fmt: skip
    place = SpotField()
    owner = forms.ModelChoiceField(Owner.objects.all(), required=False, widget=forms.HiddenInput)
    reporter_name = forms.CharField(label=_("报事人"), max_length=30, required=False)
    reporter_phone = PhoneField()
    relation = forms.ModelChoiceField(DictItem.objects.of("reporter_relation"), label=_("与房屋关系"), required=False)
    source = forms.ChoiceField(
        label=_("来源"), choices=[(code, code.label) for code in DESK_SOURCES], initial=Source.HOTLINE
    )
    verified = forms.BooleanField(label=_("身份已核验（已核对姓名和房号）"), required=False)
    outage = forms.ModelChoiceField(Outage.objects.running(), required=False, widget=forms.HiddenInput)
    photos = FilesField(label=_("照片"), most=MOST_PHOTOS, help_text=_("最多 9 张"))
    scopes = {"unit": "workorders.add_workorder", "owner": "owners.view_owner", "outage": "workorders.view_outage"}
    who = ("unit", "place", "reporter_name", "reporter_phone", "relation", "source")
    what = ("kind", "urgency", "description", "visit_day", "visit_slot", "spot", "area", "photos")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outage"].queryset = self.fields["outage"].queryset.running()  # type: ignore[attr-defined]

    def _guess(self, person: Person) -> None:
        relation = DictItem.objects.of("reporter_relation").filter(code=relation_code(person)).first()
        if relation is not None:
            self.initial.setdefault("relation", relation.pk)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        unit, spot = values.get("unit"), values.get("place")
        if not {"unit", "place"} & self.errors.keys() and bool(unit) == bool(spot):
            self.add_error("unit", _("请填房号或公共区域，只填一个"))
        self.split_spot(values)
        if not values.get("reporter_name") and not values.get("owner"):
            self.add_error("reporter_name", _("请填写报事人"))
        outage = values.get("outage")
        where = unit or spot
        if outage and where and outage.community_id != where.community_id:
            self.add_error(None, _("已知故障不在这个项目"))
        return values


def _number(value: Any) -> int | None:
    text = str(getattr(value, "pk", value) or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


class ChangeForm(MatterForm):
    """Putting an open order right. The place stays: an order of another flat is another order."""

    reporter_name = forms.CharField(label=_("报事人"), max_length=30)
    reporter_phone = PhoneField(help_text=_("留空不变"))
    relation = forms.ModelChoiceField(DictItem.objects.of("reporter_relation"), label=_("与房屋关系"), required=False)
    source = forms.ChoiceField(label=_("来源"), choices=Source.choices)
    verified = forms.BooleanField(label=_("身份已核验"), required=False)
    paid = forms.BooleanField(label=_("有偿"), required=False)
    sections = (
        (_("谁报的"), ("reporter_name", "reporter_phone", "relation", "source", "verified")),
        (_("什么问题"), ("kind", "urgency", "description", "visit_day", "visit_slot", "spot", "area", "paid")),
    )

    def __init__(self, *args: Any, instance: WorkOrder, **kwargs: Any) -> None:
        kwargs["initial"] = self.of(instance) | kwargs.get("initial", {})
        super().__init__(*args, instance=instance, **kwargs)
        self.fields["urgency"].required = self.fields["area"].required = True

    @staticmethod
    def of(order: WorkOrder) -> dict[str, Any]:
        names = ("urgency", "area", "spot", "description", "reporter_name", "source", "verified", "paid")
        visit = timezone.localtime(order.visit_from).date() if order.visit_from else None
        return {name: getattr(order, name) for name in names} | {
            "kind": str(order.kind_id), "relation": order.relation_id, "visit_day": visit,
            "visit_slot": slot_of(order.visit_from, order.visit_until),
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not values.get("reporter_phone"):
            values.pop("reporter_phone", None)
        return values


# --- acts ------------------------------------------------------------------------------------------------------------------


class CancelForm(Form):
    reason = forms.ModelChoiceField(DictItem.objects.of("cancel_reason"), label=_("取消原因"))
    duplicate_of = forms.ModelChoiceField(
        WorkOrder.objects.all(), label=_("重复于哪张工单"), required=False, help_text=_("因重复取消时选原工单，两单会互相关联"),
        widget=RemoteSelect("workorders:workorder_picker", placeholder=_("工单号或房号")),
    )  # fmt: skip
    detail = forms.CharField(label=_("说明"), max_length=150, required=False)
    scopes = {"duplicate_of": "workorders.view_workorder"}


class CloseForm(Form):
    reason = forms.ModelChoiceField(DictItem.objects.of("close_reason"), label=_("无法处理的原因"))
    detail = forms.CharField(label=_("说明"), max_length=150, widget=forms.Textarea(attrs={"rows": 2}))
    told = forms.BooleanField(label=_("已把原因告知业主"))


class ReworkForm(Form):
    reason = forms.CharField(label=_("返工原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ArchiveForm(Form):
    reason = forms.CharField(label=_("备注"), max_length=200, required=False)


class NoteForm(Form):
    text = forms.CharField(
        label=_("内容"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("业主看不到")
    )


class CallForm(Form):
    text = forms.CharField(label=_("来电内容"), max_length=300, required=False)


class FilesForm(Form):
    photos = FilesField(label=_("照片与附件"), most=MOST_PHOTOS, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].widget.attrs.pop("accept", None)


class LinkForm(Form):
    outage = forms.ModelChoiceField(Outage.objects.all(), label=_("已知故障"))
    scopes = {"outage": "workorders.view_outage"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: Any = self.fields["outage"].queryset  # type: ignore[attr-defined]
        community = self.instance.community_id if self.instance else None
        self.fields["outage"].queryset = rows.running().filter(community=community)  # type: ignore[attr-defined]
