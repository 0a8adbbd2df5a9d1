"""The export of a list too long to wait for: a job writes the file, the bell rings, the file goes after 72 hours."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import OutOfScope
from core.models import Job
from core.services.attachments import store_result
from core.tasks.skeleton import JobResult, Progress, job_task
from core.web.exports import ListExport
from core.web.list_names import list_view

KEEP = timedelta(hours=72)


@job_task("core.export_list")
def export_list(job: Job, progress: Progress) -> JobResult:
    """Rights and scope are those of the moment it runs, not of the moment it was asked for."""
    export = _asked(job)
    total = export.count()
    with tempfile.TemporaryDirectory(prefix="mulin-export-") as folder:
        path = Path(folder) / "export.xlsx"
        count, digest = export.write(path, lambda done: progress(done, total, _("正在写入")))
        progress(count, max(count, 1))
        kept = store_result(job, path, export.file_name, by=job.created_by, expires_at=timezone.now() + KEEP)
    export.log(count, digest)
    sentence = _("%(list)s已导出 %(count)s 条，文件保留 72 小时") % {"list": export.title, "count": f"{count:,}"}
    url = reverse("core:attachment_download", args=[kept.uid])
    return JobResult(url, sentence, {"rows": count, "sha256": digest, "attachment": kept.pk})


def _asked(job: Job) -> ListExport:
    args: dict[str, Any] = job.args
    user: Any = job.created_by  # every export has somebody who asked for it
    try:
        view = list_view(args["list"], user)
    except (Http404, PermissionDenied):
        raise OutOfScope(_("您已没有查看这个列表的权限")) from None
    if not user.has_perm(view.export_permission):
        raise OutOfScope(_("您已没有导出这个列表的权限"))
    return ListExport(view, user, QueryDict(args["query"]), args["columns"], args["reason"], args["plain"])
