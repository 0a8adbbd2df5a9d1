"""群诉 (DOMAIN 2.3): three households on one matter are one case of many, and major."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint, GroupCase
from complaints.queries.matters import households, is_group, same_matter
from complaints.services import clocks
from complaints.states import GROUP_HOUSEHOLDS, Level, MajorReason
from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue

__all__ = ["households", "is_group", "join_group", "leave_group", "make_group", "same_matter"]
GROUPED = log.declare("complaints.complaint.grouped", lazy("并入群诉"))
UNGROUPED = log.declare("complaints.complaint.ungrouped", lazy("移出群诉"))


@transaction.atomic
def make_group(cases: Iterable[Complaint], *, by: Any, title: str) -> GroupCase:
    """Leads these cases as one. Raises BadValue below three households, when they stand in several communities, or when one is led
    already: of two who make a group at once the second hears of the first."""
    ids = sorted(case.pk for case in cases)
    rows = list(Complaint.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    if len({row.community_id for row in rows}) != 1:
        raise BadValue(_("请选择同一项目的投诉"), field="cases")
    led = next((row for row in rows if row.group_id is not None), None)
    if led is not None:
        raise BadValue(_("%(case)s 已并入群诉“%(group)s”") % {"case": led.number, "group": led.group}, field="cases")
    if not is_group(rows):
        raise BadValue(_("群诉至少要 %(least)d 户") % {"least": GROUP_HOUSEHOLDS}, field="cases")
    group = GroupCase(community_id=rows[0].community_id, title=title, created_by_id=user_id(by))
    save(group)
    for row in rows:
        _join(row, group, by)
    return group


@transaction.atomic
def join_group(case: Complaint, *, by: Any, group: GroupCase) -> Complaint:
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.community_id != group.community_id:
        raise BadValue(_("群诉不在这个项目"), field="group")
    return _join(case, group, by)


@transaction.atomic
def leave_group(case: Complaint, *, by: Any, reason: str) -> Complaint:
    """It was another matter after all; its level stays until somebody judges it anew."""
    if not reason.strip():
        raise BadValue(_("请说明原因"), field="reason")
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.group is None:
        return case
    old, case.group = case.group, None
    case.major_reasons = [reason for reason in case.major_reasons if reason != MajorReason.GROUP]
    case.save(update_fields=["group", "major_reasons"])
    log.record(UNGROUPED, case, by=by, changes={"group": [str(old), None]}, reason=reason)
    return case


def _join(case: Complaint, group: GroupCase, by: Any) -> Complaint:
    if case.group_id == group.pk:
        return case
    if not case.is_open:
        raise BadValue(_("%(case)s 已关闭，不能并入群诉") % {"case": case.number})
    case.group = group
    case.major_reasons = sorted({*case.major_reasons, MajorReason.GROUP})
    raised = case.is_open and case.level != Level.MAJOR
    if raised:
        case.level = Level.MAJOR
    case.save(update_fields=["group", "major_reasons", "level"])
    log.record(GROUPED, case, by=by, changes={"group": str(group), "level": case.get_level_display()})
    if raised:
        # 待受理 too: whoever leads it as a group has judged it, and the manager is to know within the half hour (DOMAIN 2.3).
        clocks.judged(case, at=timezone.now())
    return case
