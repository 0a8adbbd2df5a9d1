"""Few stars for a repair (DOMAIN 2.2, 返工: 评价≤2; R43, R50): what follows by itself, by the rule of the community."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint, ComplaintOrder, LowRatingRule
from complaints.policies import available_actions
from complaints.queries.people import handlers_for
from complaints.services import low_ratings, routing, unhappy
from complaints.services.low_ratings import RAISE, raise_from_rating
from complaints.states import Action, LowAct, Source
from core.actors import SYSTEM
from core.errors import BadValue, BusinessError
from core.models import InboxItem, Job, LogEntry
from owners.models import CallBackTask
from tests.factories.audit import user_with
from tests.factories.complaints import LowRatingRuleFactory, clerk, lead, manager
from tests.factories.owners import OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.factories.workorders import WorkOrderFactory
from tests.support.cases import ActionCase, CreateCase, FormCase, ListCase, signed_in
from tests.support.races import race
from workorders.models import Rating, WorkOrder
from workorders.services import after
from workorders.states import Status as OrderStatus

pytestmark = pytest.mark.django_db
VIEW, CHANGE, KIND = "complaints.view_lowratingrule", "complaints.change_lowratingrule", "complaints.low_rating"


def finished(unit: Any = None) -> WorkOrder:
    unit = unit or UnitFactory()
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
    order: WorkOrder = WorkOrderFactory(
        owner=owner, unit=unit, status=OrderStatus.DONE, reporter_name="王建国", reporter_phone="13800138000",
        assignee=clerk(unit.community),
    )  # fmt: skip
    return order


def rated(stars: int, order: WorkOrder | None = None) -> Rating:
    """By the owner, through the service his page and the desk use."""
    order = order or finished()
    return after.rate_order(order, by=SYSTEM, stars=stars, via="app", why="没修好", text="还在滴水")


def reader(order: WorkOrder) -> Any:
    """Sees orders and takes complaints in."""
    rights = ("complaints.view_complaint", "complaints.add_complaint", "workorders.view_workorder")
    return user_with(*rights, communities=[order.community])


def jobs() -> list[int]:
    return [job.args["rating"] for job in Job.objects.filter(kind=RAISE)]


def by_rule(act: str, stars: int = 2, given: int = 2) -> Rating:
    order = finished()
    LowRatingRuleFactory(community=order.community, act=act, stars=stars)
    return rated(given, order)


class TestTheRule:
    def test_the_house_begins_with_asking_at_two_stars_and_fewer(self) -> None:
        """DOMAIN 2.2: 返工 is decided by 客服 at 评价≤2; nothing becomes a complaint that nobody chose."""
        row = LowRatingRule.objects.get()
        assert (row.community, row.stars, row.act) == (None, 2, LowAct.ASK)

    def test_a_community_has_its_own_before_that_of_all(self) -> None:
        order = finished()
        LowRatingRule.objects.filter(community=None).update(act=LowAct.CALL)
        LowRatingRuleFactory(community=CommunityFactory(), act=LowAct.CALL)
        LowRatingRuleFactory(community=order.community, act=LowAct.COMPLAINT)
        rating = rated(1, order)
        assert jobs() == [rating.pk]

    @pytest.mark.parametrize(("stars", "given", "raised"), [(1, 2, False), (2, 2, True), (3, 3, True), (2, 3, False)])
    def test_it_says_from_how_many_stars_on(self, stars: int, given: int, raised: bool) -> None:
        rating = by_rule(LowAct.COMPLAINT, stars, given)
        assert jobs() == ([rating.pk] if raised else [])

    @pytest.mark.parametrize("act", list(LowAct))
    def test_who_gave_them_is_called_back_whatever_it_says(self, act: str) -> None:
        by_rule(act)
        assert CallBackTask.objects.get().cause == "low"

    def test_only_a_call_is_only_a_call(self) -> None:
        by_rule(LowAct.CALL)
        assert jobs() == []
        assert not InboxItem.objects.filter(kind=KIND).exists()


class TestAsking:
    def test_whoever_takes_complaints_in_is_told_and_the_order_offers_both(self) -> None:
        order = finished()
        taker = clerk(order.community)
        stranger = clerk(CommunityFactory())
        rated(2, order)
        assert not Complaint.objects.exists()
        item = InboxItem.objects.get(kind=KIND, user_id=taker.pk)
        assert ("业主评价 2 星" in item.sentence, item.url) == (True, order.get_absolute_url())
        assert not InboxItem.objects.filter(kind=KIND, user_id=stranger.pk).exists()
        shown = signed_in(reader(order)).get(reverse("complaints:workorder_cases", args=[order.pk]))
        assert reverse("complaints:workorder_raise", args=[order.pk]) in shown.content.decode()

    def test_three_stars_are_asked_about_where_the_rule_says_so(self) -> None:
        order = finished()
        LowRatingRuleFactory(community=order.community, act=LowAct.ASK, stars=3)
        rated(3, order)
        shown = signed_in(reader(order)).get(reverse("complaints:workorder_cases", args=[order.pk]))
        assert "业主评价 3 星" in shown.content.decode()


class TestRaising:
    def test_a_complaint_of_the_system_linked_both_ways(self) -> None:
        rating = by_rule(LowAct.COMPLAINT)
        taker = lead(rating.order.community)
        case = raise_from_rating(rating.pk)
        assert case is not None
        assert (case.source, case.kind, case.recorded_by, case.unit) == (
            Source.RATING,
            "complaint",
            None,
            rating.order.unit,
        )
        assert ("2 星" in case.facts, "没修好" in case.facts, case.topic.code) == (True, True, "repair_poor")
        assert ComplaintOrder.objects.get(order=rating.order).complaint == case
        entries = LogEntry.objects.filter(object_id=case.pk, action__startswith="complaints.complaint.")
        assert {entry.actor_type for entry in entries} == {"system"}
        assert InboxItem.objects.get(kind=KIND, user_id=taker.pk).url == case.get_absolute_url()
        client = signed_in(lead(rating.order.community))
        assert rating.order.number in client.get(case.get_absolute_url()).content.decode()

    def test_once_however_often_it_runs(self) -> None:
        rating = by_rule(LowAct.COMPLAINT)
        lead(rating.order.community)
        first = raise_from_rating(rating.pk)
        told, logged = InboxItem.objects.count(), LogEntry.objects.count()
        assert raise_from_rating(rating.pk) == first
        assert (Complaint.objects.count(), InboxItem.objects.count(), LogEntry.objects.count()) == (1, told, logged)

    def test_whoever_did_the_work_does_not_get_it(self) -> None:
        rating = by_rule(LowAct.COMPLAINT)
        order, boss = rating.order, lead(rating.order.community)
        case = raise_from_rating(rating.pk)
        assert case is not None
        assert list(case.accused_people.all()) == [order.assignee]
        # He may take cases in and hears of others, of this one not.
        assert not InboxItem.objects.filter(kind=KIND, user_id=order.assignee.pk).exists()
        routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
        case.refresh_from_db()
        assert order.assignee not in [person for person, _n in handlers_for(case)]
        assert Action.TAKE not in available_actions(order.assignee, case)
        assert Action.TAKE in available_actions(boss, case)
        with pytest.raises(BadValue, match="请换一个人处理"):
            routing.assign_complaint(case, by=boss, handler=order.assignee)

    def test_an_order_begun_anew_meanwhile_brings_none(self) -> None:
        rating = by_rule(LowAct.COMPLAINT)
        after.rework_order(rating.order, by=SYSTEM, reason="评价 2 星")
        assert raise_from_rating(rating.pk) is None
        assert not Complaint.objects.exists()

    def test_a_case_there_is_hears_of_it_instead(self) -> None:
        order = finished()
        LowRatingRuleFactory(community=order.community)
        boss = lead(order.community)
        case = unhappy.raise_from_order(order, by=boss, facts="没修好")
        rating = rated(1, order)
        raise_from_rating(rating.pk)
        raise_from_rating(rating.pk)
        assert Complaint.objects.count() == 1
        assert "又被评价 1 星" in InboxItem.objects.get(kind=KIND, user_id=boss.pk).sentence
        entry = LogEntry.objects.get(action="complaints.complaint.rated_low", object_id=case.pk)
        assert (entry.actor_type, entry.changes["stars"]) == ("system", 1)

    def test_the_second_round_rated_low_is_told_too(self) -> None:
        first = by_rule(LowAct.COMPLAINT)
        order, boss = first.order, lead(first.order.community)
        case = raise_from_rating(first.pk)
        after.rework_order(order, by=SYSTEM, reason="没修好")
        now = timezone.now()
        WorkOrder.objects.filter(pk=order.pk).update(status=OrderStatus.DONE, arrived_at=now, completed_at=now)
        raise_from_rating(rated(1, order).pk)
        assert Complaint.objects.get() == case
        assert InboxItem.objects.filter(kind=KIND, user_id=boss.pk).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_colleague_at_the_same_moment_makes_no_second_one() -> None:
    """Whoever comes second finds the complaint: a refusal for the colleague, nothing more to do for the system."""
    rating = by_rule(LowAct.COMPLAINT)
    boss = lead(rating.order.community)
    outcomes = race(
        lambda: raise_from_rating(rating.pk), lambda: unhappy.raise_from_order(rating.order, by=boss, facts="没修好")
    )
    assert Complaint.objects.count() == 1
    assert outcomes[0] == Complaint.objects.get()
    assert isinstance(outcomes[1], (Complaint, BusinessError))


# --- pages -------------------------------------------------------------------------------------------------------------------


class TestRuleList(ListCase):
    url_name, permission = "complaints:lowrule_list", VIEW
    search = ("?act=complaint", "?act=call")

    def make(self, community: Any) -> LowRatingRule:
        return LowRatingRuleFactory(community=community)

    def test_that_of_all_is_read_by_everybody_and_changed_by_the_house(self, permitted: Client) -> None:
        house = LowRatingRule.objects.get(community=None)
        assert house.pk in self.pks(permitted)
        keeper = signed_in(user_with(VIEW, CHANGE, communities=[self.own]))
        page = keeper.get(self.url(None)).content.decode()
        assert (self.own_row.get_absolute_url() in page, house.get_absolute_url() in page) == (True, False)
        assert keeper.get(house.get_absolute_url()).status_code == 404


class TestRuleCreate(CreateCase):
    url_name, permission, model = "complaints:lowrule_create", CHANGE, LowRatingRule
    more_permissions = (VIEW,)
    log_action, invalid_field = "complaints.lowratingrule.created", "community"

    def make(self, community: Any) -> None:
        return None

    def valid(self) -> dict[str, Any]:
        return {"community": self.own.pk, "stars": 1, "act": "complaint"}

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"community": ""}

    def foreign_data(self) -> dict[str, Any]:
        return self.valid() | {"community": self.foreign.pk}

    def check(self, row: Any) -> None:
        assert (row.community, row.stars, row.act) == (self.own, 1, LowAct.COMPLAINT)


class TestRuleUpdate(FormCase):
    url_name, permission = "complaints:lowrule_update", CHANGE
    more_permissions = (VIEW,)
    log_action, invalid_field = "complaints.lowratingrule.changed", "stars"

    def make(self, community: Any) -> LowRatingRule:
        return LowRatingRuleFactory(community=community)

    def valid(self) -> dict[str, Any]:
        return {"stars": 3, "act": "ask"}

    def invalid(self) -> dict[str, Any]:
        return {"stars": 5, "act": "ask"}

    def check(self, row: Any) -> None:
        assert (row.stars, row.act) == (3, LowAct.ASK)


class TestRuleRemove(ActionCase):
    url_name, permission = "complaints:lowrule_remove", CHANGE
    more_permissions = (VIEW,)
    log_action = "complaints.lowratingrule.removed"

    def make(self, community: Any) -> LowRatingRule:
        return LowRatingRuleFactory(community=community)

    def target_after(self) -> Any:
        return None

    def check(self, row: Any) -> None:
        assert not LowRatingRule.objects.filter(pk=self.own_row.pk).exists()


def test_that_of_all_is_changed_and_never_removed() -> None:
    house = LowRatingRule.objects.get(community=None)
    boss = manager()
    with pytest.raises(BusinessError, match="不能删除"):
        low_ratings.remove_rule(house, by=boss)
