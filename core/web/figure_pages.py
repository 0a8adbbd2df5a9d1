"""What pages of figures have in common: the days they begin with, figures of one place only, tabs of what they go by, the table as Excel."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import OutOfScope
from core.excel.writer import ExportColumn, write_table
from core.services.attachments import safe_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def this_month() -> tuple[date, date]:
    """From the first of the month; on the first days of one, the month before, which is what is asked then."""
    today = timezone.localdate()
    first = today.replace(day=1)
    if today.day > 3:
        return first, today
    last = first - timedelta(days=1)
    return last.replace(day=1), last


def ask_for_one_community(form: Any, data: dict[str, Any]) -> None:
    """For whoever may see figures in fewer places than their rows: the list behind "all" would show more than the figure."""
    field = form.fields["community"]
    field.required, field.empty_label = True, None
    if not data["community"]:
        first = field.queryset.order_by("code").first()
        form.data = data | {"community": first.pk if first else ""}


def may_take_out(user: Any, export: str, view: str, community: Any) -> bool:
    """Whether figures of this community (None: of all in reach) may leave as a file: what is counted is seen under `view`, and all of it
    has to be in the scope of `export`."""
    if not user.has_perm(export):
        return False
    takes, sees = user.access.scope(export), user.access.scope(view)
    if takes.everything or takes | sees == takes:
        return True
    return community is not None and bool(takes.covers_community(community.pk))


def require_take_out(user: Any, export: str, view: str, community: Any) -> None:
    if may_take_out(user, export, view, community):
        return
    if community is None:
        raise OutOfScope(_("您不能导出所看到的全部项目的统计"), _("请先选择一个您可以导出的项目"))
    raise OutOfScope(_("%(community)s不在您的导出范围内") % {"community": community.name})


def dimension_tabs(request: HttpRequest, dimensions: Iterable[Any], chosen: Any) -> list[dict[str, Any]]:
    tabs = []
    for row in dimensions:
        query = request.GET.copy()
        query["by"] = row.code
        tabs.append({"label": row.label, "url": f"?{query.urlencode()}", "active": chosen == row.code})
    return tabs


def excel_answer(title: str, columns: Sequence[ExportColumn], rows: Sequence[Sequence[Any]], name: str) -> FileResponse:
    with tempfile.TemporaryDirectory(prefix="mulin-report-") as folder:
        path = Path(folder) / "report.xlsx"
        write_table(path, columns, rows, sheet_name=title)
        content = path.open("rb")
    return FileResponse(content, as_attachment=True, filename=safe_name(name), content_type=XLSX)
