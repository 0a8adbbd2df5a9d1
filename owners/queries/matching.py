"""From what somebody typed to the people it may mean: names by prefix, numbers by blind index."""

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from core import blind_index
from core.errors import BadValue
from core.normalise import normalise_name, normalise_phone
from owners.models import Owner, OwnerPhone


def phone_owners(text: str) -> QuerySet[Any]:
    """Ids of the owners with this whole number or these last four digits; for texts that are posted, never for an address."""
    text = text.strip()
    if len(text) == 4:
        return OwnerPhone.objects.filter(number_last4=blind_index.last4("phone", text)).values("owner_id")
    try:
        whole = blind_index.whole("phone", normalise_phone(text))
    except BadValue:
        return OwnerPhone.objects.none().values("owner_id")
    return OwnerPhone.objects.filter(number_index=whole).values("owner_id")


def by_name(rows: QuerySet[Any], text: str, path: str = "") -> QuerySet[Any]:
    """A fragment of the name, its pinyin or its initials, or the customer number."""
    word = normalise_name(text).replace(" ", "").lower()
    return rows.filter(**{f"{path}search__begins": [word]}) if word else rows


def of_named(text: str) -> tuple[Q, Q]:
    """Rows whose `owner` a fragment of a name means, said in two ways: for being looked for by an index of their owners, and for being
    asked of each row that is looked at."""
    known = by_name(Owner.objects.order_by(), text)
    # A scalar: of an EXISTS PostgreSQL would make a list of all 王 first.
    each = Q(IsNull(Subquery(known.filter(pk=OuterRef("owner")).values("pk")[:1]), False))
    return Q(owner__in=known.values("pk")), each


MANY_OWNERS, FEW_ROWS = 2_000, 50_000


def parts_of(rows: QuerySet[Any], text: str, before: Q, after: Q) -> Iterator[Q]:
    """The meanings of a text for core.web.searching.any_of: `before`, the owners it names, `after`. Of a surname there are tens of
    thousands of owners in a city, which PostgreSQL takes for a few hundred and looks up one by one, a quarter of a second; the rows of
    one community are looked at faster."""
    on_file, each = of_named(text)
    yield before
    many = by_name(Owner.objects.order_by(), text).values("pk")[: MANY_OWNERS + 1].count() > MANY_OWNERS
    yield each if many and rows.order_by().values("pk")[: FEW_ROWS + 1].count() <= FEW_ROWS else on_file
    yield after
