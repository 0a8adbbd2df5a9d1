"""交接班: written down as it stands, signed by the one who goes and by the one who comes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import BusinessError
from core.models import InboxItem, LogEntry
from tests.factories.audit import user_with
from tests.factories.complaints import ComplaintFactory
from tests.factories.properties import BuildingFactory, CommunityFactory, UnitFactory
from tests.factories.workorders import HandoverFactory, OutageFactory, WorkOrderFactory, desk
from tests.support.cases import ActionCase, DetailCase, ListCase, queries_of, signed_in
from tests.support.races import race
from workorders.models import Handover, Pause, WorkOrder
from workorders.services import shifts

VIEW, SIGN = "workorders.view_handover", "workorders.sign_handover"


class TestHandoverList(ListCase):
    url_name, permission = "workorders:handover_list", VIEW
    search = ("?taken=no", "?taken=yes")

    def make(self, community):
        taken = Handover.objects.filter(community=community).exists()
        done = {"taken_by": desk(community), "taken_at": timezone.now()} if taken else {}
        return HandoverFactory(community=community, **done)


class TestHandoverPage(DetailCase):
    url_name, permission = "workorders:handover_detail", VIEW

    def make(self, community):
        lines = {"open": [{"text": "3栋1单元0201 水龙头，处理中", "url": "/workorders/1/", "icon": "tool"}]}
        return HandoverFactory(community=community, lines=lines, note="地库钥匙借出一把")

    def shows(self, row):
        return [row.given_by.display_name, "3栋1单元0201 水龙头，处理中", "地库钥匙借出一把", "待接班"]


class TestTake(ActionCase):
    url_name, permission, log_action = "workorders:handover_take", SIGN, "workorders.handover.taken"
    more_permissions = (VIEW,)

    def make(self, community):
        return HandoverFactory(community=community)

    def check(self, row):
        assert (row.taken_by is None, row.taken_at is None) == (False, False)


@pytest.fixture
def community(db):
    return CommunityFactory()


@pytest.mark.django_db
class TestGiving:
    def test_it_holds_what_is_open_what_was_promised_and_who_waits_for_an_answer(self, community):
        building = BuildingFactory(community=community)
        now = timezone.now()
        late = WorkOrderFactory(
            unit=UnitFactory(building=building), next_clock="response", next_due_at=now - timedelta(hours=1)
        )
        resting = WorkOrderFactory(unit=UnitFactory(building=building), status="parts", paused_at=now)
        Pause.objects.create(
            order=resting, kind="parts", part="角阀", reason="角阀", started_at=now, expected_on=timezone.localdate()
        )
        visited = WorkOrderFactory(
            unit=UnitFactory(building=building), visit_from=now, visit_until=now + timedelta(hours=2)
        )
        OutageFactory(community=community, expected_until=now + timedelta(hours=3))
        case = ComplaintFactory(unit=UnitFactory(building=building))
        secret = ComplaintFactory(unit=UnitFactory(building=building), confidential=True)
        for status in ("done", "archived"):
            WorkOrderFactory(unit=UnitFactory(building=building), status=status)
        WorkOrderFactory()
        clerk, mate = everybody_s(community), desk(community)
        client = signed_in(clerk)
        page = client.get(reverse("workorders:handover_create")).content.decode()
        answer = client.post(
            reverse("workorders:handover_create"), {"community": community.pk, "note": "借出钥匙 2 把"}
        )
        row = Handover.objects.get()
        assert answer.url == row.get_absolute_url()
        texts = {code: [line["text"] for line in lines] for code, lines in row.lines.items()}
        assert next(line["url"] for line in row.lines["open"]) == late.get_absolute_url()
        assert {line["url"] for line in row.lines["open"]} == {
            order.get_absolute_url() for order in (late, resting, visited)
        }
        assert any("角阀，预计" in text for text in texts["open"])
        assert any("上门" in text and visited.address in text for text in texts["promised"])
        assert any(text.startswith("3栋停水，预计") for text in texts["promised"])
        assert any(str(case.topic) in text for text in texts["unanswered"])
        assert not any(str(secret.topic) in text for text in texts["unanswered"] if secret.number in text)
        assert all(text in page for lines in texts.values() for text in lines), "what he signs is what he has read"
        assert (row.given_by, row.note, row.taken_at) == (clerk, "借出钥匙 2 把", None)
        assert LogEntry.objects.filter(action="workorders.handover.given", object_id=row.pk).count() == 1
        assert mate.pk in InboxItem.objects.filter(kind="workorders.handover").values_list("user", flat=True)
        assert clerk.pk not in InboxItem.objects.filter(kind="workorders.handover").values_list("user", flat=True)

    def test_what_is_kept_stays_as_it_was_signed(self, community):
        order = WorkOrderFactory(unit=UnitFactory(building__community=community))
        row = shifts.hand_over(by=desk(community), community=community)
        WorkOrder.objects.filter(pk=order.pk).update(address="别处")
        row.refresh_from_db()
        assert order.address in row.lines["open"][0]["text"] and "待派单" in row.lines["open"][0]["text"]

    def test_one_waits_at_a_time_and_nobody_signs_twice(self, community):
        going, coming, third = (desk(community) for _n in range(3))
        row = shifts.hand_over(by=going, community=community)
        with pytest.raises(BusinessError, match="还没有人接"):
            shifts.hand_over(by=third, community=community)
        with pytest.raises(BusinessError, match="不能是同一个人"):
            shifts.take_over(row, by=going)
        done = shifts.take_over(row, by=coming, note="少一把钥匙")
        assert (done.taken_by, done.taken_note) == (coming, "少一把钥匙")
        with pytest.raises(BusinessError, match="已由"):
            shifts.take_over(row, by=third)
        again = shifts.hand_over(by=coming, community=community)
        assert again.since == done.taken_at, "the next shift began when this one was taken over"

    def test_the_figures_are_those_of_the_shift(self, community):
        now = timezone.now()
        for hours in (2, 5, 30):
            WorkOrderFactory(
                unit=UnitFactory(building__community=community), status="done",
                reported_at=now - timedelta(hours=hours), completed_at=now - timedelta(hours=hours - 1),
            )  # fmt: skip
        row = shifts.hand_over(by=desk(community), community=community)
        assert (row.received, row.finished) == (2, 2)

    def test_the_workbench_asks_for_the_signature_and_not_whoever_gave(self, community):
        going, coming = everybody_s(community), everybody_s(community)
        row = shifts.hand_over(by=going, community=community, note="夜里盯一下水泵")
        take = reverse("workorders:handover_take", args=[row.pk])
        for person, asked in ((going, False), (coming, True)):
            page = signed_in(person).get(reverse("dashboard:workbench")).content.decode()
            assert (take in page, "夜里盯一下水泵" in page) == (asked, asked)

    def test_queries_do_not_grow(self, community):
        client, url = (
            signed_in(everybody_s(community)),
            f"{reverse('workorders:handover_create')}?community={community.pk}",
        )
        WorkOrderFactory(unit=UnitFactory(building__community=community))
        queries_of(client, url)
        before = queries_of(client, url)
        for _n in range(3):
            WorkOrderFactory(
                unit=UnitFactory(building__community=community), next_due_at=timezone.now(), next_clock="arrival"
            )
        assert queries_of(client, url) == before <= 30

    def test_another_community_is_no_choice(self, community):
        client = signed_in(everybody_s(community))
        answer = client.post(reverse("workorders:handover_create"), {"community": CommunityFactory().pk})
        assert (answer.status_code, Handover.objects.count()) == (200, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_has_it():
    community = CommunityFactory()
    row = shifts.hand_over(by=desk(community), community=community)
    people = [desk(community) for _n in range(4)]
    outcomes = race(*[lambda person=person: shifts.take_over(row, by=person) for person in people])
    row.refresh_from_db()
    won = [one for one in outcomes if isinstance(one, Handover)]
    assert len(won) == 1 and won[0].taken_by == row.taken_by
    assert LogEntry.objects.filter(action="workorders.handover.taken").count() == 1


def everybody_s(community):
    """A clerk who sees orders, outages, cases and calls."""
    return user_with(
        "workorders.view_workorder", "workorders.view_outage", "complaints.view_complaint", "complaints.view_enquiry",
        "owners.view_callbacktask", VIEW, SIGN, communities=[community],
    )  # fmt: skip
