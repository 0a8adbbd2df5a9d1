"""What repairs go by: materials and their stock, the price list, what follows from a type, how long the clocks give. Orders keep what
held when they were made; changes are for those that come after."""

from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import changes, log
from core.errors import BadValue, BusinessError
from properties.services import guards
from workorders.models import ClockRule, Material, PriceItem, RepairRule

MATERIAL_CREATED = log.declare("workorders.material.created", lazy("登记了物料"))
MATERIAL_CHANGED = log.declare("workorders.material.changed", lazy("修改了物料"))
MATERIAL_DISABLED = log.declare("workorders.material.disabled", lazy("停用了物料"))
MATERIAL_RESTORED = log.declare("workorders.material.restored", lazy("恢复了物料"))
STOCK_SET = log.declare("workorders.material.stock_set", lazy("盘点了库存"))
PRICE_CREATED = log.declare("workorders.priceitem.created", lazy("登记了价目"))
PRICE_CHANGED = log.declare("workorders.priceitem.changed", lazy("修改了价目"))
PRICE_DISABLED = log.declare("workorders.priceitem.disabled", lazy("停用了价目"))
PRICE_RESTORED = log.declare("workorders.priceitem.restored", lazy("恢复了价目"))
RULE_CHANGED = log.declare("workorders.repairrule.changed", lazy("修改了报修类型规则"))
CLOCK_CREATED = log.declare("workorders.clockrule.created", lazy("登记了时限标准"))
CLOCK_CHANGED = log.declare("workorders.clockrule.changed", lazy("修改了时限标准"))
CLOCK_REMOVED = log.declare("workorders.clockrule.removed", lazy("删除了时限标准"))

Row = TypeVar("Row", Material, PriceItem, RepairRule, ClockRule)
Listed = TypeVar("Listed", Material, PriceItem)
_DISABLED = {Material: MATERIAL_DISABLED, PriceItem: PRICE_DISABLED}
_RESTORED = {Material: MATERIAL_RESTORED, PriceItem: PRICE_RESTORED}
CHANGE_PRICE = "workorders.change_priceitem"


# --- materials --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_material(*, by: Any, **values: Any) -> Material:
    """Raises BadValue."""
    row = Material(**values)
    changes.save(row)
    log.record(MATERIAL_CREATED, row, by=by, changes=guards.named(values, row))
    return row


@transaction.atomic
def change_material(row: Material, *, by: Any, **values: Any) -> Material:
    """The code stays: people know a material by it, and workbooks come back by it."""
    return _change(row, MATERIAL_CHANGED, values, by)


@transaction.atomic
def set_stock(row: Material, *, by: Any, stock: Decimal | None, reason: str = "") -> Material:
    """盘点: what was counted holds. None: nobody counts this material any more."""
    row = Material.objects.select_for_update().get(pk=row.pk)
    if stock is not None and stock < 0:
        raise BadValue(_("库存不能小于 0"), field="stock")
    found = changes.assign(row, {"stock": stock})
    if found:
        changes.save(row, ["stock"])
        log.record(STOCK_SET, row, by=by, changes=found, reason=reason)
    return row


# --- prices -----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_price(*, by: Any, **values: Any) -> PriceItem:
    """Raises BadValue, OutOfScope: a price for all communities is set by whose scope is everything."""
    row = PriceItem(**values)
    changes.save(row)
    guards.require_in_scope(row, by=by, permission="workorders.add_priceitem")
    log.record(PRICE_CREATED, row, by=by, changes=guards.named(values, row), community_id=row.community_id)
    return row


@transaction.atomic
def change_price(row: PriceItem, *, by: Any, **values: Any) -> PriceItem:
    guards.require_in_scope(row, by=by, permission=CHANGE_PRICE)
    return _change(row, PRICE_CHANGED, values, by)


# --- both -------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def disable(row: Listed, *, by: Any, reason: str = "") -> Listed:
    """Offered no more; what was used or agreed stays on its orders."""
    if row.disabled_at is not None:
        raise BusinessError(_("%(object)s 已停用") % {"object": row})
    row.disabled_at = timezone.now()
    changes.save(row, ["disabled_at"])
    log.record(_DISABLED[type(row)], row, by=by, reason=reason)
    return row


@transaction.atomic
def restore(row: Listed, *, by: Any) -> Listed:
    if row.disabled_at is None:
        raise BusinessError(_("%(object)s 没有停用") % {"object": row})
    row.disabled_at = None
    changes.save(row, ["disabled_at"])
    log.record(_RESTORED[type(row)], row, by=by)
    return row


# --- rules and clocks -------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_rule(row: RepairRule, *, by: Any, **values: Any) -> RepairRule:
    return _change(row, RULE_CHANGED, values, by)


@transaction.atomic
def create_clock(*, by: Any, **values: Any) -> ClockRule:
    """A standard of one type; those of an urgency are there from the beginning."""
    row = ClockRule(**values)
    changes.save(row)
    log.record(CLOCK_CREATED, row, by=by, changes=guards.named(values, row))
    return row


@transaction.atomic
def change_clock(row: ClockRule, *, by: Any, **values: Any) -> ClockRule:
    return _change(row, CLOCK_CHANGED, values, by)


@transaction.atomic
def remove_clock(row: ClockRule, *, by: Any) -> ClockRule:
    """Only a type's own: without it the urgency's holds again. An urgency without a standard would have no deadline at all."""
    if row.kind_id is None:
        raise BusinessError(_("紧急程度的通用标准不能删除，只能修改"))
    words = {"kind": row.kind, "minutes": row.minutes, "clock": row.get_clock_display()}
    log.record(CLOCK_REMOVED, row, by=by, changes=words)
    row.delete()
    return row


def _change(row: Row, code: str, values: dict[str, Any], by: Any) -> Row:
    found = changes.assign(row, values)
    if found:
        changes.save(row, list(values))
        log.record(code, row, by=by, changes=found)
    return row
