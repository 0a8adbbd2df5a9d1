"""Forms of the person's file."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit.forms import StaffField
from core.errors import BadValue
from core.web.forms import Form, ModelForm
from owners.forms.base import ScopedChoices, today_field, unit_field
from owners.forms.fields import KeepField, PhoneField, dictionary
from owners.models import Consent, Gender, IdType, Owner, OwnerKind, TenureRole
from owners.services import identity


def check_id_number(form: forms.BaseForm, kind: str) -> None:
    """Puts the canonical number into cleaned_data, or the refusal beside the field."""
    number = form.cleaned_data.get("id_number")
    if not number:
        return
    id_type = form.cleaned_data.get("id_type") or identity.default_id_type(kind)
    try:
        form.cleaned_data["id_number"] = identity.normal_id_number(id_type, number)
    except BadValue as error:
        form.add_error("id_number", f"{error.sentence}（{error.fix}）" if error.fix else error.sentence)


class OwnerCreateForm(ScopedChoices, Form):
    """A new file with its numbers and its first unit (R8: 姓名, 联系方式, 楼栋房号)."""

    permission = "owners.add_owner"
    sections = (
        (_("是谁"), ("name", "kind", "id_type", "id_number", "gender", "contact_person")),
        (
            _("怎么联系"),
            ("phone", "phone_other", "preferred_channel", "emergency_name", "emergency_phone", "emergency_relation"),
        ),
        (_("住在哪里"), ("unit", "role", "share", "start", "is_primary_contact", "is_payer")),
        (_("档案"), ("source", "keeper", "remark")),
    )
    name = forms.CharField(label=_("姓名"), min_length=2, max_length=30, help_text=_("企业填写全称"))
    kind = forms.ChoiceField(
        label=_("客户类型"), choices=OwnerKind.choices, initial=OwnerKind.PERSON, widget=forms.RadioSelect
    )
    id_type = forms.ChoiceField(label=_("证件类型"), required=False, choices=[("", _("按客户类型")), *IdType.choices])
    id_number = forms.CharField(
        label=_("证件号"), required=False, max_length=30, help_text=_("没有就留空，档案会显示资料不全")
    )
    gender = forms.ChoiceField(label=_("性别"), required=False, choices=[("", _("未填")), *Gender.choices])
    contact_person = forms.CharField(label=_("联系人"), required=False, max_length=30, help_text=_("企业客户填写"))
    phone = PhoneField(label=_("手机"), required=False, help_text=_("没有就留空"))
    phone_other = PhoneField(label=_("备用电话"), required=False)
    preferred_channel = dictionary("contact_channel", label=_("首选联系方式"), required=False)
    emergency_name = forms.CharField(label=_("紧急联系人"), required=False, max_length=30)
    emergency_phone = PhoneField(label=_("紧急电话"), required=False)
    emergency_relation = forms.CharField(label=_("与本人关系"), required=False, max_length=20)
    unit = unit_field()
    role = forms.ChoiceField(label=_("角色"), choices=TenureRole.choices, initial=TenureRole.OWNER)
    share = forms.DecimalField(label=_("产权份额（%）"), required=False, min_value=0, max_value=100, decimal_places=2)
    start = today_field(label=_("起"))
    is_primary_contact = forms.BooleanField(
        label=_("主联系人"), required=False, help_text=_("首位住户自动成为主联系人")
    )
    is_payer = forms.BooleanField(label=_("缴费人"), required=False)
    source = dictionary("owner_source", label=_("来源渠道"))
    keeper = StaffField(label=_("档案责任人"), required=False, blank=_("本人"))
    remark = forms.CharField(label=_("备注"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    candidates: list[dict[str, Any]] = []

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        check_id_number(self, values.get("kind", ""))
        if bool(values.get("emergency_name")) != bool(values.get("emergency_phone")):
            self.add_error("emergency_phone", _("紧急联系人的姓名和电话要一起填"))
        if values.get("share") is not None and values.get("role") not in {TenureRole.OWNER, TenureRole.CO_OWNER}:
            self.add_error("share", _("只有业主和共有人填产权份额"))
        return values

    def phones(self) -> list[str]:
        return [number for number in (self.cleaned_data.get("phone"), self.cleaned_data.get("phone_other")) if number]


def phone_rows(values: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"number": values[name], "label": label}
        for name, label in (("phone", ""), ("phone_other", "备用"))
        if values[name]
    ]


def creation(values: Mapping[str, Any]) -> dict[str, Any]:
    """The form's flat values as create_owner() takes them."""
    numbers = phone_rows(values)
    contacts = []
    if values["emergency_name"]:
        contacts = [
            {
                "name": values["emergency_name"],
                "phone": values["emergency_phone"],
                "relation": values["emergency_relation"],
            }
        ]
    tenure = {name: values[name] for name in ("role", "share", "start")}
    tenure |= {name: values[name] or None for name in ("is_primary_contact", "is_payer")}
    plain = ("name", "kind", "gender", "contact_person", "preferred_channel", "source", "keeper", "remark", "unit")
    result = {name: values[name] for name in plain} | {
        "phones": numbers,
        "emergency_contacts": contacts,
        "tenure": tenure,
    }
    if values["id_number"]:
        result |= {"id_number": values["id_number"], "id_type": values["id_type"]}
    return result


