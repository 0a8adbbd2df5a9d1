"""Taking a case in, and putting it right."""

import json
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from audit.models import User
from complaints.forms.fields import CaseFilesField, TopicField
from complaints.models import CityCase, Complaint
from complaints.models.cases import TEXT_LENGTH
from complaints.queries.cases import recent_cases
from complaints.queries.classes import category_of
from complaints.queries.people import staff_of
from complaints.states import CityClass, Kind, MajorReason, Source
from core.web.forms import Form
from core.web.pickers import RemoteSelect
from owners.models import Owner
from properties.models import Community, Team, Unit
from properties.search import in_several_communities
from workorders.forms.fields import PhoneField, SpotField
from workorders.forms.intake import CallerForm
from workorders.forms.outages import MomentField

ADD = "complaints.add_complaint"
CITY = ("external_number", "agency", "city_class", "sign_due_at", "end_due_at", "first")
# A call-back and an opinion raise cases of themselves; the desk writes down the rest.
DESK_SOURCES = tuple(source for source in Source if source not in {Source.CALL_BACK, Source.OPINION})


class MatterForm(Form):
    """What it is about: shared by new cases and corrections."""

    kind = forms.ChoiceField(
        label=_("性质"), choices=Kind.choices, initial=Kind.COMPLAINT, widget=forms.RadioSelect({"segmented": True})
    )
    topic = TopicField()
    facts = forms.CharField(
        label=_("事实"), max_length=TEXT_LENGTH, min_length=2,
        widget=forms.Textarea({"rows": 4, "placeholder": _("时间、地点、经过，如：11 月 20 日起每天 12:30 后楼上装修打孔")}),
    )  # fmt: skip
    demand = forms.CharField(
        label=_("诉求"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2, "placeholder": _("客户希望怎样解决")}),
    )
    expected_at = MomentField(label=_("期望答复时间"), required=False)
    accused = forms.CharField(
        label=_("被投诉对象"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"placeholder": _("如 15 层装修户、北门保安")}),
    )
    accused_team = forms.ModelChoiceField(
        Team.objects.filter(disabled_at__isnull=True), label=_("被投诉部门"), required=False
    )
    accused_people = forms.ModelMultipleChoiceField(User.objects.none(), label=_("被投诉员工"), required=False)
    confidential = forms.BooleanField(
        label=_("保密：被投诉的人和部门看不到这件事"), required=False
    )  # fmt: skip
    scopes = {"accused_team": ADD}
    free_text: tuple[str, ...] = ("accused",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = self.instance if isinstance(self.instance, Complaint) else None
        self.fields["topic"].load(case.topic_id if case else None)  # type: ignore[attr-defined]
        teams: Any = self.fields["accused_team"]
        if case is None and in_several_communities(self.user, ADD):  # 保洁班 there is in every one of them
            teams.queryset = teams.queryset.select_related("community")
            teams.label_from_instance = lambda team: f"{team.community.name} {team}"
        field: Any = self.fields["accused_people"]
        field.queryset = staff_of(self.user, case)
        field.widget.attrs |= {"data-picker": "", "data-placeholder": _("姓名")}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("topic"):
            values["category"] = category_of(values["topic"])
        if values.get("confidential") and not (values.get("accused_team") or values.get("accused_people")):
            self.add_error("confidential", _("请同时选择被投诉的部门或员工，保密才有对象"))
        return values


class IntakeForm(CallerForm, MatterForm):
    """A new case."""

    create_name, who_name, call_name = "complaints:complaint_create", "complaints:intake_who", "complaints:intake_call"
    takes_orders = False
    name_field, phone_field = "complainant", "phone"

    unit = forms.ModelChoiceField(
        Unit.objects.with_place(), label=_("房号"), required=False,
        widget=RemoteSelect("owners:unit_picker", placeholder=_("房号、姓名、拼音")),
    )  # fmt: skip
    place = SpotField(permission=ADD, picker="complaints:spot_picker")
    community = forms.ModelChoiceField(
        Community.objects.filter(disabled_at__isnull=True),
        label=_("项目"),
        required=False,
        help_text=_("没有具体位置时填"),
    )
    owner = forms.ModelChoiceField(Owner.objects.all(), required=False, widget=forms.HiddenInput)
    complainant = forms.CharField(label=_("投诉人"), max_length=30, required=False)
    phone = PhoneField()
    source = forms.ChoiceField(
        label=_("来源"), choices=[(code, code.label) for code in DESK_SOURCES], initial=Source.PHONE,
        widget=forms.Select({"data-shows": json.dumps({Source.CITY: CITY})}),
    )  # fmt: skip
    external_number = forms.CharField(label=_("外部单号"), max_length=40, required=False)
    agency = forms.CharField(label=_("派发单位"), max_length=60, required=False)
    city_class = forms.ChoiceField(
        label=_("诉求类型"), required=False, choices=[("", _("未注明")), *CityClass.choices]
    )  # fmt: skip
    sign_due_at = MomentField(label=_("签收时限"), required=False, help_text=_("派发单位没写的留空，按 2 个工作小时"))
    end_due_at = MomentField(
        label=_("办结时限"), required=False, help_text=_("派发单位没写的选诉求类型，按本市口径里的时限从登记时间算")
    )  # fmt: skip
    first = forms.BooleanField(label=_("首次派发（二次来电请取消勾选）"), required=False, initial=True)
    anonymous = forms.BooleanField(label=_("匿名：不记录姓名、电话和房号，答复以公示方式给出"), required=False)
    major_reasons = forms.MultipleChoiceField(
        label=_("有下列情形的按重大处理"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, code.label) for code in (MajorReason.SAFETY, MajorReason.EXPOSED, MajorReason.LEGAL)],
    )  # fmt: skip
    files = CaseFilesField()  # type: ignore[assignment]  # a field, which Django takes out of the class
    scopes = MatterForm.scopes | {"unit": ADD, "community": ADD, "owner": "owners.view_owner"}
    free_text = (*MatterForm.free_text, "agency")
    who = ("unit", "place", "community", "complainant", "phone", "source", *CITY)
    what = (
        "kind", "topic", "facts", "demand", "expected_at", "accused", "accused_team", "accused_people", "major_reasons", "files",
    )  # fmt: skip

    @cached_property
    def cases_before(self) -> list[Complaint]:
        """What this flat complained of in the last 90 days, for the panel beside the form."""
        unit = self.household.unit
        return recent_cases(self.user, unit) if unit else []

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._where(values)
        self._who(values)
        names = {name: values.pop(name, None) for name in CITY}
        values["city"] = self._city(names) if values.get("source") == Source.CITY else None
        if values.get("source") == Source.MEDIA or (values["city"] and not names["first"]):
            values["major_reasons"] = sorted({*values.get("major_reasons", ()), MajorReason.EXPOSED})
        return values

    def _where(self, values: dict[str, Any]) -> None:
        unit, spot = values.get("unit"), values.get("place")
        if unit and spot:
            self.add_error("unit", _("房号和公共区域只填一个"))
        if not (unit or spot or values.get("community")) and not {"unit", "place", "community"} & self.errors.keys():
            self.add_error("unit", _("请填房号、公共区域或项目"))
        self.split_spot(values)
        here = next((place.community_id for place in (unit, spot) if place), None) or getattr(
            values.get("community"), "pk", None
        )
        team = values.get("accused_team")
        if team and here and team.community_id != here:
            self.add_error("accused_team", _("部门不在这个项目"))

    def _who(self, values: dict[str, Any]) -> None:
        if values.get("anonymous"):
            # What is left of the place: a flat would say who it was.
            unit = values.get("unit")
            values |= {"unit": None, "building": values.get("building") or (unit.building if unit else None)}
            values |= {"owner": None, "complainant": "", "phone": ""}
        elif not values.get("complainant") and not values.get("owner"):
            self.add_error("complainant", _("请填写投诉人，不愿留名的请选“匿名”"))

    def _city(self, values: dict[str, Any]) -> dict[str, Any]:
        for name in ("external_number", "agency"):
            if not values[name] and name not in self.errors:
                self.add_error(name, _("12345 工单须填写"))
        if not values["end_due_at"] and not values["city_class"] and "end_due_at" not in self.errors:
            self.add_error("end_due_at", _("12345 工单须填写办结时限，派发单位没写的请选诉求类型"))
        sign, end = values["sign_due_at"], values["end_due_at"]
        if sign and end and end < sign:
            self.add_error("end_due_at", _("办结时限不能早于签收时限"))
        if values["external_number"] and CityCase.objects.filter(external_number=values["external_number"]).exists():
            self.add_error("external_number", _("这个外部单号已登记过"))
        return values | {"first": bool(values["first"])}


