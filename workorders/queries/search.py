"""What somebody types into the search box of orders."""

from typing import Any

from django.db.models import Q

from core.normalise import clean_text
from core.queries.numbers import spelled
from core.web.searching import Meaning, any_of, said
from owners.queries.matching import of_named
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
        return any_of(rows, [Meaning.of(numbered)])
    if any(char.isdecimal() for char in text):
        places = Place.objects.filter(name__icontains=text).order_by().values("pk")
        at_unit, at_place = Q(unit__in=units_like(text).values("pk")), Q(place__in=places)
        return any_of(rows, [Meaning.of(at_unit), Meaning.of(at_place)])
    named = Meaning.of(Q(reporter_name__startswith=text))
    return any_of(rows, [named, of_named(rows, text), said("description", text)])
