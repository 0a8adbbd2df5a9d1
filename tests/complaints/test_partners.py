"""What 地产公司 or a third party promised to answer by a day (DOMAIN 2.3), and who pays where no warranty does."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint
from complaints.queries.warranty import warranty_test
from complaints.services import closing, partners, promises, routing
from complaints.states import Status
from core.errors import BadValue, BusinessError
from core.models import InboxItem, LogEntry
from tests.complaints.test_states import answered, at_work, complain
from tests.factories.calendars import WorkCalendarFactory
from tests.factories.complaints import ComplaintFactory, clerk, lead
from tests.factories.properties import BuildingFactory, CommunityFactory, PlaceFactory, UnitFactory
from tests.support.cases import ActionCase, signed_in

pytestmark = pytest.mark.django_db


def in_days(n: int) -> date:
    return timezone.localdate() + timedelta(days=n)


def with_developer(**values):
    """A case in hand of the developer's, who was to answer yesterday."""
    values = {"status": "working", "responsibility": "developer", "partner_due": in_days(-1)} | values
    return ComplaintFactory(received_at=timezone.now() - timedelta(days=9), **values)


def logged(action, case):
    return LogEntry.objects.filter(action=f"complaints.complaint.{action}", object_id=case.pk).latest("pk")


def test_judging_and_handing_over_keep_the_day():
    case = complain()
    boss = lead(case.community)
    routing.accept_complaint(case, by=boss, level="normal", responsibility="developer", partner_due=in_days(3))
    case.refresh_from_db()
    assert (case.partner_due, str(in_days(3)) in str(logged("accepted", case).changes)) == (in_days(3), True)
    values = {"responsibility": "third_party", "third_party": "供电公司", "reason": "外线故障"}
    routing.reroute_complaint(case, by=boss, partner_due=in_days(5), **values)
    case.refresh_from_db()
    assert (case.partner_due, str(in_days(5)) in str(logged("rerouted", case).changes)) == (in_days(5), True)
    routing.reroute_complaint(case, by=boss, responsibility="property", reason="查明是公共管道")
    case.refresh_from_db()
    assert (case.partner_due, str(in_days(5)) in str(logged("rerouted", case).changes)) == (None, True)


@pytest.mark.parametrize("whose", ["property", "owners"])
def test_nobody_else_has_such_a_day(whose):
    case = complain()
    with pytest.raises(BadValue) as refused:
        routing.accept_complaint(
            case, by=lead(case.community), level="normal", responsibility=whose, partner_due=in_days(3)
        )
    assert (refused.value.field, "地产公司或第三方" in refused.value.sentence) == ("partner_due", True)
    case.refresh_from_db()
    assert case.status == Status.NEW


def test_a_day_before_the_case_is_refused():
    case, _handler, boss = at_work()
    with pytest.raises(BadValue, match="不能早于登记日期"):
        routing.reroute_complaint(case, by=boss, responsibility="developer", reason="外墙在保", partner_due=in_days(-1))


def test_the_dialog_of_judging_asks_and_refuses_beside_the_field():
    case = complain()
    client, url = signed_in(lead(case.community)), reverse("complaints:complaint_accept", args=[case.pk])
    assert "对方答复期限" in client.get(url).content.decode()
    said = {"level": "normal", "responsibility": "property", "partner_due": str(in_days(3))}
    assert "partner_due" in client.post(url, said).context["form"].errors
    client.post(url, said | {"responsibility": "developer"})
    case.refresh_from_db()
    assert (case.status, case.partner_due) == (Status.ROUTING, in_days(3))


class TestPartner(ActionCase):
    url_name, permission = "complaints:complaint_partner", "complaints.work_complaint"
    more_permissions = ("complaints.view_complaint",)
    log_action, invalid_field = "complaints.complaint.partner_due_changed", "partner_due"

    def make(self, community):
        return with_developer(unit=UnitFactory(building__community=community))

    def valid(self):
        return {"partner_due": str(in_days(4)), "reason": "材料下周到"}

    def invalid(self):
        return {"partner_due": str(in_days(-30))}

    def check(self, row):
        assert (row.status, row.partner_due) == (Status.WORKING, in_days(4))


def test_once_reported_back_there_is_nothing_to_move():
    case = with_developer(status="answering")
    with pytest.raises(BusinessError, match="待反馈客户"):
        partners.change_partner_due(case, by=lead(case.community), partner_due=in_days(3))


def test_done_again_and_begun_again_the_promise_has_to_be_made_anew():
    case, _handler, boss = answered()
    Complaint.objects.filter(pk=case.pk).update(responsibility="developer", partner_due=in_days(1))
    closing.redo_complaint(case, by=boss, reason="还在渗水")
    case.refresh_from_db()
    assert (case.partner_due, str(in_days(1)) in str(logged("redone", case).changes)) == (None, True)
    ended = with_developer(status="closed", handler=boss)
    closing.reopen_complaint(ended, by=lead(ended.community), reason="又渗水")
    ended.refresh_from_db()
    assert (ended.partner_due, str(in_days(-1)) in str(logged("reopened", ended).changes)) == (None, True)


