"""What somebody types into the search box of orders."""

from typing import Any

from django.db.models import Q

from core.normalise import clean_text, normalise_name
from core.queries.numbers import spelled
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
        return rows.filter(Q(unit__in=units_like(text).values("pk")) | Q(place__in=places))
    word = normalise_name(text).replace(" ", "").lower()
    known = Owner.objects.filter(search__begins=[word]).order_by().values("pk")
    return rows.filter(Q(owner__in=known) | Q(reporter_name__startswith=text) | Q(description__icontains=text))
