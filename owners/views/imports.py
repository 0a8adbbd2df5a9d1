"""The import, page by page: upload, running, preview, confirm, result. Its ways out stand in import_ends.py."""

import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import BusinessError
from core.excel.template import write_template
from core.queries.jobs import progress_facts
from core.web.access import requires
from core.web.lists import crumbs
from owners.exporting import PERMISSION as EXPORT
from owners.importing import batches, error_rows, stopping
from owners.importing.checking import PERMISSION as IMPORT
from owners.importing.columns import columns
from owners.models import ImportBatch, ImportMode, ImportStatus
from owners.queries import imports as queries
from properties.current import current_community
from properties.models import Community

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def trail(title: str, *, below: bool = True) -> list[dict[str, Any]]:
    return crumbs(
        [(_("住户档案"), "owners:owner_list"), *([(_("导入"), "owners:import_start")] if below else [])], title
    )


def batch_of(request: HttpRequest, pk: int) -> ImportBatch:
    return get_object_or_404(queries.visible_batches(request.user), pk=pk)


def communities_for(request: HttpRequest, permission: str) -> Any:
    return Community.objects.visible_to(request.user, permission).filter(disabled_at__isnull=True)


@require_http_methods(["GET", "POST"])
@requires(IMPORT)
def start(request: HttpRequest) -> HttpResponse:
    places = communities_for(request, IMPORT)
    error = ""
    if request.method == "POST":
        community = get_object_or_404(places, pk=number(request.POST.get("community")))
        file, mode = request.FILES.get("file"), request.POST.get("mode", "")
        try:
            if file is None or mode not in ImportMode.values:
                raise BusinessError(_("请选择要上传的文件") if file is None else _("请选择写入方式"))
            batch = batches.start_import(community, by=request.user, file=file, name=file.name or "", mode=mode)
        except BusinessError as problem:
            error = f"{problem.sentence}{f'，{problem.fix}' if problem.fix else ''}"
        else:
            return HttpResponseRedirect(batch.get_absolute_url())
    here = current_community(request)
    context = {
        "title": _("导入住户与房屋"),
        "breadcrumbs": trail(_("导入"), below=False),
        "steps": queries.steps(2),
        "places": places,
        "chosen": number(request.POST.get("community")) or (here.pk if here else 0),
        "modes": ImportMode.choices,
        "mode": request.POST.get("mode", ImportMode.UPSERT),
        "error": error,
        "waiting": request.GET.get("show") == "waiting",
        "recent": _recent(request),
        "may_export": request.user.has_perm(EXPORT),
    }
    return render(request, "owners/import_start.html", context, status=400 if error else 200)


def _recent(request: HttpRequest) -> Any:
    """The last ten uploads, or all of mine that wait for me."""
    if request.GET.get("show") == "waiting":
        return queries.waiting_batches(request.user).defer("report")
    return queries.visible_batches(request.user).defer("report")[:10]


def number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


@require_safe
@requires(IMPORT)
def template(request: HttpRequest) -> FileResponse:
    content = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  the response closes it
    notes = [
        _("每行一个人；同一套房屋有几个人就写几行，房屋的各列写一次即可。没有住户的房屋把人的各列留空。"),
        _("空单元格保持系统里的原值；填 [清空] 才会清空。"),
        _("手机、证件号不知道就留空，不要填 18999999999 这样的占位号码。"),
        _("上传后先核对，确认之前不写入任何数据；写入后 24 小时内可整批撤销。"),
    ]
    write_template(content, columns(), sheet_name=_("房屋与住户"), notes=notes)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=_("房屋与住户导入模板.xlsx"), content_type=XLSX)


