"""Cases as their list and page need them."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from complaints.models import Complaint, GroupCase
from complaints.policies import VIEW
from complaints.states import REPEAT_DAYS
from properties.models import Unit
from properties.search import in_several_communities


def listed(rows: Any) -> Any:
    joined = rows.select_related("community", "handler", "team", "group", "recorded_by")
    return joined.with_words("category", "topic", "cause")


def joined(rows: Any) -> Any:
    found = rows.select_related(
        "community", "unit__building", "place", "building", "owner", "handler", "team", "group", "recorded_by", "accepted_by",
        "closed_by", "accused_team", "city__signed_by",
    )  # fmt: skip
    return found.with_words("category", "topic", "cause")


def read_by(user: Any, *, one_community: bool = False, permission: str = VIEW) -> QuerySet[Complaint]:
    """The cases this person may see; each knows its reader, and whether its number needs the code of its community."""
    across = not one_community and in_several_communities(user, permission)
    rows: Any = Complaint.objects.visible_to(user, permission)
    found: QuerySet[Complaint] = rows.read_by(user, across=across)
    return found


def groups_read_by(user: Any) -> QuerySet[GroupCase]:
    """群诉 of which the person may see a case: the title would give away what a confidential one is about."""
    # The few cases that belong to one are asked, by their index; of an EXISTS PostgreSQL makes a list of all cases.
    mine = Complaint.objects.visible_to(user, VIEW).filter(group__isnull=False).order_by()
    return GroupCase.objects.filter(pk__in=mine.values("group"))


def recent_cases(user: Any, unit: Unit) -> list[Complaint]:
    """What came from this flat within the days that count as a repetition, newest first."""
    since = timezone.now() - timedelta(days=REPEAT_DAYS)
    rows = read_by(user, one_community=True).filter(unit=unit, received_at__gte=since)
    return list(rows.select_related("topic").order_by("-received_at")[:10])
