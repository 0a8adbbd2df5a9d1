"""Requests of owners to change their file, for the reviewer side by side and for the person himself."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.states import available_actions
from core import masking
from core.models import DictItem
from owners.models import SECRETS, Correction, FamilyMember, Gender, Owner, Vehicle
from owners.states import REVIEW, CorrectionStatus
from owners.visibility import Eyes
from owners.waiting import Waiting
from properties.models import Unit

PERMISSION = REVIEW
ANSWERED = (CorrectionStatus.ADOPTED, CorrectionStatus.REJECTED)
# An answer nobody has opened leaves the first page by itself.
SHOWN_FOR = timedelta(days=30)
_CODES: dict[str, dict[str, Any]] = {
    "age_group": dict(FamilyMember.AgeGroup.choices),
    "gender": dict(Gender.choices),
    "energy": dict(Vehicle.Energy.choices),
}


def _label(topic: str, name: str) -> str:
    return {
        "number": _("电话"),
        "label": _("用途"),
        "email": _("邮箱"),
        "postal_address": _("通讯地址"),
        "name": _("姓名"),
        "phone": _("电话"),
        "relation": _("与户主关系") if topic == "family" else _("与本人关系"),
        "age_group": _("年龄段"),
        "gender": _("性别"),
        "plate": _("车牌"),
        "energy": _("能源"),
        "brand": _("品牌型号"),
        "colour": _("颜色"),
        "left_on": _("迁出日期"),
    }[name]


def word(topic: str, name: str, value: Any) -> str:
    """A value as people read it; '' when there is none."""
    if value is None or value == "":
        return ""
    if name == "relation" and topic == "family":
        item = DictItem.objects.filter(pk=value).first()
        return item.name if item else ""
    return str(_CODES[name].get(value, value)) if name in _CODES else str(value)


@dataclass(frozen=True)
class Side:
    """One field: as it was when asked, as it should be. Values of a row that is to be removed stand on the left only."""

    label: str
    before: str
    after: str
    secret: bool
    differs: bool


def sides(request: Correction) -> list[Side]:
    """Old and new in plain words, for the person whose data it is."""
    old, new = request.old_values, request.new_values
    return [
        Side(
            _label(request.topic, name),
            word(request.topic, name, old.get(name)),
            word(request.topic, name, new.get(name)),
            name == SECRETS.get(request.topic),
            name in new and old.get(name) != new.get(name),
        )
        for name in {**old, **new}
    ]


def _masked(request: Correction, name: str, value: str, eyes: Eyes) -> str:
    where = [request.community_id]
    if name == "email":
        return value if eyes.level("phone", where) == "plain" else masking.mask_email(value)
    if name == SECRETS.get(request.topic):
        return eyes.sees("phone", value, where)
    if name == "name":
        return eyes.sees("name", value, where)
    return value


def staff_sides(request: Correction, eyes: Eyes) -> list[dict[str, Any]]:
    """Old and new as this reader may see them, with the door to the full number where there is one."""
    old, new, rows = request.old_values, request.new_values, []
    for name in {**old, **new}:
        before, after = (word(request.topic, name, values.get(name)) for values in (old, new))
        secret = name == SECRETS.get(request.topic) and eyes.may_reveal(
            "phone", [request.community_id], "owners.reveal_owner"
        )
        rows.append(
            {
                "label": _label(request.topic, name),
                "before": _masked(request, name, before, eyes) if before else "",
                "after": _masked(request, name, after, eyes) if after else "",
                "differs": name in new and old.get(name) != new.get(name),
                "before_url": _reveal(request, "old_secret") if secret and before else "",
                "after_url": _reveal(request, "new_secret") if secret and after else "",
            }
        )
    return rows


def _reveal(request: Correction, field: str) -> str:
    return reverse("audit:reveal", args=["owners.correction", request.pk, field])


def queue_rows(rows: QuerySet[Correction]) -> QuerySet[Correction]:
    return rows.select_related("owner__keeper", "unit__building", "community", "decided_by")


def correction_facts(request: Correction, user: Any) -> dict[str, Any]:
    """Context of the reviewer's page."""
    eyes = Eyes(user)
    others = Correction.objects.visible_to(user, PERMISSION).filter(
        owner=request.owner, status=CorrectionStatus.WAITING
    )
    return {
        "correction": request,
        "name": eyes.owner_name(request.owner),
        "sides": staff_sides(request, eyes),
        "others": list(others.exclude(pk=request.pk)),
        "acts": available_actions(user, request),
    }


def own_corrections(owner: Owner) -> QuerySet[Correction]:
    return Correction.objects.filter(owner=owner)


def answers_waiting(owner: Owner, unit: Unit | None) -> list[Waiting]:
    """The answers the person has not opened yet, as one card."""
    since = timezone.now() - SHOWN_FOR
    rows = list(own_corrections(owner).filter(status__in=ANSWERED, told_at__isnull=True, decided_at__gt=since))
    if not rows:
        return []
    refused = [row for row in rows if row.status == CorrectionStatus.REJECTED]
    first = (refused or rows)[0]
    title = _("资料更正有结果：%(what)s%(state)s") % {"what": first, "state": first.get_status_display()}
    text = first.reason if refused else _("档案已按您填写的内容更新")
    more = _("，另有 %(count)d 项") % {"count": len(rows) - 1} if len(rows) > 1 else ""
    level = "warn" if refused else ""
    return [Waiting(title, f"{text}{more}", "portal:correction_list", icon="user-edit", level=level)]
