"""How long the clocks of cases give (R49). A case keeps what held when its level was judged; changes are for those that come after."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import ClockStandard
from complaints.states import Basis, Clock
from core import changes, log
from core.errors import BadValue, BusinessError

CREATED = log.declare("complaints.clockstandard.created", lazy("登记了投诉时限标准"))
CHANGED = log.declare("complaints.clockstandard.changed", lazy("修改了投诉时限标准"))
REMOVED = log.declare("complaints.clockstandard.removed", lazy("删除了投诉时限标准"))
# What the city's own deadline says is no standard of the house.
OF_THE_HOUSE = tuple(clock for clock in Clock if clock not in {Clock.SIGN, Clock.CITY_END})
MOST_DAYS, MOST_MINUTES = 60, 60 * 24 * 60


@transaction.atomic
def create_standard(*, by: Any, **values: Any) -> ClockStandard:
    """One kind's own; those of the level are there from the beginning. Raises BadValue."""
    if not values.get("kind"):
        raise BadValue(_("请选择性质，各级别的通用标准已经有了"), field="kind")
    row = ClockStandard(**values)
    _check(row)
    changes.save(row)
    log.record(CREATED, row, by=by, changes=_facts(row))
    return row


@transaction.atomic
def change_standard(row: ClockStandard, *, by: Any, **values: Any) -> ClockStandard:
    found = changes.assign(row, values)
    _check(row)
    if found:
        changes.save(row, list(values))
        log.record(CHANGED, row, by=by, changes=found)
    return row


@transaction.atomic
def remove_standard(row: ClockStandard, *, by: Any) -> ClockStandard:
    """Only a kind's own: without it that of the level holds again. A level without a standard would have no deadline at all."""
    if not row.kind:
        raise BusinessError(_("各级别的通用标准不能删除，只能修改"))
    log.record(REMOVED, row, by=by, changes=_facts(row))
    row.delete()
    return row


def _check(row: ClockStandard) -> None:
    """Twenty minutes meant, twenty working days said: the unit is the first thing people get wrong."""
    if row.basis == Basis.DAYS and row.amount > MOST_DAYS:
        raise BadValue(_("按工作日计时的最多 %(most)d 天") % {"most": MOST_DAYS}, field="amount")
    if row.amount > MOST_MINUTES:
        raise BadValue(_("最长 60 天"), field="amount")
    if row.clock not in OF_THE_HOUSE:
        raise BadValue(_("12345 的时限由派发单位给定"), field="clock")


def _facts(row: ClockStandard) -> dict[str, Any]:
    return {
        "level": row.get_level_display(), "clock": row.get_clock_display(), "kind": row.get_kind_display(),
        "basis": row.get_basis_display(), "amount": row.amount,
    }  # fmt: skip
