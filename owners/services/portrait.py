"""What is known about a person beyond name and number: tags, preferences, keeper, verification (DOMAIN 2.1 画像, R22, R24)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.actors import SYSTEM, user_id
from core.changes import assign, save
from core.errors import BusinessError
from core.masking import mask_all
from core.models import DictItem
from owners.models import Owner, OwnerTag
from owners.services import timeline
from owners.services.care import hold_households, refresh_care_of

TAGGED = log.declare("owners.owner.tagged", lazy("添加标签"))
UNTAGGED = log.declare("owners.owner.untagged", lazy("移除标签"))
PREFERENCES = log.declare(
    "owners.owner.preferences_changed", lazy("修改偏好"), personal={"needs": mask_all, "interests": mask_all}
)
EXPIRED = log.declare("owners.owner.tag_expired", lazy("标签到期"))
KEEPER = log.declare("owners.owner.keeper_changed", lazy("更换档案责任人"))
VERIFIED = log.declare("owners.owner.verified", lazy("档案核验"))


@transaction.atomic
def add_tag(owner: Owner, *, by: Any, tag: DictItem, reason: str = "", expires_on: date | None = None) -> OwnerTag:
    """Tags a person. A sensitive tag says why; the timeline names only those that are not sensitive."""
    if tag.sensitive and not reason.strip():
        raise BusinessError(_("“%(tag)s”是敏感标签，须写明事由") % {"tag": tag}, field="reason")
    if expires_on is not None and expires_on < timezone.localdate():
        raise BusinessError(_("有效期不能早于今天"), field="expires_on")
    hold_households([owner.pk])
    if owner.tags.filter(tag=tag, removed_at__isnull=True).exists():
        raise BusinessError(_("此人已有标签“%(tag)s”") % {"tag": tag}, field="tag")
    row = OwnerTag(owner=owner, tag=tag, reason=reason, expires_on=expires_on, created_by_id=user_id(by))
    save(row)
    refresh_care_of([owner.pk])
    timeline.note_owner(owner, _("添加关怀标签") if tag.sensitive else _("添加标签“%(tag)s”") % {"tag": tag})
    log.record(TAGGED, owner, by=by, changes=_tag_facts(row), reason="" if tag.sensitive else reason)
    return row


def _tag_facts(row: OwnerTag) -> dict[str, Any]:
    """A sensitive tag is health or family data: the log says that one was set, not which."""
    word = _("敏感标签") if row.tag.sensitive else row.tag.name
    return {"tag": [None, word]} | ({"expires_on": [None, row.expires_on]} if row.expires_on else {})


@transaction.atomic
def remove_tag(row: OwnerTag, *, by: Any) -> Owner:
    hold_households([row.owner_id])
    if not OwnerTag.objects.filter(pk=row.pk, removed_at__isnull=True).update(removed_at=timezone.now()):
        raise BusinessError(_("这个标签已经移除"), _("请刷新页面"))
    refresh_care_of([row.owner_id])
    word = _("敏感标签") if row.tag.sensitive else row.tag.name
    timeline.note_owner(
        row.owner, _("移除关怀标签") if row.tag.sensitive else _("移除标签“%(tag)s”") % {"tag": row.tag}
    )
    log.record(UNTAGGED, row.owner, by=by, changes={"tag": [word, None]})
    return row.owner


@transaction.atomic
def expire_tags() -> int:
    """Takes away the tags whose last day is over; returns how many. Each row is claimed once, so a second run finds nothing."""
    over = OwnerTag.objects.filter(removed_at__isnull=True, expires_on__lt=timezone.localdate())
    hold_households(over.values_list("owner_id", flat=True))
    rows = list(over.select_for_update(of=("self",), skip_locked=True).select_related("owner", "tag").order_by("pk"))
    OwnerTag.objects.filter(pk__in=[row.pk for row in rows]).update(removed_at=timezone.now())
    for row in rows:
        timeline.note_owner(
            row.owner, _("关怀标签到期") if row.tag.sensitive else _("标签“%(tag)s”到期") % {"tag": row.tag}
        )
    words = [(row.owner, {"tag": [_("敏感标签") if row.tag.sensitive else row.tag.name, None]}) for row in rows]
    log.record_many(EXPIRED, words, by=SYSTEM)
    refresh_care_of({row.owner_id for row in rows})
    return len(rows)


@transaction.atomic
def change_preferences(owner: Owner, *, by: Any, **fields: Any) -> Owner:
    """First channel, quiet hours, service wishes, pets, interests. Quiet hours need both ends."""
    changes = assign(owner, fields)
    if not changes:
        return owner
    if (owner.quiet_from is None) != (owner.quiet_until is None):
        raise BusinessError(_("免打扰时段的起止都要填"), field="quiet_until")
    owner.updated_at = timezone.now()
    save(owner, [*changes, "updated_at"])
    timeline.note_owner(owner, _("修改联系与服务偏好"))
    log.record(PREFERENCES, owner, by=by, changes=changes)
    return owner


@transaction.atomic
def change_keeper(owner: Owner, *, by: Any, keeper: Any) -> Owner:
    """Names the member of staff who keeps this file true (R24)."""
    changes = assign(owner, {"keeper": keeper})
    if not changes:
        return owner
    save(owner, ["keeper"])
    timeline.note_owner(owner, _("更换档案责任人"))
    log.record(KEEPER, owner, by=by, changes=changes)
    return owner


@transaction.atomic
def verify_owner(owner: Owner, *, by: Any, verified_on: date | None = None, remark: str = "") -> Owner:
    """Stamps that somebody checked the file against the person (R25 begins here)."""
    day = verified_on or timezone.localdate()
    if day > timezone.localdate():
        raise BusinessError(_("核验日期不能晚于今天"), field="verified_on")
    changes = _stamp(owner, day, by)
    save(owner, ["verified_on", "verified_by"])
    timeline.note_owner(owner, _("档案核验"), detail=remark)
    log.record(VERIFIED, owner, by=by, changes=changes, reason=remark)
    return owner


def _stamp(owner: Owner, day: date, by: Any) -> dict[str, Any]:
    changes = {"verified_on": [owner.verified_on, day]}
    owner.verified_on, owner.verified_by_id = day, user_id(by)
    return changes
