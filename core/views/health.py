"""/readyz: may this process take traffic? The broker is reported but does not fail it: without it only background work waits."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from redis import Redis, RedisError

from core.queries.heartbeat import last_beats
from core.web.access import public


def _database() -> str:
    try:
        pending = MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes())
    except DatabaseError:
        return "unreachable"
    return f"{len(pending)} migrations pending" if pending else "ok"


def _broker() -> str:
    try:
        Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
    except RedisError:
        return "unreachable"
    return "ok"


def _silences() -> dict[str, int]:
    """Seconds since each background process was last heard of; reported, never failing: pages work without them."""
    now = timezone.now()
    return {name: int((now - at).total_seconds()) for name, at in last_beats().items()}


@public("load balancers ask it")
def readyz(request: HttpRequest) -> JsonResponse:
    state: dict[str, Any] = {"database": _database(), "broker": _broker()}
    ready = state["database"] == "ok"
    if ready:
        state["silent_seconds"] = _silences()
    return JsonResponse(state, status=200 if ready else 503)
