"""The values of a correction, topic by topic: what the file says now, what the owner wrote in canonical form, how it is applied.

Six topics, each with the row it is about, its fields, and the existing services that write them. Values are plain JSON: they rest
encrypted in the request until somebody decides.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import BadValue, BusinessError
from core.models import DictItem
from core.normalise import clean_line, clean_text, normalise_name, normalise_plate
from owners.models import (
    Correction,
    CorrectionAct,
    CorrectionTopic,
    EmergencyContact,
    FamilyMember,
    Owner,
    OwnerPhone,
    Vehicle,
)
from owners.services import files, household, phones, vehicles
from owners.services.identity import normal_phone
from properties.models import Unit

Values = dict[str, Any]
Topic, Act = CorrectionTopic, CorrectionAct

FIELDS: dict[str, tuple[str, ...]] = {
    Topic.PHONE: ("number", "label"),
    Topic.EMAIL: ("email",),
    Topic.ADDRESS: ("postal_address",),
    Topic.EMERGENCY: ("name", "phone", "relation"),
    Topic.FAMILY: ("relation", "name", "age_group", "gender", "phone"),
    Topic.VEHICLE: ("plate", "energy", "brand", "colour"),
}
# One value of the file itself: there is nothing to add or remove.
ONLY_CHANGE = {Topic.EMAIL, Topic.ADDRESS}


def acts_of(topic: str) -> tuple[str, ...]:
    return (Act.CHANGE,) if topic in ONLY_CHANGE else (Act.ADD, Act.CHANGE, Act.REMOVE)


def own_rows(owner: Owner, topic: str) -> models.QuerySet[Any]:
    """The rows of a topic that are this person's to correct."""
    if topic == Topic.PHONE:
        return OwnerPhone.objects.filter(owner=owner)
    if topic == Topic.EMERGENCY:
        return EmergencyContact.objects.filter(owner=owner)
    if topic == Topic.FAMILY:
        return FamilyMember.objects.filter(owner=owner, left_on__isnull=True).select_related("relation", "unit")
    if topic == Topic.VEHICLE:
        return Vehicle.objects.filter(owner=owner, disabled_at__isnull=True)
    return Owner.objects.filter(pk=owner.pk)


def target_of(owner: Owner, topic: str, target_id: int | None) -> Any:
    """The row of the file, None when it is new or no longer there. What belongs to somebody else is not there."""
    if topic in ONLY_CHANGE:
        return own_rows(owner, topic).first()
    return own_rows(owner, topic).filter(pk=target_id).first() if target_id else None


def current(topic: str, row: Any) -> Values:
    """What the file says; a dictionary word by its id."""
    if row is None:
        return {}
    values = {name: getattr(row, name) for name in FIELDS[topic]}
    return {name: value.pk if isinstance(value, DictItem) else value for name, value in values.items()}


def name_of(topic: str, row: Any) -> str:
    """How the person knows the row again, on his own page."""
    if row is None or topic in ONLY_CHANGE:
        return ""
    return _NAMES[topic](row)


_NAMES: dict[str, Callable[[Any], str]] = {
    Topic.PHONE: lambda row: row.number,
    Topic.EMERGENCY: lambda row: row.name,
    Topic.FAMILY: lambda row: f"{row.relation} {row.name}".strip(),
    Topic.VEHICLE: lambda row: row.plate,
}


def cleaned(owner: Owner, topic: str, act: str, row: Any, values: Mapping[str, Any]) -> Values:
    """The owner's words in the form the file keeps; raises BadValue or BusinessError beside the field. A removal has no values but
    the day somebody moved out."""
    if act == Act.REMOVE:
        return {"left_on": _day(values.get("left_on"))} if topic == Topic.FAMILY else {}
    fields = {name: _tidy(name)(str(values.get(name) or "")) for name in FIELDS[topic]}
    return _CLEAN[topic](owner, row, fields)


def _tidy(name: str) -> Callable[[str], str]:
    """An address is written in its owner's words; all else is compared and looked for."""
    return clean_line if name == "postal_address" else clean_text


def _day(value: Any) -> str:
    day = value or timezone.localdate()
    if day > timezone.localdate():
        raise BadValue(_("迁出日期不能晚于今天"), field="left_on")
    return str(day.isoformat())


def _phone(owner: Owner, row: Any, fields: Values) -> Values:
    fields["number"] = normal_phone(fields["number"], "number")
    others = own_rows(owner, Topic.PHONE).exclude(pk=getattr(row, "pk", None))
    if any(other.number == fields["number"] for other in others):
        raise BusinessError(_("这个号码已经登记在您名下"), field="number")
    return fields