class ChangeForm(MatterForm):
    """Putting an open case right. The place stays: a complaint about another flat is another complaint."""

    complainant = forms.CharField(label=_("投诉人"), max_length=30, required=False)
    phone = PhoneField(help_text=_("留空不变"))
    source = forms.ChoiceField(label=_("来源"), choices=Source.choices)
    scopes = {"accused_team": "complaints.change_complaint"}
    sections = (
        (_("谁"), ("complainant", "phone", "source")),
        (
            _("什么事"),
            (
                "kind",
                "topic",
                "facts",
                "demand",
                "expected_at",
                "accused",
                "accused_team",
                "accused_people",
                "confidential",
            ),
        ),
    )

    def __init__(self, *args: Any, instance: Complaint, **kwargs: Any) -> None:
        names = ("kind", "facts", "demand", "accused", "confidential", "complainant", "source")
        expected = instance.expected_at
        initial = {name: getattr(instance, name) for name in names} | {
            "topic": str(instance.topic_id), "accused_team": instance.accused_team_id,
            "accused_people": list(instance.accused_people.values_list("pk", flat=True)),
            "expected_at": timezone.localtime(expected) if expected else None,
        }  # fmt: skip
        super().__init__(*args, instance=instance, **kwargs | {"initial": initial | kwargs.get("initial", {})})
        # The number itself tells what it is: TS, JY or BY.
        del self.fields["kind"]
        if instance.anonymous:
            for name in ("complainant", "phone"):
                del self.fields[name]
        else:
            self.fields["complainant"].required = True
        teams: Any = self.fields["accused_team"]
        teams.queryset = teams.queryset.filter(community=instance.community_id, disabled_at__isnull=True)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not values.get("phone"):
            values.pop("phone", None)
        return values
