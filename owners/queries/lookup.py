"""Whose call is it: the households that a telephone number leads to, inside the reader's scope."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from core import blind_index
from core.errors import BadValue
from core.normalise import clean_text, normalise_phone
from owners.models import Owner, OwnerPhone, Tenure
from owners.search import held_by
from owners.visibility import Eyes
from properties.models import Unit, UnitKind

VIEW = "owners.view_owner"
MOST = 30
# A rented parking space or a store room is no household of its own.
_BESIDE = {UnitKind.PARKING, UnitKind.STORAGE}


@dataclass
class Caller:
    """One person with this number: where he lives today, or last lived."""

    owner: Owner
    name: str
    tenures: list[Tenure]

    @property
    def is_current(self) -> bool:
        return bool(self.tenures) and self.tenures[0].is_current


@dataclass
class Calling:
    """`unit` is the one household the number leads to; without it a person has to choose, or nobody was found."""

    number: str
    callers: list[Caller] = field(default_factory=list)
    unit: Unit | None = None


def calling(user: Any, typed: str) -> Calling:
    """Looks a whole number up, or its last four digits. Raises BadValue for anything else."""
    number, holders = _holders(typed)
    owners = list(Owner.objects.visible_to(user, VIEW).filter(pk__in=holders).order_by("pk")[:MOST])
    held, eyes = held_by(user, owners), Eyes(user)
    callers = [Caller(owner, eyes.owner_name(owner), held.get(owner.pk, [])) for owner in owners]
    callers.sort(key=lambda caller: not caller.is_current)
    return Calling(number, callers, _only_household(callers))


def _holders(typed: str) -> tuple[str, Any]:
    text = clean_text(typed[:40])
    if len(text) == 4 and text.isascii() and text.isdecimal():
        return text, OwnerPhone.objects.filter(number_last4=blind_index.last4("phone", text)).values("owner_id")
    try:
        number = normalise_phone(text)
    except BadValue as error:
        raise BadValue(error.sentence, error.fix or _("请输入完整号码或手机后四位"), field="phone") from None
    return number, OwnerPhone.objects.filter(number_index=blind_index.whole("phone", number)).values("owner_id")


def _only_household(callers: list[Caller]) -> Unit | None:
    """The unit when all present relations of all callers stand on one; parking spaces count only when there is no other."""
    today = [row for caller in callers for row in caller.tenures if row.is_current]
    homes = [row for row in today if row.unit.kind not in _BESIDE] or today
    units = {row.unit_id: row.unit for row in homes}
    away = any(not caller.is_current for caller in callers)
    return next(iter(units.values())) if len(units) == 1 and not away else None
