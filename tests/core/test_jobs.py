"""The task skeleton under double delivery, lost leases, poison and races (SECURITY F1, F2, F4, F14)."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from core import context
from core.actors import SYSTEM
from core.errors import BusinessError
from core.models import InboxItem, Job, JobStatus, LogEntry
from core.relay import due, publish_due
from core.services.jobs import cancel_job, enqueue, resume_job
from core.tasks.skeleton import JobResult, LostLease, Progress, Terms, claim, execute
from tests.factories.audit import user_with
from tests.support.cases import ListCase, signed_in

TERMS = Terms(timedelta(seconds=60), 3)
POLLS_IN_BACKGROUND = """hx-headers='{"X-Background": "1"}'"""


@pytest.fixture
def job(person):
    return enqueue("tests.nothing", by=person(), title="导入住户")


def expire(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_job_that_ends_well_is_done_and_rings_the_bell(job):
    def work(job, progress):
        progress(3, 10, "第 3 行")
        assert context.current().request_id == f"job:{job.pk}"
        return JobResult("/somewhere/", "导入完成：写入 10 行", {"rows": 10})

    execute(job.pk, work, TERMS)
    job.refresh_from_db()
    assert (job.status, job.result, job.result_url, job.attempts, job.lease_until) == (
        JobStatus.DONE, {"rows": 10}, "/somewhere/", 1, None,
    )  # fmt: skip
    item = InboxItem.objects.get(user=job.created_by)
    assert (item.sentence, item.url, item.level) == ("导入完成：写入 10 行", "/somewhere/", "done")


def test_double_delivery_runs_once(job):
    runs = []

    def work(job, progress):
        runs.append(job.fence)
        execute(job.pk, work, TERMS)  # the same message delivered again while the first is at work

    execute(job.pk, work, TERMS)
    execute(job.pk, work, TERMS)
    assert runs == [1]


def test_lost_lease_stops_the_old_worker_and_its_finish_is_dropped(job):
    old = claim(job.pk, TERMS)
    expire(job)
    new = claim(job.pk, TERMS)
    assert (old.fence, new.fence) == (1, 2)
    with pytest.raises(LostLease):
        Progress(old, TERMS)(5, 10)
    with pytest.raises(LostLease):
        Progress(old, TERMS).hold()
    Progress(new, TERMS).hold()

    patient = Terms(TERMS.lease, 9)

    def stale(job, progress):
        expire(job)
        claim(job.pk, patient)
        return {"from": "the old worker"}

    expire(job)
    execute(job.pk, stale, patient)
    job.refresh_from_db()
    assert job.status == JobStatus.RUNNING
    assert job.result == {}


def test_progress_renews_the_lease_and_writes_twice_a_second_at_most(job, django_assert_num_queries):
    claimed = claim(job.pk, TERMS)
    expire(job)
    progress = Progress(claimed, TERMS)
    progress(1, 100)
    assert claim(job.pk, TERMS) is None
    with django_assert_num_queries(1):
        for done in range(2, 101):
            progress(done, 100)
    job.refresh_from_db()
    assert job.progress_done == 100
    assert job.percent == 99


def test_business_error_fails_with_its_sentence(job):
    def work(job, progress):
        raise BusinessError("文件里没有数据", "请检查工作表")

    execute(job.pk, work, TERMS)
    job.refresh_from_db()
    assert (job.status, job.error) == (JobStatus.FAILED, "文件里没有数据（请检查工作表）")


def test_other_errors_are_tried_three_times_and_end_without_detail(job, caplog):
    def work(job, progress):
        raise RuntimeError("secret detail 13800138000")

    for attempt in (1, 2, 3):
        Job.objects.filter(pk=job.pk).update(next_at=Now())
        execute(job.pk, work, TERMS)
        job.refresh_from_db()
        assert job.attempts == attempt
    assert job.status == JobStatus.FAILED
    assert "13800138000" not in job.error
    assert not InboxItem.objects.filter(sentence__contains="13800138000").exists()


def test_retry_waits_and_is_published_again(job):
    Job.objects.filter(pk=job.pk).update(published_at=Now())
    execute(job.pk, lambda *_: 1 / 0, TERMS)
    job.refresh_from_db()
    assert job.status == JobStatus.NEW
    assert job.published_at is None
    assert job.next_at > timezone.now()
    assert not due().filter(pk=job.pk).exists()


def test_job_whose_worker_died_three_times_fails(job):
    for _attempt in range(3):
        claim(job.pk, TERMS)
        expire(job)
    assert claim(job.pk, TERMS) is None
    job.refresh_from_db()
    assert job.status == JobStatus.FAILED
    assert job.error


def test_relay_publishes_once_and_sweeps_what_was_lost(job):
    sent = []
    assert publish_due(lambda row: sent.append(row.pk)) == (1, None)
    assert publish_due(lambda row: sent.append(row.pk)) == (0, None)
    Job.objects.filter(pk=job.pk).update(published_at=timezone.now() - timedelta(minutes=6))
    assert publish_due(lambda row: sent.append(row.pk))[0] == 1  # an emptied broker
    claim(job.pk, TERMS)
    Job.objects.filter(pk=job.pk).update(published_at=timezone.now() - timedelta(minutes=6))
    assert publish_due(lambda row: sent.append(row.pk))[0] == 0  # somebody works on it
    expire(job)
    assert publish_due(lambda row: sent.append(row.pk))[0] == 1  # its worker is gone
    assert sent == [job.pk] * 3


def test_broker_failure_keeps_what_was_sent_and_leaves_the_rest(person):
    jobs = [enqueue("tests.nothing", by=SYSTEM) for _ in range(3)]

    def publish(row):
        if row.pk == jobs[1].pk:
            raise ConnectionError

    sent, failure = publish_due(publish)
    assert sent == 1
    assert isinstance(failure, ConnectionError)
    assert list(due().values_list("pk", flat=True)) == [jobs[1].pk, jobs[2].pk]


def test_cancel_and_resume_are_logged_and_guarded(job):
    user = job.created_by
    cancel_job(job, by=user)
    assert job.status == JobStatus.CANCELLED
    with pytest.raises(BusinessError):
        cancel_job(job, by=user)
    Job.objects.filter(pk=job.pk).update(status=JobStatus.FAILED, attempts=3)
    assert resume_job(job, by=user).attempts == 0
    with pytest.raises(BusinessError):
        resume_job(job, by=user)
    assert list(LogEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "core.job.cancelled",
        "core.job.resumed",
    ]


def in_threads(count, function):
    """Runs the function in so many threads at once, each with a connection of its own."""
    barrier, results = threading.Barrier(count), []

    def run():
        barrier.wait()
        try:
            results.append(function())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_at_the_same_time_one_wins():
    job = enqueue("tests.nothing", by=SYSTEM)
    claims = in_threads(2, lambda: claim(job.pk, TERMS))
    assert sorted(found is None for found in claims) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_same_dedup_key_at_the_same_time_is_one_job():
    rows = in_threads(2, lambda: enqueue("tests.nothing", by=SYSTEM, dedup_key="import:7").pk)
    assert len(set(rows)) == 1
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_worker_faster_than_the_relays_commit_waits_instead_of_losing_the_job():
    job = enqueue("tests.nothing", by=SYSTEM)
    claimed = []

    def worker():
        claimed.append(claim(job.pk, TERMS))
        connections.close_all()

    thread = threading.Thread(target=worker)
    publish_due(lambda row: thread.start())
    thread.join()
    assert claimed[0] is not None
    connection.close()


class TestJobList(ListCase):
    """The list of everybody's own jobs: what a person may see is what he started, or all of it with the right to watch."""

    url_name, permission, scoped = "core:job_list", "core.watch_job", False
    more_permissions = ("core.export_job",)
    search = ("?q=导入住户&status=new", "?status=done")

    def make(self, community):
        return Job.objects.create(kind="tests.work", title="导入住户 2026.xlsx", visible=True)

    def test_without_permission_is_refused(self):
        """Instead: the list is open to everybody, and holds nothing of others."""
        assert self.pks(signed_in(user_with())) == []


