"""Who has to do with a unit, from when to when: begun, changed, ended, handed on (R12, R15). Nothing is ever overwritten."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.changes import assign, save
from core.errors import BusinessError
from core.masking import mask_name
from core.models import DictItem
from owners.models import Owner, Tenure, TenureRole
from owners.models.tenures import TITLE_ROLES
from owners.services import timeline
from owners.services.care import hold, refresh_care
from owners.services.derived import refresh_owner
from properties.models import Unit

FULL = Decimal(100)
PERSONAL = {"primary_contact": mask_name, "payer": mask_name, "former": mask_name, "owner": mask_name}
STARTED = log.declare("owners.tenure.started", lazy("登记人房关系"), personal=PERSONAL)
CHANGED = log.declare("owners.tenure.changed", lazy("修改人房关系"), personal=PERSONAL)
ENDED = log.declare("owners.tenure.ended", lazy("终止人房关系"), personal=PERSONAL)
REPLACED = log.declare("owners.tenure.replaced", lazy("更换人房关系"), personal=PERSONAL)
FLAGS = {"is_primary_contact": "primary_contact", "is_payer": "payer"}


def _lock(unit_id: int, *owner_ids: int) -> Unit:
    """Two clerks at the same unit wait for each other here, so that shares and flags are counted one after the other; so does
    whoever tags one of these persons."""
    hold([unit_id], owner_ids)
    return Unit.objects.select_related("building").get(pk=unit_id)


def _overlapping(tenure: Tenure) -> QuerySet[Tenure]:
    rows = Tenure.objects.filter(unit_id=tenure.unit_id).filter(Q(end__isnull=True) | Q(end__gte=tenure.start))
    return (rows.filter(start__lte=tenure.end) if tenure.end else rows).exclude(pk=tenure.pk)


def _guard_shares(tenure: Tenure) -> None:
    """The title shares of a unit never pass 100% on any day. The sum only grows on days when a tenure begins."""
    if tenure.role not in TITLE_ROLES or not tenure.share:
        return
    others = list(_overlapping(tenure).filter(role__in=TITLE_ROLES, share__isnull=False))
    days = {tenure.start} | {row.start for row in others if row.start > tenure.start}
    for day in sorted(days):
        held = sum(
            (row.share or Decimal(0) for row in others if row.start <= day and (row.end is None or row.end >= day)),
            Decimal(0),
        )
        if held + tenure.share > FULL:
            raise BusinessError(
                _("%(unit)s的产权份额超过 100%%：%(day)s 其他产权人已占 %(held)s%%，最多还可填 %(free)s%%")
                % {"unit": tenure.unit.label, "day": day, "held": held, "free": FULL - held},
                _("请改份额，或先终止原产权人的关系"),
                field="share",
            )


def _take_over_flags(tenure: Tenure) -> dict[str, list[str | None]]:
    """One primary contact and one payer: whoever takes it over, the others of the same days give it up. Returns who to whom."""
    moved: dict[str, list[str | None]] = {}
    for flag, word in FLAGS.items():
        if not getattr(tenure, flag):
            continue
        holders = list(_overlapping(tenure).filter(**{flag: True}).select_related("owner"))
        if holders:
            Tenure.objects.filter(pk__in=[row.pk for row in holders]).update(**{flag: False})
            moved[word] = ["、".join(row.owner.name for row in holders), tenure.owner.name]
    return moved


def open_tenure(
    owner: Owner,
    unit: Unit,
    *,
    by: Any,
    role: str,
    start: date | None = None,
    end: date | None = None,
    share: Decimal | None = None,
    is_primary_contact: bool | None = None,
    is_payer: bool | None = None,
    relation: str = "",
    remark: str = "",
) -> tuple[Tenure, dict[str, Any]]:
    """Writes the row under the unit's lock, without log, for the services that log the whole act. Flags left open (None) fall to
    the first person of the unit. Returns the row and the flags that moved."""
    unit = _lock(unit.pk, owner.pk)
    if unit.disabled_at:
        raise BusinessError(_("%(unit)s已停用，不能登记人房关系") % {"unit": unit.label}, field="unit")
    if owner.disabled_at:
        raise BusinessError(_("%(owner)s的档案已停用") % {"owner": owner}, _("请先恢复档案"), field="owner")
    start = start or timezone.localdate()
    row = Tenure(owner=owner, unit=unit, community_id=unit.community_id, role=role, start=start, end=end, share=share)
    row.relation, row.remark = relation, remark
    row.is_primary_contact = _first_of(row, "is_primary_contact") if is_primary_contact is None else is_primary_contact
    row.is_payer = _first_of(row, "is_payer") if is_payer is None else is_payer
    _check(row)
    moved = _take_over_flags(row)
    save(row)
    refresh_care([row.unit_id])
    return row, moved


def _first_of(row: Tenure, flag: str) -> bool:
    if row.role == TenureRole.FAMILY:
        return False
    return not _overlapping(row).filter(**{flag: True}).exists()


def _check(row: Tenure) -> None:
    if row.end is not None and row.end < row.start:
        raise BusinessError(_("止的日期不能早于起的日期"), field="end")
    if row.share is not None and row.role not in TITLE_ROLES:
        raise BusinessError(_("只有业主和共有人填产权份额"), field="share")
    if _overlapping(row).filter(owner_id=row.owner_id, role=row.role).exists():
        raise BusinessError(
            _("此人在这段日期里已是这套房屋的%(role)s") % {"role": row.get_role_display()}, field="role"
        )
    _guard_shares(row)


@transaction.atomic
def start_tenure(owner: Owner, *, by: Any, unit: Unit, role: str, **fields: Any) -> Tenure:
    """Begins a relation (fields as for open_tenure). Shares of the title roles stay at or below 100%."""
    row, moved = open_tenure(owner, unit, by=by, role=role, **fields)
    refresh_owner([owner.pk])
    timeline.note_unit([row.unit_id], _("登记为%(role)s，%(start)s 起") % _words(row), owner=owner, source=row)
    log.record(STARTED, row, by=by, changes=_facts(row) | moved)
    return row


def _words(row: Tenure) -> dict[str, Any]:
    return {"role": row.get_role_display(), "start": row.start, "end": row.end}


def _facts(row: Tenure) -> dict[str, Any]:
    facts = {"role": row.get_role_display(), "share": row.share, "start": row.start, "end": row.end}
    return {key: [None, value] for key, value in facts.items() if value is not None}


@transaction.atomic
def change_tenure(tenure: Tenure, *, by: Any, **fields: Any) -> Tenure:
    """Corrects share, days, flags or notes of a relation. Another role or another person is a new relation."""
    _lock(tenure.unit_id, tenure.owner_id)
    changes = assign(tenure, {name: value for name, value in fields.items() if name not in {"owner", "unit", "role"}})
    if not changes:
        return tenure
    _check(tenure)
    moved = _take_over_flags(tenure)
    save(tenure, list(changes))
    refresh_care([tenure.unit_id])
    timeline.note_unit(
        [tenure.unit_id], _("修改人房关系（%(role)s）") % _words(tenure), owner=tenure.owner, source=tenure
    )
    log.record(CHANGED, tenure, by=by, changes=changes | moved)
    return tenure


def _end(tenure: Tenure, day: date, reason: DictItem | None) -> None:
    """Ends one row under the unit's lock; re-reads it, because a colleague may have been faster."""
    tenure.refresh_from_db(fields=["start", "end"])
    if tenure.end is not None and tenure.end <= day:
        raise BusinessError(_("这条关系已在 %(day)s 终止") % {"day": tenure.end}, _("请刷新页面"), field="end")
    if day < tenure.start:
        raise BusinessError(_("终止日期不能早于起的日期 %(start)s") % _words(tenure), field="end")
    tenure.end, tenure.end_reason = day, reason
    save(tenure, ["end", "end_reason"])
    refresh_care([tenure.unit_id])


