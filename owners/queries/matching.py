"""From what somebody typed to the people it may mean: names by prefix, numbers by blind index."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from core import blind_index
from core.errors import BadValue
from core.keys import InArray
from core.normalise import normalise_name, normalise_phone
from core.web.paging import estimate
from core.web.searching import Meaning
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


def by_name(rows: QuerySet[Any], text: str, path: str = "", *, lookup: str = "begins") -> QuerySet[Any]:
    """A fragment of the name, its pinyin or its initials, or the customer number."""
    word = normalise_name(text).replace(" ", "").lower()
    return rows.filter(**{f"{path}search__{lookup}": [word]}) if word else rows


def of_named(rows: QuerySet[Any], text: str) -> Meaning:
    """Those of `rows` whose `owner` a fragment of a name means, or the surname that one Chinese character is."""
    known = _named(Owner.objects.order_by(), text)
    # A scalar: of an EXISTS PostgreSQL would make a list of all 王 first.
    each = Subquery(known.filter(pk=OuterRef("owner")).values("pk")[:1])
    return Meaning(lambda: _owned(rows, known, text), Q(IsNull(each, False)))


def _named(owners: QuerySet[Any], text: str, *, lookup: str = "begins") -> QuerySet[Any]:
    """Surnames are read from the index of names alone: to ask the files of a city's 林 takes ten times as long, and those with such a
    given name are not meant."""
    surname = normalise_name(text)
    if len(surname) == 1 and not surname.isascii():
        return owners.filter(name__range=(surname, f"{surname}\U0010ffff"))
    return by_name(owners, text, lookup=lookup)


def _owned(rows: QuerySet[Any], known: QuerySet[Any], text: str) -> Q:
    """Of a surname there are tens of thousands of owners in a city, which PostgreSQL takes for two hundred. Where fewer rows are asked
    about, their owners are looked at, each once; else theirs are looked up one by one."""
    many = len(text) == 1 or known.values("pk")[: MANY_OWNERS + 1].count() > MANY_OWNERS
    if many and estimate(rows) <= FEW_ROWS:
        theirs = Owner.objects.order_by().filter(pk__in=rows.order_by().values("owner"))
        return Q(owner__in=_named(theirs, text, lookup="begins_here").values("pk"))
    # As an array: of a list PostgreSQL would look for each row of the table in it.
    return Q(InArray(F("owner"), ArraySubquery(known.values("pk"))))
