"""Plans that call whom a saved view of the list of people shows, or an age reckoned from the birthday."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.errors import BadValue
from core.models import InboxItem, LogEntry, SavedView
from owners.models import CallBackPlan, CallBackTask, Owner
from owners.queries.call_plans import select
from owners.services import call_plans, call_rounds
from owners.states import PlanStatus
from tests.factories.audit import user_with
from tests.factories.owners import CallBackPlanFactory, OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.owners.test_call_back_pages import plan_data
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
OWNERS = "owners.view_owner"
KEEP = ("owners.add_callbackplan", "owners.change_callbackplan", "owners.view_callbackplan", "owners.call_callbacktask")


def household(community, name="王建国"):
    unit = UnitFactory(building__community=community)
    return OwnerFactory(name=name, phones=["13800138000"], units=[unit]), unit


def view_of(user, query, **values):
    fields = {"list_name": "owners:owner_list", "name": "高龄住户"} | values
    return SavedView.objects.create(user=user, query=query, **fields)


def picked(plan):
    return [pick.unit_id for pick in select(plan, 1, timezone.localdate()).picks]


@pytest.fixture
def community():
    return CommunityFactory()


@pytest.fixture
def boss(community):
    return user_with(*KEEP, OWNERS, communities=[community], visibility={"name": "plain"})


class TestViews:
    def test_the_page_counts_and_calls_whom_the_view_shows(self, community, boss):
        _owner, unit = household(community)
        household(community, "李小明")
        view = view_of(boss, "name=王建国")
        data = plan_data(community, boss, view=view.pk)
        client = signed_in(boss)
        assert client.post(reverse("owners:callbackplan_create"), data).status_code == 302
        plan = CallBackPlan.objects.get()
        assert (plan.view, plan.view_name, plan.view_query, plan.view_by) == (view, "高龄住户", "name=王建国", boss)
        page = client.get(plan.get_absolute_url())
        assert "高龄住户" in page.content.decode()
        assert [row.pk for row, _name in page.context["first"]] == [unit.pk]
        shown = client.get(f"{reverse('owners:owner_list')}?{view.query}").context["table"]["rows"]
        assert len(page.context["selection"].picks) == len(shown) == 1
        CallBackPlan.objects.update(next_on=timezone.localdate(), status=PlanStatus.RUNNING)
        call_rounds.begin_round(plan.pk, today=timezone.localdate())
        assert CallBackTask.objects.get().unit == unit

    def test_only_whom_its_chooser_may_see(self, community, boss):
        """He may plan for the whole place and read the files of one building only."""
        _owner, unit = household(community)
        household(community, "王建军")
        part = user_with(OWNERS, buildings=[unit.building_id])
        both = user_with(*KEEP, communities=[community])
        for person in (part, both):
            view_of(person, "")
        own = CallBackPlanFactory(community=community, view_by=boss, view_name="全部", view_query="")
        assert len(picked(own)) == 2
        less = CallBackPlanFactory(community=community, view_by=part, view_name="全部", view_query="")
        assert picked(less) == [unit.pk]

    def test_what_it_said_stays_when_it_is_changed_or_deleted(self, community, boss):
        _owner, unit = household(community)
        household(community, "李小明")
        view = view_of(boss, "name=王建国")
        plan = call_plans.change_plan(CallBackPlanFactory(community=community, keeper=boss), by=boss, view=view)
        SavedView.objects.filter(pk=view.pk).update(query="name=李小明")
        assert picked(plan) == [unit.pk]
        view.delete()
        plan = CallBackPlan.objects.get(pk=plan.pk)
        assert (plan.view, picked(plan)) == (None, [unit.pk])
        client = signed_in(boss)
        url = reverse("owners:callbackplan_update", args=[plan.pk])
        assert ("kept", "高龄住户（保持不变）") in client.get(url).context["form"].fields["view"].choices
        client.post(url, plan_data(community, boss, view="kept", name="改了名"))
        plan.refresh_from_db()
        assert (plan.name, plan.view_query) == ("改了名", "name=王建国")
        client.post(url, plan_data(community, boss, view=""))
        plan.refresh_from_db()
        assert (plan.view_query, plan.view_by, len(picked(plan))) == ("", None, 2)

    def test_another_one_who_changes_the_plan_does_not_lend_it_his_eyes(self, community, boss):
        view = view_of(boss, "name=王建国", shared=True)
        plan = call_plans.change_plan(CallBackPlanFactory(community=community, keeper=boss), by=boss, view=view)
        other = user_with(*KEEP, OWNERS, communities=[community])
        plan = call_plans.change_plan(plan, by=other, view=view, days=9)
        assert (plan.view_by, plan.days) == (boss, 9)
        SavedView.objects.filter(pk=view.pk).update(query="name=李小明")
        plan = call_plans.change_plan(plan, by=other, view=SavedView.objects.get())
        assert (plan.view_by, plan.view_query) == (other, "name=李小明")

    def test_a_view_of_another_person_or_of_another_list_is_none(self, community, boss):
        plan = CallBackPlanFactory(community=community, keeper=boss)
        foreign = view_of(user_with(OWNERS), "")
        units = view_of(boss, "", list_name="properties:unit_list", name="房屋")
        for view in (foreign, units):
            with pytest.raises(BadValue):
                call_plans.change_plan(plan, by=boss, view=view)
            answer = signed_in(boss).post(
                reverse("owners:callbackplan_update", args=[plan.pk]), plan_data(community, boss, view=view.pk)
            )
            assert "view" in answer.context["form"].errors

    def test_whose_chooser_may_not_open_the_list_any_more_waits_for_its_keeper(self, community, boss):
        """Neither everybody nor nobody would be right."""
        household(community)
        gone = user_with(communities=[community])
        plan = CallBackPlanFactory(
            community=community, keeper=boss, view_by=gone, view_name="高龄住户", status=PlanStatus.RUNNING,
            next_on=timezone.localdate(),
        )  # fmt: skip
        assert "选不出人" in signed_in(boss).get(plan.get_absolute_url()).content.decode()
        assert call_rounds.begin_due_rounds()["rounds"] == 0
        plan.refresh_from_db()
        assert (plan.status, CallBackTask.objects.count()) == (PlanStatus.PAUSED, 0)
        assert "已暂停" in InboxItem.objects.get(user_id=boss.pk).sentence
        assert LogEntry.objects.get(action="owners.callbackplan.paused").actor_type == "system"

    def test_the_log_does_not_keep_whom_the_view_asks_for(self, community, boss):
        plan = call_plans.change_plan(
            CallBackPlanFactory(community=community, keeper=boss), by=boss, view=view_of(boss, "name=王建国")
        )
        entry = LogEntry.objects.get(action="owners.callbackplan.changed", object_id=plan.pk)
        assert ("王建国" in str(entry.changes), entry.changes["view_name"][1]) == (False, "高龄住户")


class TestAges:
    @pytest.mark.parametrize(
        ("born", "sixty", "at_most_sixty"),
        [
            ((1966, 11, 23), True, True),  # sixty today
            ((1966, 11, 24), False, True),  # tomorrow
            ((1966, 12, 1), False, True),
            ((1965, 11, 24), True, True),  # sixty-one tomorrow
            ((1965, 11, 23), True, False),  # sixty-one today
            ((1966, None, None), True, True),  # the year alone counts as a whole
            ((1965, None, None), True, False),
            ((None, 11, 23), False, False),  # a birthday without a year is no age
            ((1900, 1, 1), True, False),
        ],
    )
    def test_the_birthday_decides(self, community, born, sixty, at_most_sixty):
        owner, unit = household(community)
        Owner.objects.filter(pk=owner.pk).update(birth_year=born[0], birth_month=born[1], birth_day=born[2])
        with time_machine.travel(date(2026, 11, 23), tick=False):
            for values, fits in (({"age_from": 60}, sixty), ({"age_to": 60}, at_most_sixty)):
                assert picked(CallBackPlanFactory(community=community, **values)) == ([unit.pk] if fits else []), values

    def test_who_is_born_on_the_29th_of_february_is_older_on_the_1st_of_march(self, community):
        owner, unit = household(community)
        Owner.objects.filter(pk=owner.pk).update(birth_year=1960, birth_month=2, birth_day=29)
        for day, fits in ((date(2026, 2, 28), []), (date(2026, 3, 1), [unit.pk])):
            with time_machine.travel(day, tick=False):
                assert picked(CallBackPlanFactory(community=community, age_from=66)) == fits
