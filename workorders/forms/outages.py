"""Forms of outages: writing one down, ending it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.web.forms import Form, MomentField
from core.web.lists import ids_of
from properties.models import Building, Community, Place
from workorders.models import Outage, WorkOrder
from workorders.queries.restoring import in_hand
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
    """`in_hand` are the orders somebody is at work on; those that can be completed with the outage stand ticked (`complete`)."""

    ended_at = MomentField(label=_("恢复时间"), required=False, help_text=_("留空：现在"))
    reason = forms.ModelChoiceField(DictItem.objects.of("cancel_reason"), label=_("关联工单的结束原因"))
    message = forms.CharField(
        label=_("告诉住户的话"), max_length=100, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("留空就是框里的话；完工的工单以它为处理结果"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_hand = in_hand(self.instance, self.user)
        ready = {row.order.pk for row in self.in_hand if not row.why}
        self.ticked = set(self._posted()) if self.is_bound else ready
        self.fields["message"].widget.attrs["placeholder"] = _("%(title)s已恢复") % {"title": self.instance.title}
        over = DictItem.objects.of("cancel_reason").filter(code="outage_over").first()
        self.initial.setdefault("reason", over.pk if over else None)

    def clean(self) -> dict[str, Any]:
        """What has been completed by somebody else since the page was drawn is no mistake: the service tells of it."""
        values: dict[str, Any] = super().clean() or {}
        return values | {"complete": self._posted()}

    def _posted(self) -> list[int]:
        data: Any = self.data
        return ids_of(data.getlist("complete"))


class CalledForm(Form):
    text = forms.CharField(label=_("来电内容"), max_length=200, required=False)


class LinkManyForm(Form):
    """The outages that run where the ticked orders stand."""

    outage = forms.ModelChoiceField(Outage.objects.all(), label=_("已知故障"))
    scopes = {"outage": "workorders.view_outage"}

    def __init__(self, *args: Any, orders: Sequence[WorkOrder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["outage"]
        places = {order.community_id for order in orders}
        field.queryset = field.queryset.running().filter(community__in=places).select_related("community")
        field.empty_label = _("请选择") if field.queryset.exists() else _("这里没有影响中的故障，请先登记")
        if len(places) > 1:
            field.label_from_instance = lambda outage: f"{outage.title}（{outage.community.name}）"
