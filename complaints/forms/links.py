"""What ties a case to other things: orders, other cases on the same matter, outside parties."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint, GroupCase
from core.web.forms import Form
from core.web.pickers import RemoteSelect
from workorders.forms.fields import KindField
from workorders.models import WorkOrder
from workorders.states import Urgency


class RaiseOrderForm(Form):
    kind = KindField(label=_("报修类型"))
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=[("", _("按报修类型")), *Urgency.choices], required=False)
    description = forms.CharField(
        label=_("要修什么"),
        max_length=500,
        min_length=2,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("维修人员会看到"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].load()  # type: ignore[attr-defined]
        # A confidential complaint is not copied where more people read it.
        if not self.instance.confidential:
            self.initial.setdefault("description", self.instance.facts[:500])


class LinkOrderForm(Form):
    order = forms.ModelChoiceField(
        WorkOrder.objects.all(), label=_("工单"),
        widget=RemoteSelect("workorders:workorder_picker", placeholder=_("工单号或房号")),
    )  # fmt: skip
    scopes = {"order": "workorders.view_workorder"}


class DisclosureForm(Form):
    recipient = forms.CharField(
        label=_("提供给谁"), max_length=60, widget=forms.TextInput({"placeholder": _("如 某某地产公司客服部")})
    )
    contact = forms.CharField(label=_("对方联系方式"), max_length=60, required=False)
    fields_given = forms.CharField(label=_("提供哪些信息"), max_length=200, initial=_("房号、问题描述、联系电话"))
    purpose = forms.CharField(label=_("用来做什么"), max_length=200, initial=_("联系客户上门查看和维修"))
    agreed_way = forms.CharField(
        label=_("客户怎样同意"),
        max_length=60,
        widget=forms.TextInput({"placeholder": _("如 电话中口头同意、当面签字")}),
    )
    agreed = forms.BooleanField(label=_("已告知客户并取得单独同意"))
    free_text = ("recipient", "agreed_way")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if "fields_given" in values:
            values["fields"] = values.pop("fields_given")
        return values


class GroupForm(Form):
    """The case itself and those on the same matter; which of them belong together a person says."""

    title = forms.CharField(label=_("事项"), max_length=80)
    cases = forms.ModelMultipleChoiceField(
        Complaint.objects.none(), label=_("一并处理的投诉"), widget=forms.CheckboxSelectMultiple
    )
    free_text = ("title",)

    def __init__(self, *args: Any, offered: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["cases"]
        field.queryset = Complaint.objects.filter(pk__in=[row.pk for row in offered]).order_by("received_at")
        field.label_from_instance = lambda row: f"{row.number} {row.address}"
        self.initial.setdefault("cases", [row.pk for row in offered])
        self.initial.setdefault(
            "title", f"{self.instance.building or self.instance.community.name} {self.instance.topic}"
        )


class JoinForm(Form):
    group = forms.ModelChoiceField(GroupCase.objects.none(), label=_("群诉"))

    def __init__(self, *args: Any, groups: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if groups is not None:
            self.fields["group"].queryset = groups.filter(community=self.instance.community_id)  # type: ignore[attr-defined]


class LeaveForm(Form):
    reason = forms.CharField(label=_("移出原因"), max_length=200)
