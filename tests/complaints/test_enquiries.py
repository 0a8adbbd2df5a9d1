"""Conversations with the desk (R60): every pair of state and act, clocks, unread counts, who is told, what comes of them."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from audit.states import available_actions
from complaints.models import Complaint, Enquiry, EnquiryLink, EnquiryMessage
from complaints.services import enquiries as service
from complaints.services import enquiry_outcomes as outcomes
from complaints.services import telling
from complaints.states import ENQUIRY_TRANSITIONS, EnquiryAction, EnquiryStatus, Voice
from core.errors import BadValue, BusinessError, InvalidTransition, OutOfScope, QuotaExceeded
from core.models import Attachment, InboxItem, LogEntry
from notices.models import Delivery
from owners.actors import OwnerByLink
from owners.models import TimelineEntry
from tests.factories.audit import UserFactory, user_with
from tests.factories.complaints import topic_of
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.factories.talk import EnquiryFactory
from tests.factories.workorders import kind_of
from tests.support.races import race
from workorders.models import WorkOrder

ANSWERS = ("complaints.view_enquiry", "complaints.answer_enquiry")
MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.get_default_timezone())


def desk(*communities: Any, more: tuple[str, ...] = ()) -> Any:
    return user_with(*ANSWERS, *more, communities=communities)


def asks(unit: Any = None, *, key: str = "k1", text: str = "车位租金可以按季度交吗？", files: Any = ()) -> Enquiry:
    unit = unit or UnitFactory()
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
    by = OwnerByLink(owner)
    return service.open_enquiry(
        by=by, unit=unit, topic=word("enquiry_topic", "parking"), text=text, key=key, files=files
    )


def picture(name: str = "门禁.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def again(row: Enquiry) -> Enquiry:
    return Enquiry.objects.get(pk=row.pk)


ACTS = {
    EnquiryAction.WRITE: lambda row, owner, staff: service.write(row, by=owner, text="还有一个问题"),
    EnquiryAction.ANSWER: lambda row, owner, staff: service.answer(row, by=staff, text="可以"),
    EnquiryAction.END: lambda row, owner, staff: service.end(row, by=staff),
    EnquiryAction.TAKE_BACK: lambda row, owner, staff: service.take_back(row, by=owner),
}


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(EnquiryStatus))
@pytest.mark.parametrize("action", list(EnquiryAction))
def test_every_pair_of_state_and_act_moves_or_is_refused(status: str, action: str) -> None:
    row = EnquiryFactory(status=status)
    owner, staff, way = OwnerByLink(row.owner), desk(row.community), ENQUIRY_TRANSITIONS[action]
    if status in way.sources:
        ACTS[action](row, owner, staff)
        assert again(row).status == way.target
    else:
        with pytest.raises(InvalidTransition):
            ACTS[action](row, owner, staff)
        assert again(row).status == status


@pytest.mark.django_db
class TestTalk:
    def test_r60_asked_answered_and_ended_leave_their_entries_and_lines(self):
        row = asks()
        staff, owner = desk(row.community), OwnerByLink(row.owner)
        service.answer(row, by=staff, text="可以，到服务中心办理")
        service.write(row, by=owner, text="谢谢")
        service.answer(row, by=staff, text="不客气")
        service.end(row, by=owner)
        row = again(row)
        assert (row.status, row.handler, row.late) == (EnquiryStatus.CLOSED, staff, False)
        codes = (
            LogEntry.objects.filter(object_type="complaints.enquiry").order_by("pk").values_list("action", flat=True)
        )
        acts = ("opened", "answered", "written", "answered", "ended")
        assert list(codes) == [f"complaints.enquiry.{act}" for act in acts]
        voices = list(row.messages.values_list("voice", flat=True))
        assert voices == ["owner", "staff", "owner", "staff", "event"]
        assert TimelineEntry.objects.get(unit=row.unit, kind="contact").sentence == "在线咨询：车位与车辆"

    def test_what_was_said_is_in_no_log(self):
        row = asks(text="我的手机号是 13800138000")
        service.answer(row, by=desk(row.community), text="您身份证尾号是多少")
        assert "13800138000" not in str(list(LogEntry.objects.values_list("changes", "object_label")))
        assert "身份证" not in str(list(LogEntry.objects.values_list("changes", "object_label")))

    def test_the_same_form_sent_twice_is_one_conversation(self):
        unit = UnitFactory()
        owner = OwnerByLink(OwnerFactory(units=[unit]))
        fields = {"unit": unit, "topic": word("enquiry_topic", "fees"), "text": "发票怎么开", "key": "same"}
        first, second = service.open_enquiry(by=owner, **fields), service.open_enquiry(by=owner, **fields)
        assert first.pk == second.pk and Enquiry.objects.count() == EnquiryMessage.objects.count() == 1
        other = OwnerByLink(OwnerFactory(units=[unit]))
        assert service.open_enquiry(by=other, **fields).pk != first.pk

    def test_nobody_writes_in_the_conversation_of_another(self):
        row = asks()
        stranger = OwnerByLink(OwnerFactory(units=[row.unit]))
        with pytest.raises(OutOfScope):
            service.write(row, by=stranger, text="我也想知道")
        with pytest.raises(OutOfScope):
            service.take_back(row, by=stranger)
        with pytest.raises(OutOfScope):
            service.answer(row, by=desk(CommunityFactory()), text="可以")
        with pytest.raises(OutOfScope):
            service.answer(row, by=user_with("complaints.view_enquiry", communities=[row.community]), text="可以")
        assert row.messages.count() == 1

    def test_r50_nothing_ends_without_an_answer_unless_the_owner_says_so(self):
        row = asks()
        with pytest.raises(InvalidTransition):
            service.end(row, by=desk(row.community))
        with pytest.raises(IntegrityError), transaction.atomic():
            Enquiry.objects.filter(pk=row.pk).update(status="closed", due_at=None, closed_at=timezone.now())
        service.take_back(row, by=OwnerByLink(row.owner))
        row = again(row)
        assert (row.status, row.taken_back, row.due_at) == (EnquiryStatus.CLOSED, True, None)
        service.write(row, by=OwnerByLink(row.owner), text="还是想问一下")
        row = again(row)
        assert (row.status, row.taken_back, row.closed_at) == (EnquiryStatus.WAITING, False, None)

    def test_an_empty_message_and_too_many_are_refused(self, monkeypatch):
        row = asks()
        owner = OwnerByLink(row.owner)
        with pytest.raises(BadValue, match="写几句"):
            service.write(row, by=owner, text="  ")
        with pytest.raises(BadValue, match="最多 9 个"):
            service.answer(row, by=desk(row.community), text="", files=[picture() for _n in range(10)])
        monkeypatch.setattr(service, "WRITTEN", 2)
        for number in range(2):
            service.write(row, by=owner, text=str(number))
        with pytest.raises(QuotaExceeded):
            service.write(row, by=owner, text="2")

    def test_a_file_hangs_on_its_message_and_notes_are_never_the_owners(self):
        row = asks(files=[picture()])
        service.add_note(row, by=desk(row.community), text="这户欠费两个月")
        message = row.messages.get(voice=Voice.OWNER)
        assert Attachment.objects.of(message).get().name == "门禁.png"
        assert again(row).status == EnquiryStatus.WAITING and again(row).last_words.startswith("车位")


@pytest.mark.django_db
class TestClock:
    @pytest.mark.parametrize(
        ("asked", "due"),
        [
            ((2026, 11, 23, 10, 0), (2026, 11, 23, 10, 30)),
            # Friday after closing: half an hour of Monday.
            ((2026, 11, 20, 20, 0), (2026, 11, 23, 9, 30)),
            # T-cases: the National Day holiday is over on 8 October.
            ((2026, 9, 30, 17, 50), (2026, 10, 8, 9, 20)),
        ],
    )
    def test_half_an_hour_of_service_time(self, asked, due):
        zone = timezone.get_default_timezone()
        with time_machine.travel(datetime(*asked, tzinfo=zone), tick=False):
            row = asks()
        assert timezone.localtime(row.due_at) == datetime(*due, tzinfo=zone)

    def test_late_is_what_was_answered_after_the_deadline_and_a_new_question_has_a_new_one(self):
        with time_machine.travel(MORNING, tick=False) as clock:
            row = asks()
            clock.shift(timedelta(minutes=31))
            service.answer(row, by=desk(row.community), text="可以")
            row = again(row)
            assert (row.late, row.due_at, row.first_answer_at) == (True, None, timezone.now())
            service.write(row, by=OwnerByLink(row.owner), text="那月租呢")
            assert again(row).due_at == timezone.now() + timedelta(minutes=30)
            clock.shift(timedelta(minutes=5))
            service.write(row, by=OwnerByLink(row.owner), text="在吗")
            assert again(row).due_at == timezone.now() + timedelta(minutes=25)

    def test_what_waits_too_long_rings_once_at_whoever_has_it_and_at_those_who_assign(self):
        with time_machine.travel(MORNING, tick=False) as clock:
            row = asks()
            boss = desk(row.community, more=("complaints.assign_enquiry",))
            hand = desk(row.community)
            service.hand_over(row, by=boss, handler=hand)
            InboxItem.objects.all().delete()
            clock.shift(timedelta(minutes=29))
            assert telling.tell_overdue() == 0
            clock.shift(timedelta(minutes=1))
            assert (telling.tell_overdue(), telling.tell_overdue()) == (1, 0)
            assert set(InboxItem.objects.values_list("user", flat=True)) == {boss.pk, hand.pk}


@pytest.mark.django_db
class TestWho:
    def test_a_new_question_rings_once_at_everybody_who_answers_there(self):
        community = CommunityFactory()
        people = {desk(community), desk(community)}
        desk(CommunityFactory())
        row = asks(UnitFactory(building__community=community))
        service.write(row, by=OwnerByLink(row.owner), text="在吗")
        assert set(InboxItem.objects.values_list("user", flat=True)) == {person.pk for person in people}
        assert InboxItem.objects.count() == 2
        assert again(row).staff_unread == 2

    def test_who_has_it_in_hand_is_rung_alone_after_he_has_read(self):
        row = asks()
        hand, _other = desk(row.community), desk(row.community)
        service.answer(row, by=hand, text="可以")
        InboxItem.objects.all().delete()
        service.write(row, by=OwnerByLink(row.owner), text="那月租呢")
        assert list(InboxItem.objects.values_list("user", flat=True)) == [hand.pk]

    def test_handing_over_tells_the_new_one_with_the_words_and_only_to_who_may_answer(self):
        row = asks()
        boss, hand = desk(row.community), desk(row.community)
        with pytest.raises(BadValue, match="不能答复"):
            service.hand_over(row, by=boss, handler=UserFactory())
        service.hand_over(row, by=boss, handler=hand, note="老客户，说话客气些")
        assert again(row).handler == hand
        assert row.messages.get(voice=Voice.NOTE).text.endswith("老客户，说话客气些")
        assert InboxItem.objects.filter(user=hand).exists()
        with pytest.raises(BadValue, match="已经由"):
            service.hand_over(row, by=boss, handler=hand)

    def test_unread_counts_of_both_sides(self):
        row = asks()
        service.seen_by_staff(row)
        assert again(row).staff_unread == 0
        service.answer(row, by=desk(row.community), text="可以")
        service.answer(row, by=desk(row.community), text="到服务中心办理")
        assert again(row).owner_unread == 2
        service.seen_by_owner(again(row))
        assert (again(row).owner_unread, again(row).tell_at) == (0, None)

    def test_the_scope_narrows_who_sees_it(self):
        row = asks()
        assert Enquiry.objects.visible_to(desk(row.community), "complaints.view_enquiry").get() == row
        assert not Enquiry.objects.visible_to(desk(CommunityFactory()), "complaints.view_enquiry").exists()


@pytest.mark.django_db
class TestAway:
    def test_who_looks_within_a_minute_gets_no_message_who_does_not_gets_one_for_all_answers(self):
        with time_machine.travel(MORNING, tick=False) as clock:
            here, away = asks(), asks()
            for row in (here, away):
                service.answer(row, by=desk(row.community), text="可以")
                service.answer(row, by=desk(row.community), text="到服务中心办理")
            service.seen_by_owner(again(here))
            assert telling.tell_away_owners() == 0
            clock.shift(timedelta(seconds=61))
            assert (telling.tell_away_owners(), telling.tell_away_owners()) == (1, 0)
            sent = Delivery.objects.get(source_type=telling.SOURCE)
            assert sent.owner == away.owner
            content = telling.content_of(sent.source_id)
            assert content.subject == "您的咨询有了答复：车位与车辆" and content.address == "complaints:public_enquiry"
            assert "服务中心" not in str(content.variables)
            service.seen_by_owner(again(away))
            assert telling.content_of(sent.source_id) is None

    def test_a_week_of_silence_ends_what_was_answered_and_nothing_else(self):
        with time_machine.travel(MORNING, tick=False) as clock:
            answered, waiting = asks(), asks()
            service.answer(answered, by=desk(answered.community), text="可以")
            clock.shift(timedelta(days=6))
            assert telling.end_silent() == 0
            clock.shift(timedelta(days=1))
            assert telling.end_silent() == 1
            assert (again(answered).status, again(waiting).status) == ("closed", "waiting")


@pytest.mark.django_db
class TestOutcomes:
    def test_r60_a_conversation_becomes_a_work_order_with_its_pictures_linked_both_ways(self):
        row = asks(text="厨房水龙头漏水", files=[picture()])
        staff = desk(row.community, more=("workorders.add_workorder",))
        order = outcomes.turn_into_order(row, by=staff, kind=kind_of("tap"), description="厨房水龙头漏水")
        assert (order.source, order.unit, order.owner, order.reporter_phone) == (
            "app",
            row.unit,
            row.owner,
            "13800138000",
        )
        assert order.enquiry_link.enquiry == row and row.links.get().order == order
        assert Attachment.objects.of(order).get().name == "门禁.png"
        row = again(row)
        assert (row.status, row.last_voice, row.owner_unread) == (EnquiryStatus.ANSWERED, Voice.EVENT, 1)
        assert order.number in row.messages.last().text
        assert LogEntry.objects.filter(object_type="workorders.workorder", action=outcomes.FROM_ENQUIRY).count() == 1

    def test_and_a_complaint_and_more_than_one_thing(self):
        row = asks(text="保安态度差")
        staff = desk(row.community, more=("workorders.add_workorder", "complaints.add_complaint"))
        fields = {"kind": "complaint", "topic": topic_of("attitude")}
        case = outcomes.turn_into_complaint(row, by=staff, facts="保安态度差", **fields)
        outcomes.turn_into_order(row, by=staff, kind=kind_of("tap"), description="漏水")
        assert (case.source, case.owner, case.enquiry_link.enquiry) == ("app", row.owner, row)
        assert EnquiryLink.objects.filter(enquiry=row).count() == 2

    def test_who_may_not_make_such_a_thing_there_may_not_turn_a_conversation_into_it(self):
        row = asks()
        with pytest.raises(OutOfScope):
            outcomes.turn_into_order(row, by=desk(row.community), kind=kind_of("tap"), description="漏水")
        assert WorkOrder.objects.count() == Complaint.objects.count() == 0
        assert again(row).status == EnquiryStatus.WAITING

    def test_not_from_what_has_ended(self):
        row = EnquiryFactory(status="closed")
        staff = desk(row.community, more=("workorders.add_workorder",))
        with pytest.raises(BusinessError, match="已结束"):
            outcomes.turn_into_order(row, by=staff, kind=kind_of("tap"), description="漏水")


@pytest.mark.django_db
def test_what_can_be_pressed_follows_state_and_person():
    row = EnquiryFactory(status="answered")
    assert available_actions(desk(row.community), row) == ["answer", "end"]
    assert available_actions(OwnerByLink(row.owner), row) == ["write", "end"]
    assert available_actions(user_with("complaints.view_enquiry", communities=[row.community]), row) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_both_are_heard_and_one_has_it_in_hand():
    row = asks()
    people = [desk(row.community), desk(row.community)]
    race(*[lambda by=by: service.answer(Enquiry.objects.get(pk=row.pk), by=by, text="可以") for by in people])
    row = again(row)
    assert row.messages.filter(voice=Voice.STAFF).count() == row.owner_unread == 2
    assert row.handler in people
