"""Document numbers (DOMAIN 2.0): prefix, period and a sequence taken under a row lock, so that two clerks never get the same."""

from datetime import date

from django.db import connection


def take(prefix: str, *, community_id: int = 0, period: str = "", count: int = 1) -> int:
    """The first of `count` consecutive numbers. The row stays locked until the transaction ends; a rollback gives them back."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_numbersequence AS seq (prefix, community_id, period, last) VALUES (%s, %s, %s, %s)
            ON CONFLICT (prefix, community_id, period) DO UPDATE SET last = seq.last + EXCLUDED.last
            RETURNING last
            """,
            [prefix, community_id, period, count],
        )
        last: int = cursor.fetchone()[0]
    return last - count + 1


def daily_number(prefix: str, day: date, *, community_id: int) -> str:
    """BX20261122-0001; the 10,000th of a day takes five digits, it never wraps."""
    period = f"{day:%Y%m%d}"
    return f"{prefix}{period}-{take(prefix, community_id=community_id, period=period):04d}"
