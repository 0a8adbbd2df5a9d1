"""Forms of codes: making them, and the one that strangers fill in."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.web.forms import Form
from core.web.pickers import RemoteSelect
from properties.models import Place, Unit
from workorders.forms.fields import FilesField, PhoneField
from workorders.models import RepairRule, ReportCode
from workorders.services.codes import PHOTOS
from workorders.states import Area

MANAGE = "workorders.manage_reportcode"


class CodeForm(Form):
    places = forms.ModelMultipleChoiceField(
        Place.objects.select_related("community", "building"), label=_("公共区域"), required=False,
        help_text=_("可多选；已有报修码的不会重复生成"),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        Unit.objects.with_place(), label=_("房屋"), required=False, help_text=_("如商铺、公寓的前台"),
        widget=RemoteSelect("properties:unit_picker", placeholder=_("房号")),
    )  # fmt: skip
    scopes = {"places": MANAGE, "unit": MANAGE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["places"]
        field.widget.attrs |= {"data-picker": "", "data-placeholder": _("输入位置名称查找"), "data-wide": ""}
        field.queryset = field.queryset.filter(disabled_at__isnull=True).select_related("community", "building")


class ReportForm(Form):
    """What a passer-by fills in on his phone. Nothing is asked that is not needed to find the fault; no script."""

    kind = forms.ChoiceField(label=_("哪一类问题"))
    description = forms.CharField(
        label=_("看到什么"), min_length=2, max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("如：灯不亮、地面积水")}),
    )  # fmt: skip
    photos = FilesField(label=_("照片"), most=PHOTOS)
    reporter_name = forms.CharField(label=_("称呼"), max_length=30, required=False)
    reporter_phone = PhoneField(label=_("电话"), help_text=_("只用来问清情况"))

    def __init__(self, *args: Any, code: ReportCode, **kwargs: Any) -> None:
        super().__init__(*args, user=None, **kwargs)
        area = Area.PUBLIC if code.place_id else Area.INDOOR
        rules = RepairRule.objects.filter(Q(area=area) | Q(area=""), kind__disabled_at__isnull=True)
        self.rules = list(rules.select_related("kind", "category").order_by("category__sort", "kind__sort"))
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        groups: dict[str, list[tuple[str, str]]] = {}
        for rule in self.rules:
            groups.setdefault(str(rule.category), []).append((str(rule.kind_id), str(rule.kind)))
        self.fields["kind"].choices = [("", _("请选择")), *groups.items()]  # type: ignore[attr-defined]

    def clean_kind(self) -> DictItem:
        found = next((rule.kind for rule in self.rules if str(rule.kind_id) == self.cleaned_data["kind"]), None)
        if found is None:
            raise forms.ValidationError(_("请选择"))
        return found


class StopForm(Form):
    reason = forms.CharField(label=_("停用原因"), max_length=200, required=False)
