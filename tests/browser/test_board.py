"""The dispatch board without a mouse."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories.audit import UserFactory, grant_to
from tests.factories.properties import CommunityFactory
from tests.factories.workorders import RepairerFactory, WorkOrderFactory, works
from tests.support.browser import enter, serious_findings
from workorders.models import WorkOrder
from workorders.states import Status

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def orders(page: Page, live_server):
    """Three drains that wait, 甲 free and 乙 busy; somebody who dispatches looks at the board."""
    community = CommunityFactory()
    user = UserFactory(username="dispatcher")
    names = ("workorders.dispatch_workorder", "workorders.view_workorder", "workorders.set_duty_repairer")
    grant_to(user, *names, "workorders.view_repairer", communities=[community])
    for name, load in (("甲", 0), ("乙", 2)):
        row = works(RepairerFactory(community=community, user=UserFactory(display_name=name), skills=["plumbing"]))
        for _one in range(load):
            WorkOrderFactory(unit__building__community=community, status="working", assignee=row.user)
    due = timezone.now() + timedelta(hours=2)
    found = [
        WorkOrderFactory(
            unit__building__community=community,
            code="drain",
            next_clock="response",
            next_due_at=due + timedelta(minutes=n),
        )
        for n in range(3)
    ]
    enter(page, live_server.url, "dispatcher")
    page.goto(f"{live_server.url}{reverse('workorders:board')}")
    return found


def status(order: WorkOrder) -> tuple[str, str]:
    order.refresh_from_db()
    return order.status, str(order.assignee or "")


def test_one_order_goes_by_keys_alone(page: Page, orders) -> None:
    page.locator(f"#o-{orders[0].pk}").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".db-o.on")).to_contain_text(orders[1].address)
    expect(page.locator(f"#o-{orders[1].pk}")).to_be_focused()
    assert serious_findings(page) == []
    page.locator("#send-first").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".db-o")).to_have_count(2)
    assert status(orders[1]) == (Status.DISPATCHED, "甲")


def test_another_than_the_first_is_asked_why_in_a_dialog(page: Page, orders) -> None:
    page.get_by_role("link", name="派给乙").first.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("select[name=to]")).to_be_focused()
    dialog.locator("[name=reason]").focus()
    page.keyboard.type("业主点名")
    page.keyboard.press("Enter")
    expect(page.locator(".db-o")).to_have_count(2)
    assert status(orders[0]) == (Status.DISPATCHED, "乙")


def test_ticks_survive_the_refresh_and_many_go_to_one(page: Page, orders) -> None:
    page.locator(f"#o-{orders[0].pk}").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("[data-board-count]")).to_have_text("2")
    with page.expect_response(lambda answer: "/board/" in answer.url):
        page.keyboard.press("Enter")
    expect(page.locator(".db-o.on")).to_contain_text(orders[1].address)
    expect(page.locator("[data-board-tick]:checked")).to_have_count(2)
    page.locator("[data-board-to]").last.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="派出 2 单").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".db-o")).to_have_count(1)
    assert {status(order) for order in orders[:2]} == {(Status.DISPATCHED, "乙")}
