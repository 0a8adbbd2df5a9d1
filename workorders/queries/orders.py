"""Orders as their list needs them."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from properties.models import UnitMark
from properties.search import in_several_communities
from workorders.models import WorkOrder

VIEW = "workorders.view_workorder"


def listed(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    marks = Prefetch("unit__marks", UnitMark.objects.filter(kind=UnitMark.Kind.CARE))
    joined = rows.select_related("community", "kind", "category", "assignee", "team", "cause", "unit")
    return joined.prefetch_related(marks)


def read_by(user: Any, *, one_community: bool = False, permission: str = VIEW) -> QuerySet[WorkOrder]:
    """The orders this person may see; each knows its reader, and whether its number needs the code of its community."""
    across = not one_community and in_several_communities(user, permission)
    rows: Any = WorkOrder.objects.visible_to(user, permission)
    found: QuerySet[WorkOrder] = rows.read_by(user, across=across)
    return found
