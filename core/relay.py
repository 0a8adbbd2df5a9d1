"""The relay: takes job rows from PostgreSQL and publishes their ids to the broker, again if they got lost (SECURITY 1.1).

One process is enough and several do no harm: rows are taken with FOR UPDATE SKIP LOCKED, and a job that is published twice runs
once (core/tasks/skeleton.py). It is the only part of the product that talks to the broker's sending side.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from celery import Celery
from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.db.models import DurationField, Q, Value
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from core.models import Job, JobStatus
from core.services.heartbeat import beat

logger = structlog.get_logger(__name__)

BATCH = 100
# A message waiting in a long queue is not lost; a broker that was emptied is noticed after this long.
REPUBLISH_WAITING = timedelta(minutes=5)
# A running job whose lease ran out has no worker any more.
REPUBLISH_ABANDONED = timedelta(seconds=15)
IDLE_SECONDS = 0.5
HEARTBEAT_SECONDS = 15
MAX_BACKOFF_SECONDS = 30


def due() -> Any:
    """Rows to publish: never published, or published and evidently lost."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    fresh = Q(status=JobStatus.NEW, published_at__isnull=True)
    waiting = Q(status=JobStatus.NEW, published_at__lt=_ago(REPUBLISH_WAITING))
    abandoned = Q(status=JobStatus.RUNNING) & (
        Q(published_at__isnull=True) | Q(published_at__lt=_ago(REPUBLISH_ABANDONED))
    )
    return Job.objects.filter(free, fresh | waiting | abandoned, next_at__lte=Now()).order_by("next_at", "id")


def _ago(span: timedelta) -> Any:
    return Now() - Value(span, output_field=DurationField())


def publisher(app: Celery) -> Callable[[Job], None]:
    """Sends one message without Celery's own retries: a broker that does not answer must not hold the loop, nor the row locks."""
    quick = {"socket_timeout": 2, "socket_connect_timeout": 2}
    broker = app.connection_for_write(transport_options=app.conf.broker_transport_options | quick)

    def publish(job: Job) -> None:
        app.send_task(job.kind, args=[job.pk], connection=broker, retry=False, ignore_result=True)

    return publish


def publish_due(publish: Callable[[Job], None], limit: int = BATCH) -> tuple[int, Exception | None]:
    """One batch: (how many were published, the broker's error that ended it early). The lock is held until the mark is
    committed, so that no second relay sends the same rows; a worker that is faster waits for the lock."""
    sent: list[int] = []
    failure: Exception | None = None
    with transaction.atomic():
        for job in due().select_for_update(skip_locked=True).only("pk", "kind")[:limit]:
            try:
                publish(job)
            except (BrokerError, RedisError, OSError) as error:
                failure = error
                break
            sent.append(job.pk)
        if sent:
            Job.objects.filter(pk__in=sent).update(published_at=Now())
    return len(sent), failure


@dataclass
class Relay:
    """The loop. `stop` is set by a signal; a batch under way ends first."""

    app: Celery
    name: str = "relay"
    stop: threading.Event = field(default_factory=threading.Event)
    _publish: Callable[[Job], None] | None = None
    _beat_at: float = 0.0

    def run(self) -> None:
        pause = IDLE_SECONDS
        while not self.stop.is_set():
            pause = self._turn(pause)
            self.stop.wait(pause)
        connection.close()

    def _turn(self, pause: float) -> float:
        """One pass; returns how long to wait before the next."""
        try:
            close_old_connections()
            self._sign_of_life()
            self._publish = self._publish or publisher(self.app)
            sent, failure = publish_due(self._publish)
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            sent, failure = 0, error
        if failure is None:
            return 0 if sent == BATCH else IDLE_SECONDS
        self._publish = None  # the broken connection is not used again
        pause = min(max(pause, IDLE_SECONDS) * 2, MAX_BACKOFF_SECONDS)
        logger.warning("relay_waits", error=type(failure).__name__, seconds=pause)
        return pause

    def _sign_of_life(self) -> None:
        if time.monotonic() - self._beat_at > HEARTBEAT_SECONDS:
            beat(self.name)
            self._beat_at = time.monotonic()
