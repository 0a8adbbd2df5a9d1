"""From what somebody typed to the people it may mean: names by prefix, numbers by blind index."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from core import blind_index
from core.errors import BadValue
from core.normalise import normalise_name, normalise_phone
from owners.models import Owner, OwnerPhone

MANY_OWNERS, FEW_ROWS = 2_000, 50_000


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


def of_named(rows: QuerySet[Any], text: str) -> tuple[Q, Q]:
    """Those of `rows` whose `owner` a fragment of a name means, said in two ways: for being looked for, and for being asked of each row
    that is looked at."""
    known = by_name(Owner.objects.order_by(), text)
    # A scalar: of an EXISTS PostgreSQL would make a list of all 王 first.
    each = Q(IsNull(Subquery(known.filter(pk=OuterRef("owner")).values("pk")[:1]), False))
    return each if _many_among_few(known, rows) else Q(owner__in=known.values("pk")), each


def _many_among_few(known: QuerySet[Any], rows: QuerySet[Any]) -> bool:
    """Of a surname there are tens of thousands of owners in a city, which PostgreSQL takes for a few hundred and looks up one by one:
    a quarter of a second. The rows of one community are looked at faster."""
    many = known.values("pk")[: MANY_OWNERS + 1].count() > MANY_OWNERS
    return bool(many and rows.order_by().values("pk")[: FEW_ROWS + 1].count() <= FEW_ROWS)