class OwnerUpdateForm(ScopedChoices, ModelForm):
    """The file itself. Identity number and e-mail are not sent to the page: blank keeps them."""

    sections = (
        (_("是谁"), ("name", "kind", "gender", "contact_person", "id_type", "id_number")),
        (_("生日与联系"), ("birth_year", "birth_month", "birth_day", "email", "postal_address", "occupation")),
        (_("客户信息"), ("source", "level", "member_number", "decision_maker", "relation_note", "referral", "needs")),
        (_("档案"), ("remark",)),
    )
    id_number = KeepField(label=_("证件号"))
    email = KeepField(label=_("邮箱"))

    class Meta:
        model = Owner
        fields = [
            "name", "kind", "gender", "contact_person", "id_type", "birth_year", "birth_month", "birth_day", "postal_address",
            "occupation", "source", "level", "member_number", "decision_maker", "relation_note", "referral", "needs", "remark",
        ]  # fmt: skip
        widgets = {"remark": forms.Textarea(attrs={"rows": 2}), "needs": forms.Textarea(attrs={"rows": 2})}

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        check_id_number(self, values.get("kind", ""))
        email = values.get("email")
        if email:
            try:
                forms.EmailField().clean(email)
            except ValidationError as error:
                self.add_error("email", error)
        return {
            name: value for name, value in values.items() if value is not None or name not in {"id_number", "email"}
        }


class PhoneForm(Form):
    """A number to add."""

    number = PhoneField(label=_("电话"))
    label = forms.CharField(label=_("用途"), required=False, max_length=20, help_text=_("如 本人、备用、单位"))
    is_primary = forms.BooleanField(label=_("设为首选"), required=False)


class PhoneChangeForm(Form):
    """The new number in place of the old one; the old one is not shown."""

    number = PhoneField(label=_("新号码"))
    label = forms.CharField(label=_("用途"), required=False, max_length=20)

    def __init__(self, *args: Any, instance: Any, **options: Any) -> None:
        options["initial"] = {"label": instance.label} | options.get("initial", {})
        super().__init__(*args, instance=instance, **options)


class TagForm(Form):
    tag = dictionary("owner_tag", label=_("标签"))
    reason = forms.CharField(label=_("事由"), required=False, max_length=100, help_text=_("敏感标签必填"))
    expires_on = today_field(label=_("有效期至"), required=False, help_text=_("到期自动失效，留空为长期"))

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        self.fields["expires_on"].initial = None
        if not user.has_perm("owners.view_sensitive_tag"):
            tags: Any = self.fields["tag"]
            tags.queryset = tags.queryset.filter(sensitive=False)


class PreferenceForm(ModelForm):
    """首选联系方式, 免打扰, 服务偏好 …"""

    class Meta:
        model = Owner
        fields = ["preferred_channel", "quiet_from", "quiet_until", "service_preference", "pets", "interests"]
        widgets = {
            name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_until")
        }


class ConsentForm(Form):
    purpose = dictionary("consent_purpose", label=_("同意事项"))
    version = forms.CharField(label=_("告知书版本"), max_length=20, help_text=_("如 2026-01"))
    way = forms.ChoiceField(label=_("方式"), choices=Consent.Way.choices)
    remark = forms.CharField(label=_("备注"), required=False, max_length=100)


class WithdrawForm(Form):
    reason = forms.CharField(label=_("说明"), required=False, max_length=200)


class KeeperForm(ScopedChoices, Form):
    keeper = StaffField(label=_("档案责任人"))


class VerifyForm(Form):
    verified_on = today_field(label=_("核验日期"))
    remark = forms.CharField(
        label=_("核验情况"), required=False, max_length=200, help_text=_("如 电话核对姓名、手机、车牌，全部一致")
    )


class EmergencyForm(Form):
    """An emergency contact; on a change the number stays when left blank."""

    name = forms.CharField(label=_("姓名"), max_length=30)
    phone = PhoneField(label=_("电话"))
    relation = forms.CharField(label=_("与本人关系"), required=False, max_length=20)

    def __init__(self, *args: Any, instance: Any = None, **options: Any) -> None:
        known = instance is not None and not isinstance(instance, Owner)
        if known:
            options["initial"] = {"name": instance.name, "relation": instance.relation} | options.get("initial", {})
        super().__init__(*args, instance=instance, **options)
        if known:
            self.fields["phone"].required = False
            self.fields["phone"].help_text = _("留空不变")

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        if not self.fields["phone"].required and not values.get("phone"):
            values.pop("phone", None)
        return values
