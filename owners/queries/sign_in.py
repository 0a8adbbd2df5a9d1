"""Who stands behind a number, and which session still lives."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from owners.models import Owner, OwnerLoginCode, OwnerPhone, OwnerSession, Tenure
from properties.models import Unit, UnitKind

# Nobody lives there: shown after the homes.
_BESIDE: tuple[str, ...] = (UnitKind.PARKING, UnitKind.STORAGE)


def current_tenures() -> QuerySet[Tenure]:
    """Relations that open the owners' pages: in force today, on a unit that is not stopped."""
    return Tenure.objects.current().filter(unit__disabled_at__isnull=True)


def owners_behind(phone_index: bytes) -> QuerySet[Owner]:
    """The people who may be the one with this number: an open file, this number, a unit today. A family shares phones, so several."""
    has_unit = Exists(current_tenures().filter(owner=OuterRef("pk")))
    return Owner.objects.active().filter(has_unit, phones__number_index=phone_index).order_by("pk")


def units_of(owner: Owner) -> list[Unit]:
    """The units of a person today, homes before parking spaces, each once."""
    rows = current_tenures().filter(owner=owner).select_related("unit__building", "unit__community")
    units = {row.unit_id: row.unit for row in rows}.values()
    return sorted(units, key=lambda unit: (unit.kind in _BESIDE, unit.community_id, unit.sort_key))


def living_sessions(now: datetime | None = None) -> QuerySet[OwnerSession]:
    """Sessions that open pages. One ends by itself when it is idle or old, when its person's file is stopped, when he has no unit
    any more (sold, moved out) and when the number he came by is no longer his: a number that is given up gets a new holder."""
    moment = now or timezone.now()
    has_unit = Exists(current_tenures().filter(owner=OuterRef("owner")))
    has_number = Exists(OwnerPhone.objects.filter(owner=OuterRef("owner"), number_index=OuterRef("phone_index")))
    return OwnerSession.objects.filter(
        has_unit,
        has_number,
        ended_at__isnull=True,
        expires_at__gt=moment,
        seen_at__gt=moment - settings.OWNER_SESSION_IDLE,
        owner__disabled_at__isnull=True,
    )


def session_by(token_hash: bytes) -> OwnerSession | None:
    return living_sessions().filter(token_hash=token_hash).select_related("owner__keeper").first()


def devices_of(owner: Owner) -> QuerySet[OwnerSession]:
    return living_sessions().filter(owner=owner)


def code_by(token_hash: bytes, **condition: Any) -> OwnerLoginCode | None:
    return OwnerLoginCode.objects.filter(token_hash=token_hash, used_at__isnull=True, **condition).first()
