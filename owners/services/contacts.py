"""Conversations with the households (沟通记录, R22)."""

from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.changes import save
from core.errors import BusinessError
from core.models import DictItem
from owners.models import CallBackTask, ContactRecord, Owner, TimelineEntry
from owners.services import timeline
from properties.models import Unit

RECORDED = log.declare("owners.contactrecord.created", lazy("登记联系记录"))


@transaction.atomic
def record_contact(
    unit: Unit,
    *,
    by: Any,
    way: str,
    subject: DictItem,
    content: str,
    owner: Owner | None = None,
    at: datetime | None = None,
    result: str = "",
    follow_up_on: date | None = None,
    source_type: str = "",
    source_id: int | None = None,
) -> ContactRecord:
    """One conversation. Its words stand on the timeline and the contact tab, never in the log: they may be personal."""
    at = at or timezone.now()
    if at > timezone.now():
        raise BusinessError(_("联系时间不能晚于现在"), field="at")
    row = ContactRecord(
        unit=unit, community_id=unit.community_id, owner=owner, at=at, way=way, subject=subject, content=content,
        result=result, follow_up_on=follow_up_on, handler_id=by.actor_id, source_type=source_type, source_id=source_id,
    )  # fmt: skip
    write_contact(row)
    log.record(
        RECORDED, row, by=by, changes={"way": row.get_way_display(), "subject": subject, "follow_up_on": follow_up_on}
    )
    return row


def write_contact(row: ContactRecord) -> None:
    """The record and its line on the timeline, without an entry of the log."""
    save(row)
    sentence = f"{row.get_way_display()}，{row.subject}"
    detail = "，".join(part for part in (row.content, row.result) if part)
    timeline.note_unit(
        [row.unit_id], sentence, owner=row.owner, kind=TimelineEntry.Kind.CONTACT, detail=detail, source=row, at=row.at
    )


def hand_over(tasks: models.QuerySet[CallBackTask], *, to: models.Model) -> int:
    """What was said in these calls is about `to` from now on and read by whoever may open that (core.closed): the file of the household has
    more readers. Its lines on the timeline go; returns how many records there were."""
    calls = list(tasks.filter(unit__isnull=False).values_list("pk", "unit_id"))
    # By the household: nobody looks for records by their source, and there are millions of them.
    households = {unit for _pk, unit in calls}
    said = ContactRecord.objects.filter(
        unit__in=households, source_type=CallBackTask._meta.label_lower, source_id__in=[pk for pk, _unit in calls]
    )
    ids = list(said.values_list("pk", flat=True))
    lines = TimelineEntry.objects.filter(unit__in=households, source_type=ContactRecord._meta.label_lower)
    lines.filter(source_id__in=ids).delete()
    return ContactRecord.objects.filter(pk__in=ids).update(source_type=to._meta.label_lower, source_id=to.pk)
