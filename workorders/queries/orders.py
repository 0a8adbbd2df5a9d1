"""Orders as their list and page need them."""

from typing import Any

from django.db.models import QuerySet

from workorders.models import WorkOrder


def listed(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    return rows.select_related("community", "kind", "category", "assignee", "team")


def page(order: WorkOrder, user: Any) -> dict[str, Any]:
    """Context of the order's page."""
    return {"facts": []}
