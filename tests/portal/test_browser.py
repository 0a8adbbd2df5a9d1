"""The owners' pages in Chromium at 390 x 844: with a script engine for axe and measuring, without one for the way of an owner."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from core.actors import SYSTEM
from core.services import attachments, links
from notices.models import Delivery
from owners.models import Correction
from tests.factories.audit import UserFactory, grant_to
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.owners import EmergencyContactFactory, FamilyMemberFactory, VehicleFactory
from tests.factories.properties import ParkingFactory, UnitFactory
from tests.factories.workorders import desk, repairer
from tests.portal.support import PAGES, PHONE, picture, repair_pages, resident, talk_pages
from tests.support.browser import enter_portal, serious_findings, sign_in
from workorders.models import Rating, WorkOrder
from workorders.services import dispatch, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PASSWORD = "Qingtian-2026-lushui"
NEW = "13700137000"
# Everything a thumb aims at; links inside a sentence are text.
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select')]
    .filter(node => !node.closest('.skip, p') && node.getClientRects().length)
    .map(node => [node.textContent.trim() || node.name, node.getBoundingClientRect()])
    .filter(([, box]) => box.width < 43.5 || box.height < 43.5).map(([word, box]) => `${word} ${box.width}x${box.height}`)"""

# What a keyboard reaches and the bar at the bottom would cover; the view begins at the top each time.
COVERED = """() => [...document.querySelectorAll('main :is(a, button, input:not([type=hidden]), select, textarea)')].filter(node => {
    window.scrollTo(0, 0);
    node.focus();
    return node.getBoundingClientRect().bottom > document.querySelector('.po-go').getBoundingClientRect().top;
}).map(node => node.name || node.textContent.trim())"""


@pytest.fixture
def owner(transactional_db: None) -> Any:
    home = UnitFactory(building__number="3", entrance="2", number="1502")
    space = ParkingFactory(building__community=home.community, number="B1-0235")
    person = resident(units=[home, space])
    EmergencyContactFactory(owner=person)
    FamilyMemberFactory(owner=person, unit=home)
    VehicleFactory(owner=person)
    return person


def test_a_correction_from_phone_to_file_without_a_script(
    phones: Any, page: Page, live_server: Any, owner: Any
) -> None:
    """R26 as people live it: asked on a phone that runs no script, compared and adopted at a desk, told on the phone."""
    phone = phones(scripts=False)
    enter_portal(phone, live_server.url, PHONE)
    phone.click("a:has-text('3栋2单元1502')")
    phone.click("button:has-text('B1-0235')")
    assert "B1-0235" in phone.text_content("header")
    phone.click("a:has-text('B1-0235')")
    phone.click("button:has-text('3栋2单元1502')")
    phone.click("nav >> text=我的资料")
    phone.click("section:has(h2:has-text('电话')) >> text=新增")
    phone.fill("[name=number]", "1370013")
    phone.click("button:has-text('提交更正')")
    assert phone.input_value("[name=number]") == "1370013", "what was typed stays beside its error"
    assert phone.locator(".form-err").count() == 1
    phone.fill("[name=number]", NEW)
    phone.fill("[name=label]", "备用")
    phone.click("button:has-text('提交更正')")
    assert "已提交，物业核对后更新档案" in phone.content()

    clerk = UserFactory(username="clerk", plain_password=PASSWORD)
    grant_to(
        clerk, "owners.review_correction", "owners.reveal_owner", communities=owner.community_ids, visibility="masked"
    )
    sign_in(page, live_server.url, "clerk", PASSWORD)
    page.click(".todo >> text=资料更正待审核")
    page.click("a:has-text('新增电话')")
    page.wait_for_selector("text=前后比对")
    assert "137****7000" in page.text_content("main")
    assert serious_findings(page) == []
    page.click("button:has-text('采纳并更新档案')")
    page.wait_for_selector("text=档案已更新")
    assert sorted(row.number for row in owner.phones.all()) == [NEW, PHONE]

    phone.goto(f"{live_server.url}/m/")
    phone.click("text=新增电话已采纳")
    phone.click("button:has-text('我知道了')")
    assert "目前没有需要您处理的事情" in phone.content()
    phone.click("nav >> text=我的资料")
    phone.click("button:has-text('退出登录')")
    assert "已退出登录" in phone.content()
    phone.goto(f"{live_server.url}/m/me/")
    assert phone.locator("[name=phone]").count() == 1


