"""R133, R139: the door, its locks, the sign-in log, the end of sessions."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from audit.models import SignInEntry, User, UserSession
from audit.queries.locks import ACCOUNT_FAILURES, locked_until
from audit.services.users import disable_user, unlock_user
from audit.tasks import purge_sessions
from core import periodic
from core.actors import SYSTEM
from core.models import Job
from core.services import drafts
from tests.audit.conftest import PASSWORD
from tests.factories.audit import BACKEND, SignInEntryFactory
from tests.support.cases import assert_sent_to_sign_in, signed_in

pytestmark = pytest.mark.django_db
URL = "/sign-in/"
HOME = "/account/"


def attempt(client: Client, password: str, username: str = "wangfang", **data: str):
    return client.post(URL, {"username": username, "password": password, **data})


def results() -> list[str]:
    return list(SignInEntry.objects.order_by("pk").values_list("result", flat=True))


def test_right_password_opens_a_fresh_session(client: Client, person: User) -> None:
    client.get(URL)
    before = client.session.session_key
    response = attempt(client, PASSWORD)
    assert response.status_code == 302
    assert client.session.session_key != before
    assert results() == ["success"]
    session = UserSession.objects.get(user=person)
    assert session.session_key == client.session.session_key
    assert client.get(HOME).status_code == 200


def test_the_page_shows_the_word_that_ends_the_session(client: Client, person: User) -> None:
    attempt(client, PASSWORD)
    assert "退出" in client.get(HOME).content.decode()


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [("/account/password/", "/account/password/"), ("https://evil.example/", "/"), ("//evil.example/", "/"), ("", "/")],
)
def test_next_leads_only_to_this_site(client: Client, person: User, wanted: str, lands: str) -> None:
    assert attempt(client, PASSWORD, next=wanted).url == lands


def test_wrong_password_says_nothing_about_the_account(client: Client, person: User) -> None:
    known, unknown = attempt(client, "x" * 12), attempt(client, "x" * 12, username="nobody")
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert results() == ["failure", "failure"]
    assert SignInEntry.objects.first().user is None


def test_five_failures_lock_for_15_minutes_even_for_the_right_password(client: Client, person: User) -> None:
    start = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        for _n in range(4):
            assert attempt(client, "wrong-password").status_code == 200
        locked = attempt(client, "wrong-password")
        assert locked.status_code == 429
        assert "14:15" in locked.content.decode()
        clock.shift(timedelta(minutes=14))
        assert attempt(client, PASSWORD).status_code == 429
        clock.shift(timedelta(minutes=2))
        assert attempt(client, PASSWORD).status_code == 302
    assert results()[-3:] == ["failure", "locked", "success"]


def test_a_lock_holds_for_one_address_only(client: Client, person: User) -> None:
    for _n in range(5):
        attempt(client, "wrong-password")
    elsewhere = Client(REMOTE_ADDR="10.9.8.7")
    assert attempt(elsewhere, PASSWORD).status_code == 302


def test_twenty_failures_from_anywhere_lock_the_account(client: Client, person: User) -> None:
    for n in range(ACCOUNT_FAILURES):
        SignInEntryFactory(username="wangfang", result="failure", ip=f"10.0.0.{n + 1}")
    assert attempt(client, PASSWORD).status_code == 429
    assert locked_until("wangfang", "1.2.3.4") is not None
    unlock_user(person, by=SYSTEM)
    assert attempt(client, PASSWORD).status_code == 302


def test_a_stopped_account_is_told_so_only_with_the_right_password(client: Client, person: User) -> None:
    disable_user(person, by=SYSTEM, reason="离职")
    assert "停用" in attempt(client, PASSWORD).content.decode()
    wrong = attempt(client, "wrong-password").context["form"].non_field_errors()
    assert "停用" not in " ".join(wrong)
    assert results() == ["disabled", "failure"]


def test_an_account_past_its_last_day_stays_out(client: Client, person: User) -> None:
    person.valid_until = datetime(2020, 1, 1).date()
    person.save()
    assert attempt(client, PASSWORD).status_code == 200
    assert results() == ["disabled"]


def test_sign_out_needs_a_post_and_ends_the_session(client: Client, person: User) -> None:
    attempt(client, PASSWORD)
    assert client.get(reverse("audit:sign_out")).status_code == 405
    assert client.post(reverse("audit:sign_out")).url == URL
    assert_sent_to_sign_in(client.get(HOME))
    assert results() == ["success", "signed_out"]
    assert not UserSession.objects.exists()


def test_missing_fields_are_told_beside_them(client: Client, person: User) -> None:
    response = client.post(URL, {"username": ""})
    assert set(response.context["form"].errors) == {"username", "password"}
    assert results() == []


# --- The end of a session ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 302)])
def test_a_session_ends_after_30_idle_minutes(client: Client, person: User, minutes: int, status: int) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 1, 0, tzinfo=UTC), tick=False) as clock:
        attempt(client, PASSWORD)
        clock.shift(timedelta(minutes=minutes))
        assert client.get(HOME).status_code == status


def test_a_session_ends_after_12_hours_of_work(client: Client, person: User) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 1, 0, tzinfo=UTC), tick=False) as clock:
        attempt(client, PASSWORD)
        for _n in range(35):
            clock.shift(timedelta(minutes=20))
            assert client.get(HOME).status_code == 200
        clock.shift(timedelta(minutes=21))
        assert_sent_to_sign_in(client.get(HOME))
    assert results() == ["success", "expired"]


def test_requests_a_page_makes_by_itself_do_not_keep_a_session(client: Client, person: User) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 1, 0, tzinfo=UTC), tick=False) as clock:
        attempt(client, PASSWORD)
        for _n in range(2):
            clock.shift(timedelta(minutes=16))
            response = client.get(HOME, headers={"X-Background": "1"})
        assert response.status_code == 302


def test_every_night_the_lines_of_sessions_that_are_gone_go_too(client: Client, person: User) -> None:
    attempt(client, PASSWORD)
    UserSession.objects.create(user=person, session_key="gone")
    [entry] = [entry for entry in periodic.entries() if entry.kind == "audit.purge_sessions"]
    assert entry.at is not None
    job = Job.objects.create(kind=entry.kind, visible=False)
    purge_sessions(job.pk)
    job.refresh_from_db()
    assert job.result == {"sessions": 1}
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [client.session.session_key]


def test_a_lost_form_is_offered_back_and_landed_on(client: Client, person: User) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 1, 0, tzinfo=UTC), tick=False) as clock:
        attempt(client, PASSWORD)
        drafts.save_draft(person, "/users/new/", "新建账号", QueryDict("display_name=张三"))
        clock.shift(timedelta(minutes=31))
        client.get(HOME)
        page = client.get(URL).content.decode()
        assert "刚才填写的「新建账号」已暂存" in page
        assert "张三" not in page
        assert attempt(client, PASSWORD).url == "/users/new/?draft"


def test_a_lost_form_is_nobody_elses(client: Client, person: User) -> None:
    from tests.factories.audit import UserFactory

    UserFactory(username="other", plain_password=PASSWORD)
    with time_machine.travel(datetime(2026, 11, 22, 1, 0, tzinfo=UTC), tick=False) as clock:
        attempt(client, PASSWORD)
        drafts.save_draft(person, "/users/new/", "新建账号", QueryDict("display_name=张三"))
        clock.shift(timedelta(minutes=31))
        client.get(HOME)
        assert attempt(client, PASSWORD, username="other").url == "/"


# --- Passwords and open sessions -----------------------------------------------------------------------------------------

NEW = "Another-Good-9-Password"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW):
    return client.post("/account/password/", {"old_password": old, "password1": new, "password2": again})


def test_a_new_password_ends_the_other_sessions(client: Client, person: User) -> None:
    other = Client()
    attempt(other, PASSWORD)
    attempt(client, PASSWORD)
    assert change(client).status_code == 302
    assert client.get(HOME).status_code == 200
    assert_sent_to_sign_in(other.get(HOME))
    assert UserSession.objects.filter(user=person).count() == 1


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"old": "wrong"}, "old_password"),
        ({"again": "different-again"}, "password2"),
        ({"new": "short", "again": "short"}, "password1"),
        ({"new": PASSWORD, "again": PASSWORD}, "password1"),
        ({"new": "wangfang-1234", "again": "wangfang-1234"}, "password1"),
        ({"new": "password12345", "again": "password12345"}, "password1"),
    ],
)
def test_a_bad_new_password_is_refused_beside_its_field(client: Client, person: User, data: dict, field: str) -> None:
    client.force_login(person, backend=BACKEND)
    response = change(client, **data)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {field}
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_a_one_time_password_must_be_changed_first(client: Client, person: User) -> None:
    person.must_change_password = True
    person.save()
    attempt(client, PASSWORD)
    assert client.get(HOME).url == "/account/password/"
    assert client.get("/account/password/").status_code == 200
    assert change(client).status_code == 302
    assert client.get(HOME).status_code == 200


def test_one_ends_only_ones_own_sessions(client: Client, person: User) -> None:
    other = Client()
    attempt(other, PASSWORD)
    attempt(client, PASSWORD)
    session = UserSession.objects.get(session_key=other.session.session_key)
    stranger = signed_in(User.objects.create_user("stranger", must_change_password=False))
    assert stranger.post(reverse("audit:session_end", args=[session.pk])).status_code == 404
    assert client.post(reverse("audit:session_end", args=[session.pk])).status_code == 302
    assert not Session.objects.filter(session_key=session.session_key).exists()
    assert_sent_to_sign_in(other.get(HOME))


def test_cancelling_the_new_password_leads_to_ones_own_page(client: Client, person: User) -> None:
    """Most people may not open the page of an account, not even of their own."""
    client.force_login(person, backend=BACKEND)
    page = client.get("/account/password/").content.decode()
    assert 'href="/account/" data-leave' in page
    assert f"/users/{person.pk}/" not in page
    assert client.get("/account/").status_code == 200


def test_a_forced_change_cannot_be_cancelled(client: Client, person: User) -> None:
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    client.force_login(person, backend=BACKEND)
    page = client.get("/account/password/").content.decode()
    assert "data-main-submit" in page
    assert "data-leave" not in page
