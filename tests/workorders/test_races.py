"""People who act on one order at the same moment, each on a connection of his own. Every order of events has to end well: one act holds,
the others are told why not, and rows, clocks and log agree."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.services import seeds as roles
from core.errors import BusinessError
from core.models import LogEntry
from core.services import dictionary
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.factories.workorders import OutageFactory, chief, desk, kind_of, repairer
from tests.support.races import race
from workorders.models import Escalation, OrderClock, Outage, Pause, Rating, WorkOrder
from workorders.seeds import seed_rules
from workorders.services import after, calls, dispatch, intake, outages, pausing, restoring, work
from workorders.states import OPEN, Status

pytestmark = pytest.mark.django_db(transaction=True)
LABEL = "workorders.workorder"


@pytest.fixture(autouse=True)
def words(transactional_db):
    """What the migrations leave behind is gone when another test of this kind has been here."""
    roles.seed(), dictionary.seed(), seed_rules()


@pytest.fixture
def community():
    return CommunityFactory()


def report(community, **values):
    unit = UnitFactory(building__community=community)
    fields = {"source": "hotline", "reporter_name": "王建国", "description": "路灯不亮", "paid": False} | values
    return intake.create_order(by=desk(community), unit=unit, kind=kind_of("mailbox"), **fields)


def in_hand(community, **values):
    order, person = report(community, **values), repairer(community)
    dispatch.dispatch_order(order, by=desk(community), to=person)
    dispatch.accept_order(order, by=person)
    return order, person


def again(order):
    """As the view of whoever presses reads it."""
    return WorkOrder.objects.get(pk=order.pk)


def outcome(results):
    """(the values of those who succeeded, the errors of those who did not)."""
    failed = [one for one in results if isinstance(one, BusinessError)]
    assert None not in results, "an act ended with an error no person may read"
    return [one for one in results if one not in failed], failed


def acts(order, *codes):
    return LogEntry.objects.filter(object_type=LABEL, object_id=order.pk, action__in=codes).count()


def agrees(order) -> WorkOrder:
    """What every end has in common."""
    row = again(order)
    open_pauses = Pause.objects.filter(order=row, ended_at__isnull=True).count()
    assert open_pauses == int(row.status in {"parts", "suspended"}) == int(row.paused_at is not None)
    owed = OrderClock.objects.filter(order=row, round=row.rework_count, met_at__isnull=True).order_by("due_at").first()
    if row.paused_at is None:
        assert row.next_due_at == (owed.due_at if owed and row.status in OPEN else None)
    if row.status not in OPEN:
        assert not Escalation.objects.filter(clock__order=row, told_at__isnull=True, dropped_at__isnull=True).exists()
    return row


def test_claim_and_dispatch(community):
    order, quick, sent = report(community), repairer(community), repairer(community)
    won, lost = outcome(race(
        lambda: dispatch.claim_order(again(order), by=quick),
        lambda: dispatch.dispatch_order(again(order), by=desk(community), to=sent),
    ))  # fmt: skip
    row = agrees(order)
    assert (len(won), len(lost)) == (1, 1)
    assert (row.status, row.assignee) in {(Status.WORKING, quick), (Status.DISPATCHED, sent)}
    how = "抢到" if row.assignee == quick else f"派给 {sent}"
    assert how in lost[0].sentence and f"{timezone.localtime(row.dispatched_at):%H:%M}" in lost[0].sentence
    assert acts(order, dispatch.CLAIMED, dispatch.DISPATCHED) == 1


def test_complete_and_transfer(community):
    """Whoever comes second finds the order done, or gone to somebody else."""
    order, person = in_hand(community)
    other, lead = repairer(community), chief(community)
    won, lost = outcome(race(
        lambda: work.complete_order(again(order), by=person, finish=work.Finish("修好了")),
        lambda: dispatch.transfer_order(again(order), by=lead, to=other, reason="改派"),
    ))  # fmt: skip
    row = agrees(order)
    assert (len(won), len(lost)) == (1, 1)
    assert (row.status, row.assignee) in {(Status.DONE, person), (Status.DISPATCHED, other)}
    assert (row.completed_at is not None) == (row.status == Status.DONE)


def test_accept_and_transfer(community):
    """The former repairer never accepts what has become another's; the transfer comes through, before or after."""
    order, person, other = report(community), repairer(community), repairer(community)
    dispatch.dispatch_order(order, by=desk(community), to=person)
    lead = chief(community)
    race(
        lambda: dispatch.accept_order(again(order), by=person),
        lambda: dispatch.transfer_order(again(order), by=lead, to=other, reason="改派"),
    )
    row = agrees(order)
    assert (row.status, row.assignee, row.accepted_at) == (Status.DISPATCHED, other, None)


