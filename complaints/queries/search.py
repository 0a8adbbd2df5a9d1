"""What somebody types into the search box of complaints."""

from typing import Any

from django.db.models import Q

from core.normalise import clean_text, normalise_name
from core.queries.numbers import spelled
from owners.models import Owner
from owners.queries.rooms import units_like
from properties.models import Place

PREFIXES = ("TS", "JY", "BY")


def by_number(rows: Any, code: str, beginnings: tuple[str, ...]) -> Any:
    numbers = Q(pk__in=[])
    for beginning in beginnings:
        numbers |= Q(number__startswith=beginning)
    rows = rows.filter(numbers)
    return rows.filter(community__code=code) if code else rows


def search_cases(rows: Any, text: str) -> Any:
    """By number (the city's too), by room, by who complained, or by the words of the facts. Each part asks an index of its own."""
    text = clean_text(text)
    if not text:
        return rows
    found = spelled(text, *PREFIXES)
    if found:
        return by_number(rows, *found)
    if any(char.isdecimal() for char in text):
        places = Place.objects.filter(name__icontains=text).order_by().values("pk")
        here = Q(unit__in=units_like(text).values("pk")) | Q(place__in=places) | Q(city__external_number=text)
        return rows.filter(here)
    word = normalise_name(text).replace(" ", "").lower()
    known = Owner.objects.filter(search__begins=[word]).order_by().values("pk")
    return rows.filter(Q(owner__in=known) | Q(complainant__startswith=text) | Q(facts__icontains=text))
