"""What somebody types into the search box of orders."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from core.bigrams import matching
from core.keys import among
from core.normalise import clean_text, normalise_name
from core.queries.numbers import spelled
from core.web.paging import EXACT_LIMIT
from owners.models import Owner
from owners.queries.rooms import units_like
from properties.models import Place

MANY_OWNERS, FEW_ORDERS = 2_000, 50_000


def number_of(text: str) -> tuple[str, str] | None:
    """(code of the community or "", beginning of the number) when the text is spelled like one."""
    found = spelled(text, "BX")
    return (found[0], found[1][0]) if found else None


def search_orders(rows: Any, text: str) -> Any:
    """By number, by room, by who reported, or by the words of the description. Each part asks an index of its own."""
    text = clean_text(text)
    if not text:
        return rows
    spelled = number_of(text)
    if spelled:
        code, number = spelled
        rows, numbered = rows.filter(community__code=code) if code else rows, Q(number__startswith=number)
        return _any_of(rows, (numbered,), numbered)
    if any(char.isdecimal() for char in text):
        places = Place.objects.filter(name__icontains=text).order_by().values("pk")
        at_unit, at_place = Q(unit__in=units_like(text).values("pk")), Q(place__in=places)
        return _any_of(rows, (at_unit, at_place), at_unit | at_place)
    word = normalise_name(text).replace(" ", "").lower()
    known = Owner.objects.filter(search__begins=[word]).order_by()
    named, said = Q(reporter_name__startswith=text), matching("description", text)
    # A scalar for each row looked at: of an EXISTS PostgreSQL would make a list of all 王 first.
    of_owner = Q(IsNull(Subquery(known.filter(pk=OuterRef("owner")).values("pk")[:1]), False))

    def parts() -> Iterator[Q]:
        yield named
        yield of_owner if _many_owners_few_orders(known, rows) else Q(owner__in=known.values("pk"))
        yield said

    return _any_of(rows, parts(), named | said | of_owner)


def _many_owners_few_orders(known: Any, rows: Any) -> bool:
    """Of a surname there are tens of thousands of owners in a city, which PostgreSQL takes for a few hundred and looks up one by one:
    a quarter of a second. The orders of one community are looked at faster."""
    many = known.values("pk")[: MANY_OWNERS + 1].count() > MANY_OWNERS
    return bool(many and rows.order_by().values("pk")[: FEW_ORDERS + 1].count() <= FEW_ORDERS)


def _any_of(rows: Any, parts: Iterable[Q], one_by_one: Q) -> Any:
    """Rows for which one of the parts holds. Asked for at once, PostgreSQL reads the whole table: it cannot tell how much a part that
    asks another table lets through. So each is asked alone, by its index; only what very many match is looked through in the order
    of the list, `one_by_one`, where they are soon found."""
    found: set[int] = set()
    for part in parts:
        found.update(rows.filter(part).order_by().values_list("pk", flat=True)[: EXACT_LIMIT + 1])
        if len(found) > EXACT_LIMIT:
            many = rows.filter(one_by_one)
            many.surpasses = EXACT_LIMIT
            return many
    return rows.filter(among(found))
