"""Dictionaries out to a workbook and back: upload, preview of every row, then confirm; nothing is written before."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from import_export.results import Result, RowResult
from tablib import Dataset

from core.errors import BadFile, BusinessError
from core.excel.inspect import inspect_upload
from core.excel.reader import Sheet, read_workbook
from core.excel.writer import ExportColumn, ExportKind, write_table
from core.forms import DictionaryFileForm
from core.log import declare, record
from core.normalise import clean_text
from core.resources import DictItemResource
from core.services.attachments import safe_name
from core.services.dictionary import declared_attributes
from core.views.dictionary import CHANGE, VIEW
from core.web.access import requires, user_of
from core.web.lists import crumbs

EXPORTED = declare("core.dictionary.exported", _lazy("导出了数据字典"))
MAX_ROWS = 5000
HEADS = {"字典编码": 20, "字典": 16, "编码": 22, "名称": 20, "同义词": 36, "颜色": 8, "序号": 8, "状态": 8}
NEEDED = ("字典编码", "编码", "名称")
SALT = "core.dictionary-import"
PREVIEW_SECONDS = 3600
KINDS = {RowResult.IMPORT_TYPE_NEW: ("green", _lazy("新增")), RowResult.IMPORT_TYPE_UPDATE: ("blue", _lazy("修改"))}


def all_heads() -> dict[str, int]:
    """The columns with their widths: those every item has, then the attributes that some dictionaries declare (敏感, 关怀)."""
    return HEADS | {str(row.label): 8 for row in declared_attributes()}


@require_safe
@requires(VIEW)
def dictionary_export(request: HttpRequest) -> FileResponse:
    dataset, heads = DictItemResource().export(), all_heads()
    columns = [
        ExportColumn(head, ExportKind.INTEGER if head == "序号" else ExportKind.TEXT, heads[head])
        for head in dataset.headers
    ]
    rows = (
        [int(cell) if head == "序号" else cell for head, cell in zip(dataset.headers, row, strict=True)]
        for row in dataset
    )
    with tempfile.TemporaryDirectory(prefix="mulin-dictionary-") as folder:
        path = Path(folder) / "dictionary.xlsx"
        count = write_table(path, columns, rows, sheet_name=_("数据字典"))
        content = path.open("rb")
    record(EXPORTED, by=request.user, changes={"rows": count})
    name = safe_name(f"{_('数据字典')}_{timezone.localdate():%Y-%m-%d}_{user_of(request).display_name}.xlsx")
    return FileResponse(content, as_attachment=True, filename=name)


@require_http_methods(["GET", "POST"])
@requires(CHANGE)
def dictionary_import(request: HttpRequest) -> HttpResponse:
    form = DictionaryFileForm(request.POST or None, request.FILES or None, user=request.user)
    context: dict[str, Any] = {
        "form": form,
        "title": _("导入数据字典"),
        "breadcrumbs": crumbs([(_("数据字典"), "core:dictionary_list")], _("导入")),
        "cancel_url": reverse("core:dictionary_list"),
        "save_label": _("检查文件"),
        "foot_note": _("只检查，不写入"),
    }
    if request.method == "POST" and form.is_valid():
        try:
            dataset, numbers = _read(form.cleaned_data["file"])
        except BadFile as error:
            form.add_error("file", f"{error.sentence}{f'（{error.fix}）' if error.fix else ''}")
        else:
            result = DictItemResource(by=request.user).import_data(dataset, dry_run=True)
            return render(request, "core/dictionary_preview.html", context | _preview(result, dataset, numbers))
    return render(request, "generic/form.html", context)


@require_POST
@requires(CHANGE)
def dictionary_import_confirm(request: HttpRequest) -> HttpResponse:
    """Writes what the preview showed: the rows come back signed, and are compared again with what stands there now."""
    try:
        heads, rows = signing.loads(request.POST.get("rows", ""), salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature:
        raise BusinessError(_("预览已过期，请重新上传文件")) from None
    resource, dataset = DictItemResource(by=request.user), Dataset(*rows, headers=heads)
    result = resource.import_data(dataset, dry_run=False, rollback_on_validation_errors=True)
    if result.has_errors() or result.has_validation_errors():
        raise BusinessError(_("字典在预览之后被改动，没有写入"), _("请重新上传文件再看一次"))
    totals = result.totals
    sentence = _("已新增 %(new)d 项，修改 %(changed)d 项，立即生效")
    messages.success(request, sentence % {"new": totals["new"], "changed": totals["update"]})
    return HttpResponseRedirect(reverse("core:dictionary_list"))


def _read(upload: Any) -> tuple[Dataset, list[int]]:
    """The rows under the header, in the resource's columns, with their numbers in the file; parsed in a child process."""
    with tempfile.TemporaryDirectory(prefix="mulin-dictionary-") as folder:
        path = Path(folder) / f"upload.{safe_name(upload.name).rpartition('.')[2]}"
        with path.open("wb") as copy:
            for chunk in upload.chunks():
                copy.write(chunk)
        with read_workbook(path, kind=inspect_upload(path)) as sheet:
            return _rows_of(sheet)


