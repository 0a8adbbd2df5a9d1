"""The owner's complaints and suggestions, on his phone: written, followed, taken back, judged; nothing of anybody else's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Complaint
from complaints.services import answering, handling, routing
from core.models import InboxItem, LogEntry
from owners.models import TimelineEntry
from tests.factories.complaints import ComplaintFactory, clerk, lead, manager, topic_of
from tests.portal.support import OTHER_PHONE, resident, signed_in_owner, text_of
from tests.portal.test_enquiries import key_of, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db: None) -> Any:
    return resident()


@pytest.fixture
def phone(owner: Any) -> Client:
    return signed_in_owner()


def complain(phone: Client, **fields: Any) -> Complaint:
    page = text_of(phone.get(reverse("portal:complaint_create")))
    data = {
        "kind": "complaint", "topic": topic_of("fitout_hours").pk, "facts": "楼上中午还在装修打孔", "demand": "中午不要施工",
        "key": key_of(page),
    } | fields  # fmt: skip
    response = phone.post(reverse("portal:complaint_create"), data)
    assert response.status_code == 302, text_of(response)
    return Complaint.objects.latest("pk")


def answered(case: Complaint) -> Any:
    """The handler after the six steps of the desk."""
    boss, hand = lead(case.community), clerk(case.community)
    routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
    routing.assign_complaint(case, by=boss, handler=hand)
    handling.report_complaint(case, by=hand, report=handling.Report("已约定施工时间"))
    case.refresh_from_db()
    answering.answer_complaint(case, by=hand, way="phone", text="装修户同意午休停工")
    return hand


def address(name: str, case: Complaint) -> str:
    return reverse(f"portal:{name}", args=[case.pk])


def test_r48_written_on_the_phone_it_is_a_case_with_its_class_and_clock(owner: Any, phone: Client) -> None:
    boss = lead(owner.tenures.get().unit.community)
    case = complain(phone, photos=photo())
    assert (case.owner, case.source, case.complainant, case.phone) == (owner, "app", "王建国", "13800138000")
    assert (case.category.code, case.topic.code, case.status) == ("fitout", "fitout_hours", "new")
    assert case.clocks.count() > 0
    assert InboxItem.objects.get(user=boss).sentence == "业主提交了投诉：装修时间"
    entry = LogEntry.objects.get(action="complaints.complaint.created")
    assert (entry.actor_type, entry.actor_id) == ("owner", owner.pk)
    page = text_of(phone.get(address("complaint", case)))
    assert "已提交，等待受理" in page and "楼上中午还在装修打孔" in page and "给您首次回复" in page


def test_sent_twice_is_one(phone: Client) -> None:
    page = text_of(phone.get(reverse("portal:complaint_create")))
    fields = {"kind": "suggestion", "topic": topic_of("greenery").pk, "facts": "多种一些树", "key": key_of(page)}
    for _time in range(2):
        assert phone.post(reverse("portal:complaint_create"), fields).status_code == 302
    assert Complaint.objects.get().number.startswith("JY")


def test_a_confidential_one_is_told_only_to_those_who_may_see_it(owner: Any, phone: Client) -> None:
    community = owner.tenures.get().unit.community
    boss, plain = lead(community), clerk(community)
    case = complain(phone, confidential="on")
    assert case.confidential and not TimelineEntry.objects.filter(kind="complaint").exists()
    assert list(InboxItem.objects.values_list("user", flat=True)) == [boss.pk]
    assert not Complaint.objects.visible_to(plain, "complaints.view_complaint").exists()


def test_r54_satisfied_it_ends_with_his_word(owner: Any, phone: Client) -> None:
    case = complain(phone)
    answered(case)
    assert "请评价处理结果" in text_of(phone.get(reverse("portal:home")))
    page = text_of(phone.get(address("complaint", case)))
    assert "装修户同意午休停工" in page and "已约定施工时间" not in page
    nothing = phone.post(address("complaint_judge", case), {"words": "好"})
    assert nothing.status_code == 200 and "请选择" in text_of(nothing)
    assert phone.post(address("complaint_judge", case), {"judgement": "satisfied", "words": "谢谢"}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.ending, case.ending_note, case.closed_by) == ("closed", "satisfied", "谢谢", None)
    last = LogEntry.objects.filter(action="complaints.complaint.closed").get()
    assert (last.actor_type, last.actor_id) == ("owner", owner.pk)
    assert phone.post(address("complaint_judge", case), {"judgement": "satisfied"}).status_code == 200


def test_r50_dissatisfied_it_goes_back_with_his_reason(phone: Client) -> None:
    case = complain(phone)
    hand = answered(case)
    InboxItem.objects.all().delete()
    silent = phone.post(address("complaint_judge", case), {"judgement": "unhappy"})
    assert silent.status_code == 200 and "哪里不满意" in text_of(silent)
    fields = {"judgement": "unhappy", "words": "中午还在打孔"}
    assert phone.post(address("complaint_judge", case), fields).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.redo_count) == ("working", 1)
    assert InboxItem.objects.get(user=hand).sentence.startswith("业主不满意")
    assert "不满意，重新处理" in text_of(phone.get(address("complaint", case)))


def test_taken_back_in_his_own_words(phone: Client) -> None:
    case = complain(phone)
    assert phone.post(address("complaint_withdraw", case), {"words": ""}).status_code == 200
    assert phone.post(address("complaint_withdraw", case), {"words": "已经和邻居说好了"}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.ending, case.ending_note) == ("closed", "withdrawn", "已经和邻居说好了")
    assert phone.get(address("complaint_withdraw", case)).status_code == 409
    assert "已撤回" in text_of(phone.get(address("complaint", case)))


def test_a_suggestion_ends_with_a_reason_the_proposer_reads(phone: Client) -> None:
    case = complain(phone, kind="suggestion", facts="增加充电桩")
    boss = lead(case.community)
    routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
    routing.assign_complaint(case, by=boss, handler=boss)
    report = handling.Report("研究过了", outcome="declined", outcome_reason="配电容量不够，明年改造时再议")
    handling.report_complaint(case, by=boss, report=report)
    case.refresh_from_db()
    assert "配电容量" not in text_of(phone.get(address("complaint", case)))
    answering.answer_complaint(case, by=boss, way="app", text="感谢您的建议")
    page = text_of(phone.get(address("complaint", case)))
    assert "不采纳" in page and "配电容量不够，明年改造时再议" in page


def test_nobody_of_the_household_meets_the_complaint_of_another(owner: Any, phone: Client) -> None:
    case = complain(phone, photos=photo())
    resident(OTHER_PHONE, name="赵无关", units=[case.unit])
    other = signed_in_owner(OTHER_PHONE)
    assert case.topic.name not in text_of(other.get(reverse("portal:complaint_list")))
    for name in ("complaint", "complaint_withdraw"):
        assert other.get(address(name, case)).status_code == 404
    assert other.post(address("complaint_judge", case), {"judgement": "satisfied"}).status_code == 404
    photo_address = reverse("portal:complaint_photo", args=[case.pk, 1])
    assert other.get(photo_address).status_code == 404


def test_what_the_desk_wrote_for_itself_is_not_on_the_page(owner: Any, phone: Client) -> None:
    case = ComplaintFactory(
        owner=owner, unit=owner.tenures.get().unit, status="working", plan="内部方案", result="内部结果"
    )
    page = text_of(phone.get(address("complaint", case)))
    assert "内部方案" not in page and "内部结果" not in page and str(case.handler) not in page


def test_r51_a_major_case_waits_for_somebody_above_with_his_word_on_record(owner: Any, phone: Client) -> None:
    unit = owner.tenures.get().unit
    boss, head = lead(unit.community), manager(unit.community)
    case = ComplaintFactory(owner=owner, unit=unit, status="calling", level="major")
    assert phone.post(address("complaint_judge", case), {"judgement": "satisfied", "words": "谢谢"}).status_code == 302
    case.refresh_from_db()
    assert case.status == "calling"
    entry = LogEntry.objects.get(action="complaints.complaint.judged")
    assert (entry.changes["outcome"], entry.reason, entry.actor_id) == ("满意", "谢谢", owner.pk)
    told = set(InboxItem.objects.values_list("user", flat=True))
    assert head.pk in told and boss.pk not in told
    page = text_of(phone.get(address("complaint", case)))
    assert "已评价，等待确认" in page and "提交评价" not in page
    assert "请评价处理结果" not in text_of(phone.get(reverse("portal:home")))
    assert "已经评价过" in text_of(phone.post(address("complaint_judge", case), {"judgement": "basically"}))