def test_the_page_says_how_many_days_it_is_over_until_it_is_reported_back():
    case = with_developer()
    client = signed_in(lead(case.community))
    page = client.get(case.get_absolute_url()).content.decode()
    assert f"{in_days(-1)}，已过期 1 天" in page and reverse("complaints:complaint_partner", args=[case.pk]) in page
    for values in ({"status": "answering"}, {"status": "working", "partner_due": in_days(0)}):
        Complaint.objects.filter(pk=case.pk).update(**values)
        page = client.get(case.get_absolute_url()).content.decode()
        assert "对方期限" in page and "，已过期" not in page
    Complaint.objects.filter(pk=case.pk).update(responsibility="property", partner_due=None)
    assert "对方期限" not in client.get(case.get_absolute_url()).content.decode()


def test_the_list_and_the_workbench_know_who_is_late():
    community = CommunityFactory()
    unit, me = UnitFactory(building__community=community), clerk(community)
    late, unassigned = with_developer(unit=unit, handler=me), with_developer(unit=unit, status="routing")
    soon = with_developer(unit=unit, partner_due=in_days(0))
    with_developer(unit=unit, status="answering")
    with_developer()
    client, url = signed_in(me), reverse("complaints:complaint_list")
    card = client.get(reverse("dashboard:card_partners"), headers={"HX-Request": "true"}).context["figure"]
    assert (card.count, "1 件由我负责" in card.note) == (2, True)
    assert {row.pk for row in client.get(card.url).context["table"]["rows"]} == {late.pk, unassigned.pk}
    rows = client.get(url, {"group": "all", "partner": "waiting"}).context["table"]["rows"]
    assert {row.pk for row in rows} == {late.pk, unassigned.pk, soon.pk}


# --- a day that has passed is told of ---
# Works Monday to Friday, 09:00 to 18:00; the answer was promised for Thursday 19 November 2026.
THURSDAY, FRIDAY = date(2026, 11, 19), date(2026, 11, 20)


@pytest.fixture
def promised():
    community = CommunityFactory(work_calendar=WorkCalendarFactory())
    return with_developer(
        unit=UnitFactory(building__community=community), partner_due=THURSDAY, handler=clerk(community)
    )


def run_at(day, clock):
    """At a local time in November 2026."""
    hours, minutes = map(int, clock.split(":"))
    with time_machine.travel(datetime(2026, 11, day, hours, minutes, tzinfo=UTC) - timedelta(hours=8), tick=False):
        return promises.send_reminders()


def told(case):
    rows = InboxItem.objects.filter(kind="complaints.partner", user=case.handler)
    return list(rows.order_by("pk").values_list("sentence", flat=True))


def test_the_handler_hears_at_work_once_for_each_day_that_was_promised(promised):
    assert [run_at(19, "17:00"), run_at(20, "08:59"), told(promised)] == [0, 0, []]
    assert [run_at(20, "09:00"), run_at(20, "09:01"), run_at(23, "10:00")] == [1, 0, 0]
    assert told(promised) == [f"对方答复已逾期 1 天，请催办：{promised.headline}"]
    assert logged("partner_reminded", promised).changes["told"] == promised.handler.display_name
    Complaint.objects.filter(pk=promised.pk).update(partner_due=FRIDAY)
    assert [run_at(21, "10:00"), run_at(23, "09:00"), run_at(24, "09:00")] == [0, 1, 0], "never at the weekend"
    assert told(promised)[1:] == [f"对方答复已逾期 3 天，请催办：{promised.headline}"]


@pytest.mark.parametrize("values", [{"status": "answering"}, {"responsibility": "property"}, {"partner_due": None}])
def test_of_what_nobody_waits_for_nothing_is_told(promised, values):
    Complaint.objects.filter(pk=promised.pk).update(**values)
    assert run_at(20, "09:00") == 0
    assert not InboxItem.objects.filter(kind="complaints.partner").exists()


def test_without_a_handler_those_hear_who_may_give_it_to_one(promised):
    boss = lead(promised.community)
    Complaint.objects.filter(pk=promised.pk).update(handler=None, status="routing")
    assert run_at(20, "09:00") == 1
    assert boss.pk in InboxItem.objects.filter(kind="complaints.partner").values_list("user", flat=True)


def test_many_are_told_of_in_turn(promised, monkeypatch):
    monkeypatch.setattr(promises, "BATCH", 2)
    for _case in range(4):
        with_developer(unit=promised.unit, partner_due=THURSDAY, handler=promised.handler)
    assert run_at(20, "09:00") == 5
    assert len(told(promised)) == 5


def test_r53_out_of_warranty_somebody_pays():
    building = BuildingFactory(completed_on=date(2015, 3, 10))
    flat = ComplaintFactory(unit=UnitFactory(building=building), code="quality_leak")
    assert warranty_test(flat, "installation").sentence.endswith("归物业公司，有偿维修（户内）")
    assert warranty_test(flat, "waterproof").sentence.endswith("归物业公司，维修资金（共用部位）或有偿（户内）")
    shared = ComplaintFactory(
        unit=None, place=PlaceFactory(community=building.community), building=building, community=building.community,
        code="quality_leak",
    )  # fmt: skip
    assert warranty_test(shared, "waterproof").sentence.endswith("归物业公司，申请维修资金")
    assert warranty_test(shared, "structure").paid_by == ""