def _email(owner: Owner, row: Any, fields: Values) -> Values:
    try:
        if fields["email"]:
            validate_email(fields["email"])
    except ValidationError:
        raise BadValue(_("邮箱地址不完整"), _("例如 name@example.com"), field="email") from None
    return fields


def _address(owner: Owner, row: Any, fields: Values) -> Values:
    return fields


def _emergency(owner: Owner, row: Any, fields: Values) -> Values:
    return fields | {"name": normalise_name(fields["name"]), "phone": normal_phone(fields["phone"], "phone")}


def _family(owner: Owner, row: Any, fields: Values) -> Values:
    relation = DictItem.objects.of("family_relation").filter(pk=int(fields["relation"] or 0)).first()
    if relation is None:
        raise BadValue(_("请选择与您的关系"), field="relation")
    if fields["age_group"] in household.CHILDREN and (fields["name"] or fields["phone"]):
        raise BusinessError(_("14 岁以下只登记年龄段"), _("请清空姓名和电话"), field="name")
    if fields["age_group"] not in household.CHILDREN and not fields["name"]:
        raise BusinessError(_("请填写姓名"), _("14 岁以下请选择年龄段"), field="name")
    if fields["phone"]:
        fields["phone"] = normal_phone(fields["phone"], "phone")
    return fields | {"relation": relation.pk, "name": normalise_name(fields["name"]) if fields["name"] else ""}


def _vehicle(owner: Owner, row: Any, fields: Values) -> Values:
    try:
        return fields | {"plate": normalise_plate(fields["plate"])}
    except BadValue as error:
        raise BadValue(error.sentence, error.fix, field="plate") from None


_CLEAN: dict[str, Callable[[Owner, Any, Values], Values]] = {
    Topic.PHONE: _phone,
    Topic.EMAIL: _email,
    Topic.ADDRESS: _address,
    Topic.EMERGENCY: _emergency,
    Topic.FAMILY: _family,
    Topic.VEHICLE: _vehicle,
}


# --- Into the file -----------------------------------------------------------------------------------------------------
def put_into_file(correction: Correction, row: Any, *, by: Any) -> None:
    """Applies the request by the services everybody uses, with their guards, their log and their timeline."""
    _WRITE[correction.topic](correction.owner, correction.unit, correction.act, row, correction.new_values, by)


def _write_phone(owner: Owner, unit: Unit, act: str, row: Any, values: Values, by: Any) -> None:
    if act == Act.REMOVE:
        phones.remove_phone(row, by=by)
    elif act == Act.CHANGE:
        phones.change_phone(row, by=by, **values)
    else:
        phones.add_phone(owner, by=by, **values)


def _write_owner(owner: Owner, unit: Unit, act: str, row: Any, values: Values, by: Any) -> None:
    files.change_owner(owner, by=by, **values)


def _write_emergency(owner: Owner, unit: Unit, act: str, row: Any, values: Values, by: Any) -> None:
    if act == Act.REMOVE:
        household.remove_emergency_contact(row, by=by)
    elif act == Act.CHANGE:
        household.change_emergency_contact(row, by=by, **values)
    else:
        household.add_emergency_contact(owner, by=by, **values)


def _write_family(owner: Owner, unit: Unit, act: str, row: Any, values: Values, by: Any) -> None:
    if act == Act.REMOVE:
        household.end_family_member(row, by=by, left_on=date.fromisoformat(values["left_on"]))
        return
    relation = DictItem.objects.of("family_relation").get(pk=values["relation"])
    if act == Act.CHANGE:
        household.change_family_member(row, by=by, **values | {"relation": relation})
    else:
        household.add_family_member(owner, by=by, unit=unit, **values | {"relation": relation})


def _write_vehicle(owner: Owner, unit: Unit, act: str, row: Any, values: Values, by: Any) -> None:
    if act == Act.REMOVE:
        vehicles.disable_vehicle(row, by=by, reason=_("住户线上申请"))
    elif act == Act.CHANGE:
        vehicles.change_vehicle(row, by=by, **values)
    else:
        vehicles.add_vehicle(owner, by=by, community=unit.community, **values)


_WRITE: dict[str, Callable[[Owner, Unit, str, Any, Values, Any], None]] = {
    Topic.PHONE: _write_phone,
    Topic.EMAIL: _write_owner,
    Topic.ADDRESS: _write_owner,
    Topic.EMERGENCY: _write_emergency,
    Topic.FAMILY: _write_family,
    Topic.VEHICLE: _write_vehicle,
}
