"""One message about one thing to the people of one household: the way for floors above, beside announcements to many."""

from collections.abc import Iterable

from django.db import connection, models, transaction
from django.utils import timezone

from notices.channels import registry
from notices.queries.reach import pick
from notices.services.fallback import start_sending
from notices.states import OwnerChannel
from notices.timing import next_allowed
from owners.models import Owner
from properties.models import Unit

# What reaches somebody's pocket first; in-app is what remains where nothing is set up.
ORDER = (OwnerChannel.WECHAT, OwnerChannel.SMS, OwnerChannel.EMAIL)

_INSERT = """
INSERT INTO notices_delivery (uid, source_type, source_id, unit_id, building_id, community_id, owner_id, channel, status,
                              reason, detail, lead, urgent, send_after, tries, vendor_id, sent_at, read_via, told_way)
SELECT gen_random_uuid(), %(source)s, %(id)s, %(unit)s, %(building)s, %(community)s, owner_id, COALESCE(channel, 'in_app'),
       CASE WHEN channel IS NULL THEN 'failed' WHEN channel = 'in_app' THEN 'sent' ELSE 'waiting' END,
       CASE WHEN channel IS NULL THEN 'no_contact' ELSE '' END, '', true, %(urgent)s, %(send_after)s, 0, '',
       CASE WHEN channel = 'in_app' THEN %(now)s::timestamptz END, '', ''
  FROM (SELECT o.id AS owner_id, {pick} AS channel FROM owners_owner o WHERE o.id = ANY(%(owners)s)) AS aimed
    ON CONFLICT DO NOTHING
"""


@transaction.atomic
def send(
    source: models.Model, *, unit: Unit | None, owners: Iterable[Owner], urgent: bool = False, community_id: int | None = None
) -> int:  # fmt: skip
    """One delivery a person, over the first channel that is set up and reaches him; what it says the floor of `source` has registered
    (notices.sources). `urgent` waits for no quiet hours. Returns how many rows are new; none the second time."""
    ids = [owner.pk for owner in owners]
    if not ids:
        return 0
    enabled = registry.enabled_codes()
    channels = [code for code in ORDER if code in enabled] + [OwnerChannel.IN_APP]
    now = timezone.now()
    values = {
        "source": source._meta.label_lower, "id": source.pk, "owners": ids, "urgent": urgent, "now": now,
        "send_after": now if urgent else next_allowed(now), "unit": unit.pk if unit else None,
        "building": unit.building_id if unit else None, "community": unit.community_id if unit else community_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(pick=pick(list(channels))), values)
        count = int(cursor.rowcount)
    if count:
        start_sending()
    return count
