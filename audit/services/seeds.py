"""The ten role templates of DOMAIN 2.0 and the permissions each app gives them; seeded after every migration run.

Apps above register what their permissions mean for the templates in ready(), because this floor does not know them.
A permission is given to a template once, when it first appears: what an administrator took away later stays away.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.models import DataScope, FieldVisibility, Role

CLERK, CLERK_LEAD, ENGINEER_LEAD, REPAIRER = "clerk", "clerk_lead", "engineer_lead", "repairer"
CASHIER, MANAGER, GROUP_QUALITY = "cashier", "manager", "group_quality"
SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR = "system_admin", "security_admin", "auditor"
# Not one of the ten: bringing files in and out, given to the person who sets a project up.
FILE_IMPORTER = "file_importer"

_HIDDEN = dict.fromkeys(
    ("name_visibility", "phone_visibility", "id_visibility", "amount_visibility"), FieldVisibility.HIDDEN
)
TEMPLATES: dict[str, dict[str, Any]] = {
    CLERK: {"name": _("客服"), "description": _("建档、代录报修投诉、派简单工单、回访")},
    CLERK_LEAD: {"name": _("客服主管"), "description": _("判级、派单改派、督办、审核")},
    ENGINEER_LEAD: {
        "name": _("工程主管"),
        "description": _("派工、备件、计划维护"),
        "id_visibility": FieldVisibility.HIDDEN,
        "amount_visibility": FieldVisibility.HIDDEN,
    },
    REPAIRER: {
        "name": _("维修工"),
        "description": _("只看自己的工单，不能导出"),
        "data_scope": DataScope.SELF,
        "id_visibility": FieldVisibility.HIDDEN,
        "amount_visibility": FieldVisibility.HIDDEN,
    },
    CASHIER: {"name": _("收费员"), "description": _("出账、收款、收据、日结")},
    MANAGER: {"name": _("项目经理"), "description": _("重大投诉、减免审批、报表")},
    GROUP_QUALITY: {
        "name": _("区域品质"),
        "description": _("跨项目报表、抽查、满意度"),
        "data_scope": DataScope.SUBTREE,
        "name_visibility": FieldVisibility.MASKED,
    },
    SYSTEM_ADMIN: {
        "name": _("系统管理员"),
        "description": _("账号、组织、字典、参数；无业务数据"),
        "data_scope": DataScope.ALL,
        **_HIDDEN,
    },
    SECURITY_ADMIN: {
        "name": _("安全管理员"),
        "description": _("角色权限、密码策略、解锁；无业务数据"),
        "data_scope": DataScope.ALL,
        **_HIDDEN,
    },
    AUDITOR: {
        "name": _("审计管理员"),
        "description": _("只看和导出操作日志"),
        "data_scope": DataScope.ALL,
        **_HIDDEN,
    },
    FILE_IMPORTER: {"name": _("档案导入"), "description": _("项目、楼栋、房屋与住户的建立和批量导入导出")},
}

_given: dict[str, list[str]] = defaultdict(list)


def give(permissions: Mapping[str, Sequence[str]]) -> None:
    """{template code: permission names}; called by apps in ready()."""
    for code, names in permissions.items():
        _given[code] += [name for name in names if name not in _given[code]]


give(
    {
        SYSTEM_ADMIN: [
            "audit.view_user", "audit.add_user", "audit.change_user", "audit.disable_user", "audit.reset_password_user",
            "audit.export_user", "core.view_dicttype", "core.change_dicttype", "core.watch_job", "core.export_job",
            "core.view_workcalendar", "core.add_workcalendar", "core.change_workcalendar", "core.delete_workcalendar",
            "core.export_workcalendar",
        ],
        # Who works by deadlines may see what they are counted by.
        **{code: ["core.view_workcalendar"] for code in (CLERK, CLERK_LEAD, ENGINEER_LEAD, MANAGER, GROUP_QUALITY)},
        SECURITY_ADMIN: [
            "audit.view_user", "audit.unlock_user", "audit.disable_user", "audit.grant_role_user",
            "audit.view_role", "audit.add_role", "audit.change_role", "audit.view_signinentry",
            "audit.export_user", "audit.export_role",
        ],
        AUDITOR: ["core.view_logentry", "core.export_logentry", "audit.view_signinentry", "audit.export_signinentry"],
    }
)  # fmt: skip


@transaction.atomic
def seed() -> None:
    for sort, (code, fields) in enumerate(TEMPLATES.items(), start=1):
        values = {key: str(value) for key, value in fields.items()} | {"sort": sort * 10, "builtin": True}
        role, _created = Role.objects.get_or_create(code=code, defaults=values)
        new = [name for name in _given[code] if name not in role.seeded]
        if new:
            role.permissions.add(*permissions_named(new))
            role.seeded = [*role.seeded, *new]
            role.save(update_fields=["seeded"])


def permissions_named(names: Sequence[str]) -> list[Permission]:
    """The permission rows of "app.codename" names; unknown names are an error of the code that gave them."""
    wanted = set(names)
    rows = Permission.objects.filter(
        content_type__app_label__in={name.split(".")[0] for name in wanted},
        codename__in={name.split(".")[1] for name in wanted},
    ).select_related("content_type")
    found = {f"{row.content_type.app_label}.{row.codename}": row for row in rows}
    missing = wanted - found.keys()
    if missing:
        raise LookupError(f"unknown permissions: {', '.join(sorted(missing))}")
    return [found[name] for name in names]


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    """Runs when the last app has its tables; permissions of the apps above may not be written yet: they are made here."""
    if using != "default":
        return
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0, using=using)
    seed()
