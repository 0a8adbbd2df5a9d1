"""Telephone numbers of a person: several, one of them first (R9, R11)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import blind_index, log
from core.changes import save
from core.errors import BusinessError
from core.masking import mask_phone
from owners.models import Owner, OwnerPhone
from owners.services import timeline
from owners.services.derived import refresh_owner
from owners.services.identity import normal_phone

PERSONAL = {"phone": mask_phone}
ADDED = log.declare("owners.owner.phone_added", lazy("新增电话"), personal=PERSONAL)
CHANGED = log.declare("owners.owner.phone_changed", lazy("修改电话"), personal=PERSONAL)
REMOVED = log.declare("owners.owner.phone_removed", lazy("删除电话"), personal=PERSONAL)
PREFERRED = log.declare("owners.owner.phone_preferred", lazy("更换首选电话"), personal=PERSONAL)


def _set_number(row: OwnerPhone, number: str) -> None:
    row.number = number
    row.number_index = blind_index.whole("phone", number)
    row.number_last4 = blind_index.last4("phone", number)


def _refuse_twice(owner: Owner, number: str, besides: int | None = None) -> None:
    same = owner.phones.filter(number_index=blind_index.whole("phone", number))
    if (same if besides is None else same.exclude(pk=besides)).exists():
        raise BusinessError(_("此人已有电话 %(phone)s") % {"phone": mask_phone(number)}, field="number")


def attach_phones(owner: Owner, phones: Iterable[Mapping[str, Any]]) -> list[str]:
    """Writes the numbers of a new file, the first (or the marked one) as primary; returns them normalised. Not logged here."""
    rows: list[OwnerPhone] = []
    for sort, phone in enumerate(phones):
        row = OwnerPhone(owner=owner, label=phone.get("label", ""), is_primary=bool(phone.get("is_primary")), sort=sort)
        _set_number(row, normal_phone(phone["number"], "phone"))
        if any(row.number == other.number for other in rows):
            raise BusinessError(_("电话 %(phone)s 填了两次") % {"phone": mask_phone(row.number)}, field="phone")
        rows.append(row)
    if rows and sum(row.is_primary for row in rows) != 1:
        for row in rows:
            row.is_primary = row is rows[0]
    for row in rows:
        save(row)
    return [row.number for row in rows]


@transaction.atomic
def add_phone(owner: Owner, *, by: Any, number: str, label: str = "", is_primary: bool = False) -> OwnerPhone:
    """Adds a number; the first one of a person is his primary number."""
    Owner.objects.select_for_update().get(pk=owner.pk)
    number = normal_phone(number, "number")
    _refuse_twice(owner, number)
    first = not owner.phones.filter(is_primary=True).exists()
    if is_primary:
        owner.phones.filter(is_primary=True).update(is_primary=False)
    row = OwnerPhone(owner=owner, label=label, is_primary=is_primary or first, sort=owner.phones.count())
    _set_number(row, number)
    save(row)
    refresh_owner([owner.pk])
    timeline.note_owner(owner, _("新增电话"))
    log.record(
        ADDED, owner, by=by, changes={"phone": [None, number], "label": [None, label], "is_primary": row.is_primary}
    )
    return row


@transaction.atomic
def change_phone(row: OwnerPhone, *, by: Any, number: str, label: str = "") -> OwnerPhone:
    """Replaces a number or its label; the old value stays, masked, in the log (R9)."""
    owner, old, old_label = row.owner, row.number, row.label
    number = normal_phone(number, "number")
    changes: dict[str, Any] = {}
    if number != old:
        _refuse_twice(owner, number, row.pk)
        changes["phone"] = [old, number]
    if label != old_label:
        changes["label"] = [old_label, label]
    if not changes:
        return row
    _set_number(row, number)
    row.label = label
    save(row, ["number", "number_index", "number_last4", "label"])
    timeline.note_owner(owner, _("变更电话"))
    log.record(CHANGED, owner, by=by, changes=changes)
    return row


@transaction.atomic
def remove_phone(row: OwnerPhone, *, by: Any) -> Owner:
    """Deletes a number; when it was the primary one, the next takes its place."""
    owner = Owner.objects.select_for_update().get(pk=row.owner_id)
    number, was_primary = row.number, row.is_primary
    row.delete()
    following = owner.phones.order_by("sort", "pk").first() if was_primary else None
    if following is not None:
        owner.phones.filter(pk=following.pk).update(is_primary=True)
    refresh_owner([owner.pk])
    timeline.note_owner(owner, _("删除电话"))
    log.record(REMOVED, owner, by=by, changes={"phone": [number, None]})
    return owner


@transaction.atomic
def prefer_phone(row: OwnerPhone, *, by: Any) -> OwnerPhone:
    """Makes a number the one to call first."""
    owner = Owner.objects.select_for_update().get(pk=row.owner_id)
    old = owner.phones.filter(is_primary=True).first()
    if old is not None and old.pk == row.pk:
        return row
    owner.phones.filter(is_primary=True).update(is_primary=False)
    owner.phones.filter(pk=row.pk).update(is_primary=True)
    row.refresh_from_db()
    timeline.note_owner(owner, _("更换首选电话"))
    log.record(PREFERRED, owner, by=by, changes={"phone": [old.number if old else None, row.number]})
    return row
