"""Figures that leave the house are traced like lists."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from core import log

EXPORTED = log.declare("workorders.report.exported", lazy("导出了工单统计"), sensitive=True)


def record_export(*, by: Any, by_what: str, start: date, end: date, rows: int) -> None:
    log.record(EXPORTED, None, by=by, changes={"by": by_what, "start": start, "end": end, "rows": rows})
