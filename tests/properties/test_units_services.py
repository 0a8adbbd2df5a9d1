import threading

import pytest
from django.db import connection

from core.actors import SYSTEM
from core.errors import BusinessError
from core.models import LogEntry
from properties.models import Unit
from properties.services import buildings, places, teams, units
from tests.factories.audit import UserFactory, user_with
from tests.factories.properties import (
    BuildingFactory,
    CommunityFactory,
    TeamFactory,
    UnitFactory,
    dictionary_item,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def building():
    return BuildingFactory(number="3")


def flat():
    return dictionary_item("unit_type", "住宅-高层")


def test_r13_unit_is_kept_in_canonical_spelling(building):
    unit = units.create_unit(
        by=SYSTEM, building=building, entrance="02单元", number="1502室", unit_type=flat(), built_area="89.50"
    )
    unit.refresh_from_db()
    assert (unit.label, unit.code, unit.floor, unit.kind) == ("3栋2单元1502", "03-02-1502", 15, "home")
    assert Unit.objects.filter(search__begins=["031502"]).get() == unit
    entry = LogEntry.objects.get(action=units.CREATED)
    assert entry.changes["number"] == "1502"
    assert entry.community_id == building.community_id


def test_kind_follows_the_type(building):
    space = units.create_unit(
        by=SYSTEM, building=building, number="B1-0235", unit_type=dictionary_item("unit_type", "车位")
    )
    assert (space.kind, space.floor) == ("parking", -1)
    units.change_unit(space, by=SYSTEM, unit_type=flat())
    assert Unit.objects.get(pk=space.pk).kind == "home"


def test_inner_area_is_at_most_built_area(building):
    with pytest.raises(BusinessError, match="套内面积") as refused:
        units.create_unit(
            by=SYSTEM, building=building, number="101", unit_type=flat(), built_area="80", inner_area="90"
        )
    assert refused.value.field == "inner_area"


def test_change_logs_only_what_differs(building):
    unit = UnitFactory(building=building, entrance="2", number="1502")
    units.change_unit(unit, by=SYSTEM, number="1503", usage="let")
    unit.refresh_from_db()
    assert unit.code == "03-02-1503"
    assert LogEntry.objects.get(action=units.CHANGED).changes == {"number": ["1502", "1503"], "usage": ["自住", "出租"]}
    units.change_unit(unit, by=SYSTEM, number="1503", usage="let")
    assert LogEntry.objects.filter(action=units.CHANGED).count() == 1


def test_unit_stays_in_its_community(building):
    unit = UnitFactory(building=building)
    with pytest.raises(BusinessError, match="同一项目"):
        units.change_unit(unit, by=SYSTEM, building=BuildingFactory())


def test_new_building_number_renames_its_units(building):
    unit = UnitFactory(building=building, entrance="2", number="1502")
    buildings.change_building(building, by=SYSTEM, number="08栋")
    unit.refresh_from_db()
    assert (building.number, unit.code) == ("8", "08-02-1502")
    assert Unit.objects.filter(search__begins=["8-2-1502"]).exists()


def test_stop_and_restore(building):
    unit = UnitFactory(building=building)
    units.disable_unit(unit, by=SYSTEM, reason="拆改")
    with pytest.raises(BusinessError, match="已经停用"):
        units.disable_unit(Unit.objects.get(pk=unit.pk), by=SYSTEM)
    buildings.disable_building(building, by=SYSTEM)
    with pytest.raises(BusinessError, match="先恢复楼栋"):
        units.restore_unit(unit, by=SYSTEM)
    buildings.restore_building(building, by=SYSTEM)
    units.restore_unit(unit, by=SYSTEM)
    assert Unit.objects.get(pk=unit.pk).disabled_at is None
    assert LogEntry.objects.get(action=units.DISABLED).reason == "拆改"


def test_unit_in_a_foreign_building_is_refused(building):
    user = user_with("properties.add_unit", communities=[CommunityFactory()])
    with pytest.raises(BusinessError, match="数据范围"):
        units.create_unit(by=user, building=building, number="101", unit_type=flat())
    assert not Unit.objects.exists()


def test_place_belongs_to_a_building_of_its_community(building):
    place = places.create_place(
        by=SYSTEM, community=building.community, building=building, entrance="1单元", name="大堂"
    )
    assert str(place) == "3栋1单元 大堂"
    with pytest.raises(BusinessError):
        places.create_place(by=SYSTEM, community=CommunityFactory(), building=building, name="大堂")


def test_leader_is_a_member_and_members_are_logged():
    leader, other = UserFactory(), UserFactory()
    team = teams.create_team(by=SYSTEM, community=CommunityFactory(), name="工程一组", leader=leader, members=[other])
    assert set(team.members.all()) == {leader, other}
    teams.change_team(team, by=SYSTEM, members=[leader])
    assert LogEntry.objects.get(action=teams.CHANGED).changes["members"] == [[str(leader), str(other)], [str(leader)]]
    with pytest.raises(BusinessError, match="已停用"):
        teams.change_team(TeamFactory(), by=SYSTEM, members=[UserFactory(is_active=False)])


@pytest.mark.django_db(transaction=True)
def test_two_clerks_adding_the_same_room_make_one(building):
    """The second reads the sentence of the constraint, not a server error."""
    unit_type, outcomes, gate = flat(), [], threading.Barrier(4)

    def add():
        gate.wait()
        try:
            outcomes.append(units.create_unit(by=SYSTEM, building=building, number="1502", unit_type=unit_type))
        except BusinessError as error:
            outcomes.append(error.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(4)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert Unit.objects.filter(number="1502").count() == 1
    assert [str(text) for text in outcomes if isinstance(text, str)] == ["这栋楼的同一单元里已有这个房号"] * 3
