"""The way in, through HTTP: codes, what is the same for everybody, limits, two at once (SECURITY 6.*)."""

import re
from datetime import timedelta
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
from owners.models import OwnerLoginCode, OwnerSession
from owners.services import sign_in as service
from tests.core.test_jobs import in_threads
from tests.portal.support import OTHER_PHONE, PHONE, ask, enter, resident, shown_code, signed_in_owner, text_of, wrong

pytestmark = pytest.mark.django_db
HOME = "/m/"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the channel was given to carry."""
    carried: list[tuple[str, str]] = []
    monkeypatch.setattr(code_sender, "_sender", lambda phone, code, *, request_id: carried.append((phone, code)))
    return carried


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
