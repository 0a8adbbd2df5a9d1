"""The read rates of the list, counted set by set for all announcements that may still change."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from notices.queries.owners import SOURCE

KEEP_COUNTING = timedelta(days=60)
_REFRESH = """
UPDATE notices_notice n SET delivered_count = c.delivered, read_count = c.was_read
  FROM (SELECT source_id, count(*) FILTER (WHERE r OR s) AS delivered, count(*) FILTER (WHERE r) AS was_read
          FROM (SELECT source_id, unit_id, bool_or(read_at IS NOT NULL) AS r, bool_or(status = 'sent') AS s
                  FROM notices_delivery
                 WHERE source_type = %(source)s
                   AND source_id IN (SELECT id FROM notices_notice WHERE published_at > %(since)s AND status <> 'draft')
                 GROUP BY source_id, building_id, unit_id) h
         GROUP BY source_id) c
 WHERE n.id = c.source_id AND (n.delivered_count, n.read_count) IS DISTINCT FROM (c.delivered, c.was_read)
"""


def refresh_read_counts() -> int:
    """Returns how many announcements had other figures."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"source": SOURCE, "since": timezone.now() - KEEP_COUNTING})
        return int(cursor.rowcount)
