"""Who else belongs to a household and whom to call in need: family members and emergency contacts (R9 家庭人口变动)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.changes import assign, save
from core.errors import BusinessError
from core.masking import mask_name, mask_phone
from core.normalise import normalise_name
from owners.models import EmergencyContact, FamilyMember, Owner
from owners.services import timeline
from owners.services.derived import refresh_owner
from owners.services.identity import normal_phone
from properties.models import Unit

PERSONAL = {"name": mask_name, "phone": mask_phone}
FAMILY_ADDED = log.declare("owners.familymember.added", lazy("新增家庭成员"), personal=PERSONAL)
FAMILY_CHANGED = log.declare("owners.familymember.changed", lazy("修改家庭成员"), personal=PERSONAL)
FAMILY_LEFT = log.declare("owners.familymember.left", lazy("家庭成员迁出"), personal=PERSONAL)
CONTACT_ADDED = log.declare("owners.owner.emergency_contact_added", lazy("新增紧急联系人"), personal=PERSONAL)
CONTACT_CHANGED = log.declare("owners.owner.emergency_contact_changed", lazy("修改紧急联系人"), personal=PERSONAL)
CONTACT_REMOVED = log.declare("owners.owner.emergency_contact_removed", lazy("删除紧急联系人"), personal=PERSONAL)

CHILDREN = {FamilyMember.AgeGroup.INFANT, FamilyMember.AgeGroup.CHILD}


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    if values.get("name"):
        values["name"] = normalise_name(values["name"])
    if values.get("phone"):
        values["phone"] = normal_phone(values["phone"], "phone")
    return values


def _check_member(member: FamilyMember) -> None:
    """Children under 14 are kept by age group only; everybody else has a name (PIPL 28–31)."""
    if member.age_group in CHILDREN and (member.name or member.phone):
        raise BusinessError(_("14 岁以下只登记年龄段，不登记姓名和电话"), _("请清空姓名和电话"), field="name")
    if member.age_group not in CHILDREN and not member.name:
        raise BusinessError(_("请填写姓名"), _("14 岁以下请选择年龄段"), field="name")


@transaction.atomic
def add_family_member(owner: Owner, *, by: Any, unit: Unit, **fields: Any) -> FamilyMember:
    """A person of the household without a file of his own (name, relation, gender, age_group, phone, remark)."""
    values = _cleaned(fields)
    member = FamilyMember(owner=owner, unit=unit, **values)
    _check_member(member)
    save(member)
    refresh_owner([owner.pk])
    sentence = _("新增家庭成员（%(relation)s）") % {"relation": member.relation}
    timeline.note_unit([unit.pk], sentence, owner=owner, source=member)
    log.record(FAMILY_ADDED, member, by=by, changes={name: [None, value] for name, value in values.items() if value})
    return member


@transaction.atomic
def change_family_member(member: FamilyMember, *, by: Any, **fields: Any) -> FamilyMember:
    changes = assign(member, _cleaned(fields))
    if not changes:
        return member
    _check_member(member)
    save(member, list(changes))
    sentence = _("修改家庭成员（%(relation)s）") % {"relation": member.relation}
    timeline.note_unit([member.unit_id], sentence, owner=member.owner, source=member)
    log.record(FAMILY_CHANGED, member, by=by, changes=changes)
    return member


@transaction.atomic
def end_family_member(member: FamilyMember, *, by: Any, left_on: date) -> FamilyMember:
    """Somebody moved out; the row stays as history."""
    changed = FamilyMember.objects.filter(pk=member.pk, left_on__isnull=True).update(left_on=left_on)
    if not changed:
        raise BusinessError(_("这位家庭成员已登记迁出"), _("请刷新页面"))
    member.left_on = left_on
    refresh_owner([member.owner_id])
    sentence = _("家庭成员（%(relation)s）迁出") % {"relation": member.relation}
    timeline.note_unit([member.unit_id], sentence, owner=member.owner, source=member)
    log.record(FAMILY_LEFT, member, by=by, changes={"left_on": [None, left_on]})
    return member


@transaction.atomic
def add_emergency_contact(owner: Owner, *, by: Any, name: str, phone: str, relation: str = "") -> EmergencyContact:
    values = _cleaned({"name": name, "phone": phone})
    row = EmergencyContact(owner=owner, relation=relation, sort=owner.emergency_contacts.count(), **values)
    save(row)
    refresh_owner([owner.pk])
    timeline.note_owner(owner, _("新增紧急联系人"))
    changes = {"name": [None, row.name], "phone": [None, row.phone], "relation": [None, relation]}
    log.record(CONTACT_ADDED, owner, by=by, changes=changes)
    return row


@transaction.atomic
def change_emergency_contact(row: EmergencyContact, *, by: Any, **fields: Any) -> EmergencyContact:
    changes = assign(row, _cleaned(fields))
    if not changes:
        return row
    save(row, list(changes))
    timeline.note_owner(row.owner, _("修改紧急联系人"))
    log.record(CONTACT_CHANGED, row.owner, by=by, changes=changes)
    return row


@transaction.atomic
def remove_emergency_contact(row: EmergencyContact, *, by: Any) -> Owner:
    """Deletes a contact: a third person's number is not kept longer than it is needed."""
    owner, changes = row.owner, {"name": [row.name, None], "phone": [row.phone, None]}
    row.delete()
    refresh_owner([owner.pk])
    timeline.note_owner(owner, _("删除紧急联系人"))
    log.record(CONTACT_REMOVED, owner, by=by, changes=changes)
    return owner
