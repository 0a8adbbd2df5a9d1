"""Filters of the lists of people, relations and vehicles (S1 3.1.2: exact and fuzzy per field).

Whole numbers never stand in an address: they are posted and become digests (core/web/digest_filters.py).
"""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.filters import StaffFilter
from core import blind_index
from core.errors import BadValue
from core.masking import mask_id_number, mask_phone
from core.normalise import normalise_name, normalise_phone, normalise_plate
from core.web.batch_filter import BatchFilter
from core.web.digest_filters import DigestFilter
from core.web.filters import (
    ActiveFilter,
    Chip,
    DateRangeFilter,
    DictFilter,
    FilterSet,
    ScopedFilter,
    SearchFilter,
    YesNoFilter,
)
from core.web.searching import Meaning, SearchesLast, any_of, said
from owners.models import (
    CallBackPlan,
    CallBackTask,
    CallScript,
    Correction,
    CorrectionTopic,
    Owner,
    OwnerKind,
    OwnerPhone,
    Tenure,
    TenureRole,
    Vehicle,
)
from owners.models.tenures import TenureQuerySet
from owners.queries.call_report import PARTS as CALL_PARTS
from owners.queries.call_report import of_part
from owners.queries.call_teams import of_team
from owners.queries.matching import by_name
from owners.queries.people import expiring_tags
from owners.queries.rooms import units_like
from owners.states import PLANNED, CallBackCause, CallBackStatus, CorrectionStatus, PlanStatus
from properties.current import communities_in_reach
from properties.models import Building, Community, Team

VIEW = "owners.view_owner"
CALL_GROUPS = [
    ("all", _("全部")), ("waiting", _("待回访")), ("now", _("现在可以打")), ("today", _("今天到期")), ("late", _("已逾期")),
    ("open_ends", _("不满意没有跟进")),
    *CALL_PARTS.items(),
]  # fmt: skip


def phones_at(way: str, digest: bytes) -> QuerySet[Any]:
    """Ids of the people with a phone of this digest."""
    column = "number_index" if way == "w" else "number_last4"
    return OwnerPhone.objects.filter(**{column: digest}).values("owner_id")


def phone_filter(path: str = "pk") -> DigestFilter:
    """整号或后四位; `path` is where the person's id stands in the filtered rows."""
    return DigestFilter(
        kind="phone",
        normalise=normalise_phone,
        mask=mask_phone,
        last4=True,
        find=lambda rows, way, digest: rows.filter(**{f"{path}__in": phones_at(way, digest)}),
        label=_("手机整号或后四位"),
    )


def id_number_filter() -> DigestFilter:
    return DigestFilter(
        kind="id_number",
        normalise=lambda text: text.upper().replace(" ", ""),
        mask=mask_id_number,
        find=lambda rows, way, digest: rows.filter(id_index=digest),
        label=_("证件号整号"),
    )


def community_filter(**options: Any) -> ScopedFilter:
    return ScopedFilter(Community, "properties.view_community", load=communities_in_reach, label=_("项目"), **options)


