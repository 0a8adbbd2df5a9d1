"""What staff are told, by kind, as data: apps declare theirs in ready(), and everybody chooses kind by kind how it reaches him.

declare("notices.review", _("待我审核的通知"), demands=True, permission="notices.approve_notice")
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

ANYONE = "*"


@dataclass(frozen=True)
class Kind:
    """`demands`: somebody has to do something about it, so the bell cannot be switched off. `permission`: who is ever told."""

    code: str
    label: Any
    help: Any = ""
    demands: bool = False
    permission: str = ANYONE


_kinds: dict[str, Kind] = {}


def declare(code: str, label: Any, *, help: Any = "", demands: bool = False, permission: str = ANYONE) -> Kind:
    return _kinds.setdefault(code, Kind(code, label, help, demands, permission))


def get(code: str) -> Kind:
    """Raises KeyError for a kind nobody has declared."""
    return _kinds[code]


def for_user(user: Any) -> list[Kind]:
    """What this person may be told, in the order of declaration: what demands an act first, the rest of it last."""
    mine = [kind for kind in _kinds.values() if kind.permission == ANYONE or user.has_perm(kind.permission)]
    return sorted(mine, key=lambda kind: (kind.code == OTHER.code, not kind.demands))


# Whatever names no kind of its own may demand anything.
OTHER = declare("message", _("其他消息"), demands=True)
JOB = declare("core.job", _("后台任务的结果"), help=_("导入、导出等做完或没有做成"))
