"""The owners' door through HTTP: codes, limits, who one is, how a session ends (SECURITY 6.*, 7.*)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from core.errors import BusinessError
from core.models import Job, LogEntry, RateBucket
from owners import code_sender
from owners.models import OwnerLoginCode, OwnerSession, Tenure
from owners.services import sign_in as service
from owners.tasks import send_login_code  # noqa: F401  the task is registered
from tests.core.test_jobs import in_threads
from tests.factories.audit import UserFactory
from tests.factories.properties import ParkingFactory, UnitFactory
from tests.portal.support import OTHER_PHONE, PHONE, ask, enter, resident, shown_code, signed_in_owner, text_of, wrong
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
HOME = "/m/"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the channel was given to carry."""
    carried: list[tuple[str, str]] = []
    monkeypatch.setattr(code_sender, "_sender", lambda phone, code, *, request_id: carried.append((phone, code)))
    return carried


def is_at_the_door(client: Client, url: str = HOME) -> bool:
    response = client.get(url)
    return response.status_code == 302 and response.url.startswith(reverse("portal:sign_in"))


# --- The code ----------------------------------------------------------------------------------------------------------
def test_an_owner_signs_in_with_phone_and_code(sent: Any) -> None:
    owner, client = resident(), Client()
    response = ask(client, " 138 0013 8000 ")
    assert (response.status_code, response.url) == (302, reverse("portal:code"))
    code = shown_code(client)
    assert sent == [(PHONE, code)]
    response = enter(client, code)
    assert (response.status_code, response.url) == (302, HOME)
    assert "3栋2单元1502" in text_of(client.get(HOME))
    entry = LogEntry.objects.get(action=service.SIGNED_IN)
    assert (entry.actor_type, entry.actor_id, entry.actor_label) == ("owner", owner.pk, owner.log_label)
    assert "王建国" not in entry.actor_label


def test_codes_and_tokens_rest_as_digests_and_the_number_encrypted() -> None:
    resident()
    client = signed_in_owner()
    token = client.cookies[settings.OWNER_COOKIE_NAME].value
    session, row = OwnerSession.objects.get(), OwnerLoginCode.objects.get()
    assert len(token) >= 43
    assert bytes(session.token_hash) == service.digest(token)
    assert token not in str(OwnerSession.objects.values().get())
    assert len(bytes(row.code_hash)) == 32
    assert row.phone == "", "a used code needs its number no more"
    other = Client()
    ask(other, OTHER_PHONE)
    code = shown_code(other)
    stored = OwnerLoginCode.objects.extra(select={"raw": "phone"}).values("raw", "code_hash").last()
    assert OTHER_PHONE not in stored["raw"]
    assert code.encode() not in bytes(stored["code_hash"])


def test_the_answer_is_the_same_for_a_number_nobody_has(sent: Any) -> None:
    """Enumeration: status, address, cookies and page do not tell who is registered; only a known number gets a message."""
    resident()
    seen = []
    for phone in (PHONE, OTHER_PHONE):
        client = Client()
        response = ask(client, phone)
        page = re.sub(r"\d{6}|value=\"[^\"]{60,}\"", "", text_of(client.get(response.url)))
        seen.append((response.status_code, response.url, sorted(response.cookies), page))
    assert seen[0] == seen[1]
    assert [phone for phone, _code in sent] == [PHONE]


def test_in_production_the_request_looks_nobody_up_and_a_job_carries_the_code(
    sent: Any, django_assert_num_queries: Any
) -> None:
    """The work of the request is the same, query for query, so its duration tells nothing either; the page shows no code."""
    resident()
    with override_settings(PRODUCTION=True):
        asked = []
        for phone in (PHONE, OTHER_PHONE):
            with django_assert_num_queries(10):
                asked.append(service.request_code(phone, ip="10.0.0.1"))
    assert [one.shown_code for one in asked] == ["", ""]
    assert sent == []
    jobs = list(Job.objects.filter(kind=service.SEND_CODE).order_by("pk"))
    assert [set(job.args) for job in jobs] == [{"code"}, {"code"}]
    for job in jobs:
        service.carry_code(job.args["code"])
        service.carry_code(job.args["code"])  # delivered twice by the broker
    assert len(sent) == 1
    row = service.check_code(asked[0].token, sent[0][1], ip="10.0.0.1")
    assert [owner.name for owner in service.people_of(row)] == ["王建国"]


def test_a_right_code_for_a_number_nobody_has_leads_nowhere() -> None:
    client = Client()
    ask(client)
    response = enter(client, shown_code(client))
    assert "没有找到您的房屋" in text_of(response)
    assert settings.OWNER_COOKIE_NAME not in client.cookies
    assert not OwnerSession.objects.exists()


def test_a_wrong_code_is_counted_and_five_spend_it() -> None:
    resident()
    client = Client()
    ask(client)
    code = shown_code(client)
    for left in (4, 3, 2, 1):
        assert f"还可以再试 {left} 次" in text_of(enter(client, wrong(code)))
    assert "输错 5 次，已作废" in text_of(enter(client, wrong(code)))
    assert "已失效" in text_of(enter(client, code)), "the right one comes too late"
    assert LogEntry.objects.get(action=service.CODE_SPENT).changes == {"phone": "138****8000"}
    assert not OwnerSession.objects.exists()


def test_a_code_is_over_after_five_minutes() -> None:
    resident()
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask(client)
        code = shown_code(client)
        clock.shift(timedelta(minutes=5, seconds=1))
        assert "已失效" in text_of(enter(client, code))