@require_safe
@requires(IMPORT)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One address from upload to result; what it shows follows from the state. While a job runs, its bar polls and reloads."""
    batch = batch_of(request, pk)
    asks_progress = request.headers.get("HX-Request") and request.headers.get("HX-Target") == "import-progress"
    if batch.status in batches.BUSY:
        context = {
            "batch": batch,
            "job": progress_facts(batch.job, request.path) if batch.job else None,
            "stopped": stopping.is_stopped(batch),
            "may_discard": stopping.may_discard(batch),
        }
        if asks_progress:
            return render(request, "owners/_import_progress.html", context)
        return render(request, "owners/import_running.html", context | frame(batch))
    if asks_progress:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = frame(batch) | (_preview(request, batch) if batch.status != ImportStatus.REFUSED else {})
    return render(
        request,
        "owners/import_preview.html" if batch.status == ImportStatus.PREVIEW else "owners/import_result.html",
        context,
    )


def frame(batch: ImportBatch) -> dict[str, Any]:
    return {
        "batch": batch,
        "title": _("导入住户与房屋"),
        "breadcrumbs": trail(batch.file_name),
        "steps": queries.steps_of(batch),
        "may_undo": batches.may_undo(batch),
        "may_discard": stopping.may_discard(batch),
        "errors_take_long": error_rows.is_long(batch),
        "undo_until": batch.written_at + batches.UNDO_WINDOW if batch.written_at else None,
        "at": timezone.now(),
    }


def _preview(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    query = request.GET
    done = batch.status != ImportStatus.PREVIEW
    mode = query.get("mode", "") if query.get("mode") in ImportMode.values and not done else batch.mode
    figures = queries.counts(batch, mode) if not done else queries.counts(batch, "")
    tab = query.get("tab", "") or (
        "error" if batch.errors else "added" if batch.added else "changed" if figures["changed"] else "unchanged"
    )
    reason = query.get("reason", "") if tab == "error" else ""
    found = queries.rows(batch, tab if tab in ("error", "added", "changed") else "unchanged", mode, reason)
    place, size = max(number(query.get("page")), 1), queries.PAGE_SIZE
    page = list(found[(place - 1) * size : place * size + 1])
    lines = (
        queries.problem_lines(page[:size], reason)
        if tab == "error"
        else queries.preview_lines(page[:size], batch, request.user)
    )
    return {
        "counts": figures,
        "mode": mode,
        "modes": ImportMode.choices,
        "tab": tab,
        "tabs": queries.tabs(batch, figures, tab),
        "reason": reason,
        "reasons": queries.reasons(batch, reason) if tab == "error" else [],
        "lines": lines,
        "page_number": place,
        "has_next": len(page) > size,
        "mapping": queries.mapping_rows(batch),
        "unknown": queries.unknown_words(batch) if not done else [],
        "warnings": batch.report.get("warnings", []),
        "brought": queries.brought(batch, request.user),
    }


@require_POST
@requires(IMPORT)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk)
    forget = bool(request.POST.get("forget"))
    letters = (
        {} if forget else {name[4:]: str(value) for name, value in request.POST.items() if name.startswith("col-")}
    )
    words: dict[str, dict[str, Any]] = {}
    for name, value in request.POST.items():
        if name.startswith("word-") and value:
            place = name[5:]
            key, word = request.POST.get(f"key-{place}", ""), request.POST.get(f"text-{place}", "")
            words.setdefault(key, {})[word] = value
    return done(
        request,
        batch,
        lambda: batches.correct_mapping(batch, by=request.user, columns=letters, words=words, forget=forget),
    )


def refusal_of(problem: BusinessError) -> str:
    return f"{problem.sentence}{f'（{problem.fix}）' if problem.fix else ''}"


def done(request: HttpRequest, batch: ImportBatch, act: Any) -> HttpResponse:
    try:
        act()
    except BusinessError as problem:
        messages.error(request, refusal_of(problem))
    return HttpResponseRedirect(batch.get_absolute_url())


@require_POST
@requires(IMPORT)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk)
    return done(
        request, batch, lambda: batches.confirm_import(batch, by=request.user, mode=request.POST.get("mode", ""))
    )
