"""The household file of a unit (一户一档) and the file of a person: everything their pages show (R14, R23, R27)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Attachment
from owners.indexing import WEIGHTS
from owners.models import Consent, EmergencyContact, FamilyMember, Owner, Tenure, Vehicle
from owners.queries.people import (
    Person,
    chain_of_title,
    current_tags,
    holdings_of,
    people_now,
    people_to_come,
    period_start,
    phones_of,
    tenures_of,
)
from owners.visibility import Eyes
from properties.models import Unit, UnitMark

MISSING = {
    "phone": _("补充电话"),
    "id_number": _("补充证件号"),
    "emergency": _("补充紧急联系人"),
    "family": _("补充家庭成员"),
    "vehicle": _("补充车辆"),
}


def attachments_of(source: models.Model) -> models.QuerySet[Attachment]:
    """The files kept with a unit or a person. Whoever may open the page of the source may open them (policies.may_open_attachment),
    so the caller has narrowed the source, and its files are not asked about one by one."""
    return Attachment.objects.of(source).filter(removed_at__isnull=True)


@dataclass(frozen=True)
class Family:
    member: FamilyMember
    name: str
    phone: str
    can_reveal: bool
    may_change: bool


def unit_file(unit: Unit, user: Any) -> dict[str, Any]:
    """Context of the household file. Eight queries whatever the number of people."""
    eyes = Eyes(user)
    tenures = tenures_of(unit)
    people = people_now(tenures, eyes)
    ids = [person.owner.pk for person in people]
    main = next((person for person in people if person.tenure.is_primary_contact), people[0] if people else None)
    emergency = set(EmergencyContact.objects.filter(owner__in=ids).values_list("owner_id", flat=True))
    family = family_of(FamilyMember.objects.filter(unit=unit, owner__in=ids), eyes)
    vehicles = with_doors(vehicles_of(unit, ids), eyes)
    return {
        "unit": unit,
        "people": people,
        "coming": [(row, eyes.owner_name(row.owner)) for row in people_to_come(tenures)],
        "chain": chain_of_title(tenures, eyes),
        "family": [row for row in family if row.member.left_on is None],
        "vehicles": vehicles,
        "may_add_vehicle": eyes.reaches("owners.add_vehicle", unit.community_id),
        "marks": unit_marks(unit, user),
        "since": period_start(tenures),
        "main": main,
        "missing": missing_of(main, bool(main and main.owner.pk in emergency), family, vehicles) if main else "",
        "pets": [person.owner.pets for person in people if person.owner.pets],
        "tenures": tenures,
        "has_former": any(not row.is_current and row.end for row in tenures),
    }


def family_of(rows: Any, eyes: Eyes) -> list[Family]:
    found = rows.select_related("relation", "unit__building", "owner").order_by("pk")
    return [
        Family(
            row,
            eyes.sees("name", row.name, [row.unit.community_id]),
            eyes.sees("phone", row.phone, [row.unit.community_id]),
            eyes.may_reveal("phone", [row.unit.community_id], "owners.reveal_owner"),
            eyes.covers("owners.change_familymember", row.unit.community_id, row.unit.building_id),
        )
        for row in found
    ]


def vehicles_of(unit: Unit, owner_ids: list[int]) -> list[Vehicle]:
    """Cars of the present household in this community, and whatever stands on the unit when it is a parking space."""
    rows = Vehicle.objects.filter(disabled_at__isnull=True, community_id=unit.community_id)
    return list(rows.filter(Q(owner__in=owner_ids) | Q(space=unit)).select_related("space__building").order_by("pk"))


def with_doors(vehicles: Iterable[Vehicle], eyes: Eyes) -> list[Vehicle]:
    """The vehicles, each knowing whether its own page opens to this reader."""
    found = list(vehicles)
    for car in found:
        car.opens = eyes.reaches("owners.view_vehicle", car.community_id)  # type: ignore[attr-defined]
    return found


def unit_marks(unit: Unit, user: Any) -> dict[str, UnitMark]:
    """The figures upper floors have written, by kind; amounts only for those who may see money here."""
    marks = {mark.kind: mark for mark in UnitMark.objects.filter(unit=unit)}
    if user.access.visibility("amount", unit.community_id, unit.building_id) != "plain":
        marks.pop(UnitMark.Kind.ARREARS, None)
    return marks


def missing_of(main: Person, has_emergency: bool, family: list[Family], vehicles: list[Vehicle]) -> str:
    """The weightiest thing the main person's file lacks, as the key of `MISSING`; '' when it is complete."""
    owner = main.owner
    present = {
        "phone": bool(main.phones),
        "id_number": owner.id_index is not None,
        "emergency": has_emergency,
        "family": any(row.member.owner_id == owner.pk and row.member.left_on is None for row in family),
        "vehicle": any(row.owner_id == owner.pk for row in vehicles),
    }
    lacking = sorted((name for name, there in present.items() if not there), key=lambda name: -WEIGHTS[name])
    return lacking[0] if lacking else ""