def test_a_code_opens_one_session_once() -> None:
    resident()
    client = Client()
    ask(client)
    code, door = shown_code(client), client.cookies[settings.OWNER_DOOR_COOKIE_NAME].value
    assert enter(client, code).status_code == 302
    again = Client()
    again.cookies[settings.OWNER_DOOR_COOKIE_NAME] = door
    assert "已失效" in text_of(enter(again, code))
    assert OwnerSession.objects.count() == 1


def test_a_code_is_bound_to_the_browser_that_asked() -> None:
    resident()
    asked, other = Client(), Client()
    ask(asked)
    code = shown_code(asked)
    assert other.post(reverse("portal:code"), {"code": code}).url == reverse("portal:sign_in")
    ask(other, OTHER_PHONE)
    assert "验证码不对" in text_of(enter(other, code))


def test_neither_number_nor_code_stands_in_an_address_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    resident()
    client = Client()
    caplog.set_level("DEBUG")
    response = ask(client, next="/m/household/")
    code = shown_code(client)
    entered = client.post(reverse("portal:code"), {"code": code, "next": "/m/household/"})
    urls = [response.url, entered.url]
    assert urls == ["/m/code/?next=%2Fm%2Fhousehold%2F", "/m/household/"]
    assert [word for word in (PHONE, code) if word in caplog.text] == []


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/m/", "/sign-in/", "/m\\evil"])
def test_the_door_leads_to_pages_of_the_owners_only(wanted: str) -> None:
    resident()
    client = Client()
    ask(client)
    assert client.post(reverse("portal:code"), {"code": shown_code(client), "next": wanted}).url == HOME


@pytest.mark.parametrize("typed", ["", "12345", "0971-8123456", "138****8000", "王建国"])
def test_what_cannot_get_a_message_is_told_beside_the_field(typed: str) -> None:
    response = ask(Client(), typed)
    assert response.status_code == 200
    assert "form-err" in text_of(response)
    assert not OwnerLoginCode.objects.exists()


# --- Limits ------------------------------------------------------------------------------------------------------------
def refill(kind: str) -> None:
    RateBucket.objects.filter(key__startswith=f"owner-code:{kind}:").delete()


def test_one_code_a_minute_for_a_number_and_five_an_hour() -> None:
    for number in range(5):
        assert ask(Client()).status_code == 302, number
        refused = ask(Client())
        assert refused.status_code == 429
        assert "1 分钟后" in text_of(refused)
        refill("minute")
    refused = ask(Client())
    assert refused.status_code == 429
    assert "次数过多" in text_of(refused)
    assert ask(Client(), OTHER_PHONE).status_code == 302, "another number is not held up"


def test_ten_codes_a_day_for_a_number() -> None:
    for _number in range(10):
        assert ask(Client()).status_code == 302
        refill("minute")
        refill("hour")
    assert ask(Client()).status_code == 429


def test_thirty_codes_an_hour_from_one_address() -> None:
    answers = [ask(Client(), f"1380013{n:04d}").status_code for n in range(31)]
    assert answers == [302] * 30 + [429]
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    assert ask(elsewhere, "13800139999").status_code == 302


def test_tries_are_limited_for_an_address_whatever_the_code() -> None:
    client = Client()
    ask(client)
    RateBucket.objects.update_or_create(key="owner-try:ip:127.0.0.1", defaults={"tokens": 0, "at": timezone.now()})
    response = enter(client, "000000")
    assert response.status_code == 429
    assert OwnerLoginCode.objects.get().tries == 0


def test_limits_keep_no_number() -> None:
    ask(Client())
    assert [key for key in RateBucket.objects.values_list("key", flat=True) if PHONE in key] == []


def test_another_code_for_the_same_number_without_typing_it_again(sent: Any) -> None:
    resident()
    client = Client()
    ask(client)
    first = shown_code(client)
    response = client.post(reverse("portal:code_again"), follow=True)
    assert "1 分钟后" in text_of(response)
    refill("minute")
    client.post(reverse("portal:code_again"))
    second = shown_code(client)
    assert [phone for phone, _code in sent] == [PHONE, PHONE]
    if first != second:
        assert "验证码不对" in text_of(enter(client, first)), "the browser waits for the newer one"
    assert enter(client, second).status_code == 302


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


# --- Two at once ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_time_are_all_counted() -> None:
    resident()
    asked = service.request_code(PHONE, ip="10.0.0.1")

    def try_four_times() -> int:
        refused = 0
        for _try in range(4):
            try:
                service.check_code(asked.token, wrong(asked.shown_code), ip="10.0.0.1")
            except BusinessError:
                refused += 1
        return refused

    assert in_threads(2, try_four_times) == [4, 4]
    assert OwnerLoginCode.objects.get().tries == 5


@pytest.mark.django_db(transaction=True)
def test_a_code_used_twice_at_the_same_time_opens_one_session() -> None:
    owner = resident()
    asked = service.request_code(PHONE, ip="10.0.0.1")
    row = service.check_code(asked.token, asked.shown_code, ip="10.0.0.1")

    def go_in() -> bool:
        try:
            service.open_session(row, owner, ip="10.0.0.1", user_agent="")
        except BusinessError:
            return False
        return True

    assert sorted(in_threads(2, go_in)) == [False, True]
    assert OwnerSession.objects.count() == 1
