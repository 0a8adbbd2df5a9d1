"""R36 and UX 5: a call becomes an order without a mouse, in at most 25 keys beside the typed text and two answers of the server."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from audit.models import DataScope
from complaints.models import Complaint
from core.models import DictItem
from tests.factories.audit import UserFactory, all_permission_names, grant_to
from tests.factories.owners import OwnerFactory
from tests.factories.properties import PlaceFactory, UnitFactory
from tests.factories.workorders import OutageFactory, WorkOrderFactory
from tests.support.browser import serious_findings, sign_in
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "Qingtian-2026-lushui"
MOST_KEYS, MOST_ANSWERS = 25, 2


class Clerk:
    """Hands on a keyboard, counted; text is typed beside the count, as the order says."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.asked = page, 0, []
        page.on("request", self.listen)

    def listen(self, request) -> None:
        # What was not waited for does not count: drafts saved and counts fetched in the background, files of the page, the page a
        # redirect leads to.
        waited_for = request.resource_type in {"document", "xhr", "fetch"} and request.redirected_from is None
        if waited_for and "/drafts/" not in request.url and "x-background" not in request.headers:
            self.asked.append(f"{request.method} {request.url}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


@pytest.fixture
def desk(page: Page, live_server):
    user = UserFactory(username="clerk", plain_password=PASSWORD)
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    sign_in(page, live_server.url, "clerk", PASSWORD)
    return live_server.url


def test_r36_from_the_number_to_the_order_by_keyboard_alone(page: Page, desk: str) -> None:
    unit = UnitFactory()
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
    page.goto(desk + reverse("workorders:workorder_list"))
    clerk = Clerk(page)
    clerk.press("n")
    page.locator("#call-phone:focus").wait_for()
    clerk.asked.clear()  # the form is open; the clock of the call starts here
    clerk.type("13800138000")
    clerk.press("Enter")
    page.locator("#household").get_by_text(unit.label).first.wait_for()
    page.locator("#id_kind-ts-control:focus").wait_for()
    clerk.type("水龙头")
    clerk.press("Enter")
    page.locator("[name=description]:focus").wait_for()
    clerk.type("厨房水龙头关不紧，一直滴水")
    clerk.press("Control+Enter")
    page.get_by_text("已受理").wait_for()
    order = WorkOrder.objects.get()
    assert (order.unit, order.owner, order.kind.code, order.urgency) == (unit, owner, "tap", "normal")
    assert (order.reporter_name, order.reporter_phone) == ("王建国", "13800138000")
    assert clerk.keys <= MOST_KEYS, clerk.keys
    assert len(clerk.asked) <= MOST_ANSWERS, clerk.asked


def test_a_room_typed_instead_of_a_number(page: Page, desk: str) -> None:
    """No caller: the room is found by typing, its household fills the rest, and a type asks for its urgency."""
    unit = UnitFactory()
    OwnerFactory(name="李淑芬", phones=["13900139000"], units=[unit])
    page.goto(desk + reverse("workorders:workorder_create"))
    clerk = Clerk(page)
    page.locator("#call-phone:focus").wait_for()
    clerk.press("Tab", "Tab")
    page.locator("#id_unit-ts-control:focus").wait_for()
    clerk.type(unit.number)
    page.locator(".ts-dropdown .option.active", has_text=unit.label).wait_for()
    clerk.press("Enter")
    page.locator("#household").get_by_text("李淑芬").wait_for()
    page.locator("#id_kind-ts-control:focus").wait_for()
    clerk.type("困人")
    clerk.press("Enter")
    assert page.locator("[name=urgency][value=critical]").is_checked()
    page.locator("[name=description]:focus").wait_for()
    clerk.type("电梯停在三层，里面有人")
    clerk.press("Control+Enter")
    page.get_by_text("已受理").wait_for()
    order = WorkOrder.objects.get()
    assert (order.unit, order.urgency, order.reporter_name) == (unit, "critical", "李淑芬")
    assert clerk.keys <= MOST_KEYS, clerk.keys


@pytest.mark.parametrize(
    ("app", "name"), [("complaints:complaint", "phone"), ("workorders:workorder", "reporter_phone")]
)
def test_a_number_nobody_looked_up_is_not_lost(page: Page, desk: str, app: str, name: str) -> None:
    """It stands in the form as soon as the cursor goes on, comes again when a chosen room brings new fields, and is sent."""
    unit = UnitFactory()
    page.goto(desk + reverse(f"{app}_create"))
    phone = page.locator(f"#order-form [name={name}]")
    page.fill("#call-phone", "8000")
    page.keyboard.press("Tab")
    expect(phone).to_have_value("")
    page.fill("#call-phone", "138 0013 8000")
    page.keyboard.press("Tab")
    expect(phone).to_have_value("138 0013 8000")
    page.locator("#id_unit-ts-control").click()
    page.keyboard.type(unit.number)
    page.locator(".ts-dropdown .option.active", has_text=unit.label).click()
    page.locator("#household").get_by_text(unit.label).first.wait_for()
    expect(phone).to_have_value("138 0013 8000")
    phone.fill("13900139000")
    page.fill("#call-phone", "13800138000")
    page.keyboard.press("Tab")
    expect(phone).to_have_value("13900139000")


def test_a_number_is_sent_with_the_case_unless_nobody_wants_to_be_named(page: Page, desk: str) -> None:
    """Sent from the field itself, which nobody has left."""
    unit, topic = UnitFactory(), DictItem.objects.of("complaint_topic").first()
    for anonymous in (False, True):
        page.goto(f"{desk}{reverse('complaints:complaint_create')}?unit={unit.pk}")
        page.fill("[name=complainant]", "王建国")
        page.fill("[name=facts]", "楼上装修打孔")
        page.evaluate("topic => document.querySelector('[name=topic]').tomselect.setValue(topic)", str(topic.pk))
        page.set_checked("[name=anonymous]", anonymous)
        page.locator("#call-phone").press_sequentially("13800138000")
        page.evaluate("document.querySelector('#order-form').requestSubmit()")
        page.get_by_text("已登记").wait_for()
    assert [row.phone for row in Complaint.objects.order_by("pk")] == ["13800138000", ""]


def test_pages_of_the_desk_are_accessible(page: Page, desk: str) -> None:
    unit = UnitFactory()
    OwnerFactory(units=[unit])
    PlaceFactory(community=unit.community)
    order, outage = WorkOrderFactory(unit=unit), OutageFactory(community=unit.community)
    found = {}
    for address in (
        reverse("workorders:workorder_list"), order.get_absolute_url(), reverse("workorders:workorder_update", args=[order.pk]),
        f"{reverse('workorders:workorder_create')}?unit={unit.pk}", reverse("workorders:workorder_slip", args=[order.pk]),
        reverse("workorders:outage_list"), outage.get_absolute_url(), reverse("workorders:outage_create"),
    ):  # fmt: skip
        answer = page.goto(desk + address)
        page.wait_for_load_state("networkidle")
        assert answer is not None and answer.status == 200, address
        found[address] = serious_findings(page)
    assert {address: findings for address, findings in found.items() if findings} == {}
