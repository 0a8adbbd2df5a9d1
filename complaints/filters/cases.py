"""Filters of the list of cases. `group` is what the tabs choose; it stands in the bar unseen, so that other filters keep it."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.filters import StaffFilter
from complaints.models import Approval, CaseSupervision, Complaint, GroupCase
from complaints.policies import VIEW
from complaints.queries.cases import groups_read_by
from complaints.queries.groups import GROUPS, of_group
from complaints.queries.missed import decided, kept, missing
from complaints.queries.partners import overdue, waiting
from complaints.queries.reports.dimensions import BLANKS, lazy_blank
from complaints.queries.search import search_cases
from complaints.states import (
    CONTENT,
    ApprovalStatus,
    Clock,
    Ending,
    Kind,
    Level,
    Outcome,
    Responsibility,
    Source,
    Status,
)
from core.masking import mask_phone
from core.normalise import normalise_phone
from core.web.digest_filters import DigestFilter
from core.web.filters import Chip, DateRangeFilter, DictFilter, FilterSet, ScopedFilter, SearchFilter
from core.web.searching import SearchesLast
from properties.current import communities_in_reach
from properties.models import Building, Community, Place, Team, Unit

ALL = _("全部")
APPROVE = "complaints.approve_complaint"
YES_NO = [("1", _("是")), ("0", _("否"))]


def _choice(label: Any, choices: Any, method: str = "") -> django_filters.ChoiceFilter:
    extra = {"method": method} if method else {}
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=ALL, **extra)


def _by_phone(rows: Any, way: str, digest: bytes) -> Any:
    return rows.filter(**{"phone_last4" if way == "l" else "phone_index": digest})


# What the city says of its cases: yes to one of its three questions, or anything at all.
_SAID = (("responded", _("已响应")), ("resolved", _("已解决")), ("satisfied", _("满意")))
CITY = [
    ("any", _("全部 12345 工单")),
    *_SAID,
    ("responded_known", _("响应有结论")),
    ("resolved_known", _("解决有结论")),
    ("satisfied_known", _("满意有结论")),
]


class GroupFilter(ScopedFilter):
    """Groups of which the reader may see a case: a title would give away what a confidential one is about."""

    def get_queryset(self, request: Any) -> Any:
        return groups_read_by(self.parent.user)


class ComplaintFilter(SearchesLast, FilterSet):
    visible = ("category", "level", "kind", "group", "blank")
    typed = ("category", "topic", "cause")
    permission = VIEW
    kinds = frozenset({"kind", "source", "responsibility", "category", "topic", "cause", "ending", "repeated"})
    q = SearchFilter(_("编号、房号、投诉人、事实"), method="search")
    group = django_filters.ChoiceFilter(
        label=_("范围"), choices=GROUPS, empty_label=None, method="in_group", widget=forms.HiddenInput
    )
    category = DictFilter("complaint_category", label=_("类别"))
    level = _choice(_("级别"), Level.choices, "by_level")
    kind = _choice(_("性质"), Kind.choices)
    status = _choice(_("状态"), Status.choices)
    source = _choice(_("来源"), Source.choices)
    community = ScopedFilter(Community, VIEW, label=_("项目"), load=communities_in_reach)
    topic = DictFilter("complaint_topic", label=_("二级类别"))
    responsibility = _choice(_("责任归属"), Responsibility.choices)
    partner = _choice(_("对方答复"), [("waiting", _("在等对方答复")), ("over", _("对方已逾期"))], "by_partner")
    handler = StaffFilter(label=_("责任人"))
    team = ScopedFilter(Team, VIEW, label=_("责任部门"))
    building = ScopedFilter(Building, VIEW, picker="properties:building_picker", label=_("楼栋"))
    unit = ScopedFilter(Unit, VIEW, picker="properties:unit_picker", label=_("房号"))
    place = ScopedFilter(Place, VIEW, picker="workorders:place_picker", label=_("公共区域"))
    phone = DigestFilter(
        kind="phone", normalise=normalise_phone, mask=mask_phone, find=_by_phone, last4=True, label=_("联系电话")
    )
    received_at = DateRangeFilter(label=_("登记日期"))
    closed_at = DateRangeFilter(label=_("关闭日期"))
    late = _choice(_("曾超时"), YES_NO, "by_late")
    answer = _choice(
        _("反馈客户"),
        [("none", _("没有回音")), ("first", _("没有首次回复")), ("told", _("已首次回复")), ("done", _("已反馈"))],
        "by_answer",
    )
    repeated = _choice(_("重复投诉"), YES_NO, "by_repeated")
    grouped = _choice(_("是否群诉"), YES_NO, "by_grouped")
    matter = GroupFilter(GroupCase, VIEW, label=_("哪件群诉"), field_name="group")
    confidential = _choice(_("保密"), YES_NO, "by_confidential")
    anonymous = _choice(_("匿名"), YES_NO, "by_anonymous")
    cause = DictFilter("complaint_cause", label=_("根本原因"))
    outcome = _choice(_("建议的处理结论"), Outcome.choices)
    ending = _choice(_("关闭方式"), Ending.choices)
    redone = _choice(_("复处理过"), YES_NO, "by_redone")
    approval = _choice(_("审批"), [("mine", _("等我审批")), ("pending", _("待审批"))], "by_approval")
    supervised = _choice(
        _("督办"), [("open", _("待回复")), ("late", _("过期未回复")), ("any", _("督办过"))], "by_supervised"
    )
    improvement = _choice(
        _("整改"), [("open", _("未完成")), ("over", _("已过期")), ("done", _("已完成"))], "by_improvement"
    )
    # What the figures of the report lead to.
    kept = _choice(_("按时的时限"), Clock.choices, "by_kept")
    missed = _choice(_("超时的时限"), Clock.choices, "by_missed")
    decided = _choice(_("有结果的时限"), Clock.choices, "by_decided")
    voice = _choice(
        _("客户评价"), [("content", _("满意或基本满意")), ("unhappy", _("不满意")), ("any", _("已表态"))], "by_voice"
    )
    city = _choice(_("12345 结果"), CITY, "by_city")
    blank = django_filters.MultipleChoiceFilter(
        label=_("没有填写"), choices=[(code, lazy_blank(code)) for code in BLANKS], method="by_blank",
        widget=forms.MultipleHiddenInput,
    )  # fmt: skip

    class Meta:
        model = Complaint
        fields: list[str] = []

    def chips(self, query: Any) -> Iterator[Chip]:
        """The tab already says which group it is."""
        return (chip for chip in super().chips(query) if chip.label != str(self.filters["group"].label))

    def search(self, rows: Any, name: str, value: str) -> Any:
        return search_cases(rows, value)

    def in_group(self, rows: Any, name: str, value: str) -> Any:
        return of_group(rows, value)

    def by_level(self, rows: Any, name: str, value: str) -> Any:
        """As the list shows it: what nobody has judged has no level, unless what happened makes it 重大."""
        return rows.filter(level=value).exclude(BLANKS["level"])

    def by_late(self, rows: Any, name: str, value: str) -> Any:
        """What was late once, and what is late now."""
        late = Q(late=True) | Q(next_due_at__lt=timezone.now(), closed_at__isnull=True)
        return rows.filter(late) if value == "1" else rows.exclude(late)

    def by_answer(self, rows: Any, name: str, value: str) -> Any:
        if value == "none":
            return rows.unanswered()
        if value in {"first", "told"}:
            return rows.filter(first_answer_at__isnull=value == "first")
        return rows.filter(answered_at__isnull=False)

    def by_repeated(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(repeat_count__gt=0) if value == "1" else rows.filter(repeat_count=0)

    def by_grouped(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(group__isnull=value != "1")

    def by_confidential(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(confidential=value == "1")

    def by_anonymous(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(anonymous=value == "1")

    def by_redone(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(redo_count__gt=0) if value == "1" else rows.filter(redo_count=0)

    def by_approval(self, rows: Any, name: str, value: str) -> Any:
        pending = Approval.objects.filter(status=ApprovalStatus.PENDING)
        if value == "mine":
            pending = pending.exclude(asked_by=self.user) & Approval.objects.visible_to(self.user, APPROVE)
        return rows.filter(pk__in=pending.order_by().values("complaint"))

    def by_supervised(self, rows: Any, name: str, value: str) -> Any:
        demands = CaseSupervision.objects.all()
        if value != "any":
            demands = demands.filter(replied_at__isnull=True)
        if value == "late":
            demands = demands.filter(due_at__lt=timezone.now())
        return rows.filter(pk__in=demands.order_by().values("complaint"))

    def by_improvement(self, rows: Any, name: str, value: str) -> Any:
        rows = rows.filter(improvement_due__isnull=False)
        if value == "done":
            return rows.filter(improved_on__isnull=False)
        rows = rows.filter(improved_on__isnull=True)
        return rows.filter(improvement_due__lt=timezone.localdate()) if value == "over" else rows

    def by_partner(self, rows: Any, name: str, value: str) -> Any:
        return overdue(rows, timezone.localdate()) if value == "over" else waiting(rows)

    def by_kept(self, rows: Any, name: str, value: str) -> Any:
        return kept(rows, value)

    def by_missed(self, rows: Any, name: str, value: str) -> Any:
        return missing(rows, value)

    def by_decided(self, rows: Any, name: str, value: str) -> Any:
        return decided(rows, value)

    def by_voice(self, rows: Any, name: str, value: str) -> Any:
        content = Q(ending__in=sorted(CONTENT))
        unhappy = Q(redo_count__gt=0) & ~content
        return rows.filter({"content": content, "unhappy": unhappy}.get(value, content | unhappy))

    def by_city(self, rows: Any, name: str, value: str) -> Any:
        if value == "any":
            return rows.filter(city__isnull=False)
        field = value.removesuffix("_known")
        return rows.filter(**({f"city__{field}__isnull": False} if value != field else {f"city__{field}": True}))

    def by_blank(self, rows: Any, name: str, values: list[str]) -> Any:
        for code in values:
            rows = rows.filter(BLANKS[code])
        return rows
