"""R40, R42, the repairer's phone at 390 x 844: a whole repair without a script, the signature with one; what each page shows and hides."""

import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from core.models import Attachment, LogEntry
from tests.factories.audit import UserFactory
from tests.factories.properties import TeamFactory, UnitFactory
from tests.factories.workorders import MaterialFactory, PriceItemFactory, WorkOrderFactory, desk, kind_of, repairer
from tests.support.browser import PATIENCE, serious_findings
from tests.support.cases import make_community, queries_of, signed_in
from workorders.models import WorkOrder
from workorders.services import dispatch, intake, pausing
from workorders.states import Status

PASSWORD = "Qingtian-2026-lushui"
NUMBER = "13900139000"
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select')]
    .filter(node => !node.closest('.skip, p') && node.getClientRects().length)
    .map(node => [node.textContent.trim() || node.name, node.getBoundingClientRect()])
    .filter(([, box]) => box.width < 43.5 || box.height < 43.5).map(([word, box]) => `${word} ${box.width}x${box.height}`)"""


def picture(name: str = "现场.jpg") -> dict[str, Any]:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(content, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}


def sent(person: Any, unit: Any, code: str = "tap", **values: Any) -> WorkOrder:
    """An order the desk took in and gave to this repairer."""
    fields = {
        "source": "hotline", "reporter_name": "王建国", "reporter_phone": NUMBER, "description": "厨房水槽下角阀渗水，橱柜已泡",
    } | values  # fmt: skip
    clerk = desk(unit.community)
    order = intake.create_order(by=clerk, unit=unit, kind=kind_of(code), **fields)
    return dispatch.dispatch_order(order, by=clerk, to=person)


@pytest.fixture
def phones(chromium: Browser) -> Iterator[Any]:
    """phones(scripts=False) opens a phone; whatever its console complains about fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_phone(*, scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai",
            has_touch=True, is_mobile=True, java_script_enabled=scripts,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_phone
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def worker(transactional_db: None) -> Any:
    unit = UnitFactory(building__number="3", entrance="2", number="1502")
    person = repairer(unit.community, "plumbing")
    person.set_password(PASSWORD)
    person.save()
    person.home = unit
    return person


def enter(phone: Page, address: str, person: Any) -> None:
    """The staff's own door; the session's cookie goes to the phone, since signing in is somebody else's test."""
    client = signed_in(person)
    phone.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestRepair:
    def test_r40_r42_a_whole_repair_without_a_script(self, phones: Any, live_server: Any, worker: Any) -> None:
        """accept, arrive, checklist with a photo, prices agreed, material, complete with the signed slip."""
        order = sent(worker, worker.home, paid=True)
        material = MaterialFactory(code="WL0101", stock=Decimal(10))
        PriceItemFactory(name="换角阀", price=Decimal(30))
        phone = phones(scripts=False)
        enter(phone, live_server.url, worker)
        phone.goto(f"{live_server.url}{reverse('workorders:phone_list')}")
        phone.click("a:has-text('3栋2单元1502')")
        phone.click("button:has-text('接单')")
        phone.click("button:has-text('我已到场')")
        self.show_prices(phone)
        self.tick(phone, order)
        self.take_material(phone)
        self.finish(phone)
        order.refresh_from_db()
        assert (order.status, order.result, order.confirm_way) == (Status.DONE, "换角阀一只，试水不漏", "signature")
        assert (order.labour_fee, order.materials_fee) == (Decimal("30.00"), Decimal("37.00"))
        assert order.arrived_at is not None and not order.checks.filter(done_at__isnull=True).exists()
        material.refresh_from_db()
        assert material.stock == Decimal(8)
        kept = Attachment.objects.filter(source_type="workorders.workorder", source_id=order.pk)
        assert sorted(kept.values_list("name", flat=True)) == ["业主签字.jpg", "修好.jpg"]
        assert Attachment.objects.filter(source_type="workorders.checkpoint").count() == 1
        assert "已完成" in phone.content()

    def show_prices(self, phone: Page) -> None:
        phone.click("a:has-text('出示价目')")
        phone.get_by_label("换角阀 30.00 元/个").fill("1")
        phone.check("text=当面口头同意")
        phone.click("button:has-text('业主同意')")

    def tick(self, phone: Page, order: WorkOrder) -> None:
        first = order.checks.first()
        phone.click(f"a[aria-label='{first.text}：拍照']")
        phone.set_input_files("[name=photos]", [picture("更换前.jpg")])
        phone.click("button:has-text('保存')")
        while phone.locator("button[aria-label$='：完成']").count():
            phone.locator("button[aria-label$='：完成']").first.click()

    def take_material(self, phone: Page) -> None:
        phone.click("a:has-text('登记物料')")
        phone.fill("[name=q]", "角阀")
        phone.click("button:has-text('查找')")
        phone.check("text=WL0101")
        phone.fill("[name=quantity]", "2")
        phone.click("button:has-text('登记')")

    def finish(self, phone: Page) -> None:
        phone.click("a:has-text('完工')")
        phone.fill("[name=result]", "换角阀一只，试水不漏")
        phone.select_option("[name=cause]", label="材料老化")
        phone.set_input_files("[name=photos]", [picture("修好.jpg")])
        phone.check("text=现场签字")
        phone.click("button:has-text('完工')")
        assert "请业主签字" in phone.content()  # said beside the field, with what was typed still there
        assert phone.input_value("[name=result]") == "换角阀一只，试水不漏"
        phone.set_input_files("[name=photos]", [picture("修好.jpg")])
        phone.set_input_files("[name=signature]", [picture("签字.jpg")])
        phone.click("button:has-text('完工')")

    def test_the_owner_signs_on_the_screen(self, phones: Any, live_server: Any, worker: Any) -> None:
        order = sent(worker, worker.home, paid=False)
        dispatch.accept_order(order, by=worker)
        order.checks.update(done_at=timezone.now())
        phone = phones()
        enter(phone, live_server.url, worker)
        phone.goto(f"{live_server.url}{reverse('workorders:workorder_complete', args=[order.pk])}?from=phone")
        phone.fill("[name=result]", "已修好")
        box = phone.locator("canvas").bounding_box()
        assert box is not None
        phone.locator("canvas").scroll_into_view_if_needed()
        box = phone.locator("canvas").bounding_box()
        phone.mouse.move(box["x"] + 20, box["y"] + 40)
        phone.mouse.down()
        for step in range(1, 8):
            phone.mouse.move(box["x"] + 20 + step * 30, box["y"] + 40 + (step % 3) * 25)
        phone.mouse.up()
        assert phone.is_checked("[name=confirm_way][value=signature]")  # whoever signs has said how he confirms
        phone.click("button:has-text('完工')")
        phone.wait_for_url("**/my/orders/*/")
        order.refresh_from_db()
        assert (order.status, order.confirm_way) == (Status.DONE, "signature")
        drawn = Attachment.objects.get(source_type="workorders.workorder", source_id=order.pk)
        assert (drawn.name, drawn.content_type) == ("业主签字.png", "image/png")
        with drawn.file.open() as content:
            colours = Image.open(content).convert("L").getextrema()
        assert colours[0] < 80 and colours[1] == 255  # ink on white

    def test_pages_are_large_enough_for_a_thumb_and_readable(self, phones: Any, live_server: Any, worker: Any) -> None:
        order = sent(worker, worker.home, paid=True)
        dispatch.accept_order(order, by=worker)
        MaterialFactory(), PriceItemFactory(), sent(worker, worker.home, code="drain")
        intake.create_order(
            by=desk(worker.home.community), unit=worker.home, kind=kind_of("lamp"), source="hotline", reporter_name="李梅",
            description="客厅灯不亮",
        )  # fmt: skip
        phone = phones()
        enter(phone, live_server.url, worker)
        acts = ("await_parts", "suspend", "material", "price", "complete")
        pages = [reverse(f"workorders:phone_{name}") for name in ("list", "pool")]
        pages += [reverse("workorders:phone_order", args=[order.pk])]
        pages += [reverse(f"workorders:workorder_{act}", args=[order.pk]) + "?from=phone" for act in acts]
        for path in pages:
            phone.goto(f"{live_server.url}{path}")
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
            assert phone.evaluate(SMALL_TARGETS) == [], path
            assert serious_findings(phone) == [], path


@pytest.mark.django_db
class TestPhonePages:
    @pytest.fixture(autouse=True)
    def people(self, db: None) -> None:
        self.community = make_community("OWN")
        self.unit = UnitFactory(building__community=self.community)
        self.me = repairer(self.community, "plumbing")
        self.client: Client = signed_in(self.me)

    def get(self, order: WorkOrder) -> Any:
        return self.client.get(reverse("workorders:phone_order", args=[order.pk]))

    def post(self, act: str, order: WorkOrder, *more: int, **data: Any) -> Any:
        url = reverse(f"workorders:{act}", args=[order.pk, *more])
        return self.client.post(url, {"from": "phone"} | data)

    def test_one_sees_only_his_own_orders(self) -> None:
        mine = WorkOrderFactory(unit=self.unit, status="dispatched", assignee=self.me, number="BX20261122-0901")
        other = WorkOrderFactory(unit=self.unit, status="working", number="BX20261122-0902")
        team = TeamFactory(community=self.community)
        team.members.add(self.me)
        lying = WorkOrderFactory(
            unit=self.unit, status="dispatched", assignee=None, team=team, number="BX20261122-0903"
        )
        helping = WorkOrderFactory(unit=self.unit, status="working", number="BX20261122-0904")
        helping.helpers.add(self.me)
        shown = self.client.get(reverse("workorders:phone_list")).content.decode()
        assert all(order.number in shown for order in (mine, lying, helping))
        assert other.number not in shown
        assert self.get(other).status_code == 404
        assert self.post("phone_call", other).status_code == 404

    def test_even_a_supervisor_sees_only_his_own_here(self) -> None:
        order = WorkOrderFactory(unit=self.unit, status="working")
        lead = signed_in(desk(self.community))
        assert order.number not in lead.get(reverse("workorders:phone_list")).content.decode()
        assert lead.get(reverse("workorders:phone_order", args=[order.pk])).status_code == 404

    def test_the_number_is_shown_by_a_press_to_whoever_is_at_it_and_logged(self) -> None:
        order = sent(self.me, self.unit)
        page = self.get(order).content.decode()
        assert "联系" in page
        assert NUMBER not in page, page[page.index(NUMBER) - 300 : page.index(NUMBER) + 50]
        assert self.client.get(reverse("workorders:phone_call", args=[order.pk])).status_code == 405
        assert f"tel:{NUMBER}" in self.post("phone_call", order).content.decode()
        entry = LogEntry.objects.get(action="workorders.workorder.number_shown")
        assert (entry.actor_id, entry.object_id, NUMBER in str(entry.changes)) == (self.me.pk, order.pk, False)

    def test_the_number_is_not_for_afterwards(self) -> None:
        order = WorkOrderFactory(unit=self.unit, status="done", assignee=self.me, reporter_phone=NUMBER)
        assert "phone_call" not in self.get(order).content.decode()
        assert self.post("phone_call", order).status_code == 403

    def test_acts_lead_back_to_the_phone(self) -> None:
        order = sent(self.me, self.unit)
        here = reverse("workorders:phone_order", args=[order.pk])
        assert self.post("workorder_accept", order).url == here
        assert self.post("workorder_arrive", order).url == here
        today = timezone.localdate()
        assert self.post("workorder_await_parts", order, part="角阀", expected_on=today).url == here
        assert "备件已到" in self.get(order).content.decode()
        assert self.post("workorder_parts_arrived", order).url == here
        order.refresh_from_db()
        assert order.status == Status.WORKING

    def test_a_returned_order_leads_to_the_list(self) -> None:
        order = sent(self.me, self.unit)
        reason = pausing.DictItem.objects.of("return_reason").first()
        answer = self.post("workorder_return", order, reason=reason.pk)
        assert answer.url == reverse("workorders:phone_list")
        assert self.get(order).status_code == 404

    def test_a_refusal_is_told_on_the_phone(self) -> None:
        """The second press of 到场 names the state of things instead of failing."""
        order = sent(self.me, self.unit)
        dispatch.accept_order(order, by=self.me)
        self.post("workorder_arrive", order)
        answer = self.post("workorder_arrive", order)
        assert answer.status_code == 200
        assert "已登记到场" in answer.content.decode() and "po-go" in answer.content.decode()

    def test_suspension_is_asked_shown_and_withdrawn(self) -> None:
        order = sent(self.me, self.unit)
        dispatch.accept_order(order, by=self.me)
        reason = pausing.DictItem.objects.of("suspend_reason").first()
        day = timezone.localdate() + timedelta(days=2)
        self.post("workorder_suspend", order, reason=reason.pk, resume_on=day, note="下周才回")
        assert "挂起申请待审批" in self.get(order).content.decode()
        self.post("workorder_withdraw", order)
        assert order.suspensions.get().status == "withdrawn"
        assert "挂起申请待审批" not in self.get(order).content.decode()

    def test_a_wrong_material_goes_back_to_stock(self) -> None:
        order, material = sent(self.me, self.unit), MaterialFactory(stock=Decimal(5))
        dispatch.accept_order(order, by=self.me)
        self.post("workorder_material", order, material=material.pk, quantity="3")
        line = order.materials.get()
        self.post("workorder_material_drop", order, line.pk)
        material.refresh_from_db()
        assert (material.stock, order.materials.count()) == (Decimal(5), 0)

    def test_more_than_the_stock_is_refused_beside_the_quantity(self) -> None:
        order, material = sent(self.me, self.unit), MaterialFactory(stock=Decimal(1))
        dispatch.accept_order(order, by=self.me)
        answer = self.post("workorder_material", order, material=material.pk, quantity="2")
        assert "库存只有 1 个" in str(answer.context["form"].errors["quantity"])

    def test_a_paid_repair_shows_the_prices_that_hold_here(self) -> None:
        elsewhere = make_community("ELSE")
        PriceItemFactory(name="换角阀", price=Decimal(30))
        own = PriceItemFactory(name="换角阀", price=Decimal(25), community=self.community)
        PriceItemFactory(name="通下水", price=Decimal(50))
        PriceItemFactory(name="换锁", price=Decimal(80), community=elsewhere)
        order = sent(self.me, self.unit, paid=True)
        dispatch.accept_order(order, by=self.me)
        page = self.client.get(reverse("workorders:workorder_price", args=[order.pk]) + "?from=phone").content.decode()
        assert "换角阀 25.00 元/个" in page and "通下水 50.00 元/个" in page
        assert "30.00" not in page and "换锁" not in page
        self.post("workorder_price", order, **{f"item_{own.pk}": "2", "how": "phone"})
        assert order.paid_lines.get().amount == Decimal("50.00")

    def test_nothing_agreed_is_nothing_kept(self) -> None:
        PriceItemFactory()
        order = sent(self.me, self.unit, paid=True)
        dispatch.accept_order(order, by=self.me)
        answer = self.post("workorder_price", order, how="phone")
        assert answer.context["form"].errors and not order.paid_lines.exists()

    def test_less_may_be_charged_than_agreed_but_not_more(self) -> None:
        item = PriceItemFactory(price=Decimal(30))
        order = sent(self.me, self.unit, paid=True)
        dispatch.accept_order(order, by=self.me)
        order.checks.update(done_at=timezone.now())
        self.post("workorder_price", order, **{f"item_{item.pk}": "1", "how": "spoken"})
        data = {"result": "修好", "confirm_way": "phone"}
        assert self.post("workorder_complete", order, labour_fee="31", **data).status_code == 200
        assert self.post("workorder_complete", order, labour_fee="20", **data).status_code == 302
        order.refresh_from_db()
        assert order.labour_fee == Decimal("20.00")

    def test_what_is_taken_from_the_pool_is_ones_own_at_once(self) -> None:
        fields = {"source": "hotline", "reporter_name": "王建国", "description": "水龙头漏水"}
        order = intake.create_order(by=desk(self.community), unit=self.unit, kind=kind_of("tap"), **fields)
        assert order.number in self.client.get(reverse("workorders:phone_pool")).content.decode()
        assert self.post("workorder_claim", order).url == reverse("workorders:phone_order", args=[order.pk])
        late = repairer(self.community, "plumbing")
        answer = signed_in(late).post(
            reverse("workorders:workorder_claim", args=[order.pk]), {"from": "phone"}, follow=True
        )
        assert answer.redirect_chain[-1][0] == reverse("workorders:phone_pool")
        assert str(self.me) in answer.content.decode()

    def test_query_counts_do_not_grow(self) -> None:
        for _n in range(2):
            WorkOrderFactory(unit=self.unit, status="working", assignee=self.me)
        url = reverse("workorders:phone_list")
        queries_of(self.client, url)
        with_two = queries_of(self.client, url)
        for _n in range(3):
            WorkOrderFactory(unit=UnitFactory(building__community=self.community), status="parts", assignee=self.me)
        assert queries_of(self.client, url) == with_two <= 15
        order = sent(self.me, self.unit)
        page = reverse("workorders:phone_order", args=[order.pk])
        dispatch.accept_order(order, by=self.me)
        queries_of(self.client, page)
        assert queries_of(self.client, page) <= 35

    def test_somebody_without_the_right_is_refused(self) -> None:
        assert signed_in(UserFactory()).get(reverse("workorders:phone_list")).status_code == 403
