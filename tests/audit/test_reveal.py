"""R139: a masked value in full: permission, scope, purpose, quota, log."""

import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from audit import revealable
from audit.models import User
from audit.services.reveal import DAILY_LIMIT, REVEALED, Purpose, left_today, may_reveal, reveal
from core.errors import BadValue, QuotaExceeded
from core.models import LogEntry
from owners.models import Owner, OwnerPhone
from properties.models import Community
from tests.factories.audit import LogEntryFactory, grant_to, user_with
from tests.support.cases import assert_sent_to_sign_in, make_community, signed_in

PERMISSION = "properties.view_community"
NUMBER = "057487654321"


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service phone of a community stands in for the fields the floors above register."""
    monkeypatch.setattr(revealable, "_registry", dict(revealable._registry))
    revealable.register("properties.community", "service_phone", permission=PERMISSION, label="客服电话")


@pytest.fixture
def community(db: None) -> Community:
    row = make_community("OWN")
    Community.objects.filter(pk=row.pk).update(service_phone=NUMBER)
    row.refresh_from_db()
    return row


def url(row: Community) -> str:
    return f"/reveal/properties.community/{row.pk}/service_phone/"


def test_the_panel_asks_for_a_purpose_and_shows_no_value(community: Community) -> None:
    client = signed_in(user_with(PERMISSION, communities=[community]))
    page = client.get(url(community)).content.decode()
    assert NUMBER not in page
    assert [word for word in map(str, Purpose.labels) if word not in page] == []
    assert f"今日还可查看 {DAILY_LIMIT} 次" in page
    assert not LogEntry.objects.exists()


def test_the_value_comes_with_a_purpose_and_is_logged_without_it(community: Community) -> None:
    user = user_with(PERMISSION, communities=[community])
    response = signed_in(user).post(url(community), {"purpose": "verify"})
    assert NUMBER in response.content.decode()
    assert b"<html" not in response.content
    entry = LogEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.object_id, entry.reason) == (
        REVEALED,
        user.pk,
        community.pk,
        "档案核验",
    )
    assert NUMBER not in str(LogEntry.objects.values().get())


@pytest.mark.parametrize("purpose", ["", "nonsense"])
def test_without_a_purpose_nothing_is_shown(community: Community, purpose: str) -> None:
    response = signed_in(user_with(PERMISSION, communities=[community])).post(url(community), {"purpose": purpose})
    assert NUMBER not in response.content.decode()
    assert "请选择查看用途" in response.content.decode()
    assert not LogEntry.objects.exists()


def test_who_may_not_look_sees_nothing(client: Any, community: Community) -> None:
    other = make_community("FOREIGN")
    assert_sent_to_sign_in(client.get(url(community)))
    for method in ("get", "post"):
        data = {"purpose": "verify"}
        nobody, stranger = signed_in(user_with()), signed_in(user_with(PERMISSION, communities=[other]))
        blind = signed_in(user_with(PERMISSION, communities=[community], visibility="hidden"))
        assert getattr(nobody, method)(url(community), data).status_code == 403
        assert getattr(stranger, method)(url(community), data).status_code == 404
        assert getattr(blind, method)(url(community), data).status_code == 403
        assert getattr(stranger, method)(f"/reveal/audit.user/{community.pk}/password/", data).status_code == 404
    assert not LogEntry.objects.exists()


def test_what_is_shown_elsewhere_is_no_right_to_look_here(community: Community) -> None:
    """Two roles with the permission: plain in another community, hidden in this one."""
    other = make_community("FOREIGN")
    user = user_with(PERMISSION, communities=[community], visibility={"phone": "hidden"})
    grant_to(user, PERMISSION, communities=[other], visibility={"phone": "plain"})
    client = signed_in(user)
    assert client.get(url(community)).status_code == 403
    assert client.post(url(community), {"purpose": "verify"}).status_code == 403
    assert client.get(url(other)).status_code == 200
    with pytest.raises(PermissionDenied):
        reveal(community, "service_phone", by=user, purpose="verify")
    assert not LogEntry.objects.exists()


def test_a_person_in_two_communities_may_be_looked_at_through_either(community: Community) -> None:
    other = make_community("FOREIGN")
    owner = Owner(community_ids=[community.pk, other.pk])
    item = revealable.find("owners.ownerphone", "number")
    assert item is not None
    phone = OwnerPhone(owner=owner)
    right = "owners.reveal_owner"
    blind = user_with(right, communities=[community], visibility={"phone": "hidden"})
    assert not may_reveal(blind, item, phone)
    grant_to(blind, right, communities=[other], visibility={"phone": "masked"})
    assert may_reveal(blind, item, phone)


def test_the_service_checks_by_itself(community: Community) -> None:
    with pytest.raises(PermissionDenied):
        reveal(community, "service_phone", by=user_with(), purpose="verify")
    with pytest.raises(PermissionDenied):
        reveal(community, "address", by=user_with(PERMISSION, communities=[community]), purpose="verify")
    with pytest.raises(BadValue):
        reveal(community, "service_phone", by=user_with(PERMISSION, communities=[community]), purpose="")


def test_after_thirty_looks_the_day_is_over(community: Community) -> None:
    user = user_with(PERMISSION, communities=[community])
    for _n in range(DAILY_LIMIT):
        LogEntryFactory(action=REVEALED, actor_id=user.pk)
    with pytest.raises(QuotaExceeded):
        reveal(community, "service_phone", by=user, purpose="verify")
    page = signed_in(user).post(url(community), {"purpose": "verify"}).content.decode()
    assert NUMBER not in page
    assert "达到上限" in page
    colleague = user_with(PERMISSION, communities=[community])
    assert reveal(community, "service_phone", by=colleague, purpose="verify") == NUMBER


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_do_not_share_the_last_one() -> None:
    from audit.services.seeds import seed_after_migrate

    seed_after_migrate()
    community = make_community("RACE")
    user = user_with(PERMISSION, communities=[community])
    for _n in range(DAILY_LIMIT - 1):
        LogEntryFactory(action=REVEALED, actor_id=user.pk)
    results: list[str] = []

    def look() -> None:
        try:
            reveal(community, "service_phone", by=User.objects.get(pk=user.pk), purpose="verify")
            results.append("seen")
        except QuotaExceeded:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["refused", "refused", "refused", "seen"]
    assert left_today(user) == 0
