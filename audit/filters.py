"""Filters of the lists of people, roles and logs; their state is the query string."""

import ipaddress
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import scope_choices
from audit.models import Grant, Role, SignInEntry, User
from audit.queries import trail
from audit.queries.colleagues import colleagues
from core.models import LogEntry
from core.web.filters import ActiveFilter, Chip, DateRangeFilter, FilterSet, SearchFilter, YesNoFilter, without
from core.web.pickers import RemoteSelect

# How far back a search goes that no index answers.
RECENT = timedelta(days=30)


def _communities() -> list[tuple[int, str]]:
    return [(row.id, row.label) for row in scope_choices.communities()]


def by_address(rows: QuerySet, name: str, value: str) -> QuerySet:
    """A whole address; anything else finds nothing instead of failing in the database."""
    try:
        return rows.filter(**{name: str(ipaddress.ip_address(value.strip()))})
    except ValueError:
        return rows.none()


class StaffFilter(django_filters.ModelChoiceFilter):
    """Somebody who works or worked in the reader's communities."""

    def __init__(self, **options: Any) -> None:
        widget = RemoteSelect("audit:staff_picker", placeholder=options["label"], query="?ever=1")
        super().__init__(queryset=User.objects.all(), widget=widget, empty_label=_("全部"), **options)

    def get_queryset(self, request: Any) -> QuerySet[User]:
        return colleagues(self.parent.user, ever=True)


class UserFilter(FilterSet):
    visible = ("role", "disabled_at")

    q = SearchFilter(_("姓名、账号、工号"), method="search")
    role = django_filters.ModelChoiceFilter(
        label=_("角色"), queryset=lambda request: Role.objects.all(), method="holds"
    )
    disabled_at = ActiveFilter()
    community = django_filters.ChoiceFilter(
        label=_("项目"), choices=_communities, method="works_in", empty_label=_("全部")
    )
    position = django_filters.CharFilter(label=_("岗位"), lookup_expr="icontains")
    last_login = DateRangeFilter(label=_("最近登录"))

    class Meta:
        model = User
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(
            Q(display_name__icontains=value) | Q(username__icontains=value) | Q(staff_number__istartswith=value)
        )

    def holds(self, rows: QuerySet, name: str, value: Role) -> QuerySet:
        return rows.filter(pk__in=Grant.objects.in_force().filter(role=value).values("user"))

    def works_in(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(pk__in=Grant.objects.in_force().filter(community_ids__contains=[int(value)]).values("user"))


class RoleFilter(FilterSet):
    visible = ("data_scope", "disabled_at")

    q = SearchFilter(_("角色名称或说明"), method="search")
    data_scope = django_filters.ChoiceFilter(
        label=_("数据范围"), choices=lambda: Role._meta.get_field("data_scope").choices
    )
    disabled_at = ActiveFilter()

    class Meta:
        model = Role
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(name__icontains=value) | Q(description__icontains=value))


class RecentFilterSet(FilterSet):
    """A log: what no index answers (UNINDEXED) is looked for in the last 30 days, unless a time or 全部时间 is chosen."""

    UNINDEXED: tuple[str, ...] = ()

    at = DateRangeFilter(label=_("时间"))
    span = django_filters.ChoiceFilter(
        label=_("查找范围"), choices=[("all", _("全部时间"))], method="spanned", empty_label=_("最近 30 天")
    )

    def is_recent_only(self) -> bool:
        """Whether the filters in force would read the whole log, so that only its last 30 days are searched."""
        chosen = self.form.cleaned_data
        return any(chosen.get(name) for name in self.UNINDEXED) and not chosen.get("at") and not chosen.get("span")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows: QuerySet = super().filter_queryset(queryset)
        return rows.filter(at__gte=timezone.now() - RECENT) if self.is_recent_only() else rows

    def chips(self, query: QueryDict) -> Iterator[Chip]:
        yield from super().chips(query)
        if self.form.is_valid() and self.is_recent_only():
            yield Chip(str(_("时间")), str(_("最近 30 天")), f"{without(query, 'span')}&span=all")

    def spanned(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows


class LogFilter(RecentFilterSet):
    """Why no index answers a word in an object's name:

    Measured on 500,000 entries: a word that is nowhere costs 110–180 ms over the whole log and grows with it, 13 ms in 30 days by the
    block ranges of `at`. A trigram index answers in 2 ms, but doubles the price of writing (50,000 entries: 0.6–0.75 s without it,
    1.3–1.5 s with it, and 26 MB more), which every import would pay for a search that is made a few times a day.
    """

    visible = ("actor", "action")
    UNINDEXED = ("q", "reason", "ip", "request_id")

    q = SearchFilter(_("对象名称"), field_name="object_label", lookup_expr="icontains")
    actor = StaffFilter(label=_("操作人"), method="done_by")
    action = django_filters.ChoiceFilter(label=_("操作"), choices=trail.actions, empty_label=_("全部"))
    object_type = django_filters.ChoiceFilter(label=_("对象类型"), choices=trail.object_types, empty_label=_("全部"))
    object_id = django_filters.NumberFilter(label=_("对象编号"), min_value=0, max_value=2**63 - 1)
    community_id = django_filters.ChoiceFilter(label=_("项目"), choices=_communities, empty_label=_("全部"))
    ip = django_filters.CharFilter(label=_("来源地址"), method=by_address)
    reason = django_filters.CharFilter(label=_("事由"), lookup_expr="icontains")
    request_id = django_filters.CharFilter(label=_("请求编号"))
    sensitive = YesNoFilter(label=_("敏感操作"), method="only_sensitive")

    class Meta:
        model = LogEntry
        fields: list[str] = []

    def done_by(self, rows: QuerySet, name: str, value: User) -> QuerySet:
        return rows.filter(actor_type="user", actor_id=value.pk)

    def only_sensitive(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        codes = trail.sensitive_actions()
        return rows.filter(action__in=codes) if value else rows.exclude(action__in=codes)


class SignInFilter(RecentFilterSet):
    """Part of an account is found by no index, and this log grows with every attempt anybody makes from outside."""

    visible = ("result", "ip")
    UNINDEXED = ("q", "ip")

    q = SearchFilter(_("账号"), field_name="username", lookup_expr="icontains")
    result = django_filters.ChoiceFilter(label=_("结果"), choices=SignInEntry.Result.choices, empty_label=_("全部"))
    ip = django_filters.CharFilter(label=_("来源地址"), method=by_address)

    class Meta:
        model = SignInEntry
        fields: list[str] = []
