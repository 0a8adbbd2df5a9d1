from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery

from notices.models import Delivery, Notice
from notices.models.notices import NoticeQuerySet
from notices.states import FROZEN, Outcome
from owners.models import Owner

SOURCE = Notice._meta.label_lower


def deliveries_of(notice: Notice) -> QuerySet[Delivery]:
    return Delivery.objects.filter(source_type=SOURCE, source_id=notice.pk)


def received_by(owner: Owner) -> NoticeQuerySet:
    """Every announcement that was meant for this person, also those that were withdrawn or are over. What was skipped, because he
    wants no marketing or because it was withdrawn before it left, did not reach him.

    Annotated with `read_at` and `confirmed_at` (the earliest of his deliveries) and `delivery_id` (one of them).
    """
    mine = Delivery.objects.filter(owner=owner, source_type=SOURCE, source_id=OuterRef("pk"))
    mine = mine.exclude(status=Outcome.SKIPPED).order_by()

    def first(field: str) -> Subquery:
        return Subquery(mine.values("source_id").annotate(first=Min(field)).values("first"))

    found: NoticeQuerySet = (
        Notice.objects.filter(Exists(mine), status__in=FROZEN)
        .annotate(read_at=first("read_at"), confirmed_at=first("confirmed_at"), delivery_id=first("pk"))
        .select_related("notice_type")
        .order_by("-pinned", "-published_at", "-pk")
    )
    return found


def for_owner(owner: Owner) -> NoticeQuerySet:
    """Those of them that still stand, pinned ones first."""
    return received_by(owner).standing()