class OwnerFilter(FilterSet):
    visible = ("role", "incomplete", "disabled_at")

    q = SearchFilter(_("姓名、拼音、客户编号、手机后四位"), method="search")
    role = django_filters.ChoiceFilter(label=_("角色"), choices=TenureRole.choices, method="by_role")
    incomplete = django_filters.ChoiceFilter(
        label=_("资料"),
        choices=[("phone", _("缺电话")), ("id", _("缺证件号")), ("any", _("资料不全"))],
        method="by_missing",
    )
    disabled_at = ActiveFilter()
    name = django_filters.CharFilter(label=_("姓名"), method="by_name")
    name_match = django_filters.ChoiceFilter(
        label=_("姓名匹配"), choices=[("exact", _("精确"))], empty_label=_("模糊"), method="nothing"
    )
    phone = phone_filter()
    id_number = id_number_filter()
    room = django_filters.CharFilter(label=_("房号"), method="by_room")
    community = community_filter(method="by_community")
    tag = DictFilter("owner_tag", label=_("标签"), method="by_tag")
    tag_expiry = django_filters.ChoiceFilter(
        label=_("标签到期"), choices=[("soon", _("30 天内"))], empty_label=_("全部"), method="by_tag_expiry"
    )
    kind = django_filters.ChoiceFilter(label=_("客户类型"), choices=OwnerKind.choices, empty_label=_("全部"))
    source = DictFilter("owner_source", label=_("来源渠道"))
    level = DictFilter("owner_level", label=_("客户等级"))
    completeness = django_filters.RangeFilter(label=_("档案完整度（%）"))
    keeper = StaffFilter(label=_("责任人"))
    created_at = DateRangeFilter(label=_("建档时间"))
    batch = BatchFilter("owners.owner")

    class Meta:
        model = Owner
        fields: list[str] = []

    def tenures(self) -> QuerySet[Tenure]:
        """Relations of today that this reader may know of."""
        return Tenure.objects.visible_to(self.user, VIEW).current()

    def search(self, rows: QuerySet[Owner], name: str, value: str) -> QuerySet[Owner]:
        """A whole number is not looked for here: this text stands in the address. The page sends it through 手机 instead."""
        text = value.strip()
        if len(text) == 4 and text.isdecimal():
            return rows.filter(pk__in=phones_at("l", blind_index.last4("phone", text) or b""))
        return by_name(rows, text)

    def by_name(self, rows: QuerySet[Owner], name: str, value: str) -> QuerySet[Owner]:
        exact = self.form.cleaned_data.get("name_match") == "exact"
        return rows.filter(name=normalise_name(value)) if exact else by_name(rows, value)

    def nothing(self, rows: QuerySet[Owner], name: str, value: str) -> QuerySet[Owner]:
        """Only says how `name` is meant."""
        return rows

    def by_room(self, rows: QuerySet[Owner], name: str, value: str) -> QuerySet[Owner]:
        return rows.filter(pk__in=self.tenures().filter(unit__in=units_like(value)).values("owner_id"))

    def by_role(self, rows: QuerySet[Owner], name: str, value: str) -> QuerySet[Owner]:
        return rows.filter(pk__in=self.tenures().filter(role=value).values("owner_id"))

    def by_community(self, rows: QuerySet[Owner], name: str, value: Community) -> QuerySet[Owner]:
        return rows.filter(community_ids__contains=[value.pk])

    def by_tag(self, rows: QuerySet[Owner], name: str, value: Any) -> QuerySet[Owner]:
        if value.sensitive and not self.user.has_perm("owners.view_sensitive_tag"):
            return rows.none()
        in_force = Q(tags__expires_on__isnull=True) | Q(tags__expires_on__gte=timezone.localdate())
        found = Owner.objects.filter(in_force, tags__tag=value, tags__removed_at__isnull=True)
        return rows.filter(pk__in=found.values("pk"))

    def by_tag_expiry(self, rows: QuerySet[Owner], name: str, value: str) -> QuerySet[Owner]:
        return expiring_tags(rows, self.user)

    def by_missing(self, rows: QuerySet[Owner], name: str, value: str) -> QuerySet[Owner]:
        no_phone = ~Q(pk__in=OwnerPhone.objects.values("owner_id"))
        no_id = Q(id_index__isnull=True)
        return rows.filter({"phone": no_phone, "id": no_id}.get(value, no_phone | no_id))


