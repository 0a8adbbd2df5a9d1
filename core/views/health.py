"""/readyz: may this process take traffic? The broker is reported but does not fail it: without it only background work waits."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis import Redis, RedisError

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


@public("load balancers ask it")
def readyz(request: HttpRequest) -> JsonResponse:
    state = {"database": _database(), "broker": _broker()}
    return JsonResponse(state, status=200 if state["database"] == "ok" else 503)
