"""Vehicles of the owners and the parking spaces they use."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.changes import assign, save
from core.errors import BadValue, BusinessError
from core.normalise import normalise_plate
from owners.models import Owner, Vehicle
from owners.services import timeline
from owners.services.derived import refresh_owner
from properties.models import Community, UnitKind

ADDED = log.declare("owners.vehicle.created", lazy("登记车辆"))
CHANGED = log.declare("owners.vehicle.changed", lazy("修改车辆"))
DISABLED = log.declare("owners.vehicle.disabled", lazy("停用车辆"))
RESTORED = log.declare("owners.vehicle.restored", lazy("恢复车辆"))


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    if "plate" in values:
        try:
            values["plate"] = normalise_plate(values["plate"])
        except BadValue as error:
            raise BadValue(error.sentence, error.fix, field="plate") from None
    return values


def _check_space(vehicle: Vehicle) -> None:
    space = vehicle.space
    if space is None:
        return
    if space.kind != UnitKind.PARKING:
        raise BusinessError(_("%(unit)s不是车位") % {"unit": space.label}, field="space")
    if space.community_id != vehicle.community_id:
        raise BusinessError(_("车位不在所选项目里"), field="space")


def _refuse_taken_plate(vehicle: Vehicle) -> None:
    """The same plate twice in one community; said here with the field, held by a constraint under it."""
    same = Vehicle.objects.filter(community_id=vehicle.community_id, plate=vehicle.plate, disabled_at__isnull=True)
    if same.exclude(pk=vehicle.pk).exists():
        raise BusinessError(
            _("这个项目里已登记车牌 %(plate)s") % {"plate": vehicle.plate}, _("请先停用原登记"), field="plate"
        )


def _note(vehicle: Vehicle, sentence: str) -> None:
    """On the owner's homes in the same community, where the household asks about its car."""
    units = vehicle.owner.tenures.current().filter(community_id=vehicle.community_id).values_list("unit_id", flat=True)
    timeline.note_unit(dict.fromkeys(units), sentence, owner=vehicle.owner, source=vehicle)


@transaction.atomic
def add_vehicle(owner: Owner, *, by: Any, community: Community, plate: str, **fields: Any) -> Vehicle:
    """Registers a vehicle (space, energy, brand, colour, pass_until, remark)."""
    vehicle = Vehicle(owner=owner, community=community)
    changes = assign(vehicle, _cleaned({"plate": plate, **fields}))
    _check_space(vehicle)
    _refuse_taken_plate(vehicle)
    save(vehicle)
    refresh_owner([owner.pk])
    _note(vehicle, _("登记车辆 %(plate)s") % {"plate": vehicle.plate})
    log.record(ADDED, vehicle, by=by, changes=changes)
    return vehicle


@transaction.atomic
def change_vehicle(vehicle: Vehicle, *, by: Any, **fields: Any) -> Vehicle:
    old_owner = vehicle.owner_id
    changes = assign(vehicle, _cleaned(fields))
    if not changes:
        return vehicle
    _check_space(vehicle)
    _refuse_taken_plate(vehicle)
    save(vehicle, list(changes))
    refresh_owner({old_owner, vehicle.owner_id})
    _note(vehicle, _("修改车辆 %(plate)s") % {"plate": vehicle.plate})
    log.record(CHANGED, vehicle, by=by, changes=changes)
    return vehicle


@transaction.atomic
def disable_vehicle(vehicle: Vehicle, *, by: Any, reason: str) -> Vehicle:
    """The car is gone; its registration stays as history and the plate is free again."""
    if not Vehicle.objects.filter(pk=vehicle.pk, disabled_at__isnull=True).update(disabled_at=timezone.now()):
        raise BusinessError(_("这辆车已经停用"), _("请刷新页面"))
    vehicle.refresh_from_db()
    refresh_owner([vehicle.owner_id])
    _note(vehicle, _("停用车辆 %(plate)s") % {"plate": vehicle.plate})
    log.record(DISABLED, vehicle, by=by, reason=reason)
    return vehicle


@transaction.atomic
def restore_vehicle(vehicle: Vehicle, *, by: Any) -> Vehicle:
    if vehicle.disabled_at is None:
        raise BusinessError(_("这辆车没有停用"), _("请刷新页面"))
    vehicle.disabled_at = None
    _refuse_taken_plate(vehicle)
    save(vehicle, ["disabled_at"])
    refresh_owner([vehicle.owner_id])
    _note(vehicle, _("恢复车辆 %(plate)s") % {"plate": vehicle.plate})
    log.record(RESTORED, vehicle, by=by)
    return vehicle
