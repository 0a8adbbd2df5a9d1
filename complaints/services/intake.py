"""Taking a case in (R48, R52, R55): who, about what, where; its first clocks start with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from complaints.models import CityCase, CityFormula, Complaint
from complaints.policies import is_accused
from complaints.services import clocks
from complaints.services.marks import hide, note
from complaints.states import REPEAT_DAYS, SIGN_MINUTES, Basis, Kind, Level
from complaints.working import after
from core import blind_index, log
from core.actors import user_id
from core.changes import assign, save
from core.errors import BadValue
from core.masking import mask_name, mask_phone
from core.normalise import normalise_phone
from core.services import attachments
from core.services.numbering import daily_number
from owners.models import Owner
from properties.models import Building, Community, Place, Unit
from workorders.services.calls import first_phone

_PERSONAL = {"complainant": mask_name, "phone": mask_phone}
CREATED = log.declare("complaints.complaint.created", lazy("登记了投诉建议"), personal=_PERSONAL)
CHANGED = log.declare("complaints.complaint.changed", lazy("修改了投诉建议"), personal=_PERSONAL)
PREFIXES: dict[str, str] = {Kind.COMPLAINT: "TS", Kind.SUGGESTION: "JY", Kind.PRAISE: "BY"}
MOST_FILES = 9
_NAMELESS = ("unit", "owner", "complainant", "phone")


def standing(
    *,
    community: Community | None = None,
    unit: Unit | None = None,
    place: Place | None = None,
    building: Building | None = None,
) -> dict[str, Any]:
    """Where a case stands, with the copies every case keeps. A case about no place in particular stands in its community."""
    if unit is not None and place is not None:
        raise BadValue(_("房号和公共区域只填一个"), field="place")
    spot: Any = unit or place or building
    home: Community | None = spot.community if spot is not None else community
    if home is None:
        raise BadValue(_("请选择项目"), field="community")
    of_building = unit.building if unit else place.building if place else building
    label = "" if spot is None else str(place) if place else spot.label
    return {"community": home, "unit": unit, "place": place, "building": of_building, "address": label[:100]}


@transaction.atomic
def create_complaint(
    *, by: Any, community: Community | None = None, unit: Unit | None = None, place: Place | None = None,
    building: Building | None = None, phone: str = "", accused_people: Sequence[User] = (), files: Sequence[Any] = (),
    at: datetime | None = None, city: dict[str, Any] | None = None, **values: Any,
) -> Complaint:  # fmt: skip
    """A new case, waiting to be judged. `at` is when the customer spoke, now unless it is written down later; `city` are the fields of
    a CityCase, see _city_case. Raises BadValue."""
    now = timezone.now()
    if at is not None and at > now:
        raise BadValue(_("登记时间不能晚于现在"), field="received_at")
    if len(files) > MOST_FILES:
        raise BadValue(_("附件最多 %(most)d 个") % {"most": MOST_FILES}, field="files")
    if values.get("anonymous"):
        unit, phone = None, ""
        values |= {"owner": None, "complainant": ""}
    elif not values.get("complainant"):
        raise BadValue(_("请填写投诉人，不愿留名的请选“匿名”"), field="complainant")
    where = standing(community=community, unit=unit, place=place, building=building)
    case = Complaint(**where, **values, **phone_fields(phone), received_at=at or now, recorded_by_id=user_id(by))
    prefix = PREFIXES[case.kind]
    case.number = daily_number(prefix, timezone.localdate(now), community_id=where["community"].pk)
    case.repeat_count = repeats_of(case)
    if case.major_reasons:
        case.level = Level.MAJOR
    save(case)
    case.accused_people.set(accused_people)
    for file in files:
        attachments.store(case, file, by=by)
    log.record(CREATED, case, by=by, changes={
        "number": case.number, "kind": case.get_kind_display(), "source": case.get_source_display(), "topic": case.topic,
        "address": case.address, "complainant": case.complainant, "phone": case.phone, "repeat_count": case.repeat_count,
    })  # fmt: skip
    clocks.start_clocks(case, at=case.received_at)
    if city is not None:
        row = _city_case(case, city)
        save(row)
        clocks.start_city(case, row)
    note(case, f"{case.get_kind_display()}：{case.topic}", case.facts)
    return case


def _city_case(case: Complaint, city: dict[str, Any]) -> CityCase:
    """Deadlines the order itself gives hold. Else it is to end within what the city gives for its class, and to be signed for within two
    working hours, or by its end where that comes first."""
    sign_due, end_due = city.get("sign_due_at"), city.get("end_due_at")
    if not end_due:
        kept = CityFormula.objects.filter(city=case.community.city).first() if case.community.city else None
        span = kept.span_of(city.get("city_class", "")) if kept else None
        if span is None:
            raise BadValue(_("请填写办结时限：本市口径里没有这类诉求的时限"), field="end_due_at")
        end_due = case.received_at + span
        if sign_due and end_due < sign_due:
            raise BadValue(_("按本市口径算出的办结时限早于签收时限，请核对或填写办结时限"), field="end_due_at")
    if not sign_due:
        sign_due = min(after(case.community, Basis.SERVICE, case.received_at, SIGN_MINUTES), end_due)
    return CityCase(complaint=case, **city | {"sign_due_at": sign_due, "end_due_at": end_due})


@transaction.atomic
def change_complaint(
    case: Complaint, *, by: Any, accused_people: Sequence[User] | None = None, **values: Any
) -> Complaint:
    """Puts an open case right; its level has a service of its own (routing.judge)."""
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not case.is_open:
        raise BadValue(_("已关闭，不能修改"))
    if "phone" in values:
        values |= phone_fields(values["phone"])
    if values.get("anonymous"):
        values |= {"unit": None, "owner": None, "complainant": "", **phone_fields("")}
    if {"unit", "place", "building"} & values.keys():
        spot = {name: values.get(name, getattr(case, name)) for name in ("unit", "place", "building")}
        values |= standing(community=case.community, **spot)
    changes = assign(case, values)
    became = "confidential" in changes and case.confidential
    if accused_people is not None:
        before, after = {str(row) for row in case.accused_people.all()}, {str(row) for row in accused_people}
        case.accused_people.set(accused_people)
        if before != after:
            changes["accused_people"] = [sorted(before), sorted(after)]
    if not changes:
        return case
    if case.confidential and case.handler is not None and is_accused(case, case.handler):
        raise BadValue(_("责任人就是被投诉的人，请先转办或改派"), field="accused_people")
    case.updated_at = timezone.now()
    save(case, [*values, "updated_at"])
    if became or (case.confidential and {"accused_people", "accused_team"} & changes.keys()):
        hide(case)
    log.record(CHANGED, case, by=by, changes={
        name: pair for name, pair in changes.items() if name not in {"phone_index", "phone_last4"}
    })  # fmt: skip
    return case


def phone_fields(text: str) -> dict[str, Any]:
    """A number with the digests by which cases are found. Raises BadValue."""
    number = normalise_phone(text) if text else ""
    return {
        "phone": number,
        "phone_index": blind_index.whole("phone", number) if number else None,
        "phone_last4": blind_index.last4("phone", number) if number else None,
    }


def repeats_of(case: Complaint) -> int:
    """重复投诉: how many of the same flat and class were taken in within 90 days before this one. What is confidential does not count for
    what is not: the number would tell that it is there."""
    if case.unit is None or case.kind != Kind.COMPLAINT:
        return 0
    since = case.received_at - timedelta(days=REPEAT_DAYS)
    rows = Complaint.objects.filter(unit=case.unit, topic=case.topic, kind=Kind.COMPLAINT)
    rows = rows if case.confidential else rows.filter(confidential=False)
    return rows.filter(received_at__gte=since, received_at__lte=case.received_at).exclude(pk=case.pk).count()


@transaction.atomic
def receive_complaint(
    *, by: Any, owner: Owner | None = None, complainant: str = "", phone: str = "", **values: Any
) -> Complaint:
    """A case from the desk. Name and phone left blank are those of the owner's file, which the page shows masked and so cannot send."""
    if owner is not None and not values.get("anonymous"):
        complainant = complainant or str(owner.name)
        phone = phone or first_phone(owner)
    return create_complaint(by=by, owner=owner, complainant=complainant[:30], phone=phone, **values)
