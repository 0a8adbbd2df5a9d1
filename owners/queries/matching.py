"""From what somebody typed to the people it may mean: names by prefix, numbers by blind index."""

from typing import Any

from django.db.models import QuerySet

from core import blind_index
from core.errors import BadValue
from core.normalise import normalise_name, normalise_phone
from owners.models import OwnerPhone


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
