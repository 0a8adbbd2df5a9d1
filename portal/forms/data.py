"""What is known about me: asked to be corrected, and what I like, which applies at once."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.web.forms import DateField
from owners.forms import people
from owners.models import CorrectionAct, CorrectionTopic, FamilyMember, Gender, Vehicle
from portal.forms.base import PortalForm, phone_input, style

Topic, Act = CorrectionTopic, CorrectionAct
_BLANK = ("", _("不填"))


class CorrectionForm(PortalForm):
    """The fields of one topic and a line for whoever checks them."""

    note = forms.CharField(label=_("补充说明"), required=False, max_length=200, help_text=_("例如：原号码已停用"))
    field_order: Any = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields([name for name in self.fields if name != "note"])

    def values(self) -> dict[str, Any]:
        """The fields of the topic as the service takes them: dictionary words by their id."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "note"}
        return {name: value.pk if isinstance(value, DictItem) else value for name, value in found.items()}


class PhoneCorrection(CorrectionForm):
    number = forms.CharField(label=_("手机或固定电话"), max_length=30, widget=phone_input())
    label = forms.CharField(label=_("用途"), required=False, max_length=20, help_text=_("例如：本人、单位、备用"))


class EmailCorrection(CorrectionForm):
    codes = ("email",)
    email = forms.CharField(
        label=_("邮箱"),
        required=False,
        max_length=100,
        help_text=_("留空表示删除"),
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )


class AddressCorrection(CorrectionForm):
    postal_address = forms.CharField(
        label=_("通讯地址"), required=False, max_length=120, help_text=_("不住在这里时，信件寄到哪里；留空表示删除")
    )


class EmergencyCorrection(CorrectionForm):
    name = forms.CharField(label=_("姓名"), max_length=30)
    phone = forms.CharField(label=_("电话"), max_length=30, widget=phone_input())
    relation = forms.CharField(label=_("与您的关系"), required=False, max_length=20, help_text=_("例如：儿子、邻居"))


class FamilyCorrection(CorrectionForm):
    relation = forms.ModelChoiceField(DictItem.objects.of("family_relation"), label=_("与您的关系"))
    age_group = forms.ChoiceField(label=_("年龄段"), required=False, choices=[_BLANK, *FamilyMember.AgeGroup.choices])
    name = forms.CharField(label=_("姓名"), required=False, max_length=30, help_text=_("14 岁以下不用填姓名和电话"))
    gender = forms.ChoiceField(label=_("性别"), required=False, choices=[_BLANK, *Gender.choices])
    phone = forms.CharField(label=_("电话"), required=False, max_length=30, widget=phone_input())


class VehicleCorrection(CorrectionForm):
    plate = forms.CharField(
        label=_("车牌号"), max_length=12, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    energy = forms.ChoiceField(label=_("能源"), required=False, choices=[_BLANK, *Vehicle.Energy.choices])
    brand = forms.CharField(label=_("品牌型号"), required=False, max_length=40)
    colour = forms.CharField(label=_("颜色"), required=False, max_length=10)


class LeaveForm(CorrectionForm):
    left_on = DateField(
        label=_("迁出日期"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class RemovalForm(CorrectionForm):
    """Nothing to fill in but a word."""


_FORMS: dict[str, type[CorrectionForm]] = {
    Topic.PHONE: PhoneCorrection,
    Topic.EMAIL: EmailCorrection,
    Topic.ADDRESS: AddressCorrection,
    Topic.EMERGENCY: EmergencyCorrection,
    Topic.FAMILY: FamilyCorrection,
    Topic.VEHICLE: VehicleCorrection,
}


def correction_form(topic: str, act: str) -> type[CorrectionForm]:
    if act == Act.REMOVE:
        return LeaveForm if topic == Topic.FAMILY else RemovalForm
    return _FORMS[topic]


class PreferenceForm(people.PreferenceForm):
    """The fields the staff see too, in words for the person himself."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, user=None, **options)
        self.fields["preferred_channel"].empty_label = _("都可以")  # type: ignore[attr-defined]
        self.fields["quiet_from"].label = _("免打扰开始")
        self.fields["quiet_until"].label = _("免打扰结束")
        self.fields["quiet_until"].help_text = _("这段时间不打电话、不发消息，紧急情况除外")
        self.fields["service_preference"].help_text = _("例如：上门前先发短信")
        style(self)