def test_task_centre_shows_own_jobs_only(person, browser, job):
    stranger = browser(person(name="李四"))
    mine = browser(job.created_by)
    assert "导入住户" in mine.get(reverse("core:job_list")).content.decode()
    assert "导入住户" not in stranger.get(reverse("core:job_list")).content.decode()
    page = reverse("core:job_detail", args=[job.pk])
    assert mine.get(page).status_code == 200
    assert stranger.get(page).status_code == 404
    watcher = browser(person("core.watch_job"))
    assert watcher.get(page).status_code == 200
    assert watcher.post(reverse("core:job_cancel", args=[job.pk])).status_code == 404
    fragment = mine.get(page, headers={"HX-Request": "true", "HX-Target": f"job-{job.pk}"}).content.decode()
    assert "hx-trigger" in fragment
    assert "<html" not in fragment
    mine.post(reverse("core:job_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.status == JobStatus.CANCELLED
    ended = mine.get(page, headers={"HX-Request": "true", "HX-Target": f"job-{job.pk}"})
    assert ended.headers["HX-Refresh"] == "true"  # the facts beside the bar are those of the waiting job


def test_the_stage_of_a_job_is_shown_while_it_matters(person, browser, job):
    Job.objects.filter(pk=job.pk).update(status=JobStatus.FAILED, message="第 3 步", error="文件读不出")
    mine, url = browser(job.created_by), reverse("core:job_list")
    assert "文件读不出" in mine.get(url).content.decode()
    Job.objects.filter(pk=job.pk).update(status=JobStatus.DONE, error="")
    assert "第 3 步" not in mine.get(url).content.decode()
    assert "第 3 步" not in mine.get(reverse("core:job_detail", args=[job.pk])).content.decode()


def test_inbox_opens_by_post_and_only_ones_own(person, browser):
    user, other = person(), person(name="李四")
    item = InboxItem.objects.create(user=user, sentence="导入完成", url="/jobs/")
    away = InboxItem.objects.create(user=user, sentence="坏链接", url="//evil.example/")
    client = browser(user)
    assert "导入完成" in client.get(reverse("core:inbox")).content.decode()
    page = reverse("core:inbox_open", args=[item.pk])
    assert client.get(page).status_code == 405
    assert browser(other).post(page).status_code == 404
    assert InboxItem.objects.filter(read_at__isnull=True).count() == 2
    assert client.post(page).url == "/jobs/"
    assert client.post(reverse("core:inbox_open", args=[away.pk])).url == reverse("core:inbox")
    InboxItem.objects.update(read_at=None)
    client.post(reverse("core:inbox_read"))
    assert not InboxItem.objects.filter(read_at__isnull=True).exists()


def test_indicator_brings_the_bell_and_says_what_has_just_ended(job, browser):
    client, address = browser(job.created_by), reverse("core:job_indicator")
    claim(job.pk, TERMS)
    running = client.get(address)
    assert 'hx-trigger="every 4s"' in running.content.decode()
    assert POLLS_IN_BACKGROUND in running.content.decode()
    page = client.get(reverse("core:job_detail", args=[job.pk])).content.decode()
    polls = re.findall(r'hx-trigger="[^"]*every ', page)
    assert len(polls) == page.count(POLLS_IN_BACKGROUND) == 3
    assert "HX-Trigger-After-Settle" not in running.headers
    expire(job)
    execute(job.pk, lambda *_: JobResult(sentence="done"), TERMS)
    ended = client.get(address)
    text = ended.content.decode()
    assert "hx-trigger" not in text
    assert 'id="bell" hx-swap-oob="true"' in text
    assert "done" in ended.headers["HX-Trigger-After-Settle"]


def test_the_bell_counts_up_to_ninety_nine(job, browser):
    client, address = browser(job.created_by), reverse("core:inbox")
    InboxItem.objects.bulk_create([InboxItem(user=job.created_by, sentence=f"第 {n} 条") for n in range(99)])
    assert "消息，99 条未读" in client.get(address).content.decode()
    InboxItem.objects.bulk_create([InboxItem(user=job.created_by, sentence="再来两条") for _ in range(2)])
    page = client.get(address).content.decode()
    assert "消息，99 条以上未读" in page
    assert '<span class="cnt">99+</span>' in page
