"""Forms of the seven steps (R54): judging, assigning, working, answering, ending."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from audit.models import User
from complaints.forms.fields import CaseFilesField
from complaints.models import Complaint
from complaints.queries.people import handlers_for
from complaints.queries.warranty import warranty_tests
from complaints.services.handling import Report
from complaints.states import AnswerWay, ApprovalKind, Ending, Level, MajorReason, Outcome, Responsibility
from core.models import DictItem
from core.web.forms import DateField, Form
from properties.models import Team
from workorders.models import WarrantyPart
from workorders.states import OPEN as OPEN_ORDERS

REASON = 200
PROMISE = _("归地产公司或第三方时填，对方答应哪天答复")


def _area(rows: int, placeholder: Any = "") -> forms.Textarea:
    return forms.Textarea({"rows": rows, "placeholder": placeholder})


class _JudgingForm(Form):
    """The level, and what makes it 重大 whatever was chosen. 群诉 and 两次不满意 the house knows by itself."""

    level = forms.ChoiceField(label=_("级别"), choices=Level.choices, widget=forms.RadioSelect)
    major_reasons = forms.MultipleChoiceField(
        label=_("有下列情形的按重大处理"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, code.label) for code in MajorReason if code not in {MajorReason.GROUP, MajorReason.AGAIN}],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("level", self.instance.level)
        self.initial.setdefault("major_reasons", self.instance.major_reasons)


class AcceptForm(_JudgingForm):
    """② 受理判级. The parts of the building stand there with what the warranty says of each on this day."""

    warranty_part = forms.ChoiceField(label=_("房屋质量问题的保修部位"), required=False)
    responsibility = forms.ChoiceField(
        label=_("责任归属"), required=False, choices=[("", _("按保修部位判定")), *Responsibility.choices]
    )
    third_party = forms.CharField(
        label=_("第三方单位"), max_length=60, required=False, help_text=_("责任归属选第三方时填，如供电公司")
    )
    partner_due = DateField(label=_("对方答复期限"), required=False, help_text=PROMISE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_major:
            words = _("重大（登记时已是；不属实的，受理后由项目经理或区域品质降级）")
            self.fields["level"].choices = [(Level.MAJOR, words)]  # type: ignore[attr-defined]
        tests = [(row.part, f"{WarrantyPart(row.part).label}：{row.sentence}") for row in warranty_tests(self.instance)]
        self.fields["warranty_part"].choices = [("", _("不涉及房屋质量")), *tests]  # type: ignore[attr-defined]
        if not self.is_bound:
            quality = self.instance.category.code == "quality"
            self.initial.setdefault("responsibility", "" if quality else Responsibility.PROPERTY)


class LevelForm(_JudgingForm):
    reason = forms.CharField(label=_("调整原因"), max_length=REASON, widget=_area(2))


class AssignForm(Form):
    handler = forms.TypedChoiceField(label=_("责任人"))
    team = forms.ModelChoiceField(Team.objects.all(), label=_("责任部门"), required=False)
    note_text = forms.CharField(label=_("交代"), max_length=REASON, required=False, widget=_area(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = handlers_for(self.instance)
        self.people = {str(person.pk): person for person, _n in found}
        field: Any = self.fields["handler"]
        field.choices = [("", _("请选择"))] + [
            (str(person.pk), _("%(name)s（在办 %(n)d 件）") % {"name": person, "n": count}) for person, count in found
        ]
        field.widget.attrs |= {"data-picker": "", "data-placeholder": _("姓名")}
        teams: Any = self.fields["team"]
        teams.queryset = Team.objects.filter(community=self.instance.community_id, disabled_at__isnull=True)

    def clean_handler(self) -> User:
        return self.people[self.cleaned_data["handler"]]


class RerouteForm(Form):
    responsibility = forms.ChoiceField(label=_("转给"), choices=Responsibility.choices)
    third_party = forms.CharField(label=_("第三方单位"), max_length=60, required=False, help_text=_("转给第三方时填"))
    partner_due = DateField(label=_("对方答复期限"), required=False, help_text=PROMISE)
    reason = forms.CharField(label=_("转办原因"), max_length=REASON, widget=_area(2))


class PartnerForm(Form):
    """By when 地产公司 or the third party will answer now."""

    partner_due = DateField(label=_("对方答复期限"), required=False, help_text=_("对方答应哪天答复；没有约定的留空"))
    reason = forms.CharField(
        label=_("说明"), max_length=REASON, required=False, widget=_area(2, _("和谁约定的，为什么改期"))
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("partner_due", self.instance.partner_due)


class ProgressForm(Form):
    text = forms.CharField(label=_("进展"), max_length=500, widget=_area(3, _("做到哪一步，下一步什么时候")))
    files = CaseFilesField()  # type: ignore[assignment]  # a field, which Django takes out of the class


class ApprovalForm(Form):
    kind = forms.ChoiceField(label=_("事项"), choices=ApprovalKind.choices, widget=forms.RadioSelect)
    text = forms.CharField(label=_("内容"), max_length=2000, widget=_area(4, _("打算怎样处理，或为什么赔付")))
    amount = forms.DecimalField(
        label=_("赔付金额（元）"), required=False, min_value=Decimal(0), max_digits=12, decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("只有赔付填；1,000 元及以上自动升为重大"),
    )  # fmt: skip

    def clean_amount(self) -> Decimal:
        return self.cleaned_data["amount"] or Decimal()


class DecideForm(Form):
    answer = forms.CharField(label=_("审批意见"), max_length=300, required=False, widget=_area(2))


class RefuseForm(Form):
    answer = forms.CharField(label=_("不同意的原因"), max_length=300, widget=_area(2))


class ReportForm(Form):
    """⑤ What the department says when it is done; a suggestion ends with a conclusion its proposer reads."""

    outcome = forms.ChoiceField(label=_("处理结论"), choices=Outcome.choices, widget=forms.RadioSelect)
    outcome_reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        required=False,
        widget=_area(2),
        help_text=_("提出建议的人会看到；全部采纳可不填"),
    )
    result = forms.CharField(label=_("处理结果"), max_length=2000, widget=_area(4, _("做了什么，现在怎样")))
    cause = forms.ModelChoiceField(DictItem.objects.of("complaint_cause"), label=_("根本原因"), required=False)
    improvement = forms.CharField(
        label=_("整改措施"), max_length=300, required=False, help_text=_("防止再发生要做的事")
    )
    improvement_due = DateField(label=_("整改期限"), required=False)
    files = CaseFilesField()  # type: ignore[assignment]  # a field, which Django takes out of the class

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = self.instance.order_links.filter(order__status__in=sorted(OPEN_ORDERS)).select_related("order")
        if found := "、".join(f"{link.order.number} {link.order.get_status_display()}" for link in waiting):
            self.fields["result"].help_text = now("关联工单还没有完工：%(orders)s") % {"orders": found}
        # Done a second time, the reason and what was promised stand until somebody says otherwise.
        for name in ("outcome", "outcome_reason", "cause", "improvement", "improvement_due"):
            self.initial.setdefault(name, getattr(self.instance, name))
        if not self.instance.is_suggestion:
            del self.fields["outcome"], self.fields["outcome_reason"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if (
            bool(values.get("improvement")) != bool(values.get("improvement_due"))
            and "improvement_due" not in self.errors
        ):
            name = "improvement_due" if values.get("improvement") else "improvement"
            self.add_error(name, _("整改措施和期限要一起填"))
        if self.errors:
            return values
        files = values.pop("files", [])
        return {"report": Report(**values), "files": files}


def ways_for(case: Complaint) -> list[tuple[str, Any]]:
    """Whoever is unknown can only be told by a notice, and nobody else is; without a file nobody reads 业主端."""
    ways = [way for way in AnswerWay if (way == AnswerWay.NOTICE) == case.anonymous]
    return [(way, way.label) for way in ways if way != AnswerWay.APP or case.owner_id is not None]


class TellForm(Form):
    """A word to the customer in between."""

    way = forms.ChoiceField(label=_("方式"), choices=AnswerWay.choices)
    text = forms.CharField(label=_("告知客户的内容"), max_length=1000, widget=_area(3))
    reply = forms.CharField(label=_("客户的回应"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = ways_for(self.instance)  # type: ignore[attr-defined]


class AnswerForm(TellForm):
    """⑥ What came of it, told to the customer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("text", self.instance.result[:1000])