@transaction.atomic
def end_tenure(tenure: Tenure, *, by: Any, end: date, end_reason: DictItem, remark: str = "") -> Tenure:
    """Closes a relation with its last day. The row, its share and its flags stay as history."""
    _lock(tenure.unit_id, tenure.owner_id)
    old = tenure.end
    _end(tenure, end, end_reason)
    refresh_owner([tenure.owner_id])
    sentence = _("%(role)s关系终止，止于 %(end)s") % _words(tenure)
    timeline.note_unit([tenure.unit_id], sentence, owner=tenure.owner, detail=str(end_reason), source=tenure)
    log.record(ENDED, tenure, by=by, changes={"end": [old, end], "end_reason": [None, end_reason]}, reason=remark)
    return tenure


@transaction.atomic
def replace_tenure(
    tenure: Tenure,
    *,
    by: Any,
    owner: Owner,
    start: date,
    end_reason: DictItem,
    share: Decimal | None = None,
    also_end: Sequence[Tenure] = (),
    remark: str = "",
) -> Tenure:
    """Hands a relation on: the old one ends the day before `start`, the new one begins then, with the role, contact and payer of
    the old. `also_end` leave with it (co-owner, family). Example of DOMAIN 2.1: from 2026-11-15, the old ends 2026-11-14."""
    _lock(tenure.unit_id, owner.pk, *(row.owner_id for row in [tenure, *also_end]))
    if owner.pk == tenure.owner_id:
        raise BusinessError(_("新的住户与原住户是同一人"), field="owner")
    last_day = start - timedelta(days=1)
    for leaving in [tenure, *also_end]:
        if leaving.unit_id != tenure.unit_id:
            raise BusinessError(_("只能一并终止同一套房屋的关系"), field="also_end")
        _end(leaving, last_day, end_reason)
    inherits = share if share is not None else (tenure.share if tenure.role in TITLE_ROLES else None)
    new, moved = open_tenure(
        owner,
        tenure.unit,
        by=by,
        role=tenure.role,
        start=start,
        share=inherits,
        is_primary_contact=tenure.is_primary_contact or None,
        is_payer=tenure.is_payer or None,
        remark=remark,
    )
    leavers = [tenure, *also_end]
    refresh_owner([owner.pk, *(row.owner_id for row in leavers)])
    for row in leavers:
        sentence = _("%(role)s关系终止，止于 %(end)s") % _words(row)
        timeline.note_unit([row.unit_id], sentence, owner=row.owner, detail=str(end_reason), source=row)
    sentence = _("登记为%(role)s，%(start)s 起") % _words(new)
    timeline.note_unit([new.unit_id], sentence, owner=owner, detail=str(end_reason), source=new)
    former = "、".join(row.owner.name for row in leavers)
    changes = _facts(new) | {
        "owner": [former, owner.name],
        "former_end": [None, last_day],
        "end_reason": [None, end_reason],
    }
    log.record(REPLACED, new, by=by, changes=changes | moved)
    return new
