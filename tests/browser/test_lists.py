"""What the scripts of a list do that no response shows."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from audit.models import DataScope
from tests.factories.audit import UserFactory, all_permission_names, grant_to
from tests.support.browser import enter

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_link_that_brings_a_filter_of_the_panel_into_force_brings_its_control(page: Page, live_server) -> None:
    """全部时间 of the log stays while the words that are looked for change."""
    user = UserFactory(username="walker")
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    enter(page, live_server.url, "walker")
    page.goto(f"{live_server.url}{reverse('audit:log_list')}?q=1502")
    chip = page.locator(".fl-chips .chip", has_text="最近 30 天")
    chip.locator("a").click()
    expect(page.locator("#more-filters")).to_have_attribute("data-open", "1")
    expect(page.locator("#more-filters select[name=span]")).to_have_value("all")
    page.locator("#list-search").fill("1503")
    page.wait_for_url(lambda address: "q=1503" in address and "span=all" in address)
    expect(chip).to_have_count(0)
