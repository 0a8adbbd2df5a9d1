"""Export of any list: first the page that says what will be in the file, then the file or a job."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import rate_limit
from core.normalise import clean_line
from core.services.jobs import enqueue
from core.web.access import signed_in
from core.web.exports import DIRECT_ROWS, ListExport
from core.web.list_names import list_view
from core.web.lists import crumbs

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_REASON = 200


@require_http_methods(["GET", "POST"])
@signed_in
def list_export(request: HttpRequest, list_name: str) -> HttpResponseBase:
    view = list_view(list_name, request.user)
    if not view.export_permission or not request.user.has_perm(view.export_permission):
        raise PermissionDenied(view.export_permission)
    sent = request.POST if request.method == "POST" else {}
    # A reader is false for whoever reads nothing plain.
    may_plain = bool(view.plain_values and view.plain_values(request.user))
    export = ListExport.of(
        view,
        request.user,
        sent.get("query", "") if sent else request.GET.urlencode(),
        reason=clean_line(sent.get("reason", ""))[:LONGEST_REASON],
        plain=may_plain and sent.get("plain") == "1",
    )
    count = export.count()
    if not sent:
        return _page(request, export, count, may_plain)
    if (export.personal_labels or export.plain) and not export.reason:
        return _page(request, export, count, may_plain, error=_("含个人信息的导出须写明事由"))
    rate_limit.require(f"export:{request.user.pk}", capacity=30, seconds=3600, sentence=_("一小时内导出次数过多"))
    return _file(export) if count <= DIRECT_ROWS else _job(request, export, list_name)


def _page(request: HttpRequest, export: ListExport, count: int, may_plain: bool, error: str = "") -> HttpResponse:
    back = f"{reverse(export.view.list_name)}?{export.query.urlencode()}"
    title = _("导出%(list)s %(count)s 条") % {"list": export.title, "count": f"{count:,}"}
    context: dict[str, Any] = {
        "export": export,
        "count_text": f"{count:,}",
        "may_plain": may_plain,
        "error": error,
        "title": title,
        "is_job": count > DIRECT_ROWS,
        "back_url": back,
        "action_url": request.path,
        "reason_limit": LONGEST_REASON,
        "breadcrumbs": crumbs([(export.title, export.view.list_name)], _("导出")),
    }
    fragment = request.headers.get("HX-Request") and request.method == "GET"
    return render(request, "core/_list_export_dialog.html" if fragment else "core/list_export.html", context)


def _file(export: ListExport) -> FileResponse:
    """Written to a file that has no name any more when it is sent, so that nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="mulin-export-") as folder:
        path = Path(folder) / "export.xlsx"
        count, digest = export.write(path)
        content = path.open("rb")
    export.log(count, digest)
    return FileResponse(content, as_attachment=True, filename=export.file_name, content_type=XLSX)


def _job(request: HttpRequest, export: ListExport, list_name: str) -> HttpResponse:
    args = {
        "list": list_name,
        "query": export.query.urlencode(),
        "columns": export.names,
        "reason": export.reason,
        "plain": export.plain,
    }
    job = enqueue("core.export_list", by=request.user, args=args, title=_("导出%(list)s") % {"list": export.title})
    messages.success(request, _("正在后台导出，完成后在消息中通知"))
    return HttpResponseRedirect(job.get_absolute_url())
