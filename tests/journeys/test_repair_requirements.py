"""R36 to R47 that no single page owns, each under its number; test_repair_story.py lives through them in one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import LogEntry
from owners.models import TimelineEntry
from tests.factories.audit import UserFactory, user_with
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import BuildingFactory, PlaceFactory, TeamFactory, UnitFactory
from tests.factories.workorders import (
    RepairerFactory,
    ReportCodeFactory,
    SuspensionRequestFactory,
    WorkOrderFactory,
    chief,
    desk,
    kind_of,
    works,
)
from tests.support.cases import make_community, signed_in
from workorders.models import WorkOrder
from workorders.queries.suggestions import choice_for
from workorders.services import after, dispatch, intake, work
from workorders.states import Source, Status

pytestmark = pytest.mark.django_db
TAKE = (
    "workorders.add_workorder", "workorders.change_workorder", "workorders.view_workorder", "workorders.view_outage", "owners.view_owner",
)  # fmt: skip


@pytest.fixture
def unit():
    return UnitFactory(
        building=BuildingFactory(community=make_community("OWN"), number="3"), entrance="2", number="1502"
    )


@pytest.fixture
def clerk(unit):
    return user_with(*TAKE, communities=[unit.community], display_name="马晓婷")


def sent(unit, **values):
    """What the form of the desk sends."""
    return {
        "unit": unit.pk, "kind": kind_of("tap").pk, "description": "厨房水龙头漏水", "source": "hotline", "reporter_name": "王建国",
    } | values  # fmt: skip


def page_of(user, order) -> str:
    return signed_in(user).get(order.get_absolute_url()).content.decode()


@pytest.mark.parametrize("source", [Source.APP, Source.WECHAT, Source.HOTLINE, Source.COUNTER])
def test_r36_staff_enter_for_the_owner_what_where_and_how_it_came(unit, clerk, source):
    relation = word("reporter_relation", "family")
    answer = signed_in(clerk).post(
        reverse("workorders:workorder_create"), sent(unit, source=source, spot="水槽下", relation=relation.pk)
    )
    order = WorkOrder.objects.get()
    assert answer.status_code == 302
    assert (order.source, order.spot, order.relation, order.reported_by) == (source, "水槽下", relation, clerk)
    page = page_of(clerk, order)
    assert "水槽下" in page and str(source.label) in page and "马晓婷" in page


def test_r37_an_order_comes_by_hand_and_by_itself(unit, clerk):
    """A clerk writes one; one that a passer-by sends from the code on the wall is there without anybody's doing."""
    signed_in(clerk).post(reverse("workorders:workorder_create"), sent(unit))
    code = ReportCodeFactory(place=PlaceFactory(community=unit.community))
    url = reverse("workorders:public_report", args=[code.code])
    Client().post(url, {"kind": kind_of("street_lamp").pk, "description": "车库入口的灯不亮"})
    by_hand, by_itself = WorkOrder.objects.order_by("pk")
    assert (by_hand.reported_by, by_itself.reported_by, by_itself.source) == (clerk, None, "qr")
    for order in (by_hand, by_itself):
        assert (order.status, order.clocks.count()) == (Status.WAITING, 3)
        assert order.number in signed_in(clerk).get(reverse("workorders:workorder_list")).content.decode()


def test_r38_type_urgency_and_division_of_labour_decide_who_gets_it(unit):
    """The plumber of this building before the plumber of another one and the electrician; a team as well as a person; emergencies are in no
    pool and count around the clock."""
    community, lead = unit.community, desk(unit.community)
    people = {}
    for name, skill, building in (
        ("水工本栋", "plumbing", unit.building), ("水工别栋", "plumbing", BuildingFactory(community=community, number="9")),
        ("电工", "electric", unit.building),
    ):  # fmt: skip
        row = works(RepairerFactory(community=community, user=UserFactory(display_name=name), skills=[skill]))
        row.buildings.add(building)
        people[name] = row.user
    order = WorkOrderFactory(unit=unit, code="drain")
    ranked = [row.person.user.display_name for row in choice_for(order, timezone.now()).suggestions]
    assert ranked == ["水工本栋", "水工别栋", "电工"]
    assert dispatch.dispatch_order(order, by=lead, to=people["水工本栋"]).assignee == people["水工本栋"]
    team = TeamFactory(community=community)
    second = dispatch.dispatch_order(WorkOrderFactory(unit=unit), by=lead, team=team)
    assert (second.team, second.assignee) == (team, None)
    pool = set(WorkOrder.objects.pool().values_list("pk", flat=True))
    drain, trapped = WorkOrderFactory(unit=unit, code="drain"), WorkOrderFactory(unit=unit, code="trapped")
    assert set(WorkOrder.objects.pool().values_list("pk", flat=True)) - pool == {drain.pk} != {trapped.pk}


def test_r40_the_repairer_sets_the_state_and_everybody_sees_it(unit):
    """处理中, 待备件, 已完成 by his own act, on the page the desk looks at."""
    lead, person = desk(unit.community), RepairerFactory(community=unit.community, user=chief(unit.community)).user
    order = WorkOrderFactory(unit=unit)
    dispatch.dispatch_order(order, by=lead, to=person)
    client, seen = signed_in(person), []

    def press(act, **data):
        client.post(reverse(f"workorders:workorder_{act}", args=[order.pk]), data)
        order.refresh_from_db()
        seen.append(str(order.get_status_display()))
        assert seen[-1] in page_of(lead, order)

    press("accept")
    press("await_parts", part="角阀", expected_on=timezone.localdate())
    press("parts_arrived")
    press("complete", result="换了角阀", confirm_way="none")
    assert seen == ["处理中", "待备件", "处理中", "已完成"]


