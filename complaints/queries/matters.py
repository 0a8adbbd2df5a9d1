"""Cases on one matter (DOMAIN 2.3): three households make a group."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from complaints.models import Complaint, GroupCase
from complaints.states import GROUP_DAYS, GROUP_HOUSEHOLDS, Kind


def same_matter(case: Complaint) -> list[Complaint]:
    """Open complaints of the same class from other flats of the building (of the community, when it is about no building) received at
    most 30 days before or after it, led as a group or not: of two cases each is as near to the other, whichever is opened first."""
    if case.kind != Kind.COMPLAINT:
        return []
    rows = Complaint.objects.open().filter(kind=Kind.COMPLAINT, topic=case.topic, community=case.community_id)
    rows = rows.filter(building=case.building_id) if case.building_id else rows
    reach = timedelta(days=GROUP_DAYS)
    near = rows.filter(received_at__range=(case.received_at - reach, case.received_at + reach)).exclude(pk=case.pk)
    return list(near.with_place().select_related("group").order_by("received_at")[:50])


def households(cases: Iterable[Complaint]) -> int:
    """How many flats; people without a flat count one each."""
    return len({("unit", case.unit_id) if case.unit_id else ("case", case.pk) for case in cases})


def is_group(cases: Iterable[Complaint]) -> bool:
    return households(cases) >= GROUP_HOUSEHOLDS


def offers(case: Complaint, readable: Any) -> tuple[GroupCase | None, list[Complaint]]:
    """What to do about others on the same matter, as far as the reader may see them: the group that leads it already, to be joined; else
    the cases that make a group with this one, [] when they are not households enough."""
    same = same_matter(case)
    known = set(readable.filter(pk__in=[row.pk for row in same]).values_list("pk", flat=True)) if same else set()
    seen = [row for row in same if row.pk in known]
    led = next((row.group for row in seen if row.group is not None), None)
    if led is not None:
        return led, []
    return None, seen if is_group([case, *seen]) else []


def offered_group(case: Complaint, readable: Any) -> list[Complaint]:
    """The other cases of what looks like a group that nobody leads yet."""
    return offers(case, readable)[1]
