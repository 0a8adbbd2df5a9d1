"""Columns of the lists of people, roles and logs."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.queries import trail
from core import log
from core.web.tables import (
    DASH,
    ActiveColumn,
    ChoiceColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    NumberColumn,
    Table,
)


class RolesColumn(Column):
    """Roles in force, from the prefetched `grants_now`."""

    def words(self, record: Any) -> str:
        return "、".join(grant.role.name for grant in record.grants_now)

    def cell(self, value: Any, record: Any) -> str:
        return self.words(record) or DASH

    def export(self, value: Any, record: Any) -> str:
        return self.words(record)


class UserStatusColumn(Column):
    def cell(self, value: Any, record: Any) -> SafeString:
        return format_html('<span class="st st-{}">{}</span>', record.status_colour, record.status_word)

    def export(self, value: Any, record: Any) -> str:
        return str(record.status_word)


class UserTable(Table):
    display_name = LinkColumn(verbose_name=_("姓名"))
    username = Column(verbose_name=_("账号"))
    staff_number = Column(verbose_name=_("工号"), shown=False)
    position = Column(verbose_name=_("岗位"))
    roles = RolesColumn(verbose_name=_("角色"), accessor="pk", orderable=False, css="cut")
    status = UserStatusColumn(verbose_name=_("状态"), accessor="disabled_at", orderable=False)
    valid_until = DateColumn(verbose_name=_("账号有效期至"), shown=False)
    last_login = DateTimeColumn(verbose_name=_("最近登录"))
    created_at = DateTimeColumn(verbose_name=_("建立时间"), shown=False)


class RoleTable(Table):
    name = LinkColumn(verbose_name=_("角色"))
    description = Column(verbose_name=_("说明"), orderable=False, css="cut")
    data_scope = ChoiceColumn(verbose_name=_("数据范围"), orderable=False)
    phone_visibility = ChoiceColumn(verbose_name=_("手机号"), orderable=False)
    id_visibility = ChoiceColumn(verbose_name=_("证件号"), orderable=False)
    amount_visibility = ChoiceColumn(verbose_name=_("金额"), orderable=False, shown=False)
    name_visibility = ChoiceColumn(verbose_name=_("姓名"), orderable=False, shown=False)
    permission_count = NumberColumn(verbose_name=_("权限数"), orderable=False)
    people_count = NumberColumn(verbose_name=_("人数"), orderable=False)
    disabled_at = ActiveColumn(verbose_name=_("状态"), orderable=False)


class SentenceColumn(Column):
    """What was done, opening the entry beside the list."""

    def cell(self, value: Any, record: Any) -> SafeString:
        url = reverse("audit:log_detail", args=[record.pk])
        return format_html('<a href="{}" data-dialog>{}</a>', url, log.sentence_of(value))

    def export(self, value: Any, record: Any) -> str:
        return log.sentence_of(value)


class TypeColumn(Column):
    def cell(self, value: Any, record: Any) -> str:
        return trail.type_word(value or "")

    export = cell


class ChangesColumn(Column):
    """The touched fields on the page; fields with old and new values in the export."""

    def cell(self, value: Any, record: Any) -> str:
        return trail.summary(record) or DASH

    def export(self, value: Any, record: Any) -> str:
        lines = trail.changes_of(record)
        return "；".join(f"{c.label}: {c.new}" if c.old is None else f"{c.label}: {c.old} → {c.new}" for c in lines)


class CommunityColumn(Column):
    """Names of communities; the names are read once for each page by the view."""

    def cell(self, value: Any, record: Any) -> str:
        return trail.community_word(value)

    export = cell


class LogTable(Table):
    at = DateTimeColumn(verbose_name=_("时间"), order_by=("pk",))
    actor_label = Column(verbose_name=_("操作人"), orderable=False, css="nw")
    action = SentenceColumn(verbose_name=_("操作"), orderable=False, css="nw")
    object_type = TypeColumn(verbose_name=_("对象类型"), orderable=False, css="nw")
    object_label = Column(verbose_name=_("对象"), orderable=False, css="cut")
    changes = ChangesColumn(verbose_name=_("改动内容"), orderable=False, css="cut")
    reason = Column(verbose_name=_("事由"), orderable=False, css="cut")
    community_id = CommunityColumn(verbose_name=_("项目"), orderable=False, shown=False)
    ip = Column(verbose_name=_("来源地址"), orderable=False)
    request_id = Column(verbose_name=_("请求编号"), orderable=False, shown=False)


SIGN_IN_COLOURS = {
    "success": "green",
    "failure": "red",
    "locked": "red",
    "disabled": "orange",
    "signed_out": "grey",
    "expired": "grey",
    "ended": "grey",
    "unlocked": "blue",
}


class PersonColumn(Column):
    """The person by name, not as a link: whoever reads the sign-in log (the auditor) may not open accounts."""

    def cell(self, value: Any, record: Any) -> str:
        return str(_("不存在的账号") if record.user is None else record.user)

    def export(self, value: Any, record: Any) -> str:
        return str(record.user or "")


class SignInTable(Table):
    at = DateTimeColumn(verbose_name=_("时间"), order_by=("pk",))
    username = Column(verbose_name=_("账号"), orderable=False)
    user = PersonColumn(verbose_name=_("人员"), orderable=False)
    result = ChoiceColumn(verbose_name=_("结果"), orderable=False, colours=SIGN_IN_COLOURS)
    ip = Column(verbose_name=_("来源地址"), orderable=False)
    user_agent = Column(verbose_name=_("浏览器"), orderable=False, css="cut")