class SettleForm(Form):
    """轻微, put right while the customer is there."""

    result = forms.CharField(label=_("怎样处理的"), max_length=1000, widget=_area(3, _("当场做了什么、怎样答复客户")))
    way = forms.ChoiceField(label=_("怎样告知客户"), choices=AnswerWay.choices)
    reply = forms.CharField(label=_("客户的回应"), max_length=300, required=False)
    outcome = forms.ChoiceField(label=_("处理结论"), choices=Outcome.choices, widget=forms.RadioSelect)
    outcome_reason = forms.CharField(label=_("理由"), max_length=300, required=False, help_text=_("提出建议的人会看到"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.is_suggestion:
            del self.fields["outcome"], self.fields["outcome_reason"]
        self.fields["way"].choices = ways_for(self.instance)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.errors:
            return values
        said = {name: values.pop(name, "") for name in ("result", "outcome", "outcome_reason")}
        return values | {"report": Report(**said)}


class CloseForm(Form):
    """⑦ Only the endings that are open to this case (complaints.queries.closing)."""

    ending = forms.ChoiceField(label=_("客户的评价"), choices=Ending.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("客户的原话或说明"), max_length=300, required=False, widget=_area(2))

    def __init__(self, *args: Any, endings: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ending"]
        field.choices = [(code, Ending(code).label) for code in endings]
        if len(field.choices) == 1:
            self.initial.setdefault("ending", field.choices[0][0])


class RedoForm(Form):
    reason = forms.CharField(label=_("客户不满意的原因"), max_length=REASON, widget=_area(3))


class WithdrawForm(Form):
    words = forms.CharField(label=_("客户撤诉时的原话"), max_length=300, widget=_area(3))


class ReopenForm(Form):
    reason = forms.CharField(label=_("重启原因"), max_length=REASON, widget=_area(2))


class ImprovementForm(Form):
    on = DateField(label=_("完成日期"))
    text = forms.CharField(label=_("说明"), max_length=REASON, required=False)


class CityForm(Form):
    """What the city counts; unknown stays unknown."""

    responded = forms.NullBooleanField(label=_("已响应"), required=False)
    resolved = forms.NullBooleanField(label=_("已解决"), required=False)
    satisfied = forms.NullBooleanField(label=_("满意"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.choices = [("unknown", _("未知")), ("true", _("是")), ("false", _("否"))]  # type: ignore[attr-defined]
            self.initial.setdefault(
                name, getattr(self.instance.city, name, None) if hasattr(self.instance, "city") else None
            )


class FilesForm(Form):
    files = CaseFilesField(required=True)  # type: ignore[assignment]  # a field, which Django takes out of the class
