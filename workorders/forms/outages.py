"""Forms of outages: writing one down, ending it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.web.forms import Form, MomentField
from properties.models import Building, Community, Place
from workorders.models import Outage
from workorders.states import OutageKind

CREATE = "workorders.add_outage"


class OutageForm(Form):
    community = forms.ModelChoiceField(Community.objects.all(), label=_("项目"))
    kind = forms.ChoiceField(label=_("性质"), choices=OutageKind.choices, initial=OutageKind.EMERGENCY)
    category = forms.ModelChoiceField(DictItem.objects.of("repair_category"), label=_("报修类型"))
    title = forms.CharField(
        label=_("标题"), max_length=50, widget=forms.TextInput(attrs={"placeholder": _("如 3 栋停水")})
    )
    buildings = forms.ModelMultipleChoiceField(
        Building.objects.select_related("community"),
        label=_("影响楼栋"),
        required=False,
        help_text=_("都不选：影响整个项目"),
    )
    places = forms.ModelMultipleChoiceField(
        Place.objects.select_related("community", "building"), label=_("影响公共区域"), required=False
    )
    started_at = MomentField(label=_("开始时间"))
    expected_until = MomentField(label=_("预计恢复"), required=False)
    caller_text = forms.CharField(
        label=_("答复来电的话"), max_length=200, help_text=_("客服照着念，住户来电时显示"),
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("如 3 栋水泵故障，正在抢修，预计 16:00 恢复")}),
    )  # fmt: skip
    details = forms.CharField(
        label=_("情况说明（内部）"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    scopes = {"community": CREATE, "buildings": CREATE, "places": CREATE}
    sections = (
        (_("什么停了"), ("community", "kind", "category", "title", "started_at", "expected_until")),
        (_("影响哪里"), ("buildings", "places")),
        (_("怎么答复"), ("caller_text", "details")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        outage = kwargs.get("instance")
        if isinstance(outage, Outage):
            kwargs["initial"] = self.of(outage) | kwargs.get("initial", {})
        else:
            kwargs["initial"] = {"started_at": timezone.localtime()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        for name in ("buildings", "places"):
            field: Any = self.fields[name]
            field.widget.attrs |= {"data-picker": "", "data-placeholder": _("可多选，输入即查找")}
            joined = ("community",) if name == "buildings" else ("community", "building")
            field.queryset = field.queryset.filter(disabled_at__isnull=True).select_related(*joined)
            # The places of one community are enough to choose from; posted ones are checked against it by the service.
            here = outage.community_id if isinstance(outage, Outage) else self.initial.get("community")
            if here and (isinstance(outage, Outage) or not self.is_bound):
                field.queryset = field.queryset.filter(community=here)
        if isinstance(outage, Outage):
            self.fields["community"].disabled = True

    @staticmethod
    def of(outage: Outage) -> dict[str, Any]:
        rows = list(outage.places.all())
        names = ("kind", "title", "started_at", "expected_until", "caller_text", "details")
        return {name: getattr(outage, name) for name in names} | {
            "community": outage.community_id,
            "category": outage.category_id,
            "buildings": [row.building_id for row in rows if row.building_id],
            "places": [row.place_id for row in rows if row.place_id],
        }

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        start, until = values.get("started_at"), values.get("expected_until")
        if start and until and until <= start:
            self.add_error("expected_until", _("预计恢复须晚于开始时间"))
        return values


class EndForm(Form):
    ended_at = MomentField(label=_("恢复时间"), required=False, help_text=_("留空：现在"))
    reason = forms.ModelChoiceField(DictItem.objects.of("cancel_reason"), label=_("关联工单的结束原因"))
    message = forms.CharField(
        label=_("告诉住户的话"), max_length=100, required=False, help_text=_("留空：“标题”已恢复")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        over = DictItem.objects.of("cancel_reason").filter(code="outage_over").first()
        self.initial.setdefault("reason", over.pk if over else None)


class CalledForm(Form):
    text = forms.CharField(label=_("来电内容"), max_length=200, required=False)
