"""The estate as a workbook in the import template's layout: what goes out comes in again and goes out the same.

Rows follow the room, then its people; nothing in the order depends on keys that another database would give otherwise.
The 项目 column stays blank, because the file says nothing about where it is imported.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import log
from core.errors import OutOfScope
from core.excel.columns import Column, Kind
from core.excel.template import header_text
from core.excel.writer import ExportColumn, ExportKind, write_table
from core.models import Job
from core.services.attachments import store_result
from core.tasks import JobResult, Progress
from owners import policies
from owners.exporting.rows import BATCH, estate_rows
from owners.importing.actions import EXPORTED
from owners.importing.columns import columns
from owners.visibility import Eyes
from properties.models import Community, Unit

PERMISSION = policies.EXPORT
KEEP = timedelta(hours=72)
_KINDS = {
    Kind.DECIMAL: ExportKind.AREA, Kind.INTEGER: ExportKind.INTEGER, Kind.DATE: ExportKind.DATE, Kind.SHARE: ExportKind.PERCENT,
    Kind.YESNO: ExportKind.YESNO,
}  # fmt: skip
# The same rows give the same bytes: a workbook otherwise carries the time of its making.
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class EstateExport:
    """One community as rows of the template. Numbers are masked unless `plain`; what the role may not see stays blank even then."""

    def __init__(self, community: Community, user: Any, *, plain: bool) -> None:
        scope = user.access.scope(PERMISSION)
        if not scope.covers_community(community.pk) and community.pk not in scope.building_community_ids:
            raise OutOfScope(_("您没有导出“%s”的权限") % community)
        if plain and not policies.may_export_plain(user, community):
            raise OutOfScope(_("您没有导出“%s”明文号码的权限") % community)
        self.community = community
        self.user = user
        self.plain = plain
        self.columns = columns()
        self.eyes = Eyes(user)
        self.units = Unit.objects.visible_to(user, PERMISSION).filter(community=community, disabled_at__isnull=True)

    def write(self, path: Path, tick: Any = None, *, watermark: str | None = None) -> tuple[int, str]:
        """(rows, SHA-256 of the file)."""
        count = write_table(
            path, [_column(column) for column in self.columns], self._ticking(tick), sheet_name=str(self.community.name),
            watermark=watermark, created=_EPOCH,
        )  # fmt: skip
        with path.open("rb") as content:
            return count, hashlib.file_digest(content, "sha256").hexdigest()

    def log(self, count: int, digest: str, reason: str) -> None:
        changes = {"rows": count, "sha256": digest, "plain": self.plain}
        log.record(EXPORTED, self.community, by=self.user, changes=changes, reason=reason)

    def _ticking(self, tick: Any) -> Iterator[list[Any]]:
        for done, row in enumerate(self.rows(), start=1):
            if tick and done % BATCH == 0:
                tick(done)
            yield row

    def rows(self) -> Iterator[list[Any]]:
        return estate_rows(self.community, self.units, self.eyes, plain=self.plain)


def _column(column: Column) -> ExportColumn:
    return ExportColumn(header_text(column), _KINDS.get(column.kind, ExportKind.TEXT), column.width)


def export_job(job: Job, progress: Progress) -> JobResult:
    """The export asked for on the page; rights are those of the moment it runs."""
    community = Community.objects.get(pk=job.args["community"])
    user = job.created_by
    assert user is not None  # asked for by a person on the page
    export = EstateExport(community, user, plain=job.args["plain"])
    total = export.units.count()
    stamp = f"{user.actor_label} {timezone.localtime():%Y-%m-%d %H:%M} {job.args['reason']}"
    with tempfile.TemporaryDirectory(prefix="mulin-export-") as folder:
        path = Path(folder) / "estate.xlsx"
        count, digest = export.write(
            path, lambda done: progress(done, max(total, done), _("正在写入")), watermark=stamp
        )
        name = _("%(community)s_房屋与住户_%(day)s.xlsx") % {"community": community.name, "day": timezone.localdate()}
        kept = store_result(job, path, name, by=user, expires_at=timezone.now() + KEEP)
    export.log(count, digest, job.args["reason"])
    url = reverse("core:attachment_download", args=[kept.uid])
    return JobResult(
        url,
        _("%(community)s已导出 %(count)d 行，文件保留 72 小时") % {"community": community, "count": count},
        {"rows": count, "sha256": digest},
    )
