"""The lines announcements leave in the history of households (owners.TimelineEntry), and the same lines made anew.

They follow from the deliveries alone: one when the first of a household was written, one when somebody told it in person. The services
write them in their own transactions; `rebuild_timeline` puts a table right that a restore or a hand has left untrue.
"""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from notices.queries.owners import SOURCE
from notices.states import ToldWay
from owners.models import TimelineEntry


def published_line(title: str) -> str:
    return (_("通知：%(title)s") % {"title": title})[:200]


def told_line(title: str, way: str) -> str:
    return (_("%(way)s：%(title)s") % {"way": ToldWay(way).label, "title": title})[:200]


_PLACE = "\x01"
# What should stand there. The sentences come from the catalogue with a mark in the title's place, so that both ways of writing agree.
_WANTED = """
CREATE TEMPORARY TABLE notices_wanted_line ON COMMIT DROP AS
SELECT d.source_id, d.unit_id, min(d.created_at) AS at, left(replace(%(published)s, %(place)s, n.title), 200) AS sentence
  FROM notices_delivery d JOIN notices_notice n ON n.id = d.source_id
 WHERE d.source_type = %(source)s AND d.unit_id IS NOT NULL GROUP BY d.source_id, d.unit_id, n.title
UNION ALL
SELECT DISTINCT d.source_id, d.unit_id, d.told_at,
       left(replace(CASE d.told_way WHEN 'phone' THEN %(phone)s ELSE %(visit)s END, %(place)s, n.title), 200)
  FROM notices_delivery d JOIN notices_notice n ON n.id = d.source_id
 WHERE d.source_type = %(source)s AND d.unit_id IS NOT NULL AND d.told_at IS NOT NULL
"""
# A line that stands twice is as wrong as one that says something else: only the first of equal ones is kept.
_REMOVE = """
WITH standing AS (
    SELECT id, unit_id, source_id, at, sentence, owner_id, detail,
           row_number() OVER (PARTITION BY unit_id, source_id, at, sentence ORDER BY id) AS place
      FROM owners_timelineentry WHERE kind = %(kind)s AND source_type = %(source)s
)
DELETE FROM owners_timelineentry t USING standing s
 WHERE t.id = s.id AND (s.place > 1 OR s.owner_id IS NOT NULL OR s.detail <> '' OR NOT EXISTS (
       SELECT 1 FROM notices_wanted_line w
        WHERE w.source_id = s.source_id AND w.unit_id = s.unit_id AND w.at = s.at AND w.sentence = s.sentence))
"""
_ADD = """
INSERT INTO owners_timelineentry (unit_id, at, kind, sentence, detail, source_type, source_id)
SELECT w.unit_id, w.at, %(kind)s, w.sentence, '', %(source)s, w.source_id FROM notices_wanted_line w
 WHERE NOT EXISTS (SELECT 1 FROM owners_timelineentry t
                    WHERE t.unit_id = w.unit_id AND t.at = w.at AND t.kind = %(kind)s AND t.source_type = %(source)s
                      AND t.source_id = w.source_id AND t.sentence = w.sentence)
"""


@transaction.atomic
def rebuild_timeline() -> dict[str, int]:
    """Writes only what differs; on a true table nothing. Returns how many lines were wrong and how many were missing."""
    values = {
        "source": SOURCE, "kind": TimelineEntry.Kind.NOTICE.value, "place": _PLACE, "published": published_line(_PLACE),
        "phone": told_line(_PLACE, ToldWay.PHONE), "visit": told_line(_PLACE, ToldWay.VISIT),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, values)
        cursor.execute("CREATE INDEX ON notices_wanted_line (source_id, unit_id)")
        cursor.execute("ANALYZE notices_wanted_line")
        cursor.execute(_REMOVE, values)
        removed = cursor.rowcount
        cursor.execute(_ADD, values)
        added = cursor.rowcount
        cursor.execute("DROP TABLE notices_wanted_line")
        return {"removed": removed, "added": added}
