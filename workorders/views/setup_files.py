"""Materials and prices from a workbook: upload, preview of every row, then confirm; nothing is written before."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from import_export.results import Result, RowResult
from tablib import Dataset

from core.errors import BadFile, BusinessError
from core.excel.inspect import inspect_upload
from core.excel.reader import Sheet, read_workbook
from core.excel.writer import ExportColumn, write_table
from core.normalise import clean_text
from core.services.attachments import safe_name
from core.web.access import requires, user_of
from core.web.lists import crumbs
from workorders.forms.files import WorkbookForm
from workorders.resources import MaterialResource, PriceResource, SetupResource
from workorders.views.setup import CHANGE_MATERIAL, CHANGE_PRICE, MATERIALS, PRICES

MAX_ROWS, PREVIEW_SECONDS = 5000, 3600
KINDS = {
    RowResult.IMPORT_TYPE_NEW: ("green", gettext_lazy("新增")),
    RowResult.IMPORT_TYPE_UPDATE: ("blue", gettext_lazy("修改")),
}
View = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class Book:
    """One kind of workbook. `name` begins its URL names: material_import, material_import_confirm, material_template."""

    name: str
    resource: type[SetupResource]
    word: Any
    add: str
    parents: Any

    def url(self, act: str) -> str:
        return reverse(f"workorders:{self.name}_{act}")

    @property
    def heads(self) -> list[str]:
        resource = self.resource()
        return [str(resource.fields[name].column_name) for name in resource.get_export_order()]

    @property
    def salt(self) -> str:
        return f"workorders.{self.name}-import"


MATERIAL = Book("material", MaterialResource, gettext_lazy("物料"), "workorders.add_material", MATERIALS)
PRICE = Book("price", PriceResource, gettext_lazy("有偿服务价目"), "workorders.add_priceitem", PRICES)


def _upload_view(book: Book) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        """The right to change is asked by the address; rows that are new need the right to add as well."""
        if not request.user.has_perm(book.add):
            raise PermissionDenied(book.add)
        form = WorkbookForm(request.POST or None, request.FILES or None, user=request.user)
        title = _("导入%(what)s") % {"what": book.word}
        context: dict[str, Any] = {
            "form": form, "title": title, "breadcrumbs": crumbs(book.parents, _("导入")), "cancel_url": book.url("list"),
            "save_label": _("检查文件"), "foot_note": _("只检查，不写入"), "template_url": book.url("template"),
        }  # fmt: skip
        if request.method == "POST" and form.is_valid():
            try:
                dataset, numbers = _read(form.cleaned_data["file"], book)
            except BadFile as error:
                form.add_error("file", f"{error.sentence}{f'（{error.fix}）' if error.fix else ''}")
            else:
                result = book.resource(by=request.user).import_data(dataset, dry_run=True)
                shown = _preview(book, result, dataset, numbers)
                sealed = [user_of(request).pk, book.heads, shown["rows"]]
                shown["rows"] = signing.dumps(sealed, salt=book.salt, compress=True) if shown["rows"] else ""
                shown |= {"import_url": book.url("import"), "confirm_url": book.url("import_confirm")}
                return render(request, "workorders/import_preview.html", context | shown)
        return render(request, "workorders/import_form.html", context)

    return view


def _confirm_view(book: Book) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        """Writes what the preview showed: the rows come back signed, and are compared again with what stands there now."""
        if not request.user.has_perm(book.add):
            raise PermissionDenied(book.add)
        try:
            owner, heads, rows = signing.loads(request.POST.get("rows", ""), salt=book.salt, max_age=PREVIEW_SECONDS)
        except signing.BadSignature:
            raise BusinessError(_("预览已过期，请重新上传文件")) from None
        if owner != user_of(request).pk:
            raise BusinessError(_("预览已过期，请重新上传文件"))
        resource = book.resource(by=request.user)
        result = resource.import_data(Dataset(*rows, headers=heads), dry_run=False, rollback_on_validation_errors=True)
        if result.has_errors() or result.has_validation_errors():
            raise BusinessError(_("内容在预览之后被改动，没有写入"), _("请重新上传文件再看一次"))
        totals = result.totals
        sentence = _("已新增 %(new)d 项，修改 %(changed)d 项")
        messages.success(request, sentence % {"new": totals["new"], "changed": totals["update"]})
        return HttpResponseRedirect(book.url("list"))

    return view


def _template_view(book: Book) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        """The heads and one row that shows how to fill them in."""
        columns = [ExportColumn(head) for head in book.heads]
        with tempfile.TemporaryDirectory(prefix="mulin-setup-") as folder:
            path = Path(folder) / "template.xlsx"
            write_table(path, columns, [list(book.resource.sample)], sheet_name=str(book.word))
            content = path.open("rb")
        name = safe_name(_("%(what)s导入模板.xlsx") % {"what": book.word})
        return FileResponse(content, as_attachment=True, filename=name)  # type: ignore[return-value]

    return view


material_import = requires(CHANGE_MATERIAL)(require_http_methods(["GET", "POST"])(_upload_view(MATERIAL)))
material_import_confirm = requires(CHANGE_MATERIAL)(require_POST(_confirm_view(MATERIAL)))
material_template = requires(CHANGE_MATERIAL)(require_safe(_template_view(MATERIAL)))
price_import = requires(CHANGE_PRICE)(require_http_methods(["GET", "POST"])(_upload_view(PRICE)))
price_import_confirm = requires(CHANGE_PRICE)(require_POST(_confirm_view(PRICE)))
price_template = requires(CHANGE_PRICE)(require_safe(_template_view(PRICE)))


def _read(upload: Any, book: Book) -> tuple[Dataset, list[int]]:
    """The rows under the header, in the resource's columns, with their numbers in the file; parsed in a child process."""
    with tempfile.TemporaryDirectory(prefix="mulin-setup-") as folder:
        path = Path(folder) / f"upload.{safe_name(upload.name).rpartition('.')[2]}"
        with path.open("wb") as copy:
            for chunk in upload.chunks():
                copy.write(chunk)
        with read_workbook(path, kind=inspect_upload(path)) as sheet:
            return _rows_of(sheet, book)


