"""R58, R59 as people live them, with the real worker and relay and a gateway on loopback: staff write, somebody else approves, an owner
reads on a phone, the board shows it, and the unread get a text message whose link opens the announcement."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.models import Job
from notices.models import Delivery, Notice
from notices.states import Outcome
from tests.factories.audit import user_with
from tests.factories.channels import channel
from tests.factories.owners import OwnerFactory
from tests.factories.properties import BuildingFactory, UnitFactory
from tests.notices.conftest import outbound, vendor  # noqa: F401  fixtures
from tests.notices.support import REVIEW, WRITE
from tests.support.browser import DESKTOP, enter_portal, serious_findings, sign_in
from tests.support.processes import background, wait_for
from tests.support.vendor import FakeVendor, json_answer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PASSWORD = "Qingtian-2026-lushui"
WANG, LI, ZHOU, FAR = "13800138000", "13900139000", "13700137000", "13600136000"
TITLE, GATEWAY = "3栋爆管抢修停水通知", "/sms/send"


@pytest.fixture
def people(transactional_db: None) -> dict[str, Any]:
    """Building 3 with three households who have a number and one who has none; a neighbour in building 4 whom it does not concern."""
    building = BuildingFactory(number="3")
    homes = {
        number: UnitFactory(building=building, entrance="2", number=number)
        for number in ("1502", "1503", "1504", "1505")
    }
    for number, phone in (("1502", WANG), ("1503", LI), ("1504", ZHOU)):
        OwnerFactory(name=f"住户{number}", phones=[phone], units=[homes[number]])
    OwnerFactory(name="没有电话", units=[homes["1505"]])
    far = UnitFactory(building=BuildingFactory(community=building.community, number="4"), entrance="1", number="0101")
    OwnerFactory(name="隔壁楼", phones=[FAR], units=[far])
    found: dict[str, Any] = {"building": building, "homes": homes}
    for name, rights in (
        ("writer", WRITE),
        ("approver", (*REVIEW, "notices.view_delivery", "notices.resend_delivery")),
    ):
        rights = (*rights, "properties.view_building", "properties.view_unit", "properties.view_community")
        user = user_with(*rights, communities=[building.community], username=name)
        user.set_password(PASSWORD)
        user.save()
        found[name] = user
    return found


def press(page: Page, button: str) -> None:
    """A button of the page that asks back in a dialog, and the dialog's own."""
    page.locator("a[data-dialog]", has_text=button).first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)


def write(page: Page, address: str) -> None:
    sign_in(page, address, "writer", PASSWORD)
    page.goto(f"{address}/notices/new")
    page.select_option("[name=notice_type]", label="紧急通知")
    page.fill("[name=title]", TITLE)
    page.fill("[name=body]", "3栋主管道爆裂，正在抢修。\n\n请关好水龙头。")
    # An urgent one leaves at any hour: the test runs at night, too.
    page.select_option("[name=urgency]", "urgent")
    page.check("[name=receipt_wanted]")
    page.select_option("[name=channel_1]", "in_app")
    assert serious_findings(page) == []
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/notices/\d+/audience"))
    choose_building(page)
    page.get_by_role("link", name="完成").click()
    expect(page.locator("main")).to_contain_text("4 人")
    attach(page)
    press(page, "提交审核")
    expect(page.locator("main")).to_contain_text("待审核")