def test_a_repair_from_photo_to_rating_without_a_script(phones: Any, live_server: Any, owner: Any) -> None:
    """R36, R42, R43 as an owner lives them: reported with a photo and a time, followed to the end, judged; no script runs."""
    phone = phones(scripts=False)
    enter_portal(phone, live_server.url, PHONE)
    phone.click("nav[aria-label='服务'] >> text=报修 >> nth=0")
    phone.click("summary:has-text('给排水')")
    phone.click(".po-d[open] a:has-text('水龙头')")
    phone.click("button:has-text('提交报修')")
    assert phone.locator(".form-err").count() == 1
    phone.fill("[name=description]", "洗菜池的龙头一直滴水")
    phone.set_input_files("[name=photos]", {"name": "漏水.jpg", "mimeType": "image/jpeg", "buffer": picture().read()})
    slot = phone.locator("[name=visit] option").nth(1).get_attribute("value")
    phone.select_option("[name=visit]", slot)
    phone.click("label:has-text('急，正在漏水')")
    phone.click("button:has-text('提交报修')")
    order = WorkOrder.objects.get()
    assert phone.url.endswith(reverse("portal:repair", args=[order.pk]))
    assert f"已收到您的报修，工单号 {order.number}" in phone.content()
    phone.click("a:has-text('报修照片 1 张')")
    assert phone.locator(".po-ph img").is_visible()
    phone.click("a[aria-label='返回']")
    assert (order.urgency, order.visit_from is not None) == ("urgent", True)

    person = repairer(order.community, "plumbing")
    dispatch.dispatch_order(order, by=desk(order.community), to=person)
    dispatch.accept_order(order, by=person)
    work.arrive(order, by=person)
    phone.click("nav.po-tab >> text=报修")
    assert "师傅处理中" in phone.content()
    phone.click("a:has-text('洗菜池的龙头一直滴水')")
    assert phone.locator(".po-st li.n").text_content() == "已到场"
    order.refresh_from_db()
    order.checks.update(done_at=timezone.now())
    WorkOrder.objects.filter(pk=order.pk).update(paid=False)
    order.refresh_from_db()
    work.complete_order(order, by=person, finish=work.Finish("换了阀芯，试水不漏"))

    phone.goto(f"{live_server.url}/m/")
    phone.click("text=请评价：水龙头")
    assert "换了阀芯，试水不漏" in phone.content() and phone.locator("[name=stars]:checked").count() == 0
    phone.click(".po-star label:has-text('很满意') >> nth=0")
    phone.click("button:has-text('提交评价')")
    assert "谢谢您的评价" in phone.content()
    assert [row.via for row in Rating.objects.all()] == ["portal"]


def _pages(owner: Any) -> list[str]:
    Correction.objects.create(
        owner=owner, unit=owner.tenures.first().unit, community_id=owner.community_ids[0], topic="email", act="change",
        after='{"email": "wang@example.com"}',
    )  # fmt: skip
    unit = owner.tenures.first().unit
    notice = NoticeFactory(
        community_ids=[unit.community_id], status="published", urgency="urgent", receipt_wanted=True, pinned=True,
        title="3–5栋水箱清洗停水通知", affected_from=timezone.now(), affected_until=timezone.now() + timedelta(hours=6),
    )  # fmt: skip
    DeliveryFactory(notice=notice, unit=unit, owner=owner, channel="in_app")
    attachments.store(notice, SimpleUploadedFile("水箱清洗单位资质.pdf", b"%PDF-1.4\n%%EOF\n"), by=SYSTEM)
    found = [reverse(f"portal:{name}") for name in PAGES] + repair_pages(owner, unit) + talk_pages(owner, unit)
    found.append(reverse("portal:notice", args=[notice.pk]))
    link = links.create(Delivery.objects.get(), "notice", by=SYSTEM, valid=timedelta(days=1))
    found.append(reverse("notices:public_notice", args=[link]))
    found += [
        reverse("portal:correct_file", args=[topic, "add"]) for topic in ("phone", "emergency", "family", "vehicle")
    ]
    return [*found, reverse("portal:correct_row", args=["family", "remove", owner.family_members.get().pk])]


@pytest.mark.parametrize("large", [False, True])
def test_every_page_fits_the_hand(phones: Any, live_server: Any, owner: Any, large: bool) -> None:
    """No serious axe finding, nothing wider than the screen, every target 44 px; the same with large type."""
    phone = phones()
    phone.goto(f"{live_server.url}/m/")
    if large:
        phone.click("button:has-text('大字')")
    wrong: dict[str, Any] = {}

    def look(name: str) -> None:
        found = serious_findings(phone) + phone.evaluate(SMALL_TARGETS)
        width = phone.evaluate("document.documentElement.scrollWidth")
        if found or width > 390:
            wrong[name] = (found, width)

    look("sign-in")
    phone.fill("[name=phone]", "1")
    phone.click("button:has-text('获取验证码')")
    look("sign-in with an error")
    enter_portal(phone, live_server.url, PHONE)
    for address in _pages(owner):
        answer = phone.goto(f"{live_server.url}{address}")
        assert answer is not None and answer.status == 200, address
        look(address)
    assert wrong == {}


@pytest.mark.parametrize("large", [False, True])
def test_what_is_focused_stands_above_the_bar(phones: Any, live_server: Any, owner: Any, large: bool) -> None:
    unit, phone = owner.tenures.first().unit, phones()
    enter_portal(phone, live_server.url, PHONE)
    if large:
        phone.click("button:has-text('大字')")
    forms = [reverse(f"portal:{name}") for name in ("complaint_create", "enquiry_create")]
    forms += [repair_pages(owner, unit)[0], reverse("portal:correct_file", args=["vehicle", "add"])]
    covered = {}
    for address in forms:
        phone.goto(f"{live_server.url}{address}")
        assert phone.locator(".po-go").count() == 1, address
        covered[address] = phone.evaluate(COVERED)
    assert {address: names for address, names in covered.items() if names} == {}
