"""Every page of repairs and of the working calendars in Chromium: no console error, no broken content policy (tests/support/browser.py),
no serious axe finding, and none wider than the screen it is made for."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from audit.models import DataScope
from core.actors import SYSTEM
from core.models import WorkCalendar
from core.queries.calendars import default_calendar
from core.services import links
from notices.models import Delivery
from tests.factories.audit import UserFactory, all_permission_names, grant_to
from tests.factories.calendars import CalendarExceptionFactory, WorkCalendarFactory
from tests.factories.owners import OwnerFactory
from tests.factories.properties import PlaceFactory, UnitFactory
from tests.factories.workorders import (
    MaterialFactory,
    OutageFactory,
    PriceItemFactory,
    RepairerFactory,
    ReportCodeFactory,
    SupervisionFactory,
    SuspensionRequestFactory,
    WorkOrderFactory,
    kind_of,
    works,
)
from tests.support.browser import enter, serious_findings
from workorders.models import ClockRule, RepairRule, WorkOrder
from workorders.queries.after import CONTRACTOR
from workorders.services import after, dispatch, intake, pausing, work
from workorders.services.messages import FOLLOW, tell_owner
from workorders.states import MessageKind

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


@pytest.fixture
def user(transactional_db: None) -> Any:
    user = UserFactory(username="walker", display_name="周敏")
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    return user


@pytest.fixture
def world(user: Any) -> dict[str, Any]:
    """Orders that have been through something, by the services, so that every panel of the pages has something to show."""
    unit = UnitFactory()
    community, owner = unit.community, OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
    person = works(RepairerFactory(community=community, skills=["plumbing"]))
    fields = {
        "source": "hotline",
        "owner": owner,
        "reporter_name": "王建国",
        "reporter_phone": "13800138000",
        "description": "漏水",
    }
    waiting, paused, done = (
        intake.create_order(by=user, unit=unit, kind=kind_of("tap"), paid=False, **fields) for _one in range(3)
    )
    for order in (paused, done):
        dispatch.dispatch_order(order, by=user, to=person.user)
        dispatch.accept_order(order, by=user)
    pausing.await_parts(paused, by=user, part="阀芯", expected_on=timezone.localdate())
    work.arrive(done, by=user)
    done.checks.update(done_at=timezone.now())
    work.complete_order(done, by=user, finish=work.Finish("换了阀芯"))
    after.rate_order(done, by=SYSTEM, stars=2, via="phone", why="来得晚")
    working = WorkOrderFactory(unit=unit, status="working", assignee=user)
    return {
        "unit": unit, "community": community, "owner": owner, "person": person, "orders": [waiting, paused, done],
        "asked": SuspensionRequestFactory(order=working, asked_by=person.user), "late": SupervisionFactory(order=waiting),
        "outage": OutageFactory(community=community), "code": ReportCodeFactory(place=PlaceFactory(community=community)),
        "material": MaterialFactory(), "price": PriceItemFactory(), "done": done, "waiting": waiting, "working": working,
    }  # fmt: skip


def walk(page: Page, address: str, paths: list[str]) -> dict[str, list[str]]:
    found = {}
    width = page.viewport_size["width"]  # type: ignore[index]
    for path in paths:
        answer = page.goto(f"{address}{path}")
        page.wait_for_load_state("networkidle")
        assert answer is not None and answer.status == 200, path
        found[path] = serious_findings(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[path].append("wider than the screen")
    return {path: findings for path, findings in found.items() if findings}


def lists() -> list[str]:
    names = (
        "workorder_list", "workorder_create", "board", "pool", "rota", "my_duty", "repairer_list", "repairer_create", "report",
        "supervision_list", "suspension_list", "code_list", "outage_list", "outage_create", "material_list", "material_create",
        "material_import", "price_list", "rule_list", "clock_list", "clock_create",
    )  # fmt: skip
    paths = [reverse(f"workorders:{name}") for name in names]
    return [*paths, f"{reverse('workorders:report')}?by=assignee", f"{reverse('workorders:workorder_list')}?group=all"]


def single(world: dict[str, Any]) -> list[str]:
    """Pages of one row, and of each kind of form at least one."""
    done, waiting, working, person = world["done"], world["waiting"], world["working"], world["person"]
    one = [
        *(("workorder_detail", order) for order in [*world["orders"], working]), ("workorder_slip", done), ("workorder_update", waiting),
        *((f"workorder_{act}", waiting) for act in ("cancel", "attach", "outage", "dispatch", "supervise", "contractor")),
        *((f"workorder_{act}", working) for act in ("transfer", "suspend", "material", "price", "complete")),
        ("workorder_rework", done), ("workorder_rate", done), ("repairer_detail", person), ("repairer_update", person),
        ("repairer_rota", person), ("repairer_duty", person), ("suspension_approve", world["asked"]), ("supervision_reply", world["late"]),
        ("outage_detail", world["outage"]), ("outage_end", world["outage"]), ("dispatchsetting_update", world["community"]),
        ("material_update", world["material"]), ("material_stock", world["material"]), ("price_update", world["price"]),
        ("rule_update", RepairRule.objects.first()), ("clock_update", ClockRule.objects.first()),
    ]  # fmt: skip
    return [reverse(f"workorders:{name}", args=[row.pk]) for name, row in one]


def test_lists_boards_and_figures_are_clean_and_accessible(page: Page, live_server: Any, world: dict[str, Any]) -> None:
    enter(page, live_server.url, "walker")
    assert walk(page, live_server.url, lists()) == {}


def test_pages_of_one_order_person_or_rule_are_clean_and_accessible(
    page: Page, live_server: Any, world: dict[str, Any]
) -> None:
    enter(page, live_server.url, "walker")
    assert walk(page, live_server.url, single(world)) == {}


def test_the_pages_of_the_phone_and_behind_links_are_clean_and_accessible(
    phones: Any, live_server: Any, world: dict[str, Any]
) -> None:
    """The repairer's pages are walked in tests/workorders/test_phone.py; here those that nobody signs in for, and the rest of his."""
    public = phones()
    message = tell_owner(world["done"], MessageKind.COMPLETED)
    unrated = WorkOrderFactory(unit=world["unit"], owner=world["owner"], status="done")
    asked = tell_owner(unrated, MessageKind.COMPLETED)
    tokens = [
        links.create(Delivery.objects.filter(source_id=row.pk).first(), FOLLOW, by=SYSTEM, valid=DAY)
        for row in (message, asked)
    ]
    contractor = links.create(world["waiting"], CONTRACTOR, by=SYSTEM, valid=DAY)
    paths = [reverse("workorders:public_order", args=[token]) for token in tokens]
    paths += [reverse("workorders:public_contractor", args=[contractor])]
    paths += [reverse("workorders:public_report", args=[world["code"].code])]
    assert walk(public, live_server.url, paths) == {}
    own = phones()
    enter(own, live_server.url, "walker")
    working: WorkOrder = world["working"]
    check = working.checks.create(text="试水不漏")
    paths = [
        reverse("workorders:phone_list"),
        reverse("workorders:phone_order", args=[working.pk]),
    ]
    paths += [reverse("workorders:workorder_check", args=[working.pk, check.pk]) + "?from=phone"]
    assert walk(own, live_server.url, paths) == {}


