"""What the type-ahead boxes find."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from core.normalise import normalise_name
from owners.models import Owner, Tenure
from owners.queries.lists import owner_rows
from owners.queries.matching import by_name, phone_owners
from owners.queries.rooms import units_like, visible_units

VIEW = "owners.view_owner"
MOST = 12
PHONE_DIGITS = 7  # no room is spelled in as many


def owners_like(text: str, user: Any) -> list[Any]:
    """People by a fragment of the name, pinyin, customer number, a phone or its last four digits, or the unit they live in."""
    rows = Owner.objects.visible_to(user, VIEW).active()
    if not text:
        return []
    found: QuerySet[Owner]
    if text.isdecimal() and (len(text) == 4 or len(text) >= PHONE_DIGITS):
        found = rows.filter(pk__in=phone_owners(text))
    elif any(char.isdigit() for char in text) and not text.upper().startswith("KH"):
        held = Tenure.objects.visible_to(user, VIEW).current().filter(unit__in=units_like(text).values("pk"))
        found = rows.filter(pk__in=held.values("owner_id"))
    else:
        found = by_name(rows, text)
    return list(owner_rows(found).order_by("name", "pk")[:MOST])


def units_for_picker(text: str, user: Any) -> list[Any]:
    """Units by room spelling or by the name of whoever lives there, with their first people and marks."""
    if not text:
        return []
    rows = visible_units(user)
    condition = Q(pk__in=units_like(text).values("pk"))
    if not any(char.isdigit() for char in text):
        word = normalise_name(text).replace(" ", "").lower()
        people = Owner.objects.filter(search__begins=[word]).values("pk")
        condition |= Q(pk__in=Tenure.objects.current().filter(owner__in=people).values("unit_id"))
    current = Tenure.objects.current().select_related("owner").order_by("-is_primary_contact", "pk")
    return list(
        rows.filter(condition)
        .prefetch_related(Prefetch("tenures", current, to_attr="held"), "marks")
        .order_by("sort_key", "pk")[:MOST]
    )
