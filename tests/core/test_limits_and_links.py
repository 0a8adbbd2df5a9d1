"""Rate limit, document numbers, signed links, form drafts, periodic slots."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core import periodic, rate_limit
from core.actors import SYSTEM
from core.errors import QuotaExceeded
from core.models import FormDraft, Job, JobSlot, SignedLink
from core.services import drafts, links, numbering
from core.tasks.periodic import _start, purge_expired
from tests.core.test_jobs import in_threads


@pytest.mark.django_db(transaction=True)
def test_limit_is_exact_under_two_threads():
    taken = in_threads(2, lambda: sum(rate_limit.take("search:1", capacity=30, seconds=86_400) for _ in range(40)))
    assert sum(taken) == 30


@pytest.mark.django_db
def test_limit_refills_with_time_and_keys_do_not_share():
    assert rate_limit.take("a", capacity=1, seconds=0.01)
    assert rate_limit.take("b", capacity=1, seconds=3600)
    assert not rate_limit.take("b", capacity=1, seconds=3600)
    assert any(rate_limit.take("a", capacity=1, seconds=0.01) for _ in range(200))
    with pytest.raises(QuotaExceeded):
        rate_limit.require("b", capacity=1, seconds=3600)
    assert not rate_limit.take("c", capacity=1, seconds=1, cost=2)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_never_get_the_same_number():
    def take_twenty():
        numbers = []
        for _ in range(20):
            with transaction.atomic():
                numbers.append(numbering.take("BX", community_id=1, period="20261122"))
        return numbers

    got = in_threads(2, take_twenty)
    assert sorted(got[0] + got[1]) == list(range(1, 41))


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_number_is_given_again():
    assert numbering.daily_number("BX", datetime(2026, 11, 22, tzinfo=UTC), community_id=1) == "BX20261122-0001"

    def take_and_fail() -> None:
        with transaction.atomic():
            numbering.take("BX", community_id=1, period="20261122")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take_and_fail()
    assert numbering.daily_number("BX", datetime(2026, 11, 22, tzinfo=UTC), community_id=1) == "BX20261122-0002"
    assert numbering.daily_number("BX", datetime(2026, 11, 22, tzinfo=UTC), community_id=2) == "BX20261122-0001"


def test_link_is_bound_to_its_purpose_time_and_revocation(person):
    user = person()
    token = links.create(user, "rate-visit", by=SYSTEM, valid=timedelta(days=1))
    assert len(token) >= 43
    assert not SignedLink.objects.filter(token_hash=token.encode()).exists()
    for _ in range(5):
        assert links.resolve(token, "rate-visit").source_id == user.pk
    assert links.resolve(token, "other") is None
    assert links.resolve(token + "x", "rate-visit") is None
    link = links.resolve(token, "rate-visit")
    assert links.use(link)
    assert not links.use(link)
    assert links.revoke(user, "rate-visit") == 1
    assert links.resolve(token, "rate-visit") is None
    late = links.create(user, "rate-visit", by=SYSTEM, valid=timedelta(seconds=-1))
    assert links.resolve(late, "rate-visit") is None


def test_draft_is_kept_encrypted_offered_and_discarded(person, browser):
    user, other = person(), person(name="李四")
    client, path = browser(user), reverse("core:inbox")
    saved = client.post(
        reverse("core:draft_save"), {"path": path, "title": "新建业主", "data": "name=王&tag=1&tag=2&password=secret"}
    )
    assert saved.status_code == 204
    draft = drafts.find(user, path)
    assert drafts.content(draft).getlist("tag") == ["1", "2"]
    assert "password" not in drafts.content(draft)
    assert drafts.find(other, path) is None
    discard = reverse("core:draft_discard", args=[draft.pk])
    assert browser(other).post(discard).status_code == 404
    assert client.post(discard).url == path
    assert drafts.find(user, path) is None


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/", "/no/such/page/", ""])
def test_draft_of_a_page_that_is_not_ours_is_refused(person, browser, path):
    answer = browser(person()).post(reverse("core:draft_save"), {"path": path, "title": "x", "data": "a=1"})
    assert answer.status_code == 400
    assert not FormDraft.objects.exists()


def test_draft_is_gone_after_a_day(person):
    user = person()
    FormDraft.objects.create(
        user=user, path="/a/", title="x", payload="{}", updated_at=timezone.now() - timedelta(hours=25)
    )
    assert drafts.find(user, "/a/") is None
    assert drafts.latest(user) is None
    assert drafts.purge_expired() == 1


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_fire_a_slot_once():
    entry = periodic.Entry("tests.often", "tests.nothing", seconds=60)
    slot = entry.slot(timezone.now())
    assert sorted(in_threads(2, lambda: _start(entry, slot))) == [False, True]
    assert Job.objects.count() == JobSlot.objects.count() == 1


def test_slots_follow_the_clock_on_the_wall():
    nightly = periodic.Entry("tests.nightly", "x", at=datetime(2026, 1, 1, 3, 10).time())
    before = datetime(2026, 11, 22, 19, 9, tzinfo=UTC)  # 03:09 in Shanghai
    assert nightly.slot(before) == datetime(2026, 11, 21, 19, 10, tzinfo=UTC)
    assert nightly.slot(before + timedelta(minutes=1)) == datetime(2026, 11, 22, 19, 10, tzinfo=UTC)
    often = periodic.Entry("tests.often", "x", seconds=300)
    assert often.slot(before) == datetime(2026, 11, 22, 19, 5, tzinfo=UTC)


def test_purge_takes_only_what_is_over(person):
    user = person()
    FormDraft.objects.create(user=user, path="/new/", title="x", payload="{}")
    FormDraft.objects.create(
        user=user, path="/old/", title="x", payload="{}", updated_at=timezone.now() - timedelta(hours=25)
    )
    job = Job.objects.create(kind="core.purge_expired", visible=False)
    purge_expired(job.pk)
    job.refresh_from_db()
    assert job.status == "done"
    assert job.result["drafts"] == 1
    assert list(FormDraft.objects.values_list("path", flat=True)) == ["/new/"]


def test_time_machine_does_not_move_leases(person):
    """Leases compare on the database's clock: a worker whose clock is a day ahead cannot take a job that is worked on."""
    from core.services.jobs import enqueue
    from core.tasks.skeleton import claim
    from tests.core.test_jobs import TERMS

    job = enqueue("tests.nothing", by=SYSTEM)
    claim(job.pk, TERMS)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert claim(job.pk, TERMS) is None
