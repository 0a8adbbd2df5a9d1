"""Signs of life of the background processes, for the task centre and the operators' status command."""

from django.db import connection


def beat(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_heartbeat (name, at) VALUES (%s, now()) ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at",
            [name],
        )
