"""The next channel for whoever has not read it: by itself after a wait, or because a person asks for it."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.actors import SYSTEM
from core.errors import BusinessError
from core.services import jobs
from notices.models import Delivery, Notice
from notices.queries.owners import SOURCE
from notices.queries.reach import likes_none_but, reach
from notices.seeds import MARKETING
from notices.states import Outcome, OwnerChannel, Reason, Status
from notices.timing import next_allowed

SEND = "notices.send_deliveries"
RESENT = log.declare("notices.notice.resent", lazy("向未读住户补发了通知"))

# One person of a household that read it is enough: the others are not pursued. Whoever opted out is skipped, never chased, also when
# he has done so since the first message.
_INSERT = """
WITH aimed AS (
    SELECT d.unit_id, d.owner_id, min(d.building_id) AS building_id, min(d.community_id) AS community_id,
           array_agg(d.channel::text) AS tried
      FROM notices_delivery d
     WHERE d.source_type = %(source)s AND d.source_id = %(notice)s
     GROUP BY d.unit_id, d.owner_id
    HAVING NOT bool_or(d.channel = %(channel)s) AND {condition}
),
unread AS (
    SELECT unit_id FROM notices_delivery WHERE source_type = %(source)s AND source_id = %(notice)s
     GROUP BY unit_id HAVING count(read_at) + count(confirmed_at) + count(told_at) = 0
)
INSERT INTO notices_delivery (uid, source_type, source_id, unit_id, building_id, community_id, owner_id, channel, status,
                              reason, detail, lead, urgent, send_after, tries, vendor_id, sent_at, read_via, told_way)
SELECT gen_random_uuid(), %(source)s, %(notice)s, unit_id, building_id, community_id, owner_id, %(channel)s,
       CASE WHEN %(channel)s = 'in_app' THEN 'sent' ELSE 'waiting' END, '', '',
       row_number() OVER (PARTITION BY owner_id ORDER BY unit_id) = 1
           AND NOT EXISTS (SELECT 1 FROM notices_delivery e WHERE e.owner_id = aimed.owner_id AND e.source_type = %(source)s
                              AND e.source_id = %(notice)s AND e.channel = %(channel)s AND e.lead),
       %(urgent)s, %(send_after)s, 0, '', CASE WHEN %(channel)s = 'in_app' THEN %(now)s::timestamptz END, '', ''
  FROM aimed JOIN unread USING (unit_id) JOIN owners_owner o ON o.id = aimed.owner_id
 WHERE {reach} AND {turn} AND (NOT %(marketing)s OR o.marketing_consent) {places}
