"""What merging dictionary items means to the household files (core/dictionary_rules.py)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import dictionary_rules
from core.models import DictItem
from core.services.jobs import enqueue
from owners.importing.chunk import SOURCE_CODES
from owners.models import OwnerTag

REFRESH_CARE = "owners.refresh_care"


def register() -> None:
    dictionary_rules.register("consent_purpose", dictionary_rules.Rule(refuse=_no_consent_moves))
    dictionary_rules.register("owner_source", dictionary_rules.Rule(refuse=_import_source_stays))
    tags = dictionary_rules.Rule(
        refuse=_sensitive_stays_sensitive,
        settle={OwnerTag._meta.label_lower: _one_tag_each},
        settled=lazy("两个标签都有的住户只留一个，有效期取较晚的，事由取已写的"),
        follow=_refresh_care,
    )
    dictionary_rules.register("owner_tag", tags)


def _refresh_care(by: Any) -> None:
    """In the background: a tag may stand on thousands of households. Without a dedup key, since a run that has begun has already
    read the tags as they were."""
    enqueue(REFRESH_CARE, by=by, visible=False)


def _no_consent_moves(merged: DictItem, kept: DictItem) -> str:
    """PIPL 14: a consent covers what was told at the time; moving it to another purpose would invent one."""
    return _("同意事项不能合并：住户同意的只是当时告知的那一项")


def _import_source_stays(merged: DictItem, kept: DictItem) -> str:
    if merged.code not in SOURCE_CODES:
        return ""
    return _("“%(name)s”由导入自动填写，不能并掉；可以把别的项并到它") % {"name": merged}


def _sensitive_stays_sensitive(merged: DictItem, kept: DictItem) -> str:
    """Otherwise a merge would show everybody what only some may see."""
    if not merged.sensitive or kept.sensitive:
        return ""
    names = {"merged": merged, "kept": kept}
    return _("“%(merged)s”是敏感标签，“%(kept)s”不是，合并后会让更多人看到。请先把“%(kept)s”设为敏感") % names


def _one_tag_each(rows: QuerySet, kept: DictItem) -> None:
    """The tag that stays takes over what the other one knew; the other one is history from now on."""
    for row in rows.select_for_update().order_by("pk"):
        twin: Any = OwnerTag.objects.get(owner=row.owner_id, tag=kept, removed_at__isnull=True)
        ends = (row.expires_on, twin.expires_on)
        twin.expires_on, twin.reason = None if None in ends else max(ends), twin.reason or row.reason
        twin.save(update_fields=["expires_on", "reason"])
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at"])
