"""From what somebody typed to the people it may mean: names by prefix, numbers by blind index."""

from typing import Any

from django.db.models import QuerySet

from core import blind_index
from core.errors import BadValue
from core.normalise import normalise_name, normalise_phone
from owners.models import OwnerPhone

KEY = "~"


def token(kind: str, text: str) -> str:
    """The blind index of a whole number as it may stand in an address: ~3f…; other text comes back as it is."""
    text = text.strip()
    if text.startswith(KEY) or len(text) < 7:
        return text
    try:
        number = normalise_phone(text) if kind == "phone" else text.upper().replace(" ", "")
    except BadValue:
        number = text
    index = blind_index.whole(kind, number)
    return f"{KEY}{index.hex()}" if index else text


def index_of(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text.removeprefix(KEY))
    except ValueError:
        return None


def phone_owners(text: str) -> QuerySet[Any]:
    """Ids of the owners with this whole number or these last four digits."""
    text = token("phone", text)
    if text.startswith(KEY):
        return OwnerPhone.objects.filter(number_index=index_of(text)).values("owner_id")
    return OwnerPhone.objects.filter(number_last4=blind_index.last4("phone", text)).values("owner_id")


def by_name(rows: QuerySet[Any], text: str, path: str = "") -> QuerySet[Any]:
    """A fragment of the name, its pinyin or its initials, or the customer number."""
    word = normalise_name(text).replace(" ", "").lower()
    return rows.filter(**{f"{path}search__begins": [word]}) if word else rows
