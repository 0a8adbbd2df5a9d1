"""From rules to rows: the deliveries of a published announcement, written set by set (INSERT ... SELECT), never one by one."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from notices.models import Notice
from notices.queries.audience import people, sql_of, units
from notices.queries.owners import SOURCE
from notices.queries.reach import pick
from notices.seeds import MARKETING
from notices.services.timeline import published_line
from notices.states import Status
from notices.timing import next_allowed

CHUNK = 10_000

# `lead` is the row of a person that is really sent. Its neighbours in the same statement are told apart by row_number, those of
# earlier chunks by looking. In-app needs no vendor: it is there once the row is. The household's history gets its line with the
# first delivery (services/timeline.py writes the same lines anew); who is added later adds none.
_INSERT = """
WITH people(unit_id, owner_id) AS ({people}),
aimed AS MATERIALIZED (
    SELECT people.unit_id, people.owner_id, u.building_id, u.community_id, {pick} AS channel,
           %(marketing)s AND NOT o.marketing_consent AS opted_out
      FROM people JOIN properties_unit u ON u.id = people.unit_id JOIN owners_owner o ON o.id = people.owner_id
),
written AS (
    INSERT INTO notices_delivery (uid, source_type, source_id, unit_id, building_id, community_id, owner_id, channel, status,
                                  reason, detail, lead, urgent, send_after, tries, vendor_id, sent_at, read_via, told_way)
    SELECT gen_random_uuid(), %(source)s, %(notice)s, unit_id, building_id, community_id, owner_id,
           COALESCE(channel, %(first)s),
           CASE WHEN opted_out THEN 'skipped' WHEN channel IS NULL THEN 'failed' WHEN channel = 'in_app' THEN 'sent'
                ELSE 'waiting' END,
           CASE WHEN opted_out THEN 'opted_out' WHEN channel IS NULL THEN 'no_contact' ELSE '' END,
           '',
           row_number() OVER (PARTITION BY owner_id ORDER BY unit_id) = 1 AND earlier.found IS NULL,
           %(urgent)s, %(send_after)s, 0, '', CASE WHEN channel = 'in_app' AND NOT opted_out THEN %(now)s::timestamptz END, '', ''
      FROM aimed LEFT JOIN LATERAL (
           SELECT true AS found FROM notices_delivery d
            WHERE d.owner_id = aimed.owner_id AND d.source_type || '' = %(source)s AND d.source_id + 0 = %(notice)s LIMIT 1
           ) earlier ON true
    ON CONFLICT DO NOTHING
    RETURNING unit_id, building_id, created_at
),
told AS (
    INSERT INTO owners_timelineentry (unit_id, at, kind, sentence, detail, source_type, source_id)
    SELECT unit_id, min(at), 'notice', %(sentence)s, '', %(source)s, %(notice)s
      FROM (SELECT building_id, unit_id, min(created_at) AS at FROM written GROUP BY building_id, unit_id) home
      LEFT JOIN LATERAL (
           SELECT true AS found FROM notices_delivery d
            WHERE d.source_type = %(source)s AND d.source_id = %(notice)s AND d.building_id = home.building_id
              AND d.unit_id = home.unit_id LIMIT 1) earlier ON true
     WHERE earlier.found IS NULL GROUP BY unit_id
)
SELECT count(*) FROM written
"""
# Statistics never know the announcement that is just being written: told of it, the planner takes an index that begins with it for as good
# as the one that begins with the person, and reads all its rows for each of them. So the person alone is offered as a key there.
# A chunk names its units, so everything else is found by key. Left alone, the planner reads all owners and all units for each chunk.
_BY_KEY = "SET LOCAL enable_seqscan = off; SET LOCAL random_page_cost = 1.1"
_COUNTS = """
UPDATE notices_notice SET household_count = c.households, person_count = c.persons
  FROM (SELECT count(DISTINCT unit_id) AS households, count(DISTINCT owner_id) AS persons
          FROM notices_delivery WHERE source_type = %(source)s AND source_id = %(notice)s) AS c
 WHERE id = %(notice)s
"""

Hold = Callable[[], None]
Tell = Callable[[int, int], None]


def materialise(notice: Notice, *, hold: Hold = lambda: None, tell: Tell = lambda _done, _total: None) -> int:
    """Writes one delivery for each person of each household, chunk by chunk; returns how many are new. Running again adds only
    what is missing. Stops when the announcement is withdrawn meanwhile."""
    ids = list(units(notice).order_by("building_id", "pk").values_list("pk", flat=True))
    written = 0
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            hold()
            if not _still_published(notice):
                break
            written += _write(notice, ids[start : start + CHUNK])
        tell(min(start + CHUNK, len(ids)), len(ids))
    with transaction.atomic(), connection.cursor() as cursor:
        hold()
        cursor.execute(_COUNTS, {"source": SOURCE, "notice": notice.pk})
    notice.refresh_from_db()
    return written


def _still_published(notice: Notice) -> bool:
    """Locked until the chunk is written: a withdrawal waits, and then finds these rows too."""
    rows = Notice.objects.select_for_update(of=("self",)).filter(pk=notice.pk, status=Status.PUBLISHED)
    return bool(rows.values_list("pk", flat=True))


def _write(notice: Notice, unit_ids: list[int]) -> int:
    # A plain "= ANY": ten thousand parameters would cost more than the statement.
    found = sql_of(people(notice).extra(where=["unit_id = ANY(%s)"], params=[unit_ids]).order_by().values(
        "unit_id", "owner_id"
    ).distinct())  # fmt: skip
    if found is None:
        return 0
    statement, params = found
    now = timezone.now()
    values: dict[str, Any] = {
        "source": SOURCE,
        "notice": notice.pk,
        "first": notice.channels[0],
        "marketing": bool(notice.notice_type.attribute(MARKETING)),
        "urgent": notice.is_urgent,
        "send_after": now if notice.is_urgent else next_allowed(now),
        "now": now,
        "sentence": published_line(notice.title),
    }
    named, extra = _named(statement, params)
    sql = _INSERT.format(people=named, pick=pick(notice.channels))
    with connection.cursor() as cursor:
        cursor.execute(_BY_KEY)
        cursor.execute(sql, values | extra)
        count: int = cursor.fetchone()[0]
    return count


def _named(statement: str, params: tuple[Any, ...]) -> tuple[str, dict[str, Any]]:
    """Django writes %s, our statement has names: numbers the places."""
    names = [f"p{place}" for place in range(len(params))]
    return statement % tuple(f"%({name})s" for name in names), dict(zip(names, params, strict=True))
