from dataclasses import dataclass

from core.models import Attachment
from notices.models import Delivery, Notice
from notices.queries.owners import SOURCE
from notices.states import FROZEN


@dataclass(frozen=True)
class Target:
    """What a personal link leads to: the announcement and the delivery it was made for."""

    notice: Notice
    delivery: Delivery


def target_of(delivery: Delivery) -> Target | None:
    if delivery.source_type != SOURCE:
        return None
    notice = Notice.objects.select_related("notice_type").filter(pk=delivery.source_id, status__in=FROZEN).first()
    return Target(notice, delivery) if notice is not None else None


def attachments_of(notice: Notice) -> list[Attachment]:
    return list(Attachment.objects.of(notice).filter(removed_at__isnull=True))
