"""What an order uses and costs (R42): materials at the day's price, and the priced services an owner has agreed to."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.changes import save
from core.errors import BadValue
from core.services import attachments
from workorders.models import Material, MaterialLine, PaidLine, PriceItem, WorkOrder
from workorders.services.dispatch import for_whom
from workorders.services.work import in_work
from workorders.signatures import signed

MATERIALS = log.declare("workorders.workorder.materials_used", lazy("登记了物料"))
AGREED = log.declare("workorders.workorder.price_agreed", lazy("业主同意了有偿服务价目"))
CENT = Decimal("0.01")


@transaction.atomic
def use_material(
    order: WorkOrder, *, by: Any, material: Material, quantity: Decimal, price: Decimal | None = None
) -> MaterialLine:
    """One line of materials; the amount is rounded half up to 分. Where a stock is kept it goes down, and never below nothing."""
    order = in_work(order, by)
    if quantity <= 0:
        raise BadValue(_("数量须大于 0"), field="quantity")
    if material.disabled_at is not None:
        raise BadValue(_("“%(material)s”已停用") % {"material": material}, field="material")
    _take_from_stock(material, quantity)
    unit_price = material.price if price is None else price
    line = MaterialLine(
        order=order, material=material, code=material.code, name=material.name, spec=material.spec, measure=material.measure,
        quantity=quantity, price=unit_price, amount=(quantity * unit_price).quantize(CENT, ROUND_HALF_UP),
        chargeable=material.chargeable,
    )  # fmt: skip
    save(line)
    _add_up(order)
    log.record(MATERIALS, order, by=by, changes={
        "material": f"{material.code} {material}", "quantity": quantity, "amount": line.amount,
    } | for_whom(order, by))  # fmt: skip
    return line


@transaction.atomic
def drop_material(line: MaterialLine, *, by: Any) -> None:
    """A line entered wrongly; what was taken from stock goes back."""
    order = in_work(line.order, by)
    material = Material.objects.select_for_update().get(pk=line.material_id)
    if material.stock is not None:
        material.stock += line.quantity
        material.save(update_fields=["stock"])
    log.record(MATERIALS, order, by=by, changes={
        "material": [f"{line.code} {line.name}", None], "quantity": [line.quantity, None], "amount": [line.amount, None],
    } | for_whom(order, by))  # fmt: skip
    line.delete()
    _add_up(order)


@transaction.atomic
def agree_prices(
    order: WorkOrder, *, by: Any, lines: Mapping[PriceItem, Decimal], how: str, signature: Any = None
) -> list[PaidLine]:
    """有偿服务: the owner agrees to the listed prices before the work begins; the lines are kept as they were that day, and so is his
    signature, where he gave one."""
    order = in_work(order, by)
    if not lines:
        raise BadValue(_("请选择服务项目"), field="lines")
    now = timezone.now()
    rows = [
        PaidLine(
            order=order, item=item, name=item.name, measure=item.measure, quantity=quantity, price=item.price,
            amount=(item.price * quantity).quantize(CENT, ROUND_HALF_UP), agreed_at=now, agreed_how=how,
        )
        for item, quantity in lines.items()
    ]  # fmt: skip
    for row in rows:
        save(row)
    order.paid = True
    order.labour_fee = PaidLine.objects.filter(order=order).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    order.save(update_fields=["paid", "labour_fee"])
    if signature is not None:
        attachments.store(order, signed(signature), by=by)
    log.record(AGREED, order, by=by, changes={
        "lines": [f"{row.name} {row.amount}" for row in rows], "how": how,
    } | for_whom(order, by))  # fmt: skip
    return rows


def _take_from_stock(material: Material, quantity: Decimal) -> None:
    locked = Material.objects.select_for_update().get(pk=material.pk)
    if locked.stock is None:
        return
    if locked.stock < quantity:
        raise BadValue(
            _("库存只有 %(stock)s %(measure)s") % {"stock": locked.stock.normalize(), "measure": locked.measure},
            field="quantity",
        )
    locked.stock -= quantity
    locked.save(update_fields=["stock"])


def _add_up(order: WorkOrder) -> None:
    order.materials_fee = MaterialLine.objects.filter(order=order).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    order.save(update_fields=["materials_fee"])
