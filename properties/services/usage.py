"""使用状态 of many units at once, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import log
from core.errors import BusinessError, OutOfScope
from core.models import LogEntry
from core.uid import uuid7
from properties.models import Unit, UnitKind, UsageStatus

SET = log.declare("properties.unit.usage_set", gettext_lazy("批量设置使用状态"))
TAKEN_BACK = log.declare("properties.unit.usage_taken_back", gettext_lazy("撤销批量设置使用状态"))

PERMISSION = "properties.change_unit"
MOST = 10_000
UNDO_WITHIN = timedelta(minutes=30)
# A parking space or store room is not lived in: it has a state of its own.
WITHOUT_USAGE = (UnitKind.PARKING, UnitKind.STORAGE)


@dataclass(frozen=True)
class UsageSet:
    """What a bulk act did: `changed` rows under one `batch`, `same` had the state already, `skipped` have none."""

    batch: UUID
    changed: int
    same: int
    skipped: int


@transaction.atomic
def set_usage(ids: Sequence[int], *, by: Any, usage: str) -> UsageSet:
    """All in one transaction or none; one log entry for each changed unit."""
    if len(ids) > MOST:
        raise BusinessError(_("一次最多设置 %(most)s 套") % {"most": f"{MOST:,}"}, _("请先用筛选缩小范围"))
    rows = list(_locked(ids, by))
    if len(rows) != len(set(ids)):
        raise OutOfScope(_("所选房屋里有不在您数据范围内的，一套也没有改"), _("请刷新列表后重选"))
    fitting = [unit for unit in rows if unit.kind not in WITHOUT_USAGE]
    changed = [unit for unit in fitting if unit.usage != usage]
    batch = uuid7()
    _write({unit.pk: usage for unit in changed})
    word = str(UsageStatus(usage).label)
    entries = ((unit, {"usage": [str(unit.get_usage_display()), word]}) for unit in changed)
    log.record_many(SET, entries, by=by, batch=batch)
    return UsageSet(batch, len(changed), len(fitting) - len(changed), len(rows) - len(fitting))


@transaction.atomic
def take_back(batch: UUID, *, by: Any) -> int:
    """Gives the units of one's own recent bulk act their former state, except where somebody changed it since."""
    entries = LogEntry.objects.filter(batch=batch, action=SET, actor_type=by.actor_type, actor_id=by.actor_id)
    former = {entry.object_id: entry.changes["usage"] for entry in entries.filter(at__gte=timezone.now() - UNDO_WITHIN)}
    if not former:
        raise BusinessError(_("这次设置不能再撤销"), _("超过 30 分钟的请重新设置"))
    values = {str(label): value for value, label in UsageStatus.choices} | {"": ""}
    rows = [
        unit for unit in _locked([pk for pk in former if pk], by) if str(unit.get_usage_display()) == former[unit.pk][1]
    ]
    _write({unit.pk: values[former[unit.pk][0]] for unit in rows})
    log.record_many(TAKEN_BACK, ((unit, {"usage": former[unit.pk][::-1]}) for unit in rows), by=by, batch=uuid7())
    return len(rows)


def _locked(ids: Sequence[int], by: Any) -> Any:
    rows = Unit.objects.visible_to(by, PERMISSION).filter(pk__in=ids).select_related("building").order_by("pk")
    return rows.select_for_update(of=("self",))


def _write(wanted: dict[int, str]) -> None:
    """One statement for each state that is given."""
    for usage in set(wanted.values()):
        ids = [pk for pk, value in wanted.items() if value == usage]
        Unit.objects.filter(pk__in=ids).update(usage=usage, updated_at=timezone.now())
