"""The Celery application. Web requests never publish: a job row is written and the relay publishes it (core/relay.py)."""

import os

from celery import Celery
from celery.signals import worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("MULIN_PROCESS", "worker")

app = Celery("mulin")
app.config_from_object("django.conf:settings", namespace="CELERY")
# The visibility timeout must be the same wherever the broker looks it up; the shortest one on the broker wins.
app.conf.visibility_timeout = app.conf.broker_transport_options["visibility_timeout"]
app.conf.result_backend_transport_options = dict(app.conf.broker_transport_options)
app.autodiscover_tasks()


@worker_init.connect
def step_back(**_: object) -> None:
    """Somebody waits for a page; nobody waits for a job as hard. The pool's children inherit it."""
    os.nice(app.conf.worker_nice)


@worker_process_init.connect
def close_inherited_connections(**_: object) -> None:
    """A forked worker must not share its parent's database sockets."""
    from django.db import connections

    for connection in connections.all():
        connection.close()