def _rows_of(sheet: Sheet) -> tuple[Dataset, list[int]]:
    heads: list[str] = []
    wanted = list(all_heads())
    dataset, numbers = Dataset(headers=wanted), []
    for row in sheet.rows:
        cells = [_text(cell) for cell in row.cells]
        if not heads:
            heads = cells if set(NEEDED) <= set(cells) else []
            continue
        found = dict(zip(heads, cells, strict=False))
        if not any(found.get(head) for head in NEEDED):
            continue
        dataset.append([found.get(head, "") for head in wanted])
        numbers.append(row.number)
        if len(numbers) > MAX_ROWS:
            raise BadFile(_("字典文件最多 %(n)d 行") % {"n": MAX_ROWS})
    if not heads:
        raise BadFile(_("找不到表头"), _("需要有这些列：%(heads)s") % {"heads": "、".join(NEEDED)})
    if not numbers:
        raise BadFile(_("文件里没有字典项"))
    return dataset, numbers


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return (
        cell.isoformat()
        if isinstance(cell, date)
        else clean_text(str(cell if not isinstance(cell, tuple) else "".join(cell)))
    )


def _preview(result: Result, dataset: Dataset, numbers: list[int]) -> dict[str, Any]:
    """Counts, the rows that would change with old and new, the rows that cannot go in."""
    errors = [
        {"number": numbers[row.number - 1], "cells": dataset[row.number - 1], "why": _reason(error.error)}
        for row in result.error_rows
        for error in row.errors[:1]
    ]
    errors += [
        {"number": numbers[row.number - 1], "cells": dataset[row.number - 1], "why": "；".join(row.error.messages)}
        for row in result.invalid_rows
    ]
    changes = [
        {
            "number": numbers[place],
            "cells": list(zip(_before(row), dataset[place], strict=True)),
            "colour": KINDS[row.import_type][0],
            "word": KINDS[row.import_type][1],
        }
        for place, row in enumerate(result.rows)
        if row.import_type in KINDS
    ]
    totals, heads = result.totals, list(all_heads())
    rows = [list(row) for place, row in enumerate(dataset) if result.rows[place].import_type in KINDS]
    return {
        "heads": heads,
        "errors": errors,
        "changes": changes,
        "new": totals["new"],
        "changed": totals["update"],
        "unchanged": totals["skip"],
        "rows": signing.dumps([heads, rows], salt=SALT, compress=True) if rows else "",
    }


def _before(row: RowResult) -> list[str]:
    """What stood in the cells of a changed row, "" where nothing changes."""
    resource = DictItemResource()
    columns = [resource.fields[name] for name in resource.get_export_order()]
    if row.import_type != RowResult.IMPORT_TYPE_UPDATE:
        return [""] * len(columns)
    old, new = ([str(column.export(item)) for column in columns] for item in (row.original, row.instance))
    return [before if before != after else "" for before, after in zip(old, new, strict=True)]


def _reason(error: Any) -> str:
    return error.sentence if isinstance(error, BusinessError) else str(error)
