"""People at their desks, for the tests of announcements."""

from typing import Any

from tests.factories.audit import user_with

WRITE = ("notices.view_notice", "notices.add_notice", "notices.change_notice", "notices.view_delivery")
REVIEW = ("notices.view_notice", "notices.approve_notice", "notices.publish_notice", "notices.withdraw_notice")
ALL = (
    *WRITE, *REVIEW, "notices.publish_urgent_notice", "notices.export_notice", "notices.export_delivery",
    "notices.tell_delivery", "notices.resend_delivery",
)  # fmt: skip


def writer(*communities: Any, **options: Any) -> Any:
    return user_with(*WRITE, communities=communities, **options)


def reviewer(*communities: Any, **options: Any) -> Any:
    return user_with(*REVIEW, communities=communities, **options)


def everything(*communities: Any, **options: Any) -> Any:
    return user_with(*dict.fromkeys(ALL), communities=communities, **options)
