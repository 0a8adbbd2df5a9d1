from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import changes, log
from core.errors import BadValue
from properties.models import Building, Community, Place
from properties.naming import canonical_entrance
from properties.services import guards

CREATED = log.declare("properties.place.created", gettext_lazy("新增公共区域"))
CHANGED = log.declare("properties.place.changed", gettext_lazy("修改公共区域"))
DISABLED = log.declare("properties.place.disabled", gettext_lazy("停用公共区域"))
RESTORED = log.declare("properties.place.restored", gettext_lazy("恢复公共区域"))


@transaction.atomic
def create_place(
    *, by: Any, community: Community, building: Building | None = None, entrance: str = "", **values: Any
) -> Place:
    entrance = canonical_entrance(entrance)
    place = Place(community=community, building=building, entrance=entrance, **values)
    _check(place)
    changes.save(place)
    guards.require_in_scope(place, by=by, permission="properties.add_place")
    log.record(
        CREATED, place, by=by, changes=guards.named(values | {"building": building, "entrance": entrance}, place)
    )
    return place


@transaction.atomic
def change_place(place: Place, *, by: Any, **values: Any) -> Place:
    if "entrance" in values:
        values["entrance"] = canonical_entrance(values["entrance"])
    guards.write_change(place, values, action=CHANGED, by=by)
    _check(place)
    return place


def _check(place: Place) -> None:
    if place.building is not None and place.building.community_id != place.community_id:
        raise BadValue(_("%(building)s不在这个项目里") % {"building": place.building}, field="building")
    if place.entrance and place.building is None:
        raise BadValue(_("填了单元就要选楼栋"), field="building")


def disable_place(place: Place, *, by: Any, reason: str = "") -> Place:
    guards.stop(place, action=DISABLED, by=by, reason=reason)
    return place


def restore_place(place: Place, *, by: Any, reason: str = "") -> Place:
    guards.restart(place, action=RESTORED, by=by, reason=reason)
    return place