def test_r41_a_supervisor_sees_what_is_late_and_demands_it(unit):
    lead = desk(unit.community)
    past = timezone.now() - timedelta(hours=2)
    late = WorkOrderFactory(unit=unit, next_clock="response", next_due_at=past, next_warn_at=past)
    WorkOrderFactory(unit=unit, next_clock="response", next_due_at=timezone.now() + timedelta(hours=2))
    client = signed_in(lead)
    rows = client.get(reverse("workorders:workorder_list"), {"group": "over"}).context["table"]["rows"]
    assert "超时 2时" in client.get(late.get_absolute_url()).content.decode()
    assert rows
    due = timezone.localtime(timezone.now() + timedelta(hours=1))
    data = {"demand": "请今天处理", "due_at": f"{due:%Y-%m-%d %H:%M}"}
    assert client.post(reverse("workorders:workorder_supervise", args=[late.pk]), data).status_code == 302
    assert late.supervisions.get().demanded_by == lead
    assert "请今天处理" in page_of(lead, late)


def test_r45_identity_and_flat_are_checked_before_the_order_is_written(unit, clerk):
    """The number finds the household, the look is logged without the number, and what was checked stands on the order."""
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
    client = signed_in(clerk)
    found = client.post(reverse("workorders:intake_call"), {"phone": "13800138000"}, headers={"HX-Request": "true"})
    assert unit.label in found.content.decode()
    client.post(reverse("workorders:workorder_create"), sent(unit, owner=owner.pk, reporter_name="", verified="on"))
    order = WorkOrder.objects.get()
    assert (order.verified, order.owner, order.reporter_name, order.unit) == (True, owner, "王建国", unit)
    entry = LogEntry.objects.get(action="workorders.call.looked_up")
    assert "13800138000" not in str(entry.changes) and entry.object_id == owner.pk
    page = page_of(clerk, order)
    assert "身份已核验" in page and "13800138000" not in page
    assert TimelineEntry.objects.filter(unit=unit, kind="repair").exists()


def test_r46_the_supervisor_looks_at_what_is_new_and_sends_it(unit):
    lead = desk(unit.community)
    row = works(RepairerFactory(community=unit.community, skills=["plumbing"]))
    new, sent_already = WorkOrderFactory(unit=unit, code="drain"), WorkOrderFactory(unit=unit, status="working")
    client = signed_in(lead)
    board = client.get(reverse("workorders:board")).content.decode()
    assert new.number in board and f'id="o-{new.pk}"' in board and f'id="o-{sent_already.pk}"' not in board
    client.post(
        reverse("workorders:workorder_dispatch", args=[new.pk]),
        {"to": row.user_id, "first": row.user_id, "back": "board"},
    )
    new.refresh_from_db()
    assert (new.status, new.assignee, new.dispatched_by) == (Status.DISPATCHED, row.user, lead)
    assert f'id="o-{new.pk}"' not in client.get(reverse("workorders:board")).content.decode()


def test_r47_a_report_is_a_record_of_its_own_until_it_becomes_work_or_does_not():
    """Whatever is reported keeps its number, its time and who said it, whether it is sent out, recognised as said before, or false."""
    code = ReportCodeFactory(place=PlaceFactory())
    url, lead = reverse("workorders:public_report", args=[code.code]), desk(code.community)
    for words in ("井盖松动", "还是那个井盖", "看错了"):
        Client().post(url, {"kind": kind_of("manhole").pk, "description": words})
    work_, again, nothing = WorkOrder.objects.order_by("pk")
    assert len({row.number for row in (work_, again, nothing)}) == 3
    assert {row.status for row in (work_, again, nothing)} == {Status.WAITING}
    person = RepairerFactory(community=code.community).user
    dispatch.dispatch_order(work_, by=lead, to=person)
    after.cancel_order(again, by=lead, reason=word("cancel_reason", "duplicate"), duplicate_of=work_)
    after.cancel_order(nothing, by=lead, reason=word("cancel_reason", "false_report"))
    assert [row.status for row in WorkOrder.objects.order_by("pk")] == [
        Status.DISPATCHED,
        Status.CANCELLED,
        Status.CANCELLED,
    ]
    assert again.duplicate_of == work_
    assert again.number in page_of(lead, work_)
    for row in (work_, again, nothing):
        assert LogEntry.objects.filter(action=intake.CREATED, object_id=row.pk).exists()


def test_r42_r44_result_material_and_verdict_make_the_record_that_is_searched(unit):
    """What is archived is found by its words, and its page holds what was done."""
    lead, person = desk(unit.community), RepairerFactory(community=unit.community).user
    order = WorkOrderFactory(unit=unit, status="working", assignee=person)
    SuspensionRequestFactory(order=order, asked_by=person, status="refused", decided_by=lead, answer="今天修好")
    work.complete_order(order, by=lead, finish=work.Finish("更换阀芯", word("fault_cause", "ageing")))
    after.rate_order(order, by=lead, stars=4, via="phone", text="满意")
    after.archive_order(order, by=lead)
    client = signed_in(lead)
    rows = client.get(reverse("workorders:workorder_list"), {"group": "all", "q": order.number}).content.decode()
    assert order.number in rows
    page = page_of(lead, order)
    assert "更换阀芯" in page and "材料老化" in page and "4 星" in page and "已归档" in page
