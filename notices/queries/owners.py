from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery

from notices.models import Delivery, Notice
from owners.models import Owner

SOURCE = Notice._meta.label_lower


def deliveries_of(notice: Notice) -> QuerySet[Delivery]:
    return Delivery.objects.filter(source_type=SOURCE, source_id=notice.pk)


def for_owner(owner: Owner) -> QuerySet[Notice]:
    """The announcements that were meant for this person and still stand, pinned ones first.

    Annotated with `read_at` and `confirmed_at` (the earliest of his deliveries) and `delivery_id` (one of them).
    """
    mine = Delivery.objects.filter(owner=owner, source_type=SOURCE, source_id=OuterRef("pk")).order_by()

    def first(field: str) -> Subquery:
        return Subquery(mine.values("source_id").annotate(first=Min(field)).values("first"))

    return (
        Notice.objects.standing()
        .filter(Exists(mine))
        .annotate(read_at=first("read_at"), confirmed_at=first("confirmed_at"), delivery_id=first("pk"))
        .select_related("notice_type")
        .order_by("-pinned", "-published_at", "-pk")
    )
