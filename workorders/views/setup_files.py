"""Materials and prices from a workbook: upload, preview of every row, then confirm; nothing is written before."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
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
from tablib import Dataset

from core.errors import BadFile, BusinessError
from core.excel.writer import ExportColumn, write_table
from core.services.attachments import safe_name
from core.web.access import requires, user_of
from core.web.lists import crumbs
from core.web.workbooks import PREVIEW_SECONDS, preview_of, read_table
from workorders.forms.files import WorkbookForm
from workorders.resources import MaterialResource, PriceResource, SetupResource
from workorders.views.setup import CHANGE_MATERIAL, CHANGE_PRICE, MATERIALS, PRICES

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
                dataset, numbers = read_table(form.cleaned_data["file"], heads=book.heads, needed=book.resource.needed)
            except BadFile as error:
                form.add_error("file", f"{error.sentence}{f'（{error.fix}）' if error.fix else ''}")
            else:
                result = book.resource(by=request.user).import_data(dataset, dry_run=True)
                shown = preview_of(book.resource, result, dataset, numbers, named=(0, 1))
                sealed = [user_of(request).pk, book.heads, shown["rows"]]
                shown["rows"] = signing.dumps(sealed, salt=book.salt, compress=True) if shown["rows"] else ""
                shown |= {"import_url": book.url("import"), "confirm_url": book.url("import_confirm")}
                return render(request, "core/workbook_preview.html", context | shown)
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
