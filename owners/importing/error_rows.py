"""The failed rows of an import in the user's own layout: at once for what is read in a moment, as a job for big files."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import log
from core.errors import BusinessError
from core.excel.errors_workbook import write_error_workbook
from core.excel.rows import open_table
from core.models import ImportMapping, Job
from core.services import jobs
from owners.importing import actions
from owners.importing.checking import KIND
from owners.importing.columns import import_columns
from owners.models import ImportBatch, ImportRow

ERRORS = "owners.write_import_errors"
# The whole file is read again, however few of its rows failed; beyond this nobody waits for it with a page open.
DIRECT_ROWS = 2_000


def is_long(batch: ImportBatch) -> bool:
    return batch.row_count > DIRECT_ROWS


def file_name(batch: ImportBatch) -> str:
    return _("%(file)s_错误行.xlsx") % {"file": Path(batch.file_name).stem}


def require_file(batch: ImportBatch) -> None:
    if not batch.file:
        raise BusinessError(_("原文件已过保留期（7 天），不能再生成错误行"), _("请重新上传"))
    if not batch.errors:
        raise BusinessError(_("没有错误行"))


@transaction.atomic
def queue_errors(batch: ImportBatch, *, by: Any) -> Job:
    """One workbook at a time for each person: whoever asks again is led to the job that already runs."""
    require_file(batch)
    return jobs.enqueue(
        ERRORS,
        by=by,
        args={"batch": batch.pk},
        title=_("生成错误行 %s") % batch.file_name,
        dedup_key=f"{ERRORS}:{batch.pk}:{by.pk}",
        community_id=batch.community_id,
    )


def failures(batch: ImportBatch) -> dict[int, str]:
    """Excel row -> what is wrong with it, each complaint with its column."""
    rows = ImportRow.objects.filter(batch=batch, outcome=ImportRow.Outcome.ERROR).order_by("number")
    return {
        number: "；".join(
            f"{problem['header']} {problem['reason']}{'，' + problem['fix'] if problem['fix'] else ''}".strip()
            for problem in problems
            if not problem.get("notice")
        )
        for number, problems in rows.values_list("number", "problems").iterator()
    }


def write_errors(batch: ImportBatch, folder: str, *, by: Any) -> Path:
    """The failed rows in the user's own layout."""
    require_file(batch)
    found = failures(batch)
    mapping = ImportMapping.objects.filter(kind=KIND, community_id=batch.community_id).first()
    target = Path(folder) / "errors.xlsx"
    sheet, header = open_table(batch.file.path, import_columns(), override=mapping.columns if mapping else None)
    with sheet:
        write_error_workbook(batch.file.path, target, sheet=sheet, header=header, failures=found)
    log.record(actions.ERRORS_DOWNLOADED, batch, by=by, changes={"rows": len(found)}, batch=batch.uid)
    return target