def test_approval_and_withdrawal_of_a_suspension(community):
    order, person = in_hand(community)
    day = timezone.localdate() + timedelta(days=2)
    request = pausing.ask_suspension(order, by=person, reason=word("suspend_reason", "away"), resume_on=day)
    lead = chief(community)
    won, lost = outcome(race(
        lambda: pausing.approve_suspension(request, by=lead), lambda: pausing.withdraw_suspension(request, by=person)
    ))  # fmt: skip
    row = agrees(order)
    assert (len(won), len(lost)) == (1, 1)
    request.refresh_from_db()
    assert (request.status, row.status) in {("approved", Status.SUSPENDED), ("withdrawn", Status.WORKING)}
    assert lost[0].sentence == f"这个申请已处理：{request.get_status_display()}"


def test_approval_and_completion(community):
    """Order and request are held in the same sequence by both: neither waits for the other for ever."""
    order, person = in_hand(community)
    day = timezone.localdate() + timedelta(days=2)
    request = pausing.ask_suspension(order, by=person, reason=word("suspend_reason", "away"), resume_on=day)
    lead = chief(community)
    won, lost = outcome(race(
        lambda: pausing.approve_suspension(request, by=lead),
        lambda: work.complete_order(again(order), by=person, finish=work.Finish("修好了")),
    ))  # fmt: skip
    row = agrees(order)
    request.refresh_from_db()
    assert (len(won), len(lost)) == (1, 1)
    assert (request.status, row.status) in {("approved", Status.SUSPENDED), ("withdrawn", Status.DONE)}


def test_rating_twice(community):
    order, person = in_hand(community, owner=OwnerFactory(phones=["13800138000"]))
    work.complete_order(order, by=person, finish=work.Finish("修好了"))
    clerks = [desk(community), desk(community)]
    won, lost = outcome(race(*[
        lambda clerk=clerk, stars=stars: after.rate_order(again(order), by=clerk, stars=stars, via="phone", why="慢")
        for clerk, stars in zip(clerks, (5, 2), strict=True)
    ]))  # fmt: skip
    assert (len(won), [error.sentence for error in lost]) == (1, ["这次维修已经评价过了"])
    assert again(order).stars == Rating.objects.get(order=order).stars == won[0].stars


def test_two_reworks(community):
    order, person = in_hand(community)
    work.complete_order(order, by=person, finish=work.Finish("修好了"))
    won, lost = outcome(race(*[
        lambda clerk=clerk: after.rework_order(again(order), by=clerk, reason="又坏了") for clerk in (desk(community), desk(community))
    ]))  # fmt: skip
    assert (len(won), len(lost), agrees(order).rework_count) == (1, 1, 1)


def test_the_end_of_an_outage_and_the_completion_of_its_order(community):
    outage = OutageFactory(community=community)
    order, person = in_hand(community, outage=outage)
    waiting = report(community, outage=outage)
    lead, over = chief(community), word("cancel_reason", "outage_over")
    won, lost = outcome(race(
        lambda: restoring.end_outage(Outage.objects.get(pk=outage.pk), by=lead, reason=over),
        lambda: work.complete_order(again(order), by=person, finish=work.Finish("修好了")),
    ))  # fmt: skip
    assert (len(won), lost) == (2, [])
    assert agrees(order).status == Status.DONE
    assert (agrees(waiting).status, Outage.objects.get().ended_at is not None) == (Status.CANCELLED, True)


def test_the_end_of_an_outage_and_a_call_about_it(community):
    """No order joins an outage that is over and stays behind when the others end with it."""
    outage, unit = OutageFactory(community=community), UnitFactory(building__community=community)
    order = report(community)
    lead, clerk, over = chief(community), desk(community), word("cancel_reason", "outage_over")
    race(
        lambda: restoring.end_outage(Outage.objects.get(pk=outage.pk), by=lead, reason=over),
        lambda: calls.take_order(
            by=clerk, outage=Outage.objects.get(pk=outage.pk), unit=unit, kind=kind_of("mailbox"), source="hotline",
            reporter_name="李梅", description="停水",
        ),
        lambda: outages.link_order(again(order), by=clerk, outage=Outage.objects.get(pk=outage.pk)),
    )  # fmt: skip
    outage.refresh_from_db()
    assert outage.ended_at is not None
    assert not WorkOrder.objects.open().filter(outage=outage).exists()
    assert outage.calls == WorkOrder.objects.filter(outage=outage).count()


def test_two_orders_named_duplicates_of_each_other(community):
    first, second = report(community), report(community)
    clerks, reason = [desk(community), desk(community)], word("cancel_reason", "duplicate")
    won, lost = outcome(race(
        lambda: after.cancel_order(again(first), by=clerks[0], reason=reason, duplicate_of=again(second)),
        lambda: after.cancel_order(again(second), by=clerks[1], reason=reason, duplicate_of=again(first)),
    ))  # fmt: skip
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].sentence == "所选工单本身是重复工单，请选原工单"
    assert WorkOrder.objects.filter(duplicate_of__isnull=False).count() == 1
