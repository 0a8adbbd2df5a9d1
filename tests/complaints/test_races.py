"""People who act on one case at the same moment, each on a connection of his own. Every order of events has to end well: one act holds,
the others are told why not, and rows, clocks and log agree."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Role
from audit.services import seeds as roles
from complaints.models import ClockStep, Complaint, ComplaintClock, GroupCase
from complaints.queries.matters import offered_group
from complaints.seeds import seed_standards
from complaints.services import closing, groups, routing, supervision
from complaints.services.escalations import send_reminders
from core.errors import BusinessError
from core.models import InboxItem, LogEntry
from core.services import dictionary
from owners.models import CallBackTask
from owners.services.call_backs import record_call_back
from tests.complaints.test_states import answered, at_work, complain
from tests.factories.audit import GrantFactory, UserFactory, user_with
from tests.factories.complaints import clerk, lead
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13800138000"


@pytest.fixture(autouse=True)
def words(transactional_db):
    """What the migrations leave behind is gone when another test of this kind has been here."""
    roles.seed(), dictionary.seed(), seed_standards()


def again(case):
    """As the view of whoever presses reads it."""
    return Complaint.objects.get(pk=case.pk)


def outcome(results):
    failed = [one for one in results if isinstance(one, BusinessError)]
    assert None not in results, "an act ended with an error no person may read"
    return [one for one in results if one not in failed], failed


def acts(case, *names):
    codes = [f"complaints.complaint.{name}" for name in names]
    return LogEntry.objects.filter(object_id=case.pk, action__in=codes).count()


def agrees(case):
    """What every end has in common."""
    row = again(case)
    owed = ComplaintClock.objects.filter(complaint=row, met_at__isnull=True, dropped_at__isnull=True)
    first = owed.order_by("due_at").first()
    assert row.next_due_at == (first.due_at if first else None)
    if not row.is_open:
        assert first is None
        assert not ClockStep.objects.filter(
            clock__complaint=row, told_at__isnull=True, dropped_at__isnull=True
        ).exists()
    return row


def flats(count):
    first = UnitFactory()
    return [first, *(UnitFactory(building=first.building) for _one in range(count - 1))]


def test_two_who_take_it_in_at_once():
    case = complain()
    people = [lead(case.community), lead(case.community)]
    won, lost = outcome(race(*[
        lambda by=by, level=level: routing.accept_complaint(again(case), by=by, level=level, responsibility="property")
        for by, level in zip(people, ("normal", "major"), strict=True)
    ]))  # fmt: skip
    row = agrees(case)
    assert (len(won), len(lost), acts(case, "accepted")) == (1, 1, 1)
    assert row.level in {"normal", "major"} and row.accepted_by in people
    assert str(row.accepted_by) in lost[0].sentence
    assert case.clocks.filter(clock="report_up").count() == int(row.level == "major")


def test_of_many_who_assign_at_once_one_does_and_the_others_hear_who():
    case = complain()
    boss = lead(case.community)
    routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
    leads, hands = [lead(case.community) for _one in range(8)], [clerk(case.community) for _one in range(8)]
    won, lost = outcome(race(*[
        lambda by=by, hand=hand: routing.assign_complaint(again(case), by=by, handler=hand)
        for by, hand in zip(leads, hands, strict=True)
    ]))  # fmt: skip
    row = agrees(case)
    assert (len(won), len(lost), acts(case, "assigned")) == (1, 7, 1)
    assert row.handler == hands[leads.index(next(by for by in leads if str(by) in lost[0].sentence))]
    assert InboxItem.objects.filter(kind="complaints.mine").count() == 1


def test_closed_by_the_desk_and_sent_back_by_the_customer():
    """Either it is over, or it is at work again with a round of its own: never both."""
    case, _handler, boss = answered()
    other = lead(case.community)
    won, lost = outcome(race(
        lambda: closing.close_complaint(again(case), by=boss, ending="satisfied"),
        lambda: closing.redo_complaint(again(case), by=other, reason="还在打孔"),
    ))  # fmt: skip
    row = agrees(case)
    assert (len(won), len(lost), acts(case, "closed", "redone")) == (1, 1, 1)
    assert (row.status, row.redo_count) in {("closed", 0), ("working", 1)}
    assert row.clocks.filter(clock="complete", round=1).count() == row.redo_count


def test_the_call_that_closes_it_and_the_withdrawal():
    """A call holds task and case in one order, a withdrawal the other way round: neither waits for the other for ever."""
    case, _handler, boss = answered(phone=PHONE)
    task = CallBackTask.objects.get(source_id=case.pk)
    caller = user_with("owners.call_callbacktask", *_open_rights(), communities=[case.community])
    won, lost = outcome(race(
        lambda: record_call_back(task, by=caller, outcome="satisfied", text="好"),
        lambda: closing.withdraw_complaint(again(case), by=boss, words="不投诉了"),
    ))  # fmt: skip
    row = agrees(case)
    task.refresh_from_db()
    assert (len(won), len(lost)) == (1, 1)
    assert (row.status, row.ending, task.status) in {
        ("closed", "satisfied", "satisfied"), ("closed", "withdrawn", "withdrawn"),
    }  # fmt: skip


def _open_rights():
    return ("complaints.view_complaint", "complaints.close_complaint")


def test_two_who_join_cases_to_one_group():
    cases = [complain(unit) for unit in flats(5)]
    boss = lead(cases[0].community)
    group = groups.make_group(cases[:3], by=boss, title="装修噪音")
    won, lost = outcome(race(
        lambda: groups.join_group(again(cases[3]), by=boss, group=group),
        lambda: groups.join_group(again(cases[3]), by=lead(cases[0].community), group=group),
        lambda: groups.join_group(again(cases[4]), by=boss, group=group),
    ))  # fmt: skip
    assert (len(won), lost) == (3, [])
    for case in cases[3:]:
        row = agrees(case)
        assert (row.group_id, row.level, row.major_reasons) == (group.pk, "major", ["group"])
        assert acts(case, "grouped") == 1, "joined once, however many pressed"
        assert row.clocks.filter(clock="report_up").count() == 1


def test_the_third_household_is_offered_once_and_led_as_one_group():
    """Two see the offer at once: the second is told that these are led already, instead of tearing the group in two."""
    cases = [complain(unit) for unit in flats(3)]
    people = [lead(cases[0].community), lead(cases[0].community)]
    assert len(offered_group(cases[2], Complaint.objects.all())) == 2
    won, lost = outcome(race(*[
        lambda by=by: groups.make_group(list(Complaint.objects.all()), by=by, title=f"{by} 建立") for by in people
    ]))  # fmt: skip
    assert (len(won), len(lost), GroupCase.objects.count()) == (1, 1, 1)
    assert "已并入群诉" in lost[0].sentence
    assert set(Complaint.objects.values_list("group", flat=True)) == {won[0].pk}
    assert all(acts(case, "grouped") == 1 for case in cases)
    late = complain(UnitFactory(building=cases[0].building))
    assert offered_group(late, Complaint.objects.all()) == [], "those that are led already are joined, not led anew"


def test_three_workers_tell_each_step_once():
    community = CommunityFactory()
    for code in (roles.CLERK, roles.CLERK_LEAD, roles.MANAGER, roles.GROUP_QUALITY):
        GrantFactory(user=UserFactory(), role=Role.objects.get(code=code), community_ids=[community.pk])
    case = complain(UnitFactory(building__community=community), by=UserFactory(), major_reasons=["safety"])
    long_ago = timezone.now() - timedelta(hours=1)
    steps = ClockStep.objects.filter(clock__complaint=case)
    steps.update(at=long_ago)
    ComplaintClock.objects.filter(complaint=case).update(
        starts_at=long_ago - timedelta(hours=2), warn_at=long_ago, due_at=long_ago
    )
    count = steps.count()
    told, lost = outcome(race(send_reminders, send_reminders, send_reminders))
    assert (sum(run.steps for run in told), lost) == (count, [])
    items = InboxItem.objects.filter(kind="complaints.deadline")
    assert items.count() == items.values("user", "dedup_key").distinct().count() == sum(run.messages for run in told)
    assert acts(case, "escalated") == count
    assert sum(run.supervisions for run in told) == case.supervisions.count() == acts(case, "supervised") == 1


def test_two_who_answer_one_demand():
    case, handler, boss = at_work()
    row = supervision.supervise_complaint(case, by=boss, demand="今天答复", due_at=timezone.now() + timedelta(hours=4))
    other = lead(case.community)
    won, lost = outcome(race(
        lambda: supervision.reply_supervision(row, by=handler, reply="已约装修户"),
        lambda: supervision.reply_supervision(row, by=other, reply="下午答复"),
    ))  # fmt: skip
    assert (len(won), len(lost), acts(case, "supervision_answered")) == (1, 1, 1)
    row.refresh_from_db()
    assert lost[0].sentence == f"这条督办已由 {row.replied_by} 回复"
