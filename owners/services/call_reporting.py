"""Figures that leave the house are traced like lists."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from core import log

EXPORTED = log.declare("owners.callback_report.exported", lazy("导出了回访统计"), sensitive=True)


def record_export(*, by: Any, by_what: str, start: date, end: date, rows: int) -> None:
    log.record(EXPORTED, None, by=by, changes={"by": by_what, "start": start, "end": end, "rows": rows})