class TenureFilter(FilterSet):
    visible = ("role", "state", "community")

    q = SearchFilter(_("房号、姓名、拼音"), method="search")
    role = django_filters.ChoiceFilter(label=_("角色"), choices=TenureRole.choices, empty_label=_("全部"))
    state = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[("current", _("在册")), ("ended", _("已终止")), ("coming", _("未开始"))],
        empty_label=_("全部"),
        method="by_state",
    )
    community = community_filter()
    phone = phone_filter("owner_id")
    is_primary_contact = YesNoFilter(label=_("主联系人"))
    is_payer = YesNoFilter(label=_("缴费人"))
    start = DateRangeFilter(label=_("起"))
    end = DateRangeFilter(label=_("止"))
    end_reason = DictFilter("tenure_end_reason", label=_("终止原因"))

    class Meta:
        model = Tenure
        fields: list[str] = []

    def search(self, rows: QuerySet[Tenure], name: str, value: str) -> QuerySet[Tenure]:
        word = normalise_name(value).replace(" ", "").lower()
        people = Owner.objects.filter(search__begins=[word]).values("pk")
        return rows.filter(Q(unit__in=units_like(value).values("pk")) | Q(owner__in=people)) if word else rows

    def by_state(self, rows: TenureQuerySet, name: str, value: str) -> TenureQuerySet:
        if value == "coming":
            return rows.filter(start__gt=timezone.localdate())
        return rows.current() if value == "current" else rows.ended()


class VehicleFilter(FilterSet):
    visible = ("community", "energy", "disabled_at")

    q = SearchFilter(_("车牌、车主姓名或拼音"), method="search")
    community = community_filter()
    energy = django_filters.ChoiceFilter(label=_("能源"), choices=Vehicle.Energy.choices, empty_label=_("全部"))
    disabled_at = ActiveFilter()
    room = django_filters.CharFilter(label=_("车位"), method="by_space")
    pass_until = DateRangeFilter(label=_("通行有效期至"))

    class Meta:
        model = Vehicle
        fields: list[str] = []

    def search(self, rows: QuerySet[Vehicle], name: str, value: str) -> QuerySet[Vehicle]:
        word = normalise_name(value).replace(" ", "")
        try:
            plate = normalise_plate(value)
        except BadValue:
            plate = word.upper()
        people = Owner.objects.filter(search__begins=[word.lower()]).values("pk")
        return rows.filter(Q(plate__contains=plate) | Q(owner__in=people)) if word else rows

    def by_space(self, rows: QuerySet[Vehicle], name: str, value: str) -> QuerySet[Vehicle]:
        return rows.filter(space__in=units_like(value).values("pk"))


class CorrectionFilter(FilterSet):
    visible = ("status", "topic", "community")

    q = SearchFilter(_("房号、姓名、拼音"), method="search")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=CorrectionStatus.choices, empty_label=_("全部"))
    topic = django_filters.ChoiceFilter(label=_("资料"), choices=CorrectionTopic.choices, empty_label=_("全部"))
    community = community_filter()
    created_at = DateRangeFilter(label=_("提交时间"))

    class Meta:
        model = Correction
        fields: list[str] = []

    def search(self, rows: QuerySet[Correction], name: str, value: str) -> QuerySet[Correction]:
        word = normalise_name(value).replace(" ", "").lower()
        people = Owner.objects.filter(search__begins=[word]).values("pk")
        return rows.filter(Q(unit__in=units_like(value).values("pk")) | Q(owner__in=people)) if word else rows


