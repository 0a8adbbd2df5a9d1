"""投诉统计 in Chromium: no console error, no broken content policy, no serious axe finding; charts are drawn, and a figure opens its list."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from audit.models import DataScope
from tests.browser.test_workorder_pages import walk
from tests.complaints.test_reports import world
from tests.factories.audit import UserFactory, all_permission_names, grant_to
from tests.factories.properties import CommunityFactory
from tests.support.browser import enter

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def community(transactional_db: None) -> Any:
    user = UserFactory(username="walker", display_name="周敏")
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    community = CommunityFactory(name="湖映花园", city="南京市")
    world(community)
    return community


def test_the_report_is_clean_and_accessible_and_its_figures_open_their_lists(
    page: Page, live_server: Any, community: Any
) -> None:
    enter(page, live_server.url, "walker")
    query = f"?period={timezone.localdate().year}&kind="
    pages = [f"{reverse(f'complaints:{name}')}{query}" for name in ("report", "report_by", "report_cross")]
    asked = f"{reverse('complaints:report')}?period=range"
    formula = reverse("complaints:report_formula", args=[community.pk])
    assert walk(page, live_server.url, [*pages, f"{pages[1]}&by=community", asked, formula]) == {}
    page.goto(f"{live_server.url}{pages[2]}")
    expect(page.locator("[data-chart] canvas")).to_be_visible()
    total = page.locator(".rp-x tfoot td").last
    expect(total).to_have_text("9")
    total.locator("a").click()
    page.wait_for_url("**/complaints/?**")
    expect(page.locator("#list tbody tr")).to_have_count(9)
    page.goto(f"{live_server.url}{pages[0]}")
    expect(page.locator("#div_id_start")).to_be_hidden()
    page.select_option("#id_period", "range")
    expect(page.locator("#div_id_start")).to_be_visible()
