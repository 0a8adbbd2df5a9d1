from typing import Any

from core.models import Attachment, SignedLink
from notices.models import Delivery, Notice
from notices.queries.contents import period
from notices.queries.owners import SOURCE, deliveries_of
from notices.states import FROZEN


def target_of(link: SignedLink) -> tuple[Notice, Delivery] | None:
    """What a link leads to: the announcement and the delivery it was made for."""
    if link.source_type != Delivery._meta.label_lower:
        return None
    delivery = Delivery.objects.select_related("owner", "community").filter(pk=link.source_id).first()
    if delivery is None or delivery.source_type != SOURCE:
        return None
    notice = Notice.objects.select_related("notice_type").filter(pk=delivery.source_id, status__in=FROZEN).first()
    return (notice, delivery) if notice is not None else None


def page_of(notice: Notice, delivery: Delivery) -> dict[str, Any]:
    """The page names no person: a link may be passed on."""
    mine = deliveries_of(notice).filter(owner=delivery.owner)
    return {
        "notice": notice,
        "period": period(notice),
        "community": delivery.community,
        "confirmed_at": mine.filter(confirmed_at__isnull=False).values_list("confirmed_at", flat=True).first(),
        "correction": notice.corrections.filter(status="published").order_by("-pk").first(),
        "files": attachments_of(notice),
    }


def attachments_of(notice: Notice) -> list[Attachment]:
    return list(Attachment.objects.of(notice).filter(removed_at__isnull=True))
