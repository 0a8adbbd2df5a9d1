"""What is known beside the sending: read, confirmed, told in person. Each is a fact with its own time (DOMAIN 2.4, PEERS 5.5)."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.errors import BusinessError
from notices.models import Delivery, Notice
from notices.queries.owners import SOURCE
from notices.services.timeline import told_line
from notices.states import FROZEN, ToldWay
from owners.models import Owner, TimelineEntry
from owners.services import timeline
from properties.models import Unit

TOLD = log.declare("notices.delivery.told", lazy("登记了当面或电话告知"))
VIA = ("portal", "link", "wechat")


def _rows(notice: Notice, owner: Owner, unit: Unit | None) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(owner=owner, source_type=SOURCE, source_id=notice.pk)
    return rows if unit is None else rows.filter(unit=unit)


def mark_read(notice: Notice, *, owner: Owner, unit: Unit | None = None, via: str) -> int:
    """已读, at the first time only. Returns how many of the person's deliveries were unread until now; 0 when it was not meant for him.

    Not logged: the row itself is the evidence, and opening is no act that anybody answers for."""
    unread = _rows(notice, owner, unit).filter(read_at__isnull=True)
    return unread.update(read_at=timezone.now(), read_via=via)


def confirm(notice: Notice, *, owner: Owner, via: str) -> int:
    """我知道了: confirmed, and read at the latest now."""
    now = timezone.now()
    rows = _rows(notice, owner, None)
    rows.filter(read_at__isnull=True).update(read_at=now, read_via=via)
    return rows.filter(confirmed_at__isnull=True).update(confirmed_at=Coalesce("confirmed_at", now))


@transaction.atomic
def tell_household(notice: Notice, *, by: Any, unit: Unit, way: str) -> Notice:
    """Staff told somebody of the household by telephone or at the door. Reading stays what it is: this is a fact of its own."""
    if notice.status not in FROZEN:
        raise BusinessError(_("通知还没有发布"))
    rows = Delivery.objects.filter(source_type=SOURCE, source_id=notice.pk, unit=unit)
    now = timezone.now()
    if not rows.filter(told_at__isnull=True).update(told_at=now, told_way=way, told_by_id=by.actor_id):
        if rows.exists():
            raise BusinessError(_("%(unit)s 已登记过告知") % {"unit": unit})
        raise BusinessError(_("这条通知没有发给 %(unit)s") % {"unit": unit})
    timeline.note_unit([unit.pk], told_line(notice.title, way), kind=TimelineEntry.Kind.NOTICE, source=notice, at=now)
    changes = {"unit": str(unit), "way": ToldWay(way).label}
    log.record(TOLD, notice, by=by, changes=changes, community_id=unit.community_id)
    return notice
