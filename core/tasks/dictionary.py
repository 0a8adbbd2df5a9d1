"""Merges of dictionary items that move more records than a page has time for."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.errors import OutOfScope
from core.models import DictItem, DictMerge, Job
from core.queries.dictionary_merging import rows_moved
from core.services.dictionary_merging import merge_items, unmerge_items
from core.tasks.skeleton import JobResult, Progress, job_task

PERMISSION = "core.change_dicttype"
# One transaction over every table that holds the word: nothing to report in between, so the lease covers the whole of it.
LEASE = timedelta(minutes=15)


@job_task("core.merge_dictionary_items", lease=LEASE)
def merge_dictionary_items(job: Job, progress: Progress) -> JobResult:
    _require_right(job)
    items = DictItem.objects.select_related("type")
    merged, kept = items.get(pk=job.args["merged"]), items.get(pk=job.args["kept"])
    # Delivered again behind the commit: a second, empty merge would hide the first one from being taken back.
    done = DictMerge.objects.filter(
        merged_id=merged.pk, kept_id=kept.pk, undone_at__isnull=True, at__gte=job.created_at
    )
    merge = done.first() or merge_items(merged, by=job.created_by, kept=kept)
    words = {"merged": merged.name, "kept": kept.name, "count": f"{rows_moved(merge):,}"}
    sentence = _("已把“%(merged)s”合并到“%(kept)s”，改了 %(count)s 条记录") % words
    return JobResult(kept.type.get_absolute_url(), sentence, {"rows": rows_moved(merge)})


@job_task("core.unmerge_dictionary_items", lease=LEASE)
def unmerge_dictionary_items(job: Job, progress: Progress) -> JobResult:
    _require_right(job)
    merge = DictMerge.objects.get(pk=job.args["merge"])
    is_done = merge.undone_at is not None and merge.undone_at >= job.created_at
    item = DictItem.objects.get(pk=merge.merged_id) if is_done else unmerge_items(merge, by=job.created_by)
    return JobResult(item.type.get_absolute_url(), _("已撤销“%(item)s”的合并") % {"item": item})


def _require_right(job: Job) -> None:
    """The rights of the moment it runs, not of the moment it was asked for."""
    user: Any = job.created_by
    if not user.has_perm(PERMISSION):
        raise OutOfScope(_("您已没有修改数据字典的权限"))
