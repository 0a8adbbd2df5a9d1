"""What the scripts of a list do that no response shows."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from audit.models import DataScope
from tests.factories.audit import UserFactory, all_permission_names, grant_to
from tests.support.browser import enter

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_filter_of_the_closed_panel_stays_in_force(page: Page, live_server) -> None:
    """全部时间 of the log, which a link of the list brings, stays while the words that are looked for change."""
    user = UserFactory(username="walker")
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    enter(page, live_server.url, "walker")
    page.goto(f"{live_server.url}{reverse('audit:log_list')}?q=1502")
    chip = page.locator(".fl-chips .chip", has_text="最近 30 天")
    chip.locator("a").click()
    expect(page.locator("[data-more-count]")).to_have_text("1")
    expect(page.locator("#more-filters")).to_have_attribute("data-open", "0")
    page.locator("#list-search").fill("1503")
    page.wait_for_url(lambda address: "q=1503" in address and "span=all" in address)
    expect(chip).to_have_count(0)
    page.locator("[data-more-filters]").click()  # its control takes over
    expect(page.locator("#more-filters select[name=span]")).to_have_value("all")
    page.locator("#list-search").fill("1504")
    page.wait_for_url(lambda address: "q=1504" in address and address.count("span=all") == 1)
    page.locator("#more-filters select[name=span]").select_option("")
    page.wait_for_url(lambda address: "span=all" not in address)
    expect(page.locator("[data-more-count]")).to_be_hidden()
