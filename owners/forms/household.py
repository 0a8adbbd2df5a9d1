"""Forms of the unit's household: relations, family, contact records, vehicles, files."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.web.forms import DateField, Form, ModelForm, MomentField
from owners.forms.base import ScopedChoices, owner_field, today_field, unit_field
from owners.forms.fields import PhoneField, dictionary
from owners.forms.people import check_id_number, phone_rows
from owners.models import ContactWay, FamilyMember, Gender, IdType, Owner, OwnerKind, Tenure, TenureRole, Vehicle
from owners.queries.people import residents
from owners.visibility import Eyes
from properties.models import Community, Unit


class _TenureFields(ScopedChoices, Form):
    permission = "owners.add_tenure"
    role = forms.ChoiceField(label=_("角色"), choices=TenureRole.choices, initial=TenureRole.OWNER)
    share = forms.DecimalField(
        label=_("产权份额（%）"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("业主和共有人填写，合计不超过 100"),
    )
    start = today_field(label=_("起"))
    end = DateField(label=_("止"), required=False, help_text=_("租约填写到期日"))
    relation = forms.CharField(label=_("与业主关系"), required=False, max_length=20)
    is_primary_contact = forms.BooleanField(label=_("主联系人"), required=False, help_text=_("原主联系人随之变更"))
    is_payer = forms.BooleanField(label=_("缴费人"), required=False, help_text=_("原缴费人随之变更"))
    remark = forms.CharField(label=_("备注"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        # Unticked means "as it falls": the first person of a unit becomes contact and payer by himself.
        return values | {name: values.get(name) or None for name in ("is_primary_contact", "is_payer")}


class UnitTenureForm(_TenureFields):
    """Somebody who has a file becomes part of this unit."""

    owner = owner_field(help_text=_("没有档案的请先新建住户"))
    field_order = ["owner"]


class OwnerTenureForm(_TenureFields):
    """A person takes up another unit (R29: his file is used again)."""

    unit = unit_field()
    field_order = ["unit"]


class TenureChangeForm(ModelForm):
    class Meta:
        model = Tenure
        fields = ["share", "start", "end", "relation", "is_primary_contact", "is_payer", "remark"]
        field_classes = {"start": DateField, "end": DateField}


class TenureEndForm(Form):
    end = today_field(label=_("最后一天"))
    end_reason = dictionary("tenure_end_reason", label=_("终止原因"))
    remark = forms.CharField(label=_("说明"), required=False, max_length=200)


class TenureReplaceForm(ScopedChoices, Form):
    """Ends one relation and begins the next in one step, with somebody known or somebody new."""

    sections: Any = (
        (_("何时更换"), ("start", "end_reason", "share", "also_end", "remark")),
        (_("新住户已有档案"), ("owner",)),
        (_("或者新建档案"), ("name", "kind", "phone", "phone_other", "id_type", "id_number")),
    )
    person_fields = ("name", "kind", "phone", "phone_other", "id_type", "id_number")
    owner = owner_field(label=_("新住户"), required=False, help_text=_("没有档案的在下面填写姓名和电话"))
    name = forms.CharField(label=_("姓名"), required=False, min_length=2, max_length=30, help_text=_("企业填写全称"))
    kind = forms.ChoiceField(label=_("客户类型"), required=False, choices=OwnerKind.choices, initial=OwnerKind.PERSON)
    phone = PhoneField(label=_("手机"), required=False, help_text=_("没有就留空"))
    phone_other = PhoneField(label=_("备用电话"), required=False)
    id_type = forms.ChoiceField(label=_("证件类型"), required=False, choices=[("", _("按客户类型")), *IdType.choices])
    id_number = forms.CharField(
        label=_("证件号"), required=False, max_length=30, help_text=_("没有就留空，档案会显示资料不全")
    )
    start = today_field(label=_("新住户起始日"), help_text=_("原住户止于前一天"))
    share = forms.DecimalField(
        label=_("产权份额（%）"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("留空同原住户"),
    )
    end_reason = dictionary("tenure_end_reason", label=_("原因"))
    also_end = forms.ModelMultipleChoiceField(
        Tenure.objects.none(), label=_("一并终止"), required=False, widget=forms.CheckboxSelectMultiple
    )
    remark = forms.CharField(label=_("备注"), required=False, max_length=200)

    def __init__(self, *args: Any, instance: Tenure, user: Any, **options: Any) -> None:
        super().__init__(*args, instance=instance, user=user, **options)
        others = (
            Tenure.objects.filter(unit_id=instance.unit_id).current().exclude(pk=instance.pk).select_related("owner")
        )
        field: Any = self.fields["also_end"]
        field.queryset = others
        eyes = Eyes(user)
        field.label_from_instance = lambda row: f"{eyes.owner_name(row.owner)}（{row.get_role_display()}）"
        if not others:
            del self.fields["also_end"]
        self.may_create = user.has_perm("owners.add_owner")
        if not self.may_create:
            self.sections = self.sections[:2]
            for name in self.person_fields:
                del self.fields[name]
            self.fields["owner"].required = True

    candidates: list[dict[str, Any]] = []

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.may_create:
            return values
        check_id_number(self, values.get("kind", ""))
        typed = any(values.get(name) for name in ("name", "phone", "phone_other", "id_number"))
        if values.get("owner") and typed:
            self.add_error("owner", _("选择已有档案和新建档案只能选一种，请清空其中一处"))
        elif typed and not values.get("name") and "name" not in self.errors:
            self.add_error("name", _("请填写新住户的姓名"))
        elif not typed and not values.get("owner") and not self.errors:
            self.add_error("owner", _("请选择新住户，或在下面新建档案"))
        return values


def new_person(values: dict[str, Any]) -> dict[str, Any]:
    """The person typed into TenureReplaceForm as create_owner() takes him."""
    person = {"name": values["name"], "kind": values["kind"] or OwnerKind.PERSON, "phones": phone_rows(values)}
    if values["id_number"]:
        person |= {"id_number": values["id_number"], "id_type": values["id_type"]}
    return person


class FamilyForm(ScopedChoices, Form):
    """A family member of somebody who lives in this unit."""

    owner = forms.ModelChoiceField(Owner.objects.none(), label=_("户主"))
    relation = dictionary("family_relation", label=_("与户主关系"))
    name = forms.CharField(label=_("姓名"), required=False, max_length=30, help_text=_("14 岁以下不填"))
    age_group = forms.ChoiceField(
        label=_("年龄段"), required=False, choices=[("", _("未填")), *FamilyMember.AgeGroup.choices]
    )
    gender = forms.ChoiceField(label=_("性别"), required=False, choices=[("", _("未填")), *Gender.choices])
    phone = PhoneField(label=_("电话"), required=False)
    remark = forms.CharField(label=_("备注"), required=False, max_length=100)

    def __init__(self, *args: Any, instance: Unit, user: Any, **options: Any) -> None:
        super().__init__(*args, instance=instance, user=user, **options)
        field: Any = self.fields["owner"]
        field.queryset = residents(instance)
        field.label_from_instance = Eyes(user).owner_name
        field.empty_label = None


class FamilyChangeForm(Form):
    relation = dictionary("family_relation", label=_("与户主关系"))
    name = forms.CharField(label=_("姓名"), required=False, max_length=30, help_text=_("14 岁以下不填"))
    age_group = forms.ChoiceField(
        label=_("年龄段"), required=False, choices=[("", _("未填")), *FamilyMember.AgeGroup.choices]
    )
    gender = forms.ChoiceField(label=_("性别"), required=False, choices=[("", _("未填")), *Gender.choices])
    phone = PhoneField(label=_("电话"), required=False, help_text=_("留空不变"))
    remark = forms.CharField(label=_("备注"), required=False, max_length=100)

    def __init__(self, *args: Any, instance: FamilyMember, **options: Any) -> None:
        known = {name: getattr(instance, name) for name in ("relation", "name", "age_group", "gender", "remark")}
        options["initial"] = known | options.get("initial", {})
        super().__init__(*args, instance=instance, **options)

    def clean(self) -> dict[str, Any]:
        super().clean()
        values = self.cleaned_data
        if not values.get("phone"):
            values.pop("phone", None)
        return values


class FamilyLeaveForm(Form):
    left_on = today_field(label=_("迁出日期"))


class ContactForm(Form):
    """A conversation; choices of `owner` are the people of the unit."""

    way = forms.ChoiceField(label=_("方式"), choices=ContactWay.choices)
    subject = dictionary("contact_subject", label=_("事项"))
    owner = forms.ModelChoiceField(Owner.objects.none(), label=_("对方"), required=False, empty_label=_("未说明"))
    at = MomentField(label=_("时间"), initial=timezone.localtime)
    content = forms.CharField(label=_("内容"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    result = forms.CharField(label=_("结果"), required=False, max_length=200)
    follow_up_on = DateField(label=_("下次联系"), required=False)

    def __init__(self, *args: Any, instance: Unit, user: Any, **options: Any) -> None:
        super().__init__(*args, instance=instance, user=user, **options)
        field: Any = self.fields["owner"]
        field.queryset = residents(instance)
        field.label_from_instance = Eyes(user).owner_name


class ContactUnitForm(ScopedChoices, Form):
    """Which household the conversation is about, when it starts from the menu."""

    permission = "owners.add_contactrecord"
    unit = unit_field()


class VehicleForm(ScopedChoices, ModelForm):
    permission = "owners.add_vehicle"
    sections: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (_("车辆"), ("plate", "energy", "brand", "colour")),
        (_("车主与车位"), ("owner", "community", "space", "pass_until")),
        ("", ("remark",)),
    )
    owner = owner_field(label=_("车主"))
    community = forms.ModelChoiceField(Community.objects.none(), label=_("项目"), empty_label=_("请选择"))
    space = unit_field(label=_("车位"), required=False)
    pass_until = DateField(label=_("通行有效期至"), required=False)

    class Meta:
        model = Vehicle
        fields = ["plate", "energy", "brand", "colour", "owner", "community", "space", "pass_until", "remark"]


class VehicleUpdateForm(VehicleForm):
    """The community of a registration does not change: another community is another registration."""

    permission = "owners.change_vehicle"
    community = None  # type: ignore[assignment]  # how Django drops an inherited field
    sections = (
        (_("车辆"), ("plate", "energy", "brand", "colour")),
        (_("车主与车位"), ("owner", "space", "pass_until", "remark")),
    )

    class Meta(VehicleForm.Meta):
        fields = ["plate", "energy", "brand", "colour", "owner", "space", "pass_until", "remark"]


class AttachmentForm(Form):
    file = forms.FileField(label=_("文件"), help_text=_("图片、PDF、Word 或 Excel，不超过 20 MB"))
