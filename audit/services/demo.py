"""The demo's accounts: one for each role of a small company, with names one would meet."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from audit import scope_choices
from audit.models import DataScope, Grant, Role, User
from audit.services import seeds
from audit.services.grants import grant_role
from audit.services.passwords import check_rules, store_password
from audit.services.users import create_user
from core.actors import SYSTEM


@dataclass(frozen=True)
class DemoAccount:
    username: str
    display_name: str
    position: str
    roles: tuple[str, ...]


ACCOUNTS = (
    DemoAccount("admin", "周文博", "信息化专员", (seeds.SYSTEM_ADMIN, seeds.FILE_IMPORTER)),
    DemoAccount("anquan", "郑立群", "安全管理员", (seeds.SECURITY_ADMIN,)),
    DemoAccount("kefu", "陈思雨", "客服专员", (seeds.CLERK,)),
    DemoAccount("kefu_zg", "林晓芸", "客服主管", (seeds.CLERK_LEAD,)),
    DemoAccount("gongcheng", "赵国强", "工程主管", (seeds.ENGINEER_LEAD,)),
    DemoAccount("weixiu1", "李建军", "水电维修工", (seeds.REPAIRER,)),
    DemoAccount("weixiu2", "孙大勇", "综合维修工", (seeds.REPAIRER,)),
    DemoAccount("weixiu3", "马志远", "电梯与弱电维修工", (seeds.REPAIRER,)),
    DemoAccount("caiwu", "吴敏", "收费员", (seeds.CASHIER,)),
    DemoAccount("jingli", "沈海波", "项目经理", (seeds.MANAGER,)),
    DemoAccount("shenji", "顾婉清", "审计专员", (seeds.AUDITOR,)),
)


@transaction.atomic
def create_demo_accounts(password: str, *, reset: bool) -> list[dict[str, Any]]:
    """Makes what is missing and gives every account its roles on all communities. Existing accounts keep their password unless
    `reset`. Returns one line for each account."""
    communities = [row.id for row in scope_choices.communities()]
    lines = []
    for account in ACCOUNTS:
        user = User.objects.filter(username=account.username).first()
        state = "kept" if user else "created"
        if user is None:
            check_rules(password, User(username=account.username, display_name=account.display_name))
            facts = {"display_name": account.display_name, "position": account.position}
            user = create_user(by=SYSTEM, username=account.username, password=password, must_change=False, **facts)
        elif reset:
            store_password(user, password, must_change=False)
            state = "password set"
        _give(user, account.roles, communities)
        lines.append({"username": user.username, "display_name": user.display_name, "state": state})
    return lines


def _give(user: User, codes: tuple[str, ...], communities: list[int]) -> None:
    for role in Role.objects.filter(code__in=codes):
        placed = role.data_scope in {DataScope.COMMUNITY, DataScope.SUBTREE}
        if placed and not communities:
            continue  # no estate yet: the next call, after the demo data, gives the role
        if not Grant.objects.filter(user=user, role=role, withdrawn_at__isnull=True).exists():
            grant_role(user, by=SYSTEM, role=role, communities=communities if placed else ())