class CallBackFilter(SearchesLast, FilterSet):
    """`group` is what the tabs choose; it stands in the bar unseen, so that other filters keep it."""

    visible = ("status", "cause", "community", "group")

    q = SearchFilter(_("事由、房号"), method="search")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=CallBackStatus.choices, empty_label=_("全部"))
    cause = django_filters.ChoiceFilter(label=_("回访原因"), choices=CallBackCause.choices, empty_label=_("全部"))
    community = ScopedFilter(Community, "owners.view_callbacktask", label=_("项目"), load=communities_in_reach)
    group = django_filters.ChoiceFilter(
        label=_("范围"), choices=CALL_GROUPS, empty_label=None, method="in_group", widget=forms.HiddenInput
    )
    mine = django_filters.ChoiceFilter(
        label=_("分配"),
        choices=[("me", _("分配给我的")), ("nobody", _("还没有人认领"))],
        empty_label=_("全部"),
        method="whose",
    )
    plan = ScopedFilter(CallBackPlan, "owners.view_callbackplan", label=_("回访计划"), method="of_plan")
    round = django_filters.NumberFilter(label=_("轮次"))
    building = ScopedFilter(Building, "properties.view_building", picker="properties:building_picker", label=_("楼栋"))
    caller = StaffFilter(label=_("回访人"), method="of_caller", null_label=_("还没有人"), null_value="none")
    team = ScopedFilter(
        Team, "owners.view_callbacktask", label=_("回访班组"), method="of_callers_team",
        null_label=_("不在班组的和还没有人的"), null_value="none",
    )  # fmt: skip
    planned_at = DateRangeFilter(label=_("应回访日期"))
    created_at = DateRangeFilter(label=_("建立日期"))
    closed_at = DateRangeFilter(label=_("回访日期"))

    class Meta:
        model = CallBackTask
        fields: list[str] = []

    def chips(self, query: Any) -> Iterator[Chip]:
        """The tab already says which group it is; the parts of the figures have none."""
        tabs = {"all", "waiting", "now", "today", "late", "open_ends"}
        hidden = str(self.filters["group"].label) if query.get("group") in tabs else ""
        return (chip for chip in super().chips(query) if chip.label != hidden)

    def search(self, rows: QuerySet[CallBackTask], name: str, value: str) -> QuerySet[CallBackTask]:
        there = Q(unit__in=units_like(value).values("pk"))
        return any_of(rows, [said("title", value), Meaning.of(there)])

    def in_group(self, rows: Any, name: str, value: str) -> Any:
        """What is to be called, and the parts of the figures (owners.states)."""
        if value == "all":
            return rows
        if value == "waiting":
            return rows.waiting()
        if value in CALL_PARTS:
            return of_part(rows, value)
        if value == "late":
            return rows.late()
        if value == "open_ends":
            return rows.not_followed()
        if value == "today":
            return rows.waiting().filter(rows.is_due_today())
        return rows.ready_for(self.user)

    def whose(self, rows: QuerySet[CallBackTask], name: str, value: str) -> QuerySet[CallBackTask]:
        return rows.filter(assignee=self.user) if value == "me" else rows.filter(assignee__isnull=True)

    def of_plan(self, rows: Any, name: str, value: CallBackPlan) -> Any:
        return rows.of_plan(value)

    def of_caller(self, rows: Any, name: str, value: Any) -> Any:
        return rows.of_caller(None if value == "none" else value.pk)

    def of_callers_team(self, rows: Any, name: str, value: Any) -> Any:
        return of_team(rows, None if value == "none" else value)


class CallBackPlanFilter(FilterSet):
    visible = ("status", "cause", "community")

    q = SearchFilter(_("计划名称"), field_name="name", lookup_expr="icontains")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=PlanStatus.choices, empty_label=_("全部"))
    cause = django_filters.ChoiceFilter(
        label=_("回访类型"), choices=[(cause, cause.label) for cause in PLANNED], empty_label=_("全部")
    )
    community = community_filter()

    class Meta:
        model = CallBackPlan
        fields: list[str] = []


class CallScriptFilter(FilterSet):
    visible = ("cause", "community")

    q = SearchFilter(_("话术里的字"), field_name="text", lookup_expr="icontains")
    cause = django_filters.ChoiceFilter(label=_("回访原因"), choices=CallBackCause.choices, empty_label=_("全部"))
    community = ScopedFilter(
        Community, "owners.view_callscript", load=communities_in_reach, label=_("项目"), method="here"
    )

    class Meta:
        model = CallScript
        fields: list[str] = []

    def here(self, rows: Any, name: str, value: Any) -> Any:
        """What is said there: the community's own words and those of all."""
        return rows.holding_in(value)
