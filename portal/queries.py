"""What an owner sees of himself and of his home. Everything begins at the person of the session: no page takes an owner's id."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from core import masking
from core.models import DictItem
from notices.models import ChannelSetting, WechatBinding
from owners.models import (
    Consent,
    Correction,
    EmergencyContact,
    FamilyMember,
    Owner,
    OwnerPhone,
    OwnerSession,
    Tenure,
    Vehicle,
)
from owners.queries.sign_in import devices_of, living_sessions
from owners.states import CorrectionStatus
from portal import privacy
from properties.models import Unit


@dataclass(frozen=True)
class Candidate:
    """One of the people who share a number: enough for a family member to know himself, too little for a stranger."""

    pk: int
    name: str
    place: str


def candidates(people: list[Owner]) -> list[Candidate]:
    tenures = Tenure.objects.current().filter(owner__in=people).select_related("unit__building", "owner")
    places: dict[int, list[str]] = {}
    for row in tenures.order_by("unit__sort_key", "pk"):
        places.setdefault(row.owner_id, []).append(f"{row.unit.label} {row.get_role_display()}")
    return [
        Candidate(owner.pk, masking.mask_name(owner.name, owner.is_organisation), "，".join(places[owner.pk][:2]))
        for owner in people
        if owner.pk in places
    ]


@dataclass(frozen=True)
class Housemate:
    name: str
    role: str
    is_me: bool


def housemates(owner: Owner, unit: Unit) -> list[Housemate]:
    """Who is registered at the unit. Others are named as one sees them on a letter box: no number, no full name."""
    rows = Tenure.objects.current().filter(unit=unit).select_related("owner").order_by("start", "pk")
    found: dict[int, Housemate] = {}
    for row in rows:
        me = row.owner_id == owner.pk
        name = row.owner.name if me else masking.mask_name(row.owner.name, row.owner.is_organisation)
        role = str(row.get_role_display())
        known = found.get(row.owner_id)
        found[row.owner_id] = Housemate(name, f"{known.role}、{role}" if known else role, me)
    return sorted(found.values(), key=lambda mate: not mate.is_me)


def family(owner: Owner, unit: Unit) -> QuerySet[FamilyMember]:
    """The members this person has registered here."""
    rows = FamilyMember.objects.filter(owner=owner, unit=unit, left_on__isnull=True)
    return rows.select_related("relation")


def vehicles(owner: Owner, unit: Unit) -> QuerySet[Vehicle]:
    rows = Vehicle.objects.filter(owner=owner, community_id=unit.community_id, disabled_at__isnull=True)
    return rows.select_related("space__building")


def phones(owner: Owner) -> QuerySet[OwnerPhone]:
    return OwnerPhone.objects.filter(owner=owner)


def emergency_contacts(owner: Owner) -> QuerySet[EmergencyContact]:
    return EmergencyContact.objects.filter(owner=owner)


def waiting_corrections(owner: Owner) -> int:
    return Correction.objects.filter(owner=owner, status=CorrectionStatus.WAITING).count()


def correction(owner: Owner, pk: int) -> Correction | None:
    return Correction.objects.filter(owner=owner, pk=pk).first()


def corrections(owner: Owner) -> list[Correction]:
    return list(Correction.objects.filter(owner=owner)[:50])


def device(session: OwnerSession, pk: int) -> OwnerSession | None:
    return living_sessions().filter(owner=session.owner, pk=pk).select_related("owner").first()


def devices(session: OwnerSession) -> list[OwnerSession]:
    """This device first."""
    return sorted(devices_of(session.owner), key=lambda row: not row.is_same(session))


@dataclass(frozen=True)
class Purpose:
    """One purpose, what the person was told, and whether he agrees."""

    item: DictItem
    told: Any
    given: Consent | None
    withdrawn: Consent | None
    flagged: bool
    asked: bool

    @property
    def agrees(self) -> bool:
        return self.given is not None or self.flagged


def purpose(pk: int) -> DictItem | None:
    return DictItem.objects.of("consent_purpose").filter(pk=pk, disabled_at__isnull=True).first()


def purposes(owner: Owner) -> list[Purpose]:
    rows = list(Consent.objects.filter(owner=owner).select_related("purpose"))
    found = []
    for item in DictItem.objects.of("consent_purpose").filter(disabled_at__isnull=True):
        mine = [row for row in rows if row.purpose_id == item.pk]
        found.append(
            Purpose(
                item,
                privacy.told(item.code),
                next((row for row in mine if row.withdrawn_at is None), None),
                next((row for row in mine if row.withdrawn_at is not None), None),
                item.code == "marketing" and owner.marketing_consent,
                item.code != privacy.NOT_ASKED,
            )
        )
    return found


def marketing() -> DictItem:
    """The built-in purpose, whatever people have renamed it to."""
    found: DictItem = DictItem.objects.of("consent_purpose").get(code="marketing")
    return found


def wechat_binding(owner: Owner) -> WechatBinding | None:
    return WechatBinding.objects.filter(owner=owner, unbound_at__isnull=True).first()


def wechat_is_open() -> bool:
    """Whether the company has an official account that sends."""
    return ChannelSetting.objects.filter(code="wechat", enabled=True).exists()
