"""Pages about repairers: list, page, forms, rota, duty."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import LogEntry
from tests.factories.audit import UserFactory, grant_to, user_with
from tests.factories.owners import word
from tests.factories.properties import BuildingFactory, CommunityFactory
from tests.factories.workorders import RepairerFactory, WorkOrderFactory, repairer, works
from tests.support.cases import (
    ActionCase,
    CreateCase,
    DetailCase,
    FormCase,
    ListCase,
    make_community,
    queries_of,
    signed_in,
)
from workorders.models import DispatchSetting, DutyOverride, Repairer, Shift, ShiftException
from workorders.services import duty, people

CHANGE = "workorders.change_repairer"


class OnRepairer:
    def make(self, community):
        return works(RepairerFactory(community=community, skills=["plumbing"]))


class TestRepairerList(OnRepairer, ListCase):
    url_name, permission = "workorders:repairer_list", "workorders.view_repairer"
    search = ("?q=员工", "?q=无此人")

    def test_skill_and_duty_stand_in_the_row(self, permitted: Client) -> None:
        page = permitted.get(self.url(None)).content.decode()
        assert "给排水" in page and "在岗" in page


class TestRepairerDetail(OnRepairer, DetailCase):
    url_name, permission = "workorders:repairer_detail", "workorders.view_repairer"

    def shows(self, row):
        return [str(row.user), "给排水", "00:00–24:00", "全部楼栋"]

    def test_orders_in_hand_only_as_far_as_the_reader_sees_orders(self, permitted: Client) -> None:
        order = WorkOrderFactory(
            unit__building__community=self.own, status="working", assignee=self.own_row.user, number="BX20261122-7777"
        )
        assert order.number not in permitted.get(self.url(self.own_row)).content.decode()
        self.actor.__dict__.pop("access", None)
        grant_to(self.actor, "workorders.view_workorder", communities=[self.own])
        assert order.number in permitted.get(self.url(self.own_row)).content.decode()


class TestRepairerCreate(CreateCase):
    url_name, permission = "workorders:repairer_create", "workorders.add_repairer"
    more_permissions = ("workorders.view_repairer",)
    model, log_action, invalid_field = Repairer, people.CREATED, "user"

    def make(self, community):
        if not hasattr(self, "person"):
            self.person = UserFactory(display_name="赵永康")
            grant_to(self.person, "workorders.view_workorder", communities=[self.own])
        self.building = BuildingFactory(community=self.own)
        return community

    def valid(self):
        return {
            "community": self.own.pk, "user": self.person.pk, "skills": [word("skill", "plumbing").pk],
            "buildings": [self.building.pk], "automatic": "on",
        }  # fmt: skip

    def invalid(self):
        return self.valid() | {"user": ""}

    def foreign_data(self):
        return self.valid() | {"community": self.foreign.pk}

    def check(self, row):
        assert (row.user, row.community, row.automatic) == (self.person, self.own, True)
        assert list(row.buildings.all()) == [self.building]

    def test_the_same_person_is_registered_once(self, permitted: Client) -> None:
        permitted.post(self.url(None), self.valid())
        answer = permitted.post(self.url(None), self.valid())
        assert "已有这位维修人员" in answer.content.decode()
        assert Repairer.objects.count() == 1

    def test_somebody_of_another_community_is_no_choice(self, permitted: Client) -> None:
        stranger = UserFactory()
        grant_to(stranger, "workorders.view_workorder", communities=[self.foreign])
        data = self.valid() | {"user": stranger.pk}
        assert "user" in permitted.post(self.url(None), data).context["form"].errors

    def test_a_building_of_another_community_is_no_choice(self, permitted: Client) -> None:
        data = self.valid() | {"buildings": [BuildingFactory(community=self.foreign).pk]}
        assert "buildings" in permitted.post(self.url(None), data).context["form"].errors


class TestRepairerUpdate(OnRepairer, FormCase):
    url_name, permission, log_action = "workorders:repairer_update", CHANGE, people.CHANGED
    invalid_field = "skills"

    def valid(self):
        return {"skills": [word("skill", "electric").pk, word("skill", "doors").pk]}

    def invalid(self):
        return {"skills": [word("return_reason", "busy").pk]}

    def check(self, row):
        assert {str(skill) for skill in row.skills.all()} == {"电气", "门窗"}
        assert not row.automatic


class TestRepairerDisable(OnRepairer, ActionCase):
    url_name, permission, log_action = "workorders:repairer_disable", CHANGE, people.DISABLED
    invalid_field = "reason"

    def valid(self):
        return {"reason": "离职"}

    def check(self, row):
        assert row.disabled_at is not None


class TestRepairerRestore(ActionCase):
    url_name, permission, log_action = "workorders:repairer_restore", CHANGE, people.RESTORED

    def make(self, community):
        return RepairerFactory(community=community, disabled_at=timezone.now())

    def check(self, row):
        assert row.disabled_at is None


class TestRota(OnRepairer, FormCase):
    url_name, permission, log_action = "workorders:repairer_rota", CHANGE, people.ROTA_CHANGED
    invalid_field = "day_2"

    def valid(self):
        return {"day_0": "08:30-12:00 13:30-17:30", "day_4": "22:00-06:00", "day_5": "休"}

    def invalid(self):
        return self.valid() | {"day_2": "八点到五点"}

    def check(self, row):
        assert list(row.shifts.values_list("weekday", "starts", "ends")) == [
            (0, 510, 720),
            (0, 810, 1050),
            (4, 1320, 1800),
        ]

    def test_the_form_shows_the_rota_as_it_is(self, permitted: Client) -> None:
        assert 'value="00:00-24:00"' in permitted.get(self.url(self.own_row)).content.decode()


class TestDay(OnRepairer, ActionCase):
    url_name, permission, log_action = "workorders:repairer_day", CHANGE, people.DAY_CHANGED
    invalid_field = "day"

    def valid(self):
        return {"day": "2026-11-25", "hours": "", "reason": "年假"}

    def invalid(self):
        return {"day": "后天", "hours": ""}

    def check(self, row):
        found = row.exceptions.get()
        assert (found.day, found.hours, found.reason) == (date(2026, 11, 25), [], "年假")

    def test_opened_from_the_week_it_leads_back_to_the_week(self, permitted: Client) -> None:
        answer = permitted.post(f"{self.url(self.own_row)}?week=2026-11-23", self.valid())
        assert answer.url == f"{reverse('workorders:rota')}?week=2026-11-23"


class TestDayRemove(ActionCase):
    url_name, permission, log_action = "workorders:shiftexception_remove", CHANGE, people.DAY_REMOVED

    def make(self, community):
        return ShiftException.objects.create(repairer=RepairerFactory(community=community), day=date(2026, 11, 25))

    def target_after(self):
        return None

    def check(self, row):
        assert not ShiftException.objects.filter(pk=self.own_row.pk).exists()


class TestDuty(OnRepairer, ActionCase):
    url_name, permission, log_action = "workorders:repairer_duty", duty.SET_FOR, duty.SET
    invalid_field = "until"

    def valid(self):
        until = timezone.localtime() + timedelta(hours=1)
        return {"duty": "out", "until": f"{until:%Y-%m-%dT%H:%M}", "note": "建材市场"}

    def invalid(self):
        return self.valid() | {"until": "2020-01-01T08:00"}

    def check(self, row):
        assert (row.overrides.get().duty, row.overrides.get().set_by) == ("out", self.actor)


class TestDutyClear(ActionCase):
    url_name, permission, log_action = "workorders:repairer_duty_clear", duty.SET_FOR, duty.CLEARED

    def make(self, community):
        row = RepairerFactory(community=community)
        until = timezone.now() + timedelta(hours=1)
        DutyOverride.objects.create(repairer=row, duty="out", until=until, set_by=row.user)
        return row

    def check(self, row):
        assert row.overrides.get().until <= timezone.now()


class TestSetting(FormCase):
    url_name, permission = "workorders:dispatchsetting_update", "workorders.change_dispatchsetting"
    log_action, invalid_field = people.SETTING_CHANGED, ""

    def make(self, community):
        return community

    def valid(self):
        return {
            "automatic": "on", "most_orders": 4, "skill_weight": 40, "distance_weight": 30, "load_weight": 20,
            "household_weight": 10,
        }  # fmt: skip

    def invalid(self):
        return self.valid() | {"skill_weight": 90}

    def check(self, row):
        setting = DispatchSetting.objects.get(community=row)
        assert (setting.automatic, setting.most_orders, setting.distance_weight) == (True, 4, 30)


@pytest.mark.django_db
class TestOwnDuty:
    def test_a_repairer_says_it_for_all_his_communities_with_the_right_to_do_his_own_work(self):
        here, there = make_community("OWN"), make_community("SECOND")
        person = repairer(here)
        RepairerFactory(user=person, community=there)
        client, until = signed_in(person), timezone.localtime() + timedelta(hours=2)
        page = client.get(reverse("workorders:my_duty")).content.decode()
        assert here.name in page and there.name in page
        data = {"duty": "off", "until": f"{until:%Y-%m-%dT%H:%M}"}
        assert client.post(reverse("workorders:my_duty"), data).status_code == 302
        assert DutyOverride.objects.filter(duty="off", set_by=person).count() == 2
        phone = client.get(reverse("workorders:phone_duty")).content.decode()
        assert "现在就恢复按排班" in phone
        assert "rp-choice" in phone
        client.post(reverse("workorders:my_duty_clear"))
        assert not DutyOverride.objects.filter(until__gt=timezone.now()).exists()

    def test_who_is_no_repairer_changes_nothing(self):
        client = signed_in(user_with("workorders.work_workorder"))
        data = {"duty": "off", "until": "2030-01-01T08:00"}
        assert "没有登记为维修人员" in client.post(reverse("workorders:my_duty"), data).content.decode()
        assert not LogEntry.objects.filter(action=duty.SET).exists()


@pytest.mark.django_db
class TestWeek:
    def test_the_week_shows_exceptions_and_only_ones_own_communities_in_constant_queries(self):
        own, other = make_community("OWN"), CommunityFactory()
        row, foreign = works(RepairerFactory(community=own)), RepairerFactory(community=other)
        ShiftException.objects.create(repairer=row, day=date(2026, 11, 25), hours=[540, 1020], reason="调班")
        client = signed_in(user_with("workorders.view_repairer", communities=[own]))
        url = f"{reverse('workorders:rota')}?week=2026-11-27"
        page = client.get(url).content.decode()
        assert "09:00–17:00" in page and "调班" in page and str(row.user) in page
        assert str(foreign.user) not in page
        assert reverse("workorders:repairer_day", args=[row.pk]) not in page  # may look, not change
        before = queries_of(client, url)
        works(RepairerFactory(community=own))
        works(RepairerFactory(community=own), (510, 720), (1320, 1800))
        assert queries_of(client, url) == before

    def test_nonsense_in_the_address_is_this_week(self):
        client = signed_in(user_with("workorders.view_repairer", scope="all"))
        assert client.get(f"{reverse('workorders:rota')}?week=never").status_code == 200
        assert Shift.objects.count() == 0