def attach(page: Page) -> None:
    """A picture through the dialog, as a browser sends it."""
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(drawn, "PNG")
    page.locator("a[data-dialog]", has_text="上传附件").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "抢修现场.png", "mimeType": "image/png", "buffer": drawn.getvalue()}
    )
    dialog.locator("button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("抢修现场.png")


def choose_building(page: Page) -> None:
    """Only what the chosen kind asks for stands on the form."""
    expect(page.locator("#div_id_building")).to_be_hidden()
    expect(page.locator("#div_id_tag")).to_be_hidden()
    page.select_option("[name=kind]", "entrance")
    expect(page.locator("#div_id_entrance")).to_be_visible()
    page.select_option("[name=kind]", "building")
    expect(page.locator("#div_id_entrance")).to_be_hidden()
    assert serious_findings(page) == []
    page.locator("#div_id_building .ts-control input").type("3")
    page.locator("#div_id_building .ts-dropdown .option", has_text="3栋").first.click()
    page.get_by_role("button", name="加入范围").click()
    expect(page.locator(".nb-rules")).to_contain_text("3栋")


def approve_and_publish(page: Page, address: str) -> None:
    sign_in(page, address, "approver", PASSWORD)
    page.locator(".todo a", has_text="待我审核的通知").click()
    page.get_by_role("link", name=TITLE).first.click()
    press(page, "审核通过")
    expect(page.locator("main")).to_contain_text("待发布")
    press(page, "发布")
    expect(page.locator("main")).to_contain_text("已发布")


def read(phone: Page, address: str) -> None:
    enter_portal(phone, address, WANG)
    phone.click(f"a:has-text('{TITLE}')")
    expect(phone.locator("main")).to_contain_text("请关好水龙头")
    expect(phone.locator("main")).to_contain_text("抢修现场.png")
    assert Delivery.objects.get(owner__name="住户1502").read_at is not None
    phone.click("button:has-text('我知道了')")
    expect(phone.locator("main")).to_contain_text("确认知道")
    phone.goto(f"{address}/m/")
    expect(phone.locator("main")).to_contain_text("目前没有需要您处理的事情")


def counts(page: Page) -> list[str]:
    return [re.sub(r"\s", "", text) for text in page.locator("nav.tabs a .cnt").all_text_contents()]


def test_r58_r59_from_the_desk_to_the_phone_and_to_those_who_have_not_read_it(
    page: Page, phones: Any, chromium: Any, live_server: Any, broker: str, people: dict[str, Any], vendor: FakeVendor,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch, settings: Any,
) -> None:  # fmt: skip
    # What the worker reads from its environment, the live server from its settings.
    monkeypatch.setenv("CHANNEL_HOSTS", "127.0.0.1")
    monkeypatch.setenv("PUBLIC_URL", live_server.url)
    channel("sms_gateway", vendor.url)
    vendor.answers(GATEWAY, json_answer({"code": 0, "id": "1"}))
    window = chromium.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    with background(broker):
        write(page, live_server.url)
        desk = window.new_page()
        approve_and_publish(desk, live_server.url)
        wait_for(lambda: Notice.objects.filter(household_count=4).exists())
        assert set(Delivery.objects.values_list("channel", "status", "reason")) == {
            ("in_app", Outcome.SENT, ""), ("in_app", Outcome.FAILED, "no_contact"),
        }  # fmt: skip

        read(phones(scripts=False), live_server.url)
        desk.reload()
        assert counts(desk) == ["1", "2", "0", "1"]  # read, unread, under way, not reached
        expect(desk.locator("main")).to_contain_text("33.33")
        assert serious_findings(desk) == []

        press(desk, "换渠道补发给未读住户")
        texts = Delivery.objects.filter(channel="sms")
        wait_for(lambda: texts.filter(status=Outcome.SENT).count() == 2)
        wait_for(lambda: not Job.objects.filter(kind="notices.send_deliveries", status__in=["new", "running"]).exists())
        said = {row.json["mobile"]: row.json["content"] for row in vendor.to(GATEWAY) if TITLE in row.json["content"]}
        assert sorted(said) == sorted([LI, ZHOU])
        assert len([row for row in vendor.to(GATEWAY) if TITLE in row.json["content"]]) == 2
        assert set(texts.values_list("owner__name", flat=True)) == {"住户1503", "住户1504"}

        follow_the_link(phones, live_server.url, said)
        desk.reload()
        assert counts(desk) == ["3", "0", "0", "1"]
    window.close()


def follow_the_link(phones: Any, address: str, said: dict[str, str]) -> None:
    """One opens it and looks: that is reading. The other's browser runs no script: the button says it."""
    links = {number: re.search(r"https?://\S+", text)[0] for number, text in said.items()}  # type: ignore[index]
    assert all(link.startswith(f"{address}/n/") for link in links.values())
    looking = phones()
    looking.goto(links[LI])
    row = Delivery.objects.filter(owner__name="住户1503", read_at__isnull=False)
    wait_for(row.exists)
    assert not row.filter(confirmed_at__isnull=False).exists()
    assert serious_findings(looking) == []
    assert looking.evaluate("document.documentElement.scrollWidth") <= 390
    quiet = phones(scripts=False)
    quiet.goto(links[ZHOU])
    assert not Delivery.objects.filter(owner__name="住户1504", read_at__isnull=False).exists()
    quiet.click("button:has-text('我知道了')")
    expect(quiet.locator("main")).to_contain_text("确认知道")
    assert Delivery.objects.filter(owner__name="住户1504", confirmed_at__isnull=False).exists()
