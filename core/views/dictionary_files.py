"""Dictionaries out to a workbook and back: upload, preview of every row, then confirm; nothing is written before."""

import tempfile
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
from tablib import Dataset

from core.errors import BadFile, BusinessError
from core.excel.writer import ExportColumn, ExportKind, write_table
from core.forms import DictionaryFileForm
from core.log import declare, record
from core.resources import DictItemResource
from core.services.attachments import safe_name
from core.services.dictionary import declared_attributes
from core.views.dictionary import CHANGE, VIEW
from core.web.access import requires, user_of
from core.web.lists import crumbs
from core.web.workbooks import PREVIEW_SECONDS, preview_of, read_table

EXPORTED = declare("core.dictionary.exported", _lazy("导出了数据字典"))
HEADS = {"字典编码": 20, "字典": 16, "编码": 22, "名称": 20, "同义词": 36, "颜色": 8, "序号": 8, "状态": 8}
NEEDED = ("字典编码", "编码", "名称")
SALT = "core.dictionary-import"


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
            dataset, numbers = read_table(form.cleaned_data["file"], heads=list(all_heads()), needed=NEEDED)
        except BadFile as error:
            form.add_error("file", f"{error.sentence}{f'（{error.fix}）' if error.fix else ''}")
        else:
            result = DictItemResource(by=request.user).import_data(dataset, dry_run=True)
            shown = preview_of(DictItemResource, result, dataset, numbers, named=(0, 2, 3))
            sealed = signing.dumps([shown["heads"], shown["rows"]], salt=SALT, compress=True) if shown["rows"] else ""
            urls = {
                "import_url": reverse("core:dictionary_import"),
                "confirm_url": reverse("core:dictionary_import_confirm"),
            }
            return render(request, "core/workbook_preview.html", context | shown | urls | {"rows": sealed})
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
