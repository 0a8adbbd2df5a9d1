"""回访计划: whom, when, who calls and what is said."""

from datetime import time
from types import EllipsisType
from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from core.models import DictItem, SavedView
from core.web.forms import DateField, ModelForm
from owners.forms.base import ScopedChoices
from owners.models import CallBackPlan, TenureRole
from owners.queries.call_plans import OWNER_LIST
from owners.queries.call_scripts import placeholder_words, unknown_word
from owners.queries.people import SENSITIVE
from owners.states import PlanHands
from properties.models import Building
from properties.models.units import UsageStatus

_KEPT = "kept"
_MANY = {"data-picker": "", "data-placeholder": _("不限")}


class PlanForm(ScopedChoices, ModelForm):
    permission = "owners.add_callbackplan"
    buildings = forms.ModelMultipleChoiceField(
        Building.objects.none(), label=_("楼栋"), required=False, widget=forms.SelectMultiple(_MANY)
    )
    tags = forms.ModelMultipleChoiceField(
        DictItem.objects.none(), label=_("住户标签"), required=False, widget=forms.SelectMultiple(_MANY),
        help_text=_("有其中任何一个标签的人"),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=_("人房关系"), choices=TenureRole.choices, required=False, widget=forms.SelectMultiple(_MANY)
    )
    usages = forms.MultipleChoiceField(
        label=_("使用状态"), choices=UsageStatus.choices, required=False, widget=forms.SelectMultiple(_MANY)
    )
    view = forms.ChoiceField(
        label=_("住户列表的视图"), required=False,
        help_text=_("在住户列表筛选后保存的视图；按您能看到的住户选，每一轮重新选"),
    )  # fmt: skip
    free_text = ("name",)
    sections = (
        (_("计划"), ("community", "name", "cause", "keeper")),
        (
            _("打给谁"),
            ("buildings", "tags", "view", "roles", "usages", "age_from", "age_to", "unverified_months", "rest_days"),
        ),
        (_("抽样"), ("sample_percent", "sample_number")),
        (_("什么时候"), ("first_on", "every_months", "days", "window_from", "window_until", "hands")),
        (_("说什么"), ("script",)),
    )

    class Meta:
        model = CallBackPlan
        fields = (
            "community", "name", "cause", "keeper", "age_from", "age_to", "unverified_months", "rest_days", "sample_percent",
            "sample_number", "first_on", "every_months", "days", "window_from", "window_until", "hands", "script",
        )  # fmt: skip
        widgets = {
            "script": forms.Textarea({"rows": 6}),
            "window_from": forms.TimeInput({"placeholder": "09:30"}, format="%H:%M"),
            "window_until": forms.TimeInput({"placeholder": "19:30"}, format="%H:%M"),
        }
        field_classes = {"first_on": DateField}

    def __init__(self, *args: Any, user: Any, instance: CallBackPlan | None = None, **options: Any) -> None:
        initial = {"window_from": time(9, 30), "window_until": time(19, 30), "hands": PlanHands.POOL, "keeper": user.pk}
        if instance is not None:
            initial = {name: list(getattr(instance, name).all()) for name in ("buildings", "tags")}
            initial |= {"roles": instance.roles, "usages": instance.usages}
            initial["view"] = _KEPT if instance.asks_a_view else ""
            options["initial"] = initial
        else:
            options["initial"] = initial | (options.get("initial") or {})
        super().__init__(*args, user=user, instance=instance, **options)
        self._offer(user)
        self._offer_views(user)

    def _offer(self, user: Any) -> None:
        fields: Any = self.fields
        fields["buildings"].queryset = (
            Building.objects.visible_to(user, self.permission)
            .filter(disabled_at__isnull=True)
            .select_related("community")
        )
        fields["buildings"].label_from_instance = lambda row: f"{row.community.name} {row.label}"
        tags = DictItem.objects.of("owner_tag").filter(disabled_at__isnull=True)
        fields["tags"].queryset = tags if user.has_perm(SENSITIVE) else tags.filter(sensitive=False)
        fields["tags"].empty_label = None
        fields["script"].help_text = _("留空用系统话术；可以写 %(words)s，拨打时自动换成实际内容") % {
            "words": placeholder_words()
        }

    def _offer_views(self, user: Any) -> None:
        """What the plan has already stands there by its name, whoever's it is and even when it has been deleted."""
        rows = (
            SavedView.objects.usable_by(user).filter(list_name=OWNER_LIST).select_related("user").order_by("name", "pk")
        )
        self.views = {str(row.pk): row for row in rows}
        kept = (
            [(_KEPT, now("%(view)s（保持不变）") % {"view": self.instance.view_name})]
            if self.instance.asks_a_view
            else []
        )
        names = [
            (pk, row.name if row.user_id == user.pk else f"{row.name}（{row.user}）") for pk, row in self.views.items()
        ]
        field: Any = self.fields["view"]
        field.choices = [("", now("不限")), *kept, *names]

    def clean_view(self) -> SavedView | EllipsisType | None:
        value: str = self.cleaned_data["view"]
        return ... if value == _KEPT else self.views.get(value)

    def clean_script(self) -> str:
        text: str = self.cleaned_data["script"]
        if word := unknown_word(text):
            raise forms.ValidationError(word)
        return text

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("sample_percent") and values.get("sample_number"):
            self.add_error("sample_number", _("抽样比例和抽样户数只填一个"))
        if values.get("window_from") and values.get("window_until") and values["window_until"] <= values["window_from"]:
            self.add_error("window_until", _("拨打时段的结束要晚于开始"))
        return values


class PlanChangeForm(PlanForm):
    permission = "owners.change_callbackplan"
