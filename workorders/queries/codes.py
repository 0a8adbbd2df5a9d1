"""The place behind a code."""

from typing import Any

from workorders.models import ReportCode


def joined(rows: Any) -> Any:
    return rows.select_related("community", "place__building", "unit__building")


def code_in_use(text: str) -> ReportCode | None:
    """For the public form: the code itself is the right to it, as long as nobody has stopped it."""
    found: ReportCode | None = joined(ReportCode.objects.filter(code=text, disabled_at__isnull=True)).first()
    return found
