"""What somebody types into the search box of orders."""

from collections.abc import Iterable
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
        rows = rows.filter(number__startswith=number)
        return rows.filter(community__code=code) if code else rows
    if any(char.isdecimal() for char in text):
        places = Place.objects.filter(name__icontains=text).order_by().values("pk")
        at_unit, at_place = Q(unit__in=units_like(text).values("pk")), Q(place__in=places)
        return _any_of(rows, (at_unit, at_place), at_unit | at_place)
    word = normalise_name(text).replace(" ", "").lower()
    known = Owner.objects.filter(search__begins=[word]).order_by()
    named, said = Q(reporter_name__startswith=text), matching("description", text)
    # A scalar for each row looked at: of an EXISTS PostgreSQL would make a list of all 王 first.
    of_owner = Q(IsNull(Subquery(known.filter(pk=OuterRef("owner")).values("pk")[:1]), False))
    one_by_one = named | said | of_owner
    return _any_of(rows, (named, Q(owner__in=known.values("pk")), said), one_by_one)


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
