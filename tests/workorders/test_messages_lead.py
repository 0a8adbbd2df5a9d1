"""Where messages about an order lead: the page made for whoever opens it; orders whose clocks stand still."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import InboxItem
from tests.factories.audit import user_with
from tests.factories.owners import word
from tests.factories.properties import UnitFactory
from tests.factories.workorders import WorkOrderFactory, chief, desk, kind_of, repairer
from tests.support.cases import signed_in
from workorders.services import dispatch, intake, pausing
from workorders.states import Status

pytestmark = pytest.mark.django_db


def opened(person, order):
    return signed_in(person).get(reverse("workorders:workorder_open", args=[order.pk]))


class TestDoor:
    def test_the_inbox_leads_a_repairer_to_his_phone(self):
        unit = UnitFactory()
        person, lead = repairer(unit.community), desk(unit.community)
        order = dispatch.dispatch_order(WorkOrderFactory(unit=unit), by=lead, to=person)
        client = signed_in(person)
        item = InboxItem.objects.get(user=person)
        first = client.post(reverse("core:inbox_open", args=[item.pk]))
        assert client.get(first.url).url == reverse("workorders:phone_order", args=[order.pk])

    def test_everybody_else_is_led_to_the_desk_s_page(self):
        unit = UnitFactory()
        order = WorkOrderFactory(unit=unit, status=Status.WORKING)
        assert opened(desk(unit.community), order).url == order.get_absolute_url()
        lead = chief(unit.community)
        mine = WorkOrderFactory(unit=unit, status=Status.WORKING, assignee=lead)
        assert opened(lead, mine).url == mine.get_absolute_url()

    def test_it_opens_for_nobody_who_may_not_see_the_order(self):
        order = WorkOrderFactory()
        assert opened(desk(UnitFactory().community), order).status_code == 404
        assert opened(user_with(), order).status_code == 403


class TestHeld:
    """Orders whose clocks stand still owe nothing, and stand after those that do."""

    def taken(self, unit):
        fields = {"source": "hotline", "reporter_name": "王建国", "description": "漏水"}
        order = intake.create_order(by=desk(unit.community), unit=unit, kind=kind_of("tap"), **fields)
        person = repairer(unit.community)
        dispatch.dispatch_order(order, by=desk(unit.community), to=person)
        return dispatch.accept_order(order, by=person), person

    def test_nothing_falls_due_until_work_goes_on(self):
        order, person = self.taken(UnitFactory())
        owed = order.next_clock
        pausing.await_parts(order, by=person, part="角阀", expected_on=timezone.localdate() + timedelta(days=1))
        order.refresh_from_db()
        assert (order.next_due_at, order.next_warn_at, order.next_clock) == (None, None, owed)
        pausing.parts_arrived(order, by=person)
        order.refresh_from_db()
        assert order.next_due_at is not None

    def test_the_list_says_so_and_puts_them_last(self):
        unit = UnitFactory()
        order, person = self.taken(unit)
        pausing.await_parts(order, by=person, part="角阀", expected_on=timezone.localdate() + timedelta(days=1))
        running, _person = self.taken(unit)
        client = signed_in(desk(unit.community))
        answer = client.get(reverse("workorders:workorder_list"))
        assert [row.pk for row in answer.context["table"]["rows"]] == [running.pk, order.pk]
        assert "暂停中" in answer.content.decode()
        for group in ("over", "soon"):
            found = client.get(reverse("workorders:workorder_list"), {"group": group}).context["table"]["rows"]
            assert order.pk not in [row.pk for row in found]

    def test_suspended_with_leave_is_the_same(self):
        order, person = self.taken(UnitFactory())
        asked = pausing.ask_suspension(
            order, by=person, reason=word("suspend_reason", "away"), resume_on=timezone.localdate() + timedelta(days=2)
        )
        pausing.approve_suspension(asked, by=chief(order.community))
        order.refresh_from_db()
        assert order.next_due_at is None