def _rows_of(sheet: Sheet, book: Book) -> tuple[Dataset, list[int]]:
    heads: list[str] = []
    # Heads are compared as they are cleaned: （元） and (元) are one.
    wanted, needed = book.heads, {clean_text(head) for head in book.resource.needed}
    dataset, numbers = Dataset(headers=wanted), []
    for row in sheet.rows:
        cells = [_text(cell) for cell in row.cells]
        if not heads:
            heads = cells if needed <= set(cells) else []
            continue
        found = dict(zip(heads, cells, strict=False))
        if not any(found.get(head) for head in needed):
            continue
        dataset.append([found.get(clean_text(head), "") for head in wanted])
        numbers.append(row.number)
        if len(numbers) > MAX_ROWS:
            raise BadFile(_("文件最多 %(n)d 行") % {"n": MAX_ROWS})
    if not heads:
        raise BadFile(_("找不到表头"), _("需要有这些列：%(heads)s") % {"heads": "、".join(book.resource.needed)})
    if not numbers:
        raise BadFile(_("文件里没有内容"))
    return dataset, numbers


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    return clean_text("" if cell is None else "".join(map(str, cell)) if isinstance(cell, tuple) else str(cell))


def _preview(book: Book, result: Result, dataset: Dataset, numbers: list[int]) -> dict[str, Any]:
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
    kept = [(place, row) for place, row in enumerate(result.rows) if row.import_type in KINDS]
    changes = [
        {
            "number": numbers[place],
            "cells": list(zip(_before(book, row), dataset[place], strict=True)),
            "colour": KINDS[row.import_type][0],
            "word": KINDS[row.import_type][1],
        }
        for place, row in kept
    ]
    totals, rows = result.totals, [list(dataset[place]) for place, _row in kept]
    return {
        "heads": book.heads, "errors": errors, "changes": changes, "new": totals["new"], "changed": totals["update"],
        "unchanged": totals["skip"], "rows": rows,
    }  # fmt: skip


def _before(book: Book, row: RowResult) -> list[str]:
    """What stood in the cells of a changed row, "" where nothing changes."""
    resource = book.resource()
    columns = [resource.fields[name] for name in resource.get_export_order()]
    if row.import_type != RowResult.IMPORT_TYPE_UPDATE:
        return [""] * len(columns)
    old, new = ([str(column.export(item)) for column in columns] for item in (row.original, row.instance))
    return [before if before != after else "" for before, after in zip(old, new, strict=True)]


def _reason(error: Any) -> str:
    return error.sentence if isinstance(error, BusinessError) else str(error)
