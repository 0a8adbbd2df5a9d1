"""Forms of the repairer's acts; on his phone the same forms stand in larger fields (workorders.views.phone_frame)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.web.forms import DateField, Form
from core.web.pickers import RemoteSelect
from workorders.forms.fields import FilesField
from workorders.models import Material, PriceItem
from workorders.queries.doing import offered_materials, prices_for, stock_word
from workorders.services.intake import MOST_PHOTOS
from workorders.states import ConfirmWay

MOST_CHECK_PHOTOS = 4
_NUMBER = {"inputmode": "decimal", "autocomplete": "off"}


class SignatureInput(forms.FileInput):
    """A drawing where there is a script (static/js/signature.js), a picture of the signed slip where there is none."""

    def __init__(self) -> None:
        words = {"data-hint": _("请业主在框内签字"), "data-again": _("重写"), "data-name": _("业主签字")}
        super().__init__({"accept": "image/*", "data-signature": "", **words})


class AwaitPartsForm(Form):
    part = forms.CharField(
        label=_("缺什么"), max_length=60, widget=forms.TextInput({"placeholder": _("如 DN15 角阀 2 只")})
    )
    expected_on = DateField(label=_("预计到料日期"), help_text=_("到料前时限暂停"))
    reason = forms.CharField(label=_("说明"), max_length=200, required=False)


class SuspendForm(Form):
    reason = forms.ModelChoiceField(DictItem.objects.of("suspend_reason"), label=_("挂起原因"))
    resume_on = DateField(label=_("恢复日期"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class CheckForm(Form):
    photos = FilesField(label=_("照片"), most=MOST_CHECK_PHOTOS, help_text=_("最多 4 张"))
    note = forms.CharField(label=_("备注"), max_length=100, required=False)
    done = forms.BooleanField(label=_("已完成"), required=False, initial=True)

    def __init__(self, *args: Any, check: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("note", check.note)


class MaterialLineForm(Form):
    """`offer` lists choices at once (on the phone, after a search); otherwise they are looked up while typing."""

    material = forms.ModelChoiceField(
        Material.objects.filter(disabled_at__isnull=True), label=_("物料"),
        widget=RemoteSelect("workorders:material_picker", placeholder=_("编码、名称或规格")),
    )  # fmt: skip
    quantity = forms.DecimalField(
        label=_("数量"),
        min_value=Decimal("0.01"),
        max_digits=8,
        decimal_places=2,
        initial=1,
        widget=forms.TextInput(_NUMBER),
    )

    def offer(self, text: str) -> None:
        rows = offered_materials(text, self.user)
        field: Any = self.fields["material"]
        field.widget = forms.RadioSelect(choices=[(row.pk, material_words(row)) for row in rows])
        self.offered = rows


def material_words(row: Material) -> str:
    words = f"{row.code} {row}，{row.price.normalize():f} {_('元')}/{row.measure}"
    return "，".join(filter(None, (words, stock_word(row))))


class Consent(models.TextChoices):
    """How the owner agreed to the prices."""

    SIGNATURE = "signature", _("现场签字")
    SPOKEN = "spoken", _("当面口头同意")
    PHONE = "phone", _("电话同意")


class PriceForm(Form):
    """The price list shown to the owner: a quantity beside each service he wants, and how he agreed."""

    how = forms.ChoiceField(label=_("业主怎样同意"), choices=Consent.choices, widget=forms.RadioSelect)
    signature = forms.FileField(label=_("业主签字"), required=False, widget=SignatureInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.items = prices_for(self.instance.community_id)
        asked = {
            self.key(item): forms.DecimalField(
                label=f"{item.name} {item.price} {_('元')}/{item.measure}", help_text=item.note, required=False,
                min_value=Decimal(0), max_digits=8, decimal_places=2,
                widget=forms.TextInput(_NUMBER | {"placeholder": _("数量")}),
            )
            for item in self.items
        }  # fmt: skip
        self.fields = asked | self.fields

    @staticmethod
    def key(item: PriceItem) -> str:
        return f"item_{item.pk}"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        lines = {item: quantity for item in self.items if (quantity := values.get(self.key(item)))}
        if not lines and not self.errors:
            self.add_error(None, _("请至少给一个服务项目填上数量"))
        how = values.get("how")
        if how == Consent.SIGNATURE and not values.get("signature"):
            self.add_error("signature", _("请业主签字，或拍下签了字的派工单"))
        return {"lines": lines, "how": str(Consent(how).label) if how else "", "signature": values.get("signature")}


class CompleteForm(Form):
    result = forms.CharField(
        label=_("处理结果"), max_length=500,
        widget=forms.Textarea({"rows": 3, "placeholder": _("做了什么，如：换角阀两只，试水 10 分钟不漏")}),
    )  # fmt: skip
    cause = forms.ModelChoiceField(DictItem.objects.of("fault_cause"), label=_("故障原因"), required=False)
    photos = FilesField(label=_("完工照片"), most=MOST_PHOTOS, help_text=_("最多 9 张"))
    labour_fee = forms.DecimalField(
        label=_("人工费（元）"), min_value=Decimal(0), max_digits=10, decimal_places=2, required=False,
        widget=forms.TextInput(_NUMBER),
    )  # fmt: skip
    confirm_way = forms.ChoiceField(label=_("业主确认方式"), choices=ConfirmWay.choices, widget=forms.RadioSelect)
    signature = forms.FileField(
        label=_("业主签字"),
        required=False,
        widget=SignatureInput(),
        help_text=_("签不了字时拍下签了字的派工单，或选其他确认方式"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.agreed = self.instance.labour_fee if self.instance.paid else None
        hint = _("不填按约定的 %(agreed)s 元；只能少收") if self.agreed else _("无偿维修仅供内部核算")
        self.fields["labour_fee"].help_text = hint % {"agreed": self.agreed} if self.agreed else hint

    def clean_labour_fee(self) -> Decimal | None:
        fee: Decimal | None = self.cleaned_data["labour_fee"]
        if fee is not None and self.agreed is not None and fee > self.agreed:
            raise forms.ValidationError(_("不能高于业主同意的 %(agreed)s 元") % {"agreed": self.agreed})
        return fee

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("confirm_way") == ConfirmWay.SIGNATURE and not values.get("signature"):
            self.add_error("signature", _("请业主签字，或拍下签了字的派工单"))
        return values


class AnswerForm(Form):
    """What the supervisor says to a request to suspend."""

    answer = forms.CharField(label=_("审批意见"), max_length=200, required=False)


class RefuseForm(Form):
    answer = forms.CharField(label=_("不同意的理由"), max_length=200)
