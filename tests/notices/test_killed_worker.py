"""F3 with the product's own processes: a real worker on a real broker is killed while four messages are with the vendor (SECURITY 1.1)."""

import os
import signal
import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from core.models import Job
from core.services.dictionary import seed
from notices.models import Delivery, Notice
from notices.services.fallback import start_sending
from notices.services.notices import publish_urgently
from notices.tasks import THREADS
from tests.factories.channels import channel
from tests.factories.notices import AudienceRuleFactory, NoticeFactory
from tests.factories.owners import OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.notices.support import everything
from tests.support.cases import signed_in
from tests.support.processes import WORKER, end, start, wait_for
from tests.support.vendor import FakeVendor, Reply, Seen, json_answer, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HOUSEHOLDS, ANSWERED = 12, 4
IN_FLIGHT = THREADS


class SlowVendor(FakeVendor):
    """Aliyun, as far as text messages need it. Takes every message; from the fifth on it keeps its answer back until told."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.phones: list[str] = []
        self.taken: dict[str, str] = {}  # what its books say of a number: 3 is received, 2 is failed
        self._lock = threading.Lock()
        self.answers("/", self._answer)

    def _answer(self, seen: Seen) -> Reply:
        if seen.headers["x-acs-action"] == "QuerySendDetails":
            return self._books(seen.query)
        with self._lock:
            self.phones.append(seen.query["PhoneNumbers"])
            place = len(self.phones)
        if place > ANSWERED:
            self.go_on.wait(60)
        return json_answer({"Code": "OK", "BizId": f"b-{place}"})

    def _books(self, asked: dict[str, str]) -> Reply:
        known = self.taken.get(asked["PhoneNumber"])
        asked_for = [seen.query for seen in self.seen if seen.query.get("PhoneNumbers") == asked["PhoneNumber"]]
        rows = [{"OutId": asked_for[0]["OutId"], "SendStatus": int(known), "ErrCode": "NO_ROUTE"}] if known else []
        return json_answer({"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}})


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch):
    # The worker's settings: loopback may be called, and a vendor that thinks is waited for.
    monkeypatch.setenv("CHANNEL_HOSTS", "127.0.0.1")
    monkeypatch.setenv("CHANNEL_TIMEOUT_SECONDS", "60")
    fake = SlowVendor()
    with running(fake.server):
        yield fake
        fake.go_on.set()


@pytest.fixture
def processes(broker: str):
    started: list[subprocess.Popen] = [start("tests.support.relay", broker=broker)]

    def worker() -> subprocess.Popen:
        started.append(start(*WORKER, broker=broker))
        return started[-1]

    yield worker
    for process in started:
        end(process)


def publish() -> tuple[Notice, Any]:
    """Urgent, because a test may run at night."""
    seed()
    community = CommunityFactory()
    who = everything(community)
    for place in range(HOUSEHOLDS):
        OwnerFactory(units=[UnitFactory(building__community=community)], phones=[f"138{place:08}"])
    notice = NoticeFactory(community=community, author=who, urgency="urgent", channels=["sms"], title="爆管抢修")
    AudienceRuleFactory(notice=notice)
    publish_urgently(notice, by=who, reason="爆管")
    return notice, who


def statuses() -> dict[str, str]:
    rows = Delivery.objects.select_related("owner")
    return {row.owner.phones.get().number: row.status for row in rows}


def of(status: str) -> set[str]:
    return {phone for phone, found in statuses().items() if found == status}


def leases_run_out() -> None:
    """Three minutes for a message, two for a job: nobody waits for them here."""
    past = timezone.now() - timedelta(minutes=5)
    Delivery.objects.filter(status="sending").update(lease_until=past)
    Job.objects.filter(status="running").update(lease_until=past, published_at=past)


def send_again() -> None:
    start_sending()
    wait_for(lambda: not Job.objects.open().exists())


def test_f3_a_worker_killed_among_messages_sends_nobody_twice(vendor: SlowVendor, processes: Any) -> None:
    channel("sms_aliyun", vendor.url)
    notice, who = publish()
    worker = processes()
    wait_for(lambda: len(vendor.phones) == ANSWERED + IN_FLIGHT)
    assert _stepped_back(worker.pid)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    flying = vendor.phones[ANSWERED:]
    assert (of("sending"), of("sent")) == (set(flying), set(vendor.phones[:ANSWERED]))
    assert len(of("waiting")) == HOUSEHOLDS - ANSWERED - IN_FLIGHT

    # Another worker goes on. Who was in flight is unknown, not sent again; the vendor knows two of the four.
    received, failed, by_hand, lost = flying
    vendor.taken = {received: "3", failed: "2"}
    vendor.go_on.set()
    leases_run_out()
    processes()
    wait_for(lambda: not of("waiting") and not of("sending") and not Job.objects.open().exists())
    assert of("unknown") == {by_hand, lost}
    assert of("failed") == {failed}
    assert of("sent") == set(statuses()) - {failed, by_hand, lost}
    assert received in of("sent")
    assert sorted(vendor.phones) == sorted(f"138{place:08}" for place in range(HOUSEHOLDS))

    _shown_and_decided(notice, who, by_hand, lost)
    send_again()
    assert len(vendor.phones) == HOUSEHOLDS
    assert (of("unknown"), of("failed")) == (set(), {failed, lost})
    connection.close()


def _stepped_back(pid: int) -> bool:
    """The worker and the child that does the work come after the pages (WORKER_NICE)."""
    child = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    wanted = min(19, os.getpriority(os.PRIO_PROCESS, 0) + settings.CELERY_WORKER_NICE)
    return [os.getpriority(os.PRIO_PROCESS, one) for one in (pid, child)] == [wanted, wanted]


def _shown_and_decided(notice: Notice, who: Any, by_hand: str, lost: str) -> None:
    """The board says how many are unknown and offers to decide; the list of deliveries finds them; a person decides."""
    rows = {row.owner.phones.get().number: row for row in Delivery.objects.filter(status="unknown")}
    client = signed_in(who)
    page = client.get(notice.get_absolute_url(), {"show": "pending"}).content.decode()
    listed = f"{reverse('notices:delivery_list')}?notice={notice.pk}&amp;status=unknown"
    assert listed in page
    for row in rows.values():
        assert reverse("notices:delivery_decide", args=[row.pk]) in page
    found = client.get(reverse("notices:delivery_list"), {"notice": notice.pk, "status": "unknown"}).content.decode()
    assert found.count("st-orange") >= 2
    for phone, answer in ((by_hand, "yes"), (lost, "no")):
        client.post(reverse("notices:delivery_decide", args=[rows[phone].pk]), {"sent": answer})
