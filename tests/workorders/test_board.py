"""R38, R39: the dispatch board, its ranking, dispatch from it, and the pool."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import LogEntry
from tests.factories.audit import UserFactory, user_with
from tests.factories.owners import word
from tests.factories.properties import BuildingFactory, TeamFactory, UnitFactory, UnitMarkFactory
from tests.factories.workorders import RepairerFactory, WorkOrderFactory, desk, kind_of, repairer, works
from tests.support.cases import MOST_QUERIES, ActionCase, make_community, queries_of, signed_in
from workorders.models import WorkOrder
from workorders.queries.suggestions import best, choice_for
from workorders.services import dispatch, intake
from workorders.states import Duty, Status

DISPATCH = "workorders.dispatch_workorder"
BOARD = "workorders:board"


def person(community, name, *skills, on=True, **facts):
    row = RepairerFactory(community=community, user=UserFactory(display_name=name), skills=skills)
    for field, value in facts.items():
        getattr(row, field).set(value)
    return works(row) if on else row


def busy(row, count, status="working", **facts):
    """In buildings behind all others, so that they change no distance."""
    for _one in range(count):
        where = {"unit__building__community": row.community, "unit__building__sort_key": "9999"}
        WorkOrderFactory(**where, status=status, assignee=row.user, **facts)


def ranked(order):
    return choice_for(order, timezone.now()).suggestions


@pytest.mark.django_db
class TestRanking:
    def order(self, code="drain", community=None):
        community = community or make_community("OWN")
        buildings = [BuildingFactory(community=community, number=str(n), sort_key=f"{n:04}") for n in range(1, 11)]
        self.buildings = buildings
        return WorkOrderFactory(unit=UnitFactory(building=buildings[2]), code=code)

    def finished(self, row, building, unit=None, ago=timedelta(minutes=5)):
        unit = unit or UnitFactory(building=building)
        return WorkOrderFactory(unit=unit, status="done", assignee=row.user, completed_at=timezone.now() - ago)

    def test_the_formula_in_figures(self):
        """40 skill + 25 × (1 − 1/9) one building away + 25 × (1 − 1/6) with one in hand + 10 known household = 93."""
        order = self.order()
        zhao = person(order.community, "赵永康", "plumbing")
        self.finished(zhao, self.buildings[1])
        busy(zhao, 1)
        WorkOrderFactory(
            unit=order.unit, status="archived", assignee=zhao.user, completed_at=timezone.now() - timedelta(days=9)
        )
        only = ranked(order)[0]
        assert only.points == round(40 + 25 * 8 / 9 + 25 * 5 / 6 + 10) == 93
        texts = [reason.text for reason in only.reasons]
        assert texts[0] == "会修给排水"
        assert "在2栋完工，最近" in texts[1]
        assert texts[2] == "在办 1 单"
        assert texts[3].endswith("修过此户")
        assert all(reason.good for reason in only.reasons)

    def test_who_cannot_do_it_is_suggested_only_where_nobody_can(self):
        order = self.order()
        painter = person(order.community, "冯小刚", "cleaning")
        assert [row.person.repairer for row in best(ranked(order), word("skill", "plumbing").pk)] == [painter]
        plumber = person(order.community, "孙立军", "plumbing")
        busy(plumber, 5)
        assert [row.person.repairer for row in best(ranked(order), word("skill", "plumbing").pk)] == [plumber]

    def test_off_is_not_ranked_and_out_stands_behind_those_on_duty(self):
        order = self.order()
        person(order.community, "罗文彬", "plumbing", on=False)
        out, here = person(order.community, "郑少峰", "plumbing"), person(order.community, "刘志明", "plumbing")
        busy(here, 4)
        until = timezone.now() + timedelta(hours=1)
        out.overrides.create(duty=Duty.OUT, until=until, set_by=out.user, set_at=timezone.now())
        assert [row.person.repairer for row in ranked(order)] == [here, out]
        assert any(reason.text.startswith("外出，约") for reason in ranked(order)[1].reasons)

    def test_load_counts_what_waits_to_be_accepted_too(self):
        order = self.order()
        idle, loaded = person(order.community, "甲", "plumbing"), person(order.community, "乙", "plumbing")
        busy(loaded, 2, status="dispatched")
        assert [row.person.repairer for row in ranked(order)] == [idle, loaded]
        assert "在办 0 单，待接 2 单" in [reason.text for reason in ranked(order)[1].reasons]

    def test_his_own_buildings_speak_for_him_and_others_against(self):
        order = self.order()
        own = person(order.community, "甲", "plumbing", buildings=[self.buildings[2]])
        other = person(order.community, "乙", "plumbing", buildings=[self.buildings[5]])
        rows = ranked(order)
        assert [row.person.repairer for row in rows] == [own, other]
        assert "负责3栋" in [reason.text for reason in rows[0].reasons]
        assert "不负责3栋" in [reason.text for reason in rows[1].reasons]

    def test_a_place_in_another_community_is_not_told(self):
        order, elsewhere = self.order(), make_community("SECOND")
        row = person(order.community, "甲", "plumbing")
        RepairerFactory(community=elsewhere, user=row.user)
        secret = UnitFactory(building=BuildingFactory(community=elsewhere, number="77"))
        self.finished(row, None, unit=secret)
        told = "".join(reason.text for reason in ranked(order)[0].reasons)
        assert "今天在别的项目" in told and "77" not in told

    def test_an_order_in_no_building_is_ranked_too(self):
        order = self.order()
        WorkOrder.objects.filter(pk=order.pk).update(building=None)
        order.refresh_from_db()
        person(order.community, "甲", "plumbing")
        assert len(ranked(order)) == 1


@pytest.mark.django_db
class TestBoard:
    @pytest.fixture(autouse=True)
    def place(self):
        self.own, self.foreign = make_community("OWN"), make_community("FOREIGN")
        self.clerk = desk(self.own)
        self.client = signed_in(self.clerk)

    def waiting(self, community=None, code="drain", **facts):
        now = timezone.now()
        facts = {"next_due_at": now + timedelta(minutes=20), "next_warn_at": now + timedelta(minutes=17)} | facts
        return WorkOrderFactory(
            unit__building__community=community or self.own, code=code, next_clock="response", **facts
        )

    def page(self, query="", **headers):
        response = self.client.get(reverse(BOARD) + query, headers=headers)
        assert response.status_code == 200
        return response

    def test_what_waits_stands_by_its_deadline_and_the_first_is_looked_at(self):
        now = timezone.now()
        late = self.waiting(next_due_at=now - timedelta(minutes=35), next_warn_at=now - timedelta(hours=1))
        calm = self.waiting(next_due_at=now + timedelta(hours=3, minutes=5), next_warn_at=now + timedelta(hours=2))
        soon = self.waiting(next_due_at=now + timedelta(minutes=8, seconds=30), next_warn_at=now - timedelta(minutes=1))
        WorkOrderFactory(unit__building__community=self.own, status="working")
        self.waiting(self.foreign)
        board = self.page().context["board"]
        assert board.orders == [late, soon, calm]
        assert (board.selected, board.total) == (late, 3)
        assert [row.due.text for row in board.orders] == ["超时 35分", "剩 8分", "剩 3时4分"]
        assert [row.due.look for row in board.orders] == ["over", "soon", "ok"]

    def test_the_order_named_in_the_address_is_looked_at_and_a_foreign_one_is_not(self):
        self.waiting()
        second, foreign = self.waiting(), self.waiting(self.foreign)
        assert self.page(f"?order={second.pk}").context["board"].selected == second
        assert self.page(f"?order={foreign.pk}").context["board"].selected != foreign

    def test_people_with_load_duty_skills_and_place(self):
        order = self.waiting()
        row = person(self.own, "钱大勇", "plumbing", "doors")
        busy(row, 6, arrived_at=timezone.now())
        busy(row, 1, status="dispatched")
        UnitMarkFactory(unit=order.unit, kind="care", note="孕婴")
        response = self.page()
        text = response.content.decode()
        line = response.context["board"].shown[0]
        assert (line.person.in_hand, line.person.to_accept, line.over, line.blocks) == (6, 1, True, ("hi",) * 6)
        for words in ("超过 5 单", "给排水、门窗", "孕婴", "派给钱大勇", "技能 40 + 距离 25 + 负荷 25 + 熟悉此户 10"):
            assert words in text

    def test_only_those_who_can_do_it_until_everybody_is_asked_for(self):
        self.waiting()
        person(self.own, "甲", "plumbing"), person(self.own, "乙", "electric")
        board = self.page().context["board"]
        assert ([str(line.person.user) for line in board.shown], board.able) == (["甲"], 1)
        assert len(self.page("?everybody=1").context["board"].shown) == 2

    def test_a_team_narrows_people_and_what_they_can_do(self):
        drain, lamp = self.waiting(), self.waiting(code="lamp")
        plumber = person(self.own, "甲", "plumbing")
        person(self.own, "乙", "electric")
        team = TeamFactory(community=self.own, members=[plumber.user])
        board = self.page(f"?team={team.pk}").context["board"]
        assert board.orders == [drain] and lamp not in board.orders
        assert [str(one.user) for one in board.people] == ["甲"]

    def test_htmx_gets_the_board_alone(self):
        self.waiting()
        response = self.page(**{"HX-Request": "true", "HX-Target": "board"})
        assert b"<html" not in response.content and b'id="board"' in response.content

    def test_queries_do_not_grow_with_orders_people_or_history(self):
        self.waiting()
        busy(person(self.own, "甲", "plumbing"), 1)
        url = reverse(BOARD)
        queries_of(self.client, url)
        before = queries_of(self.client, url)
        for name in "乙丙丁":
            row = person(self.own, name, "plumbing", "doors")
            busy(row, 3), busy(row, 2, status="done")
            self.waiting()
        assert queries_of(self.client, url) == before <= MOST_QUERIES

    def test_without_a_community_in_hand_it_asks_which(self):
        self.waiting()
        client = signed_in(desk(self.own, self.foreign))
        page = client.get(reverse(BOARD))
        assert [(row.code, count) for row, count in page.context["communities"]] == [("FOREIGN", 0), ("OWN", 1)]
        assert client.get(f"{reverse(BOARD)}?community={self.own.pk}").context["board"].total == 1
        assert self.client.get(f"{reverse(BOARD)}?community={self.foreign.pk}").status_code == 404

    def test_nobody_there_and_nothing_waiting_are_told(self):
        assert "没有待派的工单" in self.page().content.decode()
        self.waiting()
        assert "现在没有在岗的维修人员" in self.page().content.decode()


class OnOrder:
    """An order to dispatch, two plumbers on duty: 甲 is free and first, 乙 is busy."""

    def make(self, community):
        first, second = person(community, "甲", "plumbing"), person(community, "乙", "plumbing")
        busy(second, 3)
        if community == self.own:
            self.first, self.second = first, second
        unit = UnitFactory(building__community=community)
        return intake.create_order(
            by=desk(community),
            unit=unit,
            kind=kind_of("drain"),
            source="hotline",
            reporter_name="王建国",
            description="返水",
        )


class TestDispatch(OnOrder, ActionCase):
    url_name, permission, log_action, invalid_field = (
        "workorders:workorder_dispatch",
        DISPATCH,
        dispatch.DISPATCHED,
        "reason",
    )

    def valid(self):
        return {"to": self.first.user_id}

    def invalid(self):
        """Not the first, and no reason."""
        return {"to": self.second.user_id, "first": self.first.user_id}

    def check(self, row):
        assert (row.status, row.assignee, row.dispatched_by) == (Status.DISPATCHED, self.first.user, self.actor)

    def test_with_a_reason_another_goes_and_the_log_keeps_why(self, permitted: Client) -> None:
        permitted.post(self.url(self.own_row), {"to": self.second.user_id, "reason": "业主点名"})
        assert LogEntry.objects.get(action=dispatch.DISPATCHED).reason == "业主点名"

    def test_who_was_first_when_looked_at_needs_no_reason(self, permitted: Client) -> None:
        data = {"to": self.second.user_id, "first": self.second.user_id, "back": "board"}
        assert permitted.post(self.url(self.own_row), data).url == reverse(BOARD)
        assert WorkOrder.objects.get(pk=self.own_row.pk).assignee == self.second.user

    def test_somebody_resting_is_sent_only_with_a_reason(self, permitted: Client) -> None:
        resting = person(self.own, "丙", "plumbing", on=False)
        answer = permitted.post(self.url(self.own_row), {"to": resting.user_id, "first": resting.user_id})
        assert "丙 现在休息" in answer.content.decode()
        permitted.post(self.url(self.own_row), {"to": resting.user_id, "reason": "困人，已电话叫回"})
        assert WorkOrder.objects.get(pk=self.own_row.pk).assignee == resting.user

    def test_a_team_needs_no_person_and_no_reason(self, permitted: Client) -> None:
        team = TeamFactory(community=self.own)
        permitted.post(self.url(self.own_row), {"to": "", "team": team.pk})
        row = WorkOrder.objects.get(pk=self.own_row.pk)
        assert (row.status, row.team, row.assignee) == (Status.DISPATCHED, team, None)

    def test_a_helper_goes_along(self, permitted: Client) -> None:
        permitted.post(self.url(self.own_row), self.valid() | {"helpers": [self.second.user_id]})
        assert list(WorkOrder.objects.get(pk=self.own_row.pk).helpers.all()) == [self.second.user]

    def test_the_second_dispatcher_is_told_who_won_and_whom_he_chose(self, permitted: Client) -> None:
        lead = desk(self.own)
        dispatch.dispatch_order(WorkOrder.objects.get(pk=self.own_row.pk), by=lead, to=self.second.user)
        at = timezone.localtime(WorkOrder.objects.get(pk=self.own_row.pk).dispatched_at)
        words = f"已由 {lead} 于 {at:%H:%M} 派给 乙"
        assert words in permitted.get(self.url(self.own_row)).content.decode()
        assert words in permitted.post(self.url(self.own_row), self.valid()).content.decode()

    def test_somebody_who_is_no_repairer_here_is_no_choice(self, permitted: Client) -> None:
        answer = permitted.post(self.url(self.own_row), {"to": RepairerFactory(community=self.foreign).user_id})
        assert "to" in answer.context["form"].errors


class TestTransfer(OnOrder, ActionCase):
    url_name, permission = "workorders:workorder_transfer", "workorders.transfer_workorder"
    log_action, invalid_field = dispatch.TRANSFERRED, "reason"

    def make(self, community):
        order = super().make(community)
        to = self.first if community == self.own else repairer_row(community)
        return dispatch.dispatch_order(order, by=desk(community), to=to.user)

    def valid(self):
        return {"to": self.second.user_id, "reason": "甲家里有事"}

    def invalid(self):
        return {"to": self.second.user_id, "reason": ""}

    def check(self, row):
        assert (row.status, row.assignee) == (Status.DISPATCHED, self.second.user)


def repairer_row(community):
    return person(community, "外", "plumbing")


class TestReturn(OnOrder, ActionCase):
    url_name, permission = "workorders:workorder_return", "workorders.work_workorder"
    more_permissions = ("workorders.act_for_workorder",)
    log_action, invalid_field = dispatch.RETURNED, "reason"

    def make(self, community):
        order = super().make(community)
        to = self.first if community == self.own else repairer_row(community)
        return dispatch.dispatch_order(order, by=desk(community), to=to.user)

    def valid(self):
        return {"reason": word("return_reason", "not_mine").pk, "detail": "要电工"}

    def check(self, row):
        assert (row.status, row.assignee) == (Status.WAITING, None)


class TestAccept(OnOrder, ActionCase):
    url_name, permission = "workorders:workorder_accept", "workorders.work_workorder"
    more_permissions = ("workorders.act_for_workorder",)
    log_action = dispatch.ACCEPTED

    def make(self, community):
        order = super().make(community)
        to = self.first if community == self.own else repairer_row(community)
        return dispatch.dispatch_order(order, by=desk(community), to=to.user)

    def check(self, row):
        assert (row.status, row.assignee) == (Status.WORKING, self.first.user)


@pytest.mark.django_db
class TestMany:
    @pytest.fixture(autouse=True)
    def place(self):
        self.own, self.foreign = make_community("OWN"), make_community("FOREIGN")
        self.orders = [WorkOrderFactory(unit__building__community=self.own, code="drain") for _one in range(3)]
        self.row = person(self.own, "甲", "plumbing")
        self.client, self.url = signed_in(desk(self.own)), reverse("workorders:workorder_dispatch_many")

    def post(self, *orders, **data):
        return self.client.post(self.url, {"ids": [order.pk for order in orders]} | data)

    def test_first_the_question_then_the_act(self):
        page = self.post(*self.orders)
        assert (page.context["total"], page.context["ready"]) == (3, 3)
        assert not WorkOrder.objects.exclude(status=Status.WAITING).exists()
        answer = self.post(*self.orders, to=self.row.user_id, confirm=1, back="board")
        assert answer.url == reverse(BOARD)
        assert WorkOrder.objects.filter(status=Status.DISPATCHED, assignee=self.row.user).count() == 3
        assert LogEntry.objects.filter(action=dispatch.DISPATCHED).count() == 3

    def test_what_is_skipped_is_told_with_its_reason(self):
        lead = desk(self.own)
        dispatch.dispatch_order(self.orders[0], by=lead, to=self.row.user)
        assert self.post(*self.orders).context["ready"] == 2
        answer = self.post(*self.orders, to=self.row.user_id, confirm=1)
        assert [order.pk for order, _why in answer.context["skipped"]] == [self.orders[0].pk]
        page = answer.content.decode()
        assert "2 单已派给 甲" in page and f"已由 {lead} 于" in page

    def test_orders_of_another_community_are_not_touched(self):
        foreign = WorkOrderFactory(unit__building__community=self.foreign)
        self.post(foreign, *self.orders, to=self.row.user_id, confirm=1)
        foreign.refresh_from_db()
        assert foreign.status == Status.WAITING

    def test_all_of_a_filtered_list(self):
        answer = self.client.post(
            self.url, {"all": "1", "filter": "status=waiting", "to": self.row.user_id, "confirm": "1"}
        )
        assert answer.status_code == 302
        assert WorkOrder.objects.filter(assignee=self.row.user).count() == 3

    def test_nobody_chosen_is_an_error_and_nothing_chosen_is_told(self):
        assert "to" in self.post(*self.orders, confirm=1).context["form"].errors
        assert "没有选中工单" in self.post().content.decode()

    def test_without_the_right_and_by_get_nothing(self):
        assert signed_in(user_with()).post(self.url, {}).status_code == 403
        assert self.client.get(self.url).status_code == 405


@pytest.mark.django_db
class TestPool:
    @pytest.fixture(autouse=True)
    def place(self):
        self.own, self.foreign = make_community("OWN"), make_community("FOREIGN")
        self.lamp = self.waiting(self.own, "lamp")
        self.drain = self.waiting(self.own, "drain")
        self.waiting(self.foreign, "drain"), self.waiting(self.own, "trapped")
        self.user = repairer(self.own, "plumbing")
        self.client = signed_in(self.user)

    def waiting(self, community, code):
        due = timezone.now() + timedelta(minutes=20)
        return WorkOrderFactory(unit__building__community=community, code=code, next_due_at=due, next_clock="response")

    def test_what_he_can_do_comes_first_and_nothing_foreign_or_pressing_is_there(self):
        page = self.client.get(reverse("workorders:pool"))
        assert [(order, order.fits) for order in page.context["orders"]] == [(self.drain, True), (self.lamp, False)]

    def test_taking_one_is_dispatch_and_acceptance_in_one(self):
        self.client.post(reverse("workorders:workorder_claim", args=[self.drain.pk]))
        self.drain.refresh_from_db()
        assert (self.drain.status, self.drain.assignee) == (Status.WORKING, self.user)

    def test_who_comes_second_is_told_by_whom_it_was_taken(self):
        other = repairer(self.own, "plumbing")
        dispatch.claim_order(WorkOrder.objects.get(pk=self.drain.pk), by=other)
        answer = self.client.post(reverse("workorders:workorder_claim", args=[self.drain.pk]), follow=True)
        assert f"已由 {other} 于" in answer.content.decode()
        self.drain.refresh_from_db()
        assert self.drain.assignee == other

    def test_a_foreign_order_and_one_that_is_no_pool_order_are_not_found(self):
        for community, code in ((self.foreign, "drain"), (self.own, "trapped")):
            order = self.waiting(community, code)
            url = reverse("workorders:workorder_claim", args=[order.pk])
            assert self.client.post(url).status_code == 404
            WorkOrder.objects.filter(pk=order.pk).update(status="working", assignee=UserFactory())
            assert self.client.post(url).status_code == 404

    def test_queries_do_not_grow(self):
        url = reverse("workorders:pool")
        queries_of(self.client, url)
        before = queries_of(self.client, url)
        for _one in range(3):
            self.waiting(self.own, "drain")
        assert queries_of(self.client, url) == before <= MOST_QUERIES
