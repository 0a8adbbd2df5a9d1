"""A conversation in Chromium: live while both sides are there, without a script by hand; a complaint from the phone to its end."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from complaints.models import Complaint, Enquiry
from complaints.services import answering, handling, routing
from tests.factories.audit import UserFactory, grant_to
from tests.factories.complaints import clerk, lead, topic_of
from tests.factories.owners import word
from tests.portal.support import PHONE, resident
from tests.support.browser import enter_portal, serious_findings, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PASSWORD = "Qingtian-2026-lushui"


@pytest.fixture
def owner(transactional_db: None) -> Any:
    return resident()


def at_the_desk(owner: Any) -> Any:
    user = UserFactory(username="kefu", plain_password=PASSWORD)
    names = ("view_enquiry", "answer_enquiry", "view_cannedreply")
    grant_to(user, *(f"complaints.{name}" for name in names), communities=owner.community_ids, visibility="masked")
    return user


def test_r60_live_while_both_are_there(phones: Any, page: Page, live_server: Any, owner: Any) -> None:
    """Neither side loads a page: what the other one writes appears, the dot goes when somebody has looked."""
    at_the_desk(owner)
    phone = phones()
    enter_portal(phone, live_server.url, PHONE)
    phone.click("nav[aria-label='服务'] >> text=在线咨询")
    phone.click("a:has-text('问物业')")
    phone.select_option("[name=topic]", str(word("enquiry_topic", "parking").pk))
    phone.fill("[name=text]", "车位租金可以按季度交吗？")
    phone.click("button:has-text('发给物业')")
    phone.wait_for_selector(".po-b.mine:has-text('按季度')")

    sign_in(page, live_server.url, "kefu", PASSWORD)
    page.goto(live_server.url + reverse("complaints:enquiry_list"))
    assert page.text_content(".tk-dot") == "1"
    assert serious_findings(page) == []
    page.click("td a:has-text('车位与车辆')")
    page.wait_for_selector(".tk-m.by-owner:has-text('按季度')")
    assert serious_findings(page) == []
    page.click("summary:has-text('常用语')")
    page.click("[data-canned]:has-text('收到，马上核实')")
    assert page.input_value("[data-talk-text]").startswith("您好，已收到您的咨询")
    page.fill("[data-talk-text]", "可以按季度交")
    page.click("button:has-text('发送')")
    page.wait_for_selector(".tk-m.by-staff:has-text('可以按季度交')")

    phone.wait_for_selector(".po-b:not(.mine):has-text('可以按季度交')")
    assert serious_findings(phone) == []
    phone.fill("[name=text]", "太好了，谢谢")
    phone.click("button:has-text('发送')")
    page.fill("[data-talk-text]", "写到一半")
    page.wait_for_selector(".tk-m.by-owner:has-text('太好了')")
    assert page.input_value("[data-talk-text]") == "写到一半", "what is being typed stays"
    page.wait_for_function("() => !document.querySelector('[data-talk-seen]')")
    row = Enquiry.objects.get()
    assert row.handler.username == "kefu"


def test_a_conversation_without_a_script(phones: Any, live_server: Any, owner: Any) -> None:
    phone = phones(scripts=False)
    enter_portal(phone, live_server.url, PHONE)
    phone.goto(live_server.url + reverse("portal:enquiry_create"))
    phone.select_option("[name=topic]", str(word("enquiry_topic", "fees").pk))
    phone.fill("[name=text]", "发票怎么开？")
    phone.click("button:has-text('发给物业')")
    phone.fill("[name=text]", "抬头是公司")
    phone.click("button:has-text('发送')")
    assert phone.locator(".po-b.mine").count() == 2
    assert phone.locator("a:has-text('看看有没有新答复')").count() == 1
    phone.click("button:has-text('不用答复了')")
    assert Enquiry.objects.get().taken_back


def test_a_complaint_from_the_phone_goes_back_and_ends_satisfied(phones: Any, live_server: Any, owner: Any) -> None:
    """R48, R50, R54: complained, answered, unhappy, answered again, satisfied; the owner's part without a script."""
    phone = phones(scripts=False)
    enter_portal(phone, live_server.url, PHONE)
    phone.click("nav[aria-label='服务'] >> text=投诉建议")
    phone.click("a:has-text('投诉、建议或表扬')")
    phone.select_option("[name=topic]", str(topic_of("fitout_hours").pk))
    phone.fill("[name=facts]", "楼上中午还在装修打孔")
    phone.click("button:has-text('提交')")
    case = Complaint.objects.get()
    boss, hand = lead(case.community), clerk(case.community)
    routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
    routing.assign_complaint(case, by=boss, handler=hand)
    for said, judgement in (("已约谈装修户", "不满意"), ("已书面承诺午休停工", "基本满意")):
        case.refresh_from_db()
        handling.report_complaint(case, by=hand, report=handling.Report("已约谈"))
        case.refresh_from_db()
        answering.answer_complaint(case, by=hand, way="phone", text=said)
        phone.goto(f"{live_server.url}/m/")
        phone.click("text=请评价处理结果")
        phone.wait_for_selector(f"text={said}")
        phone.click(f"label:has-text('{judgement}')")
        phone.fill("[name=words]", "中午还在打孔" if judgement == "不满意" else "谢谢")
        phone.click("button:has-text('提交评价')")
    case.refresh_from_db()
    assert (case.status, case.ending, case.redo_count) == ("closed", "basically", 1)
    phone.wait_for_selector("text=已结束")
