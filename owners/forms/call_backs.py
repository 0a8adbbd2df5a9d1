"""What one call of a call-back came to, and whose a call-back is."""

from typing import Any

from django import forms
from django.db.models import Count
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from audit.models import Grant, User
from core.web.forms import DateField, Form
from owners import call_back_sources
from owners.models import CallBackTask
from owners.queries.call_backs import ASSIGN, CALL
from owners.queries.call_report import BY_CODE, DIMENSIONS, Asked
from owners.states import CallBackOutcome, CallWay, outcomes_of
from properties.models import Community

REPORT = "owners.report_callbacktask"
MOST_DAYS = 366


class CallBackForm(Form):
    """The results of its cause, and what follows from an unhappy household where there is a choice."""

    way = forms.ChoiceField(
        label=_("方式"), choices=CallWay.choices, initial=CallWay.PHONE, required=False, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(
        label=_("结果"), choices=CallBackOutcome.choices, widget=forms.RadioSelect, initial=None,
        help_text=_("无法接通时两小时后再打，三次都没接通就结束"),
    )  # fmt: skip
    text = forms.CharField(
        label=_("业主意见"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不满意或信息有变化时必填"),
    )  # fmt: skip
    follow = forms.ChoiceField(
        label=_("不满意时"), required=False, widget=forms.RadioSelect, help_text=_("只在结果是不满意时处理")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        task = self.instance
        known: Any = self.fields["outcome"]
        known.choices = [(code.value, code.label) for code in outcomes_of(task.cause if task else "")]
        offered = call_back_sources.follows(task, self.user) if task else []
        if offered:
            choice: Any = self.fields["follow"]
            choice.choices, choice.initial = [(row.code, row.label) for row in offered], offered[0].code
        else:
            del self.fields["follow"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["way"] = values.get("way") or CallWay.PHONE
        return values


class AssignForm(Form):
    """A colleague who may call somewhere in the reader's places; of many he gets those he may call, and may open."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("分配给"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app, codename = CALL.split(".")
        field: Any = self.fields["to"]
        may = {"role__permissions__codename": codename, "role__permissions__content_type__app_label": app}
        holders = Grant.objects.in_force().filter(**may).values("user")
        field.queryset = User.objects.filter(is_active=True, pk__in=holders).order_by("display_name")
        # Whoever gives work looks at what each has already.
        waiting = CallBackTask.objects.visible_to(self.user, ASSIGN).waiting().filter(assignee__isnull=False)
        load = dict(waiting.order_by().values_list("assignee").annotate(n=Count("pk")))
        field.label_from_instance = lambda row: (
            now("%(who)s（待回访 %(n)d 户）") % {"who": row, "n": load.get(row.pk, 0)}
        )
        field.widget.attrs |= {"data-picker": "", "data-placeholder": _("姓名")}


class CallReportForm(Form):
    by = forms.ChoiceField(
        label=_("按"), choices=[(row.code, row.label) for row in DIMENSIONS], widget=forms.HiddenInput
    )
    community = forms.ModelChoiceField(
        Community.objects.all(), label=_("项目"), required=False, empty_label=_("全部项目")
    )
    start = DateField(label=_("应回访日期从"))
    end = DateField(label=_("到"))
    scopes = {"community": REPORT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, css in (("start", "form-control"), ("end", "form-control"), ("community", "form-select")):
            self.fields[name].widget.attrs["class"] = css

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        start, end = values.get("start"), values.get("end")
        if start and end and start > end:
            self.add_error("end", _("结束日期不能早于开始日期"))
        elif start and end and (end - start).days >= MOST_DAYS:
            self.add_error("end", _("一次最多看一年"))
        return values

    def asked(self) -> Asked:
        values = self.cleaned_data
        return Asked(BY_CODE[values["by"]], values["start"], values["end"], values["community"])
