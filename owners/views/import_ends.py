"""The ways out of an import: run again what stopped, give up, failed rows, undo."""

import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import BusinessError
from core.web.access import requires
from owners.importing import batches, error_rows, stopping, undoing
from owners.importing.checking import PERMISSION as IMPORT
from owners.views.imports import XLSX, batch_of, done, frame, refusal_of


@require_POST
@requires(IMPORT)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk)
    return done(request, batch, lambda: stopping.retry_import(batch, by=request.user))


@require_http_methods(["GET", "POST"])
@requires(IMPORT)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk)
    if request.method == "POST":
        try:
            stopping.discard_import(batch, by=request.user)
        except BusinessError as problem:
            messages.error(request, refusal_of(problem))
            return HttpResponseRedirect(batch.get_absolute_url())
        messages.success(request, _("已放弃 %(file)s，没有写入任何数据") % {"file": batch})
        return HttpResponseRedirect(reverse("owners:import_start"))
    blocked = "" if stopping.may_discard(batch) else _("这次导入现在是“%s”，不能放弃") % batch.get_status_display()
    rows = [{"label": _("已核对的行"), "value": f"{batch.row_count:,}"}] if batch.row_count else []
    context = {
        "heading": _("放弃这次导入？"),
        "consequence": _("还没有写入任何数据。上传的文件和核对结果会删除，不能恢复；本项目记住的列对应不变。"),
        "consequences": [{"label": _("文件"), "value": batch.file_name}, *rows],
        "blocked": blocked,
        "action_label": _("放弃导入"),
        "danger": True,
    }
    return _question(request, batch, context)


def _question(request: HttpRequest, batch: Any, context: dict[str, Any]) -> HttpResponse:
    context = frame(batch) | context | {"cancel_url": batch.get_absolute_url()}
    fragment = request.headers.get("HX-Request")
    return render(request, "generic/_confirm_dialog.html" if fragment else "generic/confirm.html", context)


@require_http_methods(["GET", "POST"])
@requires(IMPORT)
def errors(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The failed rows in the user's own layout: short files at once, long ones as a job, which only a POST may start."""
    batch = batch_of(request, pk)
    try:
        if not error_rows.is_long(batch):
            return _errors_now(request, batch)
        if request.method == "POST":
            return HttpResponseRedirect(error_rows.queue_errors(batch, by=request.user).get_absolute_url())
        error_rows.require_file(batch)
        messages.info(request, _("文件较大，请点“生成错误行”，在后台生成后下载"))
    except BusinessError as problem:
        messages.error(request, refusal_of(problem))
    return HttpResponseRedirect(batch.get_absolute_url())


def _errors_now(request: HttpRequest, batch: Any) -> FileResponse:
    """Opened before its folder goes: nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="mulin-errors-") as folder:
        content = error_rows.write_errors(batch, folder, by=request.user).open("rb")
    return FileResponse(content, as_attachment=True, filename=error_rows.file_name(batch), content_type=XLSX)


@require_http_methods(["GET", "POST"])
@requires(IMPORT)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk)
    if request.method == "POST":
        return done(request, batch, lambda: batches.queue_undo(batch, by=request.user))
    found = undoing.blockers(batch) if batches.may_undo(batch) else []
    objects = batch.report.get("counts", {})
    blocked = "" if batches.may_undo(batch) else _("写入后 24 小时内才能撤销")
    context = {
        "heading": _("撤销这次导入？"),
        "consequence": _("移除新增的内容，改过的字段恢复原值。撤销后不能再恢复。"),
        "consequences": [
            {"label": _("移除房屋"), "value": _("%s 套") % f"{objects.get('units', 0):,}"},
            {"label": _("移除住户"), "value": _("%s 人") % f"{objects.get('owners', 0):,}"},
            {"label": _("移除人房关系"), "value": _("%s 条") % f"{objects.get('tenures', 0):,}"},
            {"label": _("恢复改动"), "value": _("%s 处") % f"{objects.get('fields', 0):,}"},
        ]
        if not found
        else [
            {"label": f"{blocker.label}　{'、'.join(blocker.examples)}", "value": blocker.count} for blocker in found
        ],
        "blocked": _("写入之后已有人动过这些内容，不能整批撤销，请逐条处理") if found else blocked,
        "action_label": _("撤销导入"),
        "danger": True,
    }
    return _question(request, batch, context)
