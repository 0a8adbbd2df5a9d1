"""The workbench's table 先处理这些 and the red counts of the menu."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from config import navigation
from properties.current import SESSION_KEY
from tests.factories.audit import user_with
from tests.factories.properties import UnitFactory
from tests.factories.workorders import SuspensionRequestFactory, WorkOrderFactory, desk, repairer
from tests.support.cases import queries_of, signed_in
from workorders.models import WorkOrder
from workorders.states import Status

pytestmark = pytest.mark.django_db
COUNTED = [item for group in navigation.MENU for item in group.items if item.count]
BOX = {"HX-Request": "true"}


def due(order, minutes, warned=False):
    now = timezone.now()
    at = now + timedelta(minutes=minutes)
    warn = now - timedelta(minutes=1) if warned else at
    WorkOrder.objects.filter(pk=order.pk).update(next_due_at=at, next_warn_at=warn, next_clock="arrival")
    return order


def shown(user):
    return [row.url for row in signed_in(user).get("/").context["urgent"]]


def door(order):
    return reverse("workorders:workorder_open", args=[order.pk])


class TestUrgent:
    def setup_method(self):
        self.unit = UnitFactory()
        self.lead = desk(self.unit.community)

    def order(self, minutes, warned=False, **values):
        return due(WorkOrderFactory(**{"unit": self.unit} | values), minutes, warned)

    def test_late_and_nearly_late_by_the_time_left(self):
        soon, late, warned = self.order(10), self.order(-35, status=Status.WORKING), self.order(300, True)
        self.order(300)
        self.order(-100, status=Status.PARTS)
        due(WorkOrderFactory(), -10)  # of another community
        assert shown(self.lead) == [door(late), door(soon), door(warned)]

    def test_each_line_offers_its_next_step(self):
        waiting, working = self.order(-5), self.order(-4, status=Status.WORKING)
        page = signed_in(self.lead).get("/").content.decode()
        assert f'href="{reverse("workorders:workorder_dispatch", args=[waiting.pk])}" data-dialog>派单' in page
        assert f'href="{reverse("workorders:workorder_supervise", args=[working.pk])}" data-dialog>督办' in page

    def test_a_repairer_finds_his_own(self):
        person = repairer(self.unit.community)
        mine = self.order(-5, status=Status.DISPATCHED, assignee=person)
        self.order(-5, status=Status.WORKING)
        answer = signed_in(person).get("/")
        assert [row.url for row in answer.context["urgent"]] == [door(mine)]
        assert reverse("workorders:workorder_accept", args=[mine.pk]) in answer.content.decode()

    def test_whoever_has_nothing_of_the_kind_sees_no_table(self):
        answer = signed_in(user_with("owners.view_owner", communities=[self.unit.community])).get("/")
        assert answer.context["urgent"] is None
        assert "先处理这些" not in answer.content.decode()

    def test_the_page_stays_within_its_queries(self):
        self.order(-5)
        client = signed_in(self.lead)
        queries_of(client, "/")
        before = queries_of(client, "/")
        [self.order(-6, unit=UnitFactory(building=self.unit.building)) for _n in range(4)]
        assert queries_of(client, "/") == before <= 25

    def test_the_table_alone(self):
        order = self.order(-5)
        client, url = signed_in(self.lead), reverse("dashboard:urgent")
        assert door(order) in client.get(url, headers=BOX).content.decode()
        assert client.get(url).url == "/"


class TestCounts:
    url = property(lambda self: reverse("dashboard:menu_counts"))

    def numbers(self, client):
        return {count.place: count.number for count in client.get(self.url, headers=BOX).context["counts"]}

    def test_they_count_what_waits_in_the_reader_s_scope(self):
        unit = UnitFactory()
        for home in (unit, UnitFactory()):
            due(WorkOrderFactory(unit=home, status=Status.WORKING), -5)
            WorkOrderFactory(unit=home)
            SuspensionRequestFactory(order=WorkOrderFactory(unit=home, status=Status.WORKING))
        numbers = self.numbers(signed_in(desk(unit.community)))
        assert numbers["count-workorders-workorder_list"] == 1
        assert numbers["count-workorders-board"] == 1
        assert numbers["count-workorders-suspension_list"] == 1

    def test_they_follow_the_community_in_which_one_works(self):
        homes = [UnitFactory(), UnitFactory()]
        [WorkOrderFactory(unit=home) for home in homes]
        client = signed_in(user_with(
            "workorders.dispatch_workorder", "workorders.view_workorder", "properties.view_community",
            communities=[home.community for home in homes],
        ))  # fmt: skip
        assert self.numbers(client)["count-workorders-board"] == 2
        session = client.session
        session[SESSION_KEY] = homes[0].community_id
        session.save()
        assert self.numbers(client)["count-workorders-board"] == 1

    def test_one_statement_an_entry_and_none_for_those_not_open(self):
        place = UnitFactory().community
        one = signed_in(user_with("workorders.dispatch_workorder", communities=[place]))
        nothing = signed_in(user_with())
        for client in (one, nothing):
            client.get(self.url)
        statements = []
        for client in (one, nothing):
            with CaptureQueriesContext(connection) as captured:
                client.get(self.url)
            statements.append([row["sql"] for row in captured if "COUNT(*)" in row["sql"]])
        assert [len(rows) for rows in statements] == [1, 0]
        assert "LIMIT 100" in statements[0][0]

    def test_the_menu_asks_for_them_and_has_their_places(self):
        page = signed_in(desk(UnitFactory().community)).get("/").content.decode()
        assert f'hx-get="{self.url}"' in page
        assert '<span id="count-workorders-board" hidden></span>' in page

    @pytest.mark.parametrize("entry", COUNTED, ids=lambda entry: entry.url)
    def test_every_entry_resolves_and_gives_rows(self, entry):
        rows = import_string(entry.count.rows)
        place = UnitFactory().community
        holder = user_with(entry.permission, communities=[place])
        assert (rows(holder, None).count(), rows(holder, place).count()) == (0, 0)

    def test_every_source_of_urgent_lines_resolves(self):
        for source in navigation.URGENT:
            assert import_string(source.rows)(user_with(source.permission), 3) == []
