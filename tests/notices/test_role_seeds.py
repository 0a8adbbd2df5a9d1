"""What the ten roles of DOMAIN 2.0 may do with announcements and channels: the text, read as a table."""

import pytest

from audit.models import Role
from audit.services import seeds as roles

pytestmark = pytest.mark.django_db

READ = {"view_notice", "view_delivery"}
DRAFT = {"add_notice", "change_notice", "view_noticetemplate", "tell_delivery"}
REVIEW = {
    "approve_notice", "publish_notice", "publish_urgent_notice", "withdraw_notice", "export_notice", "export_delivery",
    "resend_delivery", "add_noticetemplate", "change_noticetemplate", "export_noticetemplate",
}  # fmt: skip
EXPECTED: dict[str, set[str]] = {
    roles.CLERK: READ | DRAFT,  # 发通知草稿
    roles.CLERK_LEAD: READ | DRAFT | REVIEW,  # 审核通知
    roles.ENGINEER_LEAD: {"view_notice"},  # work orders only
    roles.REPAIRER: set(),  # own orders only
    roles.CASHIER: READ,
    roles.MANAGER: READ | DRAFT | REVIEW,
    roles.GROUP_QUALITY: READ,  # 抽查
    roles.SYSTEM_ADMIN: {"change_channelsetting"},  # parameters, no business data
    roles.SECURITY_ADMIN: set(),
    roles.AUDITOR: set(),
}


@pytest.mark.parametrize("code", sorted(EXPECTED))
def test_2_0_a_role_holds_what_the_text_gives_it(code: str) -> None:
    held = Role.objects.get(code=code).permissions.filter(content_type__app_label="notices")
    assert set(held.values_list("codename", flat=True)) == EXPECTED[code]