ON CONFLICT DO NOTHING
"""
_DONE_WITH = "bool_and(d.status = 'failed' OR (d.status = 'sent' AND d.sent_at < %(before)s))"
_NOT_OPTED_OUT = "NOT bool_or(d.reason = 'opted_out')"


def fall_back(notice: Notice) -> int:
    """Brings those who failed, or have not read within the wait, to the next channel; returns how many rows are new."""
    before = timezone.now() - timedelta(hours=notice.fallback_hours)
    # The first one too, where somebody may have got the one he likes before it; what stays in the house is never passed over.
    left = notice.channels[1:] if notice.channels[0] == OwnerChannel.IN_APP else notice.channels
    return sum(
        _insert(notice, channel, _DONE_WITH, turn=likes_none_but(channel, notice.channels), before=before)
        for channel in left
    )


def notices_to_follow() -> list[Notice]:
    """Those whose channels are not used up yet, by time."""
    found = Notice.objects.standing().filter(household_count__isnull=False, channels__len__gt=1)
    found = found.select_related("notice_type")
    now = timezone.now()
    return [notice for notice in found if notice.published_at and now - notice.published_at < _whole(notice)]


def _whole(notice: Notice) -> timedelta:
    """Every wait, and two days for quiet hours and slow channels."""
    return timedelta(hours=notice.fallback_hours * len(notice.channels)) + timedelta(days=2)


def _insert(notice: Notice, channel: str, condition: str, *, turn: str = "true", **values: Any) -> int:
    now = timezone.now()
    values |= {
        "source": SOURCE,
        "notice": notice.pk,
        "channel": channel,
        "urgent": notice.is_urgent,
        "marketing": bool(notice.notice_type.attribute(MARKETING)),
        "send_after": now if notice.is_urgent else next_allowed(now),
        "now": now,
    }
    places = "AND building_id = ANY(%(buildings)s)" if "buildings" in values else ""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(condition=condition, reach=reach(channel), turn=turn, places=places), values)
        return int(cursor.rowcount)


@transaction.atomic
def resend(notice: Notice, *, by: Any, channel: str) -> int:
    """To everybody of the unread households in the actor's scope, over one more channel; whom that channel has failed is tried
    again with a new request. Returns how many messages wait now."""
    if (
        Notice.objects.select_for_update().filter(pk=notice.pk, status=Status.PUBLISHED).first() is None
        or notice.is_over
    ):
        raise BusinessError(_("通知已撤回或过期，不能补发"))
    if channel not in OwnerChannel.values:
        raise BusinessError(_("没有这个渠道"), field="channel")
    mine = Delivery.objects.visible_to(by, "notices.resend_delivery").filter(source_type=SOURCE, source_id=notice.pk)
    buildings = list(mine.order_by().values_list("building_id", flat=True).distinct())
    count = _insert(notice, channel, _NOT_OPTED_OUT, buildings=buildings) + _again(notice, channel, buildings)
    log.record(RESENT, notice, by=by, changes={"channel": OwnerChannel(channel).label, "count": count})
    start_sending()
    return count


_AGAIN = """
UPDATE notices_delivery d
   SET uid = gen_random_uuid(), status = 'waiting', reason = '', detail = '', tries = 0, send_after = %(send_after)s
 WHERE d.source_type = %(source)s AND d.source_id = %(notice)s AND d.channel = %(channel)s AND d.status = 'failed'
   AND d.building_id = ANY(%(buildings)s)
   AND EXISTS (SELECT 1 FROM owners_owner o
                WHERE o.id = d.owner_id AND {reach} AND (NOT %(marketing)s OR o.marketing_consent))
   AND NOT EXISTS (SELECT 1 FROM notices_delivery r WHERE r.source_type = d.source_type AND r.source_id = d.source_id
                      AND r.unit_id = d.unit_id AND (r.read_at IS NOT NULL OR r.told_at IS NOT NULL))
"""


def _again(notice: Notice, channel: str, buildings: list[int]) -> int:
    now = timezone.now()
    values: dict[str, Any] = {
        "source": SOURCE, "notice": notice.pk, "channel": channel, "buildings": buildings,
        "marketing": bool(notice.notice_type.attribute(MARKETING)),
        "send_after": now if notice.is_urgent else next_allowed(now),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN.format(reach=reach(channel)), values)
        return int(cursor.rowcount)


@transaction.atomic
def decide_unknown(delivery: Delivery, *, by: Any, sent: bool) -> Delivery:
    """What a person has found out about a message nobody knew about."""
    values: dict[str, Any] = {"status": Outcome.SENT, "reason": "", "sent_at": timezone.now()}
    if not sent:
        values = {"status": Outcome.FAILED, "reason": Reason.NO_ANSWER}
    if not Delivery.objects.filter(pk=delivery.pk, status=Outcome.UNKNOWN).update(**values):
        raise BusinessError(_("这条送达已经有结果了"))
    delivery.refresh_from_db()
    changes = {"status": [Outcome.UNKNOWN.label, Outcome(delivery.status).label]}
    log.record(DECIDED, delivery, by=by, changes=changes, community_id=delivery.community_id)
    return delivery


DECIDED = log.declare("notices.delivery.decided", lazy("认定了未知送达的结果"))


def start_sending() -> None:
    """Wakes the sender; one at a time is enough, it takes whatever is due."""
    jobs.enqueue(SEND, by=SYSTEM, dedup_key=SEND, visible=False, title=SEND)


def resend_notice(notice: Notice, *, by: Any, channel: str) -> Notice:
    """As resend(), for the page."""
    resend(notice, by=by, channel=channel)
    return notice
