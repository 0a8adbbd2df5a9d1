"""Which unit a row speaks of: three columns, one combined column, or a room number that says everything."""

from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadValue
from owners.importing.plans import Room
from properties.naming import RoomName, canonical_building, canonical_entrance, canonical_number, split_room

_LONGEST = (20, 10, 20)  # as the model keeps them


def room_of(values: dict[str, Any]) -> Room:
    """The canonical (building, entrance, number); raises BadValue with `field` = the column to blame."""
    return _room(values.get("building"), values.get("entrance"), values.get("number"), values.get("room"))


@lru_cache(maxsize=20_000)
def _room(building: str | None, entrance: str | None, number: str | None, combined: str | None) -> Room:
    if combined:
        return _checked(_consistent(_split(combined, "room"), building, entrance, number), "room")
    if not number:
        raise BadValue(_("必填，现为空"), _("请填写房号"), field="number")
    if not building:
        return _checked(_consistent(_split(number, "number"), None, entrance, None), "number")
    return _checked(_parts(building, entrance or "", number), "number")


def _parts(building: str, entrance: str, number: str) -> RoomName:
    """房号 may repeat the building: 3-2-1502 beside 楼栋 3 is 1502."""
    name = RoomName(canonical_building(building), canonical_entrance(entrance), canonical_number(number))
    whole = split_room(number) if number.count("-") == 2 or not number.isascii() else None
    if whole is None or whole.building != name.building:
        return name
    if whole.entrance and name.entrance and whole.entrance != name.entrance:
        raise BadValue(_("与单元一列不一致"), _("请核对单元和房号"), field="number")
    return RoomName(name.building, whole.entrance or name.entrance, whole.number)


def _split(text: str, column: str) -> RoomName:
    name = split_room(text)
    if name is None or not name.building or not name.number:
        fix = _("请填写楼栋一列，或把房号写成 3-2-1502")
        raise BadValue(_("看不出是哪栋楼"), fix, field=column)
    return name


def _consistent(name: RoomName, building: str | None, entrance: str | None, number: str | None) -> RoomName:
    told = (
        (building, name.building, canonical_building),
        (entrance, name.entrance, canonical_entrance),
        (number, name.number, canonical_number),
    )
    for text, known, canonical in told:
        if text and canonical(text) != known and split_room(text) != name:
            raise BadValue(_("与楼栋、单元、房号的列不一致"), _("请核对，或只留一种写法"), field="room")
    return name


def _checked(name: RoomName, column: str) -> Room:
    room = (name.building, name.entrance, name.number)
    for text, longest in zip(room, _LONGEST, strict=True):
        if len(text) > longest:
            raise BadValue(_("超过 %d 个字") % longest, _("请核对楼栋、单元、房号"), field=column)
    return room