NEXT_YEAR = "2027-01-01 至 2027-01-03 放假 元旦\n2027-02-20 上班 春节"


def test_the_calendar_is_set_up_in_the_browser(page: Page, live_server: Any, user: Any) -> None:
    """The year on one page; the list of the coming year pasted, looked at, taken over; then a day of one's own."""
    calendar = WorkCalendarFactory(name="湖映花园")
    enter(page, live_server.url, "walker")
    page.goto(f"{live_server.url}{reverse('core:workcalendar_list')}")
    page.get_by_role("link", name="湖映花园").first.click()
    expect(page.locator("main")).to_contain_text("09:00–18:00")
    page.goto(f"{live_server.url}{reverse('core:workcalendar_import')}")
    for box in page.locator("[name=calendars]").all():
        box.set_checked(box.get_attribute("value") == str(calendar.pk))
    page.fill("[name=year]", "2027")
    page.fill("[name=text]", NEXT_YEAR)
    page.locator("form", has=page.locator("[name=text]")).locator("button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("还没有写入任何内容")
    assert not calendar.exceptions.exists(), "only looked at"
    assert serious_findings(page) == []
    page.get_by_role("button", name="确认写入").click()
    page.wait_for_url(re.compile(r"/calendars/\d+/\?year=2027$"))
    assert calendar.exceptions.count() == 4
    assert serious_findings(page) == []
    page.locator(f"a[href*='{reverse('core:calendarexception_create', args=[calendar.pk])}']").first.click()
    form = page.locator("form", has=page.locator("[name=kind]")).last
    form.locator("[name=start]").fill("2027-03-08")
    form.locator("[name=name]").fill("盘点")
    form.locator("button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("盘点")
    assert calendar.exceptions.filter(name="盘点").count() == 1


def test_every_page_of_the_calendars_is_clean_and_accessible(
    page: Page, live_server: Any, user: Any, world: dict[str, Any]
) -> None:
    own = WorkCalendarFactory(name="湖映花园")
    row = CalendarExceptionFactory(calendar=own, date="2026-12-31")
    paths = [reverse(f"core:workcalendar_{name}") for name in ("list", "create", "import")]
    for calendar in (own, default_calendar()):
        paths += [reverse(f"core:workcalendar_{name}", args=[calendar.pk]) for name in ("detail", "update")]
    paths += [
        reverse("core:workcalendar_delete", args=[own.pk]),
        reverse("core:calendarexception_create", args=[own.pk]),
    ]
    paths += [reverse(f"core:calendarexception_{name}", args=[row.pk]) for name in ("update", "delete")]
    paths += [f"{own.get_absolute_url()}?year=2027"]
    enter(page, live_server.url, "walker")
    assert walk(page, live_server.url, paths) == {}
    moved(page, live_server.url, world)


def moved(page: Page, address: str, world: dict[str, Any]) -> None:
    """An edit that moves deadlines shows them before it is saved; one press more saves it."""
    calendar = WorkCalendar.objects.get(pk=default_calendar().pk)
    page.goto(f"{address}{reverse('core:workcalendar_update', args=[calendar.pk])}")
    for day in range(5):
        page.fill(f"[name=day_{day}]", "03:00-04:00")
    for day in (5, 6):
        page.fill(f"[name=day_{day}]", "")
    page.locator("form", has=page.locator("[name=day_0]")).locator("button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text(world["waiting"].number)
    assert serious_findings(page) == []
    assert WorkCalendar.objects.get(pk=calendar.pk).weekly == calendar.weekly
    page.locator("form", has=page.locator("[name=day_0]")).locator("button[type=submit]").last.click()
    page.wait_for_url(f"**{calendar.get_absolute_url()}*")
    assert WorkCalendar.objects.get(pk=calendar.pk).week_words == "周一至周五 03:00–04:00"
