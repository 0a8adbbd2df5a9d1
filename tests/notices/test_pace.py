"""Nobody gets two ordinary messages within the pace, however many senders there are (two real connections)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.services.dictionary import seed
from notices.channels.contract import Sent
from notices.models import Delivery
from notices.services import sending
from notices.states import Status
from notices.timing import PACE
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.owners import OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.notices.vendor import Vendor
from tests.support.processes import wait_for
from tests.support.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def awake(monkeypatch):
    monkeypatch.setattr(sending, "_quiet", lambda: False)


@pytest.fixture
def vendor(tmp_path, monkeypatch, awake):
    return Vendor(tmp_path / "vendor.log").install(monkeypatch)


@pytest.fixture
def community():
    seed()
    return CommunityFactory()


def two_for(community, phone="13800138000", **values):
    """Two announcements that wait for one person."""
    unit = UnitFactory(building__community=community)
    owner = OwnerFactory(units=[unit], phones=[phone])
    notices = [NoticeFactory(community=community, status=Status.PUBLISHED) for _ in range(2)]
    return [DeliveryFactory(notice=row, unit=unit, owner=owner, status="waiting", **values) for row in notices]


def states(rows):
    return sorted(Delivery.objects.filter(pk__in=[row.pk for row in rows]).values_list("status", flat=True))


def waiting_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0]


def test_a_second_sender_looks_only_when_the_first_has_claimed(community, awake):
    """The first claim is held open, as a slow one would be: the second must wait for it, and then see it."""
    rows, second = two_for(community), []

    def claim():
        second.append(sending.claim("sms"))
        connection.close()

    thread = threading.Thread(target=claim)
    with transaction.atomic():
        first = sending.claim("sms")
        thread.start()
        wait_for(lambda: waiting_for_a_lock() or not thread.is_alive())
    thread.join()
    assert (first.status, second[0].status) == ("sending", "waiting")
    assert {first.pk, second[0].pk} == {row.pk for row in rows}
    assert second[0].tries == 0 and second[0].lease_until is None
    left = second[0].send_after - timezone.now()
    assert PACE - timedelta(minutes=1) < left <= PACE


def test_a_message_on_its_way_counts_as_the_last_one(community, vendor):
    rows = two_for(community)
    asked, answer = threading.Event(), threading.Event()

    def send(message):
        asked.set()
        answer.wait(30)
        return Sent("v1")

    vendor.send = send
    thread = threading.Thread(target=lambda: (sending.deliver_next("sms", vendor), connection.close()))
    thread.start()
    assert asked.wait(30)
    assert sending.deliver_next("sms", vendor).status == "waiting"
    answer.set()
    thread.join()
    assert states(rows) == ["sent", "waiting"]


def test_of_many_senders_none_sends_one_person_twice(community, vendor):
    people = [two_for(community, f"138001380{place:02}") for place in range(8)]

    def send_all():
        while sending.deliver_next("sms", vendor) is not None:
            pass

    race(*[send_all] * 4)
    assert sorted(to for _uid, to in vendor.asked()) == sorted(f"138001380{place:02}" for place in range(8))
    assert [states(rows) for rows in people] == [["sent", "waiting"]] * 8


def test_what_is_urgent_and_what_stays_in_the_house_keep_no_pace(community, vendor):
    urgent = two_for(community, "13800138001", urgent=True)
    quiet = two_for(community, "13800138002", channel="in_app")
    for code in ("sms", "sms", "in_app"):
        sending.deliver_next(code, vendor)
    assert states(urgent) == ["sent", "sent"]
    later = DeliveryFactory(notice=NoticeFactory(community=community, status=Status.PUBLISHED), unit=quiet[0].unit,
                            owner=quiet[0].owner, status="waiting")  # fmt: skip
    sending.deliver_next("sms", vendor)
    assert states([later]) == ["sent"]


def test_the_pace_is_over_after_ten_minutes(community, vendor):
    rows = two_for(community)
    sending.deliver_next("sms", vendor)
    past = timezone.now() - PACE - timedelta(seconds=1)
    Delivery.objects.filter(status="sent").update(sent_at=past)
    assert sending.deliver_next("sms", vendor).status == "sent"
    assert states(rows) == ["sent", "sent"]
