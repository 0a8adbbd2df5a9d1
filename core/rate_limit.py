"""Limits that hold across processes: a token bucket in PostgreSQL, drained by one atomic upsert (SECURITY decided 5 and 7).

The row lock of the upsert serialises callers of one key, so the limit is exact. A call inside a transaction that is rolled back
takes nothing; call it outside when refusals must count.
"""

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import QuotaExceeded

# Waiting for the disk would be the better part of it, and a count lost in a crash of the server is nobody's loss. Not inside a
# transaction of somebody else, whose own writes must be durable.
_WITHOUT_WAITING = "WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"
_AS_DURABLE = "WITH quick AS (SELECT 1)"
_TAKE = """
INSERT INTO core_ratebucket AS bucket (key, tokens, at)
SELECT %(key)s, %(capacity)s::float8 - %(cost)s::float8, clock_timestamp() FROM quick
ON CONFLICT (key) DO UPDATE SET
    tokens = LEAST(%(capacity)s, bucket.tokens + %(rate)s * GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - bucket.at)))
             - %(cost)s,
    at = clock_timestamp()
WHERE LEAST(%(capacity)s, bucket.tokens + %(rate)s * GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - bucket.at)))
      >= %(cost)s
RETURNING tokens
"""


def take(key: str, *, capacity: float, seconds: float, cost: float = 1) -> bool:
    """Takes `cost` from the bucket of `key`, which holds `capacity` and fills up in `seconds`; False when too little is left."""
    if cost > capacity:
        return False
    numbers: dict[str, str | float] = {"capacity": float(capacity), "cost": float(cost), "rate": capacity / seconds}
    with connection.cursor() as cursor:
        how = _AS_DURABLE if connection.in_atomic_block else _WITHOUT_WAITING
        cursor.execute(how + _TAKE, numbers | {"key": key[:160]})
        return cursor.fetchone() is not None


def require(key: str, *, capacity: float, seconds: float, sentence: str = "") -> None:
    """Like `take`, but raises QuotaExceeded."""
    if not take(key, capacity=capacity, seconds=seconds):
        raise QuotaExceeded(sentence or _("操作太频繁"), _("请稍候再试"))
