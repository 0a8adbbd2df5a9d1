"""Who may already be in the register: candidates shown side by side before a new file is saved (R29)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core import blind_index
from core.normalise import normalise_name
from owners.models import Owner, OwnerPhone, Tenure

SAME_ID, SAME_PHONE_AND_NAME, SAME_PHONE, SAME_NAME = "id", "phone_name", "phone", "name"
REASONS = {
    SAME_ID: _("证件号相同"),
    SAME_PHONE_AND_NAME: _("电话和姓名都相同"),
    SAME_PHONE: _("电话相同，姓名不同（可能是一家人）"),
    SAME_NAME: _("同楼栋同名"),
}
_STRENGTH = [SAME_ID, SAME_PHONE_AND_NAME, SAME_PHONE, SAME_NAME]
MOST = 8


@dataclass(frozen=True)
class Candidate:
    """One person who may be the same. `owner` is None when he is out of the reader's scope: nothing of him is shown."""

    kind: str
    owner: Owner | None = None

    @property
    def reason(self) -> str:
        return str(REASONS[self.kind])

    @property
    def is_certain(self) -> bool:
        return self.kind == SAME_ID


def find_duplicates(
    *, user: Any, name: str = "", phones: Sequence[str] = (), id_number: str = "", building_id: int | None = None
) -> list[Candidate]:
    """Candidates, the strongest reason first. Numbers are normalised. Beyond the reader's scope only a whole identity number
    matches, and then without any value."""
    visible = Owner.objects.visible_to(user, "owners.view_owner").filter(disabled_at__isnull=True)
    found: dict[int, str] = {}
    outside = False
    if id_number:
        same = Owner.objects.filter(id_index=blind_index.whole("id_number", id_number)).first()
        if same is not None and visible.filter(pk=same.pk).exists():
            found[same.pk] = SAME_ID
        outside = same is not None and same.pk not in found
    for pk, kind in _by_phone(visible, normalise_name(name), phones):
        found.setdefault(pk, kind)
    for pk in _by_name(visible, normalise_name(name), building_id):
        found.setdefault(pk, SAME_NAME)
    ranked = sorted(found.items(), key=lambda item: (_STRENGTH.index(item[1]), item[0]))[:MOST]
    owners = Owner.objects.filter(pk__in=found).prefetch_related("phones").in_bulk()
    candidates = [Candidate(kind, owners[pk]) for pk, kind in ranked]
    return [Candidate(SAME_ID), *candidates] if outside else candidates


def _by_phone(visible: QuerySet[Owner], name: str, phones: Iterable[str]) -> list[tuple[int, str]]:
    indexes = [index for index in (blind_index.whole("phone", phone) for phone in phones) if index]
    if not indexes:
        return []
    holders = OwnerPhone.objects.filter(number_index__in=indexes).values("owner_id")
    rows = visible.filter(pk__in=holders).values_list("pk", "name_key")[:MOST]
    return [(pk, SAME_PHONE_AND_NAME if key == name else SAME_PHONE) for pk, key in rows]


def _by_name(visible: QuerySet[Owner], name: str, building_id: int | None) -> list[int]:
    if not name or building_id is None:
        return []
    here = Tenure.objects.filter(Q(unit__building_id=building_id), owner__name_key=name).values("owner_id")
    return list(visible.filter(pk__in=here).values_list("pk", flat=True)[:MOST])
