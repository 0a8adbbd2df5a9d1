"""Cases on one matter (DOMAIN 2.3): three households make a group."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from complaints.models import Complaint
from complaints.states import GROUP_DAYS, GROUP_HOUSEHOLDS, Kind


def same_matter(case: Complaint) -> list[Complaint]:
    """Open complaints of the same class from other flats of the building (of the community, when it is about no building) within 30
    days: what is offered as a group when they are households enough."""
    if case.kind != Kind.COMPLAINT:
        return []
    rows = Complaint.objects.open().filter(kind=Kind.COMPLAINT, topic=case.topic, community=case.community_id)
    rows = rows.filter(building=case.building_id) if case.building_id else rows
    near = rows.filter(received_at__gte=case.received_at - timedelta(days=GROUP_DAYS)).exclude(pk=case.pk)
    return list(near.with_place().order_by("received_at")[:50])


def households(cases: Iterable[Complaint]) -> int:
    """How many flats; people without a flat count one each."""
    return len({("unit", case.unit_id) if case.unit_id else ("case", case.pk) for case in cases})


def is_group(cases: Iterable[Complaint]) -> bool:
    return households(cases) >= GROUP_HOUSEHOLDS


def offered_group(case: Complaint, readable: Any) -> list[Complaint]:
    """The other cases of what looks like a group, as far as the reader may see them; [] when they are not households enough."""
    same = same_matter(case)
    known = set(readable.filter(pk__in=[row.pk for row in same]).values_list("pk", flat=True)) if same else set()
    found = [row for row in same if row.pk in known]
    return found if is_group([case, *found]) else []
