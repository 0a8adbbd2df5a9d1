"""What somebody types into the search box of orders."""

from typing import Any

from django.db.models import Q

from core.bigrams import matching
from core.normalise import clean_text
from core.queries.numbers import spelled
from core.web.searching import any_of
from owners.queries.matching import of_named, parts_of
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
        rows, numbered = rows.filter(community__code=code) if code else rows, Q(number__startswith=number)
        return any_of(rows, (numbered,), numbered)
    if any(char.isdecimal() for char in text):
        places = Place.objects.filter(name__icontains=text).order_by().values("pk")
        at_unit, at_place = Q(unit__in=units_like(text).values("pk")), Q(place__in=places)
        return any_of(rows, (at_unit, at_place), at_unit | at_place)
    named, said = Q(reporter_name__startswith=text), matching("description", text)
    each_on_file = of_named(text)[1]
    return any_of(rows, parts_of(rows, text, named, said), named | said | each_on_file)
