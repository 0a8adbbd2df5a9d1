"""The file of a person or organisation: opened, changed, stopped, taken up again (R8, R9, R22, R29)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log, masking
from core.changes import assign, save
from core.errors import BusinessError
from core.normalise import normalise_name
from core.services.numbering import take
from owners.models import EmergencyContact, Owner, OwnerKind, Tenure
from owners.services import identity, timeline
from owners.services.derived import refresh_owner
from owners.services.phones import attach_phones
from owners.services.tenures import open_tenure
from properties.models import Unit

PERSONAL = {
    "name": masking.mask_name,
    "phones": masking.mask_phone,
    "id_number": masking.mask_id_number,
    "email": masking.mask_email,
    "contact_person": masking.mask_name,
    "decision_maker": masking.mask_name,
    "postal_address": masking.mask_all,
    "emergency_contacts": masking.mask_name,
    "birth_year": masking.mask_all,
    "birth_month": masking.mask_all,
    "birth_day": masking.mask_all,
}
CREATED = log.declare("owners.owner.created", lazy("新建住户档案"), personal=PERSONAL)
CHANGED = log.declare("owners.owner.changed", lazy("修改住户档案"), personal=PERSONAL)
DISABLED = log.declare("owners.owner.disabled", lazy("停用住户档案"))
RESTORED = log.declare("owners.owner.restored", lazy("恢复住户档案"))


@transaction.atomic
def create_owner(
    *,
    by: Any,
    name: str,
    kind: str = OwnerKind.PERSON,
    phones: Iterable[Mapping[str, Any]] = (),
    emergency_contacts: Iterable[Mapping[str, Any]] = (),
    unit: Unit | None = None,
    tenure: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Owner:
    """Opens a file with its numbers and, when a unit is given, its first tenure (`tenure`: role, share, start, ...).

    One log entry for the whole; a unit's title shares are guarded as in start_tenure."""
    if not fields.get("keeper") and by.actor_type == "user":
        fields["keeper"] = by  # whoever opens a file looks after it until somebody else is named
    owner = Owner(kind=kind)
    values = _prepared(owner, {"name": name, **fields}, by=by)
    changes = assign(owner, values)
    identity.set_id_number(owner, owner.id_number)
    owner.number = f"KH{take('KH'):06d}"
    save(owner)
    numbers = attach_phones(owner, phones)
    contacts = _attach_contacts(owner, emergency_contacts)
    facts: dict[str, Any] = {key: new for key, (_old, new) in changes.items() if key not in {"name_key"}} | {
        "name": owner.name,
        "phones": numbers,
    }
    if contacts:
        facts["emergency_contacts"] = contacts
    if unit is not None:
        opened, taken_over = open_tenure(owner, unit, by=by, **(tenure or {}))
        facts |= {"unit": unit.label, "role": opened.get_role_display(), "start": opened.start} | taken_over
    refresh_owner([owner.pk])
    owner.refresh_from_db()
    timeline.note_owner(
        owner, _("新建档案，来源%(source)s") % {"source": owner.source} if owner.source else _("新建档案")
    )
    log.record(CREATED, owner, by=by, changes=facts, community_id=unit.community_id if unit else None)
    return owner


def _prepared(owner: Owner, values: dict[str, Any], *, by: Any) -> dict[str, Any]:
    """Cleans what has rules of its own: the name with its key, the identity number with its indexes."""
    if "name" in values:
        values["name"] = normalise_name(values["name"])
        values["name_key"] = values["name"]
        if len(values["name"]) < 2:
            raise BusinessError(_("姓名至少 2 个字"), field="name")
    if "id_number" in values:
        id_type = values.get("id_type") or owner.id_type or identity.default_id_type(values.get("kind", owner.kind))
        number = identity.normal_id_number(id_type, values["id_number"])
        if number != owner.id_number:
            identity.refuse_taken_id_number(number, by=by, besides=owner.pk)
        values |= {"id_number": number, "id_type": id_type if number else ""}
    _check_birthday(values, owner)
    return values


def _check_birthday(values: Mapping[str, Any], owner: Owner) -> None:
    year, month, day = (
        values.get(f"birth_{part}", getattr(owner, f"birth_{part}")) for part in ("year", "month", "day")
    )
    if month is None and day is None:
        return
    try:
        born = date(year or 2000, month or 0, day or 0)  # a leap year, so that 02-29 without a year is kept
    except ValueError:
        raise BusinessError(_("出生日期不存在"), _("只知道生日时填月和日"), field="birth_month") from None
    if year and born > timezone.localdate():
        raise BusinessError(_("出生日期在今天之后"), field="birth_year")


def _attach_contacts(owner: Owner, contacts: Iterable[Mapping[str, Any]]) -> list[str]:
    names = []
    for sort, contact in enumerate(contacts):
        row = EmergencyContact(
            owner=owner,
            name=normalise_name(contact["name"]),
            phone=identity.normal_phone(contact["phone"]),
            relation=contact.get("relation", ""),
            sort=sort,
        )
        save(row)
        names.append(row.name)
    return names


@transaction.atomic
def change_owner(owner: Owner, *, by: Any, **fields: Any) -> Owner:
    """Changes fields of the file itself; says nothing when nothing differs. Phones, tags and tenures have their own services."""
    values = _prepared(owner, dict(fields), by=by)
    changes = assign(owner, values)
    written = [*changes, "updated_at"]
    changes.pop("name_key", None)
    if not changes:
        return owner
    if "id_number" in changes:
        identity.set_id_number(owner, owner.id_number)
        written += ["id_index", "id_last4"]
    owner.updated_at = timezone.now()
    # Only what this act changed: a colleague may have saved another part of the file meanwhile.
    save(owner, written)
    refresh_owner([owner.pk])
    labels = {field.name: str(field.verbose_name) for field in Owner._meta.concrete_fields}
    words = "、".join(labels[name] for name in changes)
    timeline.note_owner(owner, _("修改%(fields)s") % {"fields": words})
    log.record(CHANGED, owner, by=by, changes=changes)
    return owner


@transaction.atomic
def disable_owner(owner: Owner, *, by: Any, reason: str) -> Owner:
    """Stops a file: it stays with its history and can be taken up again. People who still live somewhere cannot be stopped."""
    current = Tenure.objects.filter(owner=owner).current().count()
    if current:
        raise BusinessError(
            _("%(owner)s还有 %(count)d 条在用的人房关系，不能停用") % {"owner": owner, "count": current},
            _("请先终止这些关系"),
        )
    changed = Owner.objects.filter(pk=owner.pk, disabled_at__isnull=True).update(disabled_at=timezone.now())
    if not changed:
        raise BusinessError(_("这份档案已经停用"), _("请刷新页面"))
    timeline.note_owner(owner, _("停用档案"), detail=reason)
    log.record(DISABLED, owner, by=by, reason=reason)
    owner.refresh_from_db()
    return owner


@transaction.atomic
def restore_owner(owner: Owner, *, by: Any) -> Owner:
    """Takes a stopped file up again."""
    changed = Owner.objects.filter(pk=owner.pk, disabled_at__isnull=False).update(disabled_at=None)
    if not changed:
        raise BusinessError(_("这份档案没有停用"), _("请刷新页面"))
    timeline.note_owner(owner, _("恢复档案"))
    log.record(RESTORED, owner, by=by)
    owner.refresh_from_db()
    return owner
