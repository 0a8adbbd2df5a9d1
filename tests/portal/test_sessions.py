"""Who one is, what a session shows and how it ends, and that the two doors lead to two houses (SECURITY 7.*)."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from core.models import Job, LogEntry, RateBucket
from owners.models import OwnerSession, Tenure
from owners.services import sign_in as service
from tests.factories.audit import UserFactory
from tests.factories.properties import ParkingFactory, UnitFactory
from tests.portal.support import OTHER_PHONE, ask, enter, resident, shown_code, signed_in_owner, text_of
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
HOME = "/m/"


def is_at_the_door(client: Client, url: str = HOME) -> bool:
    response = client.get(url)
    return response.status_code == 302 and response.url.startswith(reverse("portal:sign_in"))


# --- Who one is --------------------------------------------------------------------------------------------------------
@pytest.fixture
def couple(db: None) -> tuple[Any, Any]:
    """Husband and wife with one phone and one flat."""
    unit = UnitFactory(building__number="3", entrance="2", number="1502")
    return resident(units=[unit]), resident(name="李慧敏", units=[unit])


def test_a_shared_number_asks_who_one_is(couple: Any) -> None:
    _husband, wife = couple
    client = Client()
    ask(client)
    response = enter(client, shown_code(client))
    assert response.url == reverse("portal:who")
    page = text_of(client.get(response.url))
    assert ("王*国" in page, "李*敏" in page, "王建国" in page) == (True, True, False)
    assert is_at_the_door(client), "nobody is signed in yet"
    client.post(reverse("portal:who"), {"who": wife.pk})
    assert "李慧敏" in text_of(client.get(reverse("portal:me")))
    assert OwnerSession.objects.get().owner_id == wife.pk


def test_nobody_else_can_be_chosen(couple: Any) -> None:
    stranger = resident(OTHER_PHONE, name="赵无关")
    gone = resident(name="孙搬走")
    Tenure.objects.filter(owner=gone).update(end=date(2021, 1, 1))
    client = Client()
    ask(client)
    enter(client, shown_code(client))
    for who in (stranger.pk, gone.pk, "", "x", 0):
        assert "请选择您是谁" in text_of(client.post(reverse("portal:who"), {"who": who}))
    assert not OwnerSession.objects.exists()


def test_choosing_needs_a_proven_code_and_ends_in_time(couple: Any) -> None:
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client)
        assert client.get(reverse("portal:who")).url == reverse("portal:sign_in")
        assert client.post(reverse("portal:who"), {"who": couple[0].pk}).url == reverse("portal:sign_in")
        enter(client, shown_code(client))
        clock.shift(timedelta(minutes=10, seconds=1))
        assert client.post(reverse("portal:who"), {"who": couple[0].pk}).url == reverse("portal:sign_in")
    assert not OwnerSession.objects.exists()


# --- The session -------------------------------------------------------------------------------------------------------
def test_the_cookie_is_closed_to_scripts_and_secure_in_production() -> None:
    resident()
    cookie = signed_in_owner().cookies[settings.OWNER_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], bool(cookie["secure"])) == (True, "Lax", "/", False)
    client = Client()
    with override_settings(PRODUCTION=True, OWNER_COOKIE_NAME="__Host-owner", OWNER_DOOR_COOKIE_NAME="__Host-door"):
        asked = service.request_code(OTHER_PHONE, ip="10.0.0.1")
        resident(OTHER_PHONE)
        code = service.carry_code(Job.objects.get(kind=service.SEND_CODE).args["code"])
        client.cookies["__Host-door"] = asked.token
        enter(client, code)
        assert (client.cookies["__Host-owner"]["secure"], client.cookies["__Host-owner"]["path"]) == (True, "/")
        assert client.get(HOME).status_code == 200


def test_a_session_ends_idle_and_absolutely() -> None:
    resident()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in_owner()
        for _week in range(4):
            clock.shift(timedelta(days=6))
            assert client.get(HOME).status_code == 200
        clock.shift(timedelta(days=6, hours=1))
        assert is_at_the_door(client), "thirty days whatever happens"
        assert "登录已过期" in text_of(client.get(reverse("portal:sign_in")))
        assert "登录已过期" not in text_of(client.get(reverse("portal:sign_in"))), "said once"
        other = signed_in_owner()
        clock.shift(timedelta(days=7, seconds=1))
        assert is_at_the_door(other), "a week without a visit"


def test_reading_pages_writes_the_session_at_most_once_a_minute() -> None:
    resident()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in_owner()
        first = OwnerSession.objects.get().seen_at
        clock.shift(timedelta(seconds=30))
        client.get(HOME)
        assert OwnerSession.objects.get().seen_at == first
        clock.shift(timedelta(seconds=31))
        client.get(HOME)
        assert OwnerSession.objects.get().seen_at > first


def _sold(owner: Any) -> None:
    Tenure.objects.filter(owner=owner).update(end=timezone.localdate() - timedelta(days=1))


def _stopped(owner: Any) -> None:
    type(owner).objects.filter(pk=owner.pk).update(disabled_at=timezone.now())


def _number_given_up(owner: Any) -> None:
    owner.phones.all().delete()


@pytest.mark.parametrize("happens", [_sold, _stopped, _number_given_up])
def test_a_session_ends_with_what_it_rests_on(happens: Any) -> None:
    owner = resident()
    client = signed_in_owner()
    assert client.get(HOME).status_code == 200
    happens(owner)
    assert is_at_the_door(client)
    again = Client()
    RateBucket.objects.all().delete()
    ask(again)
    assert "没有找到您的房屋" in text_of(enter(again, shown_code(again)))


def test_signing_out_ends_this_device_only() -> None:
    resident()
    one = signed_in_owner()
    two = signed_in_owner()
    token = one.cookies[settings.OWNER_COOKIE_NAME].value
    assert one.get(reverse("portal:sign_out")).status_code == 405, "a link signs nobody out"
    one.post(reverse("portal:sign_out"))
    assert is_at_the_door(one)
    one.cookies[settings.OWNER_COOKIE_NAME] = token
    assert is_at_the_door(one), "the token itself is worth nothing any more"
    assert two.get(HOME).status_code == 200


def test_signing_out_everywhere_ends_every_device() -> None:
    resident()
    phones = []
    for _phone in range(3):
        phones.append(signed_in_owner())
    page = text_of(phones[0].get(reverse("portal:device_list")))
    assert page.count("iPhone，微信") == 6  # name and the button's label of each
    phones[0].post(reverse("portal:device_end_all"))
    assert [is_at_the_door(phone) for phone in phones] == [True, True, True]
    assert LogEntry.objects.get(action=service.SIGNED_OUT_EVERYWHERE).changes == {"devices": 3}


def test_one_other_device_can_be_ended() -> None:
    resident()
    one = signed_in_owner()
    two = signed_in_owner()
    row = OwnerSession.objects.order_by("pk").last()
    one.post(reverse("portal:device_end", args=[row.pk]))
    assert (one.get(HOME).status_code, is_at_the_door(two)) == (200, True)


# --- Units -------------------------------------------------------------------------------------------------------------
def test_a_person_with_several_units_switches_between_them() -> None:
    home = UnitFactory(building__number="3", entrance="2", number="1502")
    space = ParkingFactory(building__community=home.community, number="B1-0235")
    resident(units=[space, home])
    client = signed_in_owner()
    assert "3栋2单元1502" in text_of(client.get(HOME)), "homes come before parking spaces"
    page = text_of(client.get(reverse("portal:unit")))
    assert "B1-0235" in page
    client.post(reverse("portal:unit"), {"unit": space.pk})
    assert "B1-0235" in text_of(client.get(HOME))
    Tenure.objects.filter(unit=space).update(end=timezone.localdate() - timedelta(days=1))
    assert "3栋2单元1502" in text_of(client.get(HOME)), "a unit that is no longer his is shown no more"


def test_a_foreign_unit_cannot_be_chosen() -> None:
    foreign = UnitFactory()
    resident()
    client = signed_in_owner()
    assert client.post(reverse("portal:unit"), {"unit": foreign.pk}).url == reverse("portal:unit")
    assert foreign.label not in text_of(client.get(HOME))


# --- Two doors ---------------------------------------------------------------------------------------------------------
def test_a_staff_session_opens_no_page_of_the_owners() -> None:
    resident()
    assert is_at_the_door(signed_in(UserFactory()))


def test_an_owners_session_opens_no_page_of_the_staff() -> None:
    resident()
    client = signed_in_owner()
    for url in ("/", "/people/", reverse("owners:correction_list"), reverse("core:inbox")):
        response = client.get(url)
        assert (response.status_code, response.url.startswith("/sign-in/")) == (302, True), url


def test_old_codes_and_sessions_are_purged() -> None:
    resident()
    signed_in_owner()
    assert service.purge(timezone.now() + timedelta(days=2)) == {"codes": 1, "sessions": 0}
    assert service.purge(timezone.now() + timedelta(days=300)) == {"codes": 0, "sessions": 1}
