"""Forms of what repairs go by."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.web.forms import Form, ModelForm
from workorders.models import ClockRule, Material, PriceItem, RepairRule

MOST_CHECKS = 12


class MaterialForm(ModelForm):
    class Meta:
        model = Material
        fields = ("code", "name", "spec", "measure", "price", "chargeable", "stock")
        help_texts = {"code": _("如 WL0001"), "stock": _("不填：不管库存")}


class MaterialChangeForm(ModelForm):
    class Meta:
        model = Material
        fields = ("name", "spec", "measure", "price", "chargeable")


class StockForm(Form):
    stock = forms.DecimalField(
        label=_("实有库存"), min_value=Decimal(0), max_digits=10, decimal_places=2, required=False,
        help_text=_("不填：以后不管这种物料的库存"),
    )  # fmt: skip
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("如 月末盘点、采购入库"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("stock", self.instance.stock)


class PriceForm(ModelForm):
    """A price for all communities is left to whose scope is everything."""

    scopes = {"community": "workorders.add_priceitem"}

    class Meta:
        model = PriceItem
        fields = ("community", "name", "measure", "price", "note")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        everything = self.user.access.scope("workorders.add_priceitem").everything
        self.fields["community"].required = not everything
        self.fields["community"].help_text = _("留空：所有项目") if everything else ""


class PriceChangeForm(ModelForm):
    class Meta:
        model = PriceItem
        fields = ("name", "measure", "price", "note")


class LinesField(forms.CharField):
    """One entry a line."""

    def __init__(self, *, most: int, longest: int, **options: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(widget=forms.Textarea({"rows": 5}), required=False, **options)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, list) else str(value or "")

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = [line for line in (" ".join(part.split()) for part in str(value or "").splitlines()) if line]
        if len(lines) > self.most:
            raise ValidationError(_("最多 %(most)d 项") % {"most": self.most})
        if any(len(line) > self.longest for line in lines):
            raise ValidationError(_("每项最多 %(longest)d 个字") % {"longest": self.longest})
        return list(dict.fromkeys(lines))


class RuleForm(ModelForm):
    checklist = LinesField(label=_("检查项"), most=MOST_CHECKS, longest=60, help_text=_("一行一项，完工前要逐项完成"))
    sections = (
        (_("派给谁"), ("category", "skill", "area", "pool")),
        (_("时限与收费"), ("urgency", "paid", "warranty_part")),
        (_("现场"), ("checklist", "duplicate_days")),
    )

    class Meta:
        model = RepairRule
        fields = (
            "category", "skill", "area", "pool", "urgency", "paid", "warranty_part", "checklist", "duplicate_days",
        )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["checklist"] = "\n".join(self.instance.checklist)
        area: Any = self.fields["area"]
        area.choices = [(value, word if value else _("户内和公共区域")) for value, word in area.choices]
        area.help_text = ""


class ClockForm(ModelForm):
    """How long, and what counts."""

    minutes = forms.IntegerField(
        label=_("时长（分钟）"), min_value=1, max_value=60 * 24 * 30, help_text=_("如 30；1440 为 24 小时")
    )

    class Meta:
        model = ClockRule
        fields = ("minutes", "basis", "by_appointment")
        labels = {"by_appointment": _("有预约时按预约")}
        help_texts = {"by_appointment": _("有预约时，到场以预约结束为准")}


class ClockCreateForm(ClockForm):
    kind = forms.ModelChoiceField(
        DictItem.objects.of("repair_kind"), label=_("二级类型"), widget=forms.Select({"data-picker": ""}),
        help_text=_("只对这一类型生效，优先于紧急程度的通用标准"),
    )  # fmt: skip

    class Meta(ClockForm.Meta):
        fields = ("kind", "urgency", "clock", *ClockForm.Meta.fields)  # type: ignore[assignment]
