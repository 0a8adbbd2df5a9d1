"""The house's directory as data: menu, tabs of the household file, cards of the workbench. A test resolves every name.

Floors that come later add their lines here; the pages below learn of them only through this list.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class MenuItem:
    """`match` lists the URL-name prefixes for which the entry is the current one."""

    label: Any
    icon: str
    url: str
    permission: str
    match: tuple[str, ...] = ()


@dataclass(frozen=True)
class MenuGroup:
    label: Any
    items: tuple[MenuItem, ...]


@dataclass(frozen=True)
class FileTab:
    """A tab of the household file; `url` takes the primary key and answers a fragment, loaded when the tab is opened."""

    name: str
    label: Any
    url: str
    permission: str


@dataclass(frozen=True)
class Card:
    """A to-do card of the workbench; `url` answers a fragment with its count."""

    name: str
    label: Any
    icon: str
    url: str
    permission: str


@dataclass(frozen=True)
class QuickAction:
    label: Any
    icon: str
    url: str
    permission: str
    primary: bool = False


MENU: tuple[MenuGroup, ...] = (
    MenuGroup("", (MenuItem(_("我的工作台"), "home", "dashboard:workbench", "*", ("dashboard:",)),)),
    MenuGroup(
        _("系统"),
        (
            MenuItem(_("数据字典"), "book-2", "core:dictionary_list", "core.view_dicttype", ("core:dict",)),
            MenuItem(_("任务中心"), "progress", "core:job_list", "*", ("core:job",)),
            MenuItem(_("人员与账号"), "users-group", "audit:user_list", "audit.view_user", ("audit:user", "audit:grant")),
            MenuItem(_("角色与权限"), "shield-lock", "audit:role_matrix", "audit.view_role", ("audit:role",)),
            MenuItem(_("操作日志"), "history", "audit:log_list", "core.view_logentry", ("audit:log",)),
            MenuItem(_("登录日志"), "login", "audit:sign_in_log", "audit.view_signinentry", ("audit:sign_in_log",)),
        ),
    ),
)
UNIT_TABS: tuple[FileTab, ...] = ()
OWNER_TABS: tuple[FileTab, ...] = ()
CARDS: tuple[Card, ...] = ()
QUICK_ACTIONS: tuple[QuickAction, ...] = ()
