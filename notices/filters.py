"""Filters of announcements, templates and deliveries."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.web.filters import ActiveFilter, DateRangeFilter, DictFilter, FilterSet, ScopedFilter, SearchFilter
from notices.models import Delivery, Notice, NoticeTemplate, Urgency
from notices.queries.owners import SOURCE
from notices.states import GROUPS, Outcome, OwnerChannel, Status
from owners.queries.rooms import units_like
from properties.models import Building, Community


class NoticeFilter(FilterSet):
    visible = ("status", "notice_type", "community")
    q = SearchFilter(_("标题或编号"), method="search")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Status.choices, empty_label=_("全部"))
    notice_type = DictFilter("notice_type", label=_("类型"))
    community = ScopedFilter(Community, "notices.view_notice", label=_("项目"), method="in_community")
    urgency = django_filters.ChoiceFilter(label=_("紧急度"), choices=Urgency.choices, empty_label=_("全部"))
    published_at = DateRangeFilter(label=_("发布日期"))
    group = django_filters.ChoiceFilter(
        label=_("阶段"),
        choices=[
            ("standing", _("已发布")), ("waiting", _("待审核")), ("ready", _("待发布")), ("drafts", _("草稿与驳回")),
            ("ended", _("已结束")),
        ],
        empty_label=_("全部"),
        method="in_group",
    )  # fmt: skip

    mine = django_filters.ChoiceFilter(
        label=_("与我有关"),
        choices=[("review", _("等我审核")), ("author", _("我起草的"))],
        empty_label=_("全部"),
        method="of_mine",
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def of_mine(self, rows: Any, name: str, value: str) -> Any:
        if value == "author":
            return rows.filter(author_id=self.user.pk)
        mine = Notice.objects.visible_to(self.user, "notices.approve_notice").exclude(author_id=self.user.pk)
        return rows.filter(status=Status.SUBMITTED, pk__in=mine.values("pk"))

    def search(self, rows: Any, name: str, value: str) -> Any:
        value = value.strip()
        return rows.filter(Q(title__icontains=value) | Q(number__icontains=value))

    def in_community(self, rows: Any, name: str, value: Any) -> Any:
        return rows.filter(community_ids__contains=[value.pk])

    def in_group(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(status__in=GROUPS[value])


class TemplateFilter(FilterSet):
    visible = ("notice_type", "disabled_at")
    q = SearchFilter(_("名称或标题"), method="search")
    notice_type = DictFilter("notice_type", label=_("类型"))
    disabled_at = ActiveFilter()

    class Meta:
        model = NoticeTemplate
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value.strip()) | Q(title__icontains=value.strip()))


class DeliveryFilter(FilterSet):
    visible = ("notice", "status", "channel")
    q = SearchFilter(_("房号"), method="search")
    notice = ScopedFilter(Notice, "notices.view_notice", label=_("通知"), method="of_notice")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Outcome.choices, empty_label=_("全部"))
    channel = django_filters.ChoiceFilter(label=_("渠道"), choices=OwnerChannel.choices, empty_label=_("全部"))
    building = ScopedFilter(Building, "notices.view_delivery", picker="properties:building_picker", label=_("楼栋"))
    read = django_filters.ChoiceFilter(
        label=_("阅读"), choices=[("yes", _("已读")), ("no", _("未读"))], empty_label=_("全部"), method="by_reading"
    )
    sent_at = DateRangeFilter(label=_("发送日期"))

    class Meta:
        model = Delivery
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(unit__in=units_like(value).values("pk"))

    def of_notice(self, rows: Any, name: str, value: Notice) -> Any:
        return rows.filter(source_type=SOURCE, source_id=value.pk)

    def by_reading(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(read_at__isnull=value == "no")