def owner_file(owner: Owner, user: Any) -> dict[str, Any]:
    """Context of a person's file: holdings in scope, the number of others, and everything of R27 this floor knows."""
    eyes = Eyes(user)
    holdings, outside = holdings_of(owner, user)
    current = [row for row in holdings if row.is_current]
    visible_units = [row.unit_id for row in holdings]
    vehicles = (
        Vehicle.objects.visible_to(user, "owners.view_owner")
        .filter(owner=owner)
        .select_related("space__building", "community")
    )
    return {
        "owner": owner,
        "name": eyes.owner_name(owner),
        "id_shown": eyes.sees("id", owner.id_number, owner.community_ids),
        "can_reveal_id": eyes.may_reveal("id", owner.community_ids, "owners.reveal_owner"),
        "phones": phones_of(owner, eyes),
        "can_reveal_phone": eyes.may_reveal("phone", owner.community_ids, "owners.reveal_owner"),
        "holdings": current,
        "past": [row for row in holdings if not row.is_current],
        "outside": outside,
        "total_area": sum((row.unit.built_area or 0 for row in _distinct_units(current)), 0),
        "tags": current_tags(owner, user),
        "emergency": _contacts(owner, eyes),
        "family": family_of(FamilyMember.objects.filter(owner=owner, unit__in=visible_units), eyes),
        "vehicles": with_doors(vehicles, eyes),
        "may_add_vehicle": any(eyes.reaches("owners.add_vehicle", pk) for pk in owner.community_ids),
        "consents": list(Consent.objects.filter(owner=owner).select_related("purpose", "clerk")),
        "co_holders": _co_holders(owner, [row.unit_id for row in current], eyes),
    }


def _distinct_units(rows: list[Tenure]) -> list[Tenure]:
    """One row for each unit: who is owner and occupier of a flat has its area once."""
    return list({row.unit_id: row for row in rows}.values())


def _contacts(owner: Owner, eyes: Eyes) -> list[dict[str, Any]]:
    rows = owner.emergency_contacts.all()
    can_reveal = eyes.may_reveal("phone", owner.community_ids, "owners.reveal_owner")
    return [
        {
            "row": row,
            "name": eyes.sees("name", row.name, owner.community_ids),
            "phone": eyes.sees("phone", row.phone, owner.community_ids),
            "can_reveal": can_reveal,
        }
        for row in rows
    ]


def _co_holders(owner: Owner, unit_ids: list[int], eyes: Eyes) -> list[dict[str, Any]]:
    """客户关系结构: the other people of the units he has to do with today."""
    rows = (
        Tenure.objects.filter(unit__in=unit_ids)
        .current()
        .exclude(owner=owner)
        .select_related("owner", "unit__building")
    )
    return [{"tenure": row, "name": eyes.owner_name(row.owner)} for row in rows.order_by("unit_id", "pk")[:50]]
