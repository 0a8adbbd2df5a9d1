"""Draws what the page benchmark asks for from the seeded city, so that every request meets real rows."""

import random
from urllib.parse import urlencode

from django.urls import reverse

from owners.models import Owner, OwnerPhone, Vehicle
from properties.models import Community, Unit, UsageStatus
from tests.bench.pages import Asked, Samples, search_series

DRAWS = 20


def _some(rows, source: random.Random) -> list:
    """`DRAWS` rows spread over a table by primary key."""
    lowest, highest = rows.order_by("pk").first().pk, rows.order_by("-pk").first().pk
    found = (rows.filter(pk__gte=source.randint(lowest, highest)).order_by("pk").first() for _ in range(DRAWS))
    return [row for row in found if row is not None]


def draw(seed: int = 3) -> Samples:
    source = random.Random(seed)
    units = _some(Unit.objects.select_related("building"), source)
    owners = _some(Owner.objects.filter(kind="person"), source)
    phones = [phone.number for phone in _some(OwnerPhone.objects.all(), source)]
    plates = [vehicle.plate for vehicle in _some(Vehicle.objects.all(), source)]
    id_numbers = [owner.id_number for owner in _some(Owner.objects.exclude(id_number=""), source)]
    communities = [community.pk for community in _some(Community.objects.all(), source)]
    usages = [UsageStatus.VACANT, UsageStatus.LET, UsageStatus.OWN]
    return Samples(
        lists=[_list("properties:unit_list", community=pk, usage=usages[at % 3]) for at, pk in enumerate(communities)]
        + [_list("properties:unit_list", usage=usage) for usage in usages],
        owner_lists=[_list("owners:owner_list", community=pk) for pk in communities],
        files=[Asked(reverse("owners:unit_file", args=[unit.pk])) for unit in units],
        admin_lists=[_admin("bench-admin", usage) for usage in usages],
        full_admin_lists=[_admin("bench-admin-full", usage) for usage in usages],
        searches=_searches(units, owners, phones, plates, id_numbers),
    )


def _list(name: str, **query: object) -> Asked:
    return Asked(f"{reverse(name)}?{urlencode(query)}")


def _admin(site: str, usage: str) -> Asked:
    return Asked(f"/{site}/properties/unit/?{urlencode({'usage__exact': usage})}")


def _searches(units: list, owners: list, phones: list, plates: list, id_numbers: list) -> dict[str, list[Asked]]:
    from core.pinyin import readings

    spoken = [
        (owner.name, "".join(readings(owner.name)[0]), "".join(s[0] for s in readings(owner.name)[0]))
        for owner in owners
    ]
    texts = {
        "room 3-2-1502": [_room(unit) for unit in units],
        "room 3栋2单元1502": [unit.label for unit in units],
        "one character": [name[0] for name, _full, _initials in spoken],
        "name": [name for name, _full, _initials in spoken],
        "pinyin": [full for _name, full, _initials in spoken],
        "initials": [initials for _name, _full, initials in spoken if len(initials) > 1],
        "last four of a phone": [phone[-4:] for phone in phones],
        "whole phone": phones,
        "identity number": id_numbers,
        "plate": plates,
    }
    return {kind: [search_series(text) for text in drawn] for kind, drawn in texts.items() if drawn}


def _room(unit: Unit) -> str:
    return "-".join(part for part in (unit.building.number, unit.entrance, unit.number) if part)
