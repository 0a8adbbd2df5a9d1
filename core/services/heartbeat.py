"""Signs of life of the background processes, for the task centre and the operators' status command."""

from datetime import datetime

from django.db import connection

from core.models import Heartbeat


def beat(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_heartbeat (name, at) VALUES (%s, now()) ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at", [name]
        )


def last_beats() -> dict[str, datetime]:
    return dict(Heartbeat.objects.values_list("name", "at"))
