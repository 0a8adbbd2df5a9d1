"""Announcements on an office screen."""

import pytest
from playwright.sync_api import Page

from notices.states import Status
from tests.factories.audit import UserFactory, grant_to
from tests.factories.notices import NoticeFactory
from tests.factories.properties import CommunityFactory
from tests.support.browser import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_long_list_beside_a_notice_leaves_its_tabs_where_they_are(page: Page, live_server) -> None:
    community = CommunityFactory()
    user = UserFactory(username="reader")
    grant_to(user, "notices.view_notice", communities=[community])
    rows = [NoticeFactory(community=community, status=Status.PUBLISHED) for _row in range(12)]
    enter(page, live_server.url, "reader")
    page.goto(f"{live_server.url}/notices/{rows[0].pk}/")
    tabs, box = (page.locator(name).bounding_box() for name in ("#nb-side nav.tabs", "#nb-side"))
    assert tabs is not None and box is not None
    assert tabs["height"] >= 30 and tabs["y"] >= box["y"]
    assert page.locator("#nb-side").evaluate("box => box.scrollHeight > box.clientHeight"), (
        "the list is longer than the screen"
    )
