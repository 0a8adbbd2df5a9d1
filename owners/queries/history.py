"""The timeline and the field history of a household or a person, page by page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import log
from core.models import LogEntry
from owners import timeline_sources
from owners.models import Consent, ContactRecord, FamilyMember, Owner, Tenure, TimelineEntry, Vehicle
from owners.visibility import Eyes
from properties.models import Unit

PAGE = 20
# Lines about a person that services.timeline copies onto each of his units.
OWNER_EVENT = Owner._meta.label_lower
Kind = TimelineEntry.Kind
SEGMENTS = (
    ("", gettext_lazy("全部"), ()),
    ("repair", gettext_lazy("报修"), (Kind.REPAIR,)),
    ("complaint", gettext_lazy("投诉"), (Kind.COMPLAINT,)),
    ("fee", gettext_lazy("费用"), (Kind.FEE,)),
    ("contact", gettext_lazy("沟通"), (Kind.CONTACT, Kind.NOTICE, Kind.SURVEY)),
    ("file", gettext_lazy("档案"), (Kind.FILE,)),
)
LOOKS = {
    Kind.FILE: ("user-edit", "accent"),
    Kind.CONTACT: ("phone", ""),
    Kind.REPAIR: ("tool", "blue"),
    Kind.COMPLAINT: ("message-2", "green"),
    Kind.FEE: ("receipt-2", ""),
    Kind.NOTICE: ("speakerphone", ""),
    Kind.SURVEY: ("clipboard-check", ""),
}


def local_start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def unit_lines(unit: Unit, since: date | None) -> QuerySet[TimelineEntry]:
    """A unit's history; `since` keeps it to the present household: nothing of a former owner reaches the file of the new one."""
    rows = TimelineEntry.objects.filter(unit=unit).select_related("owner", "unit")
    return rows.filter(at__gte=local_start(since)) if since else rows


def owner_lines(owner: Owner, user: Any) -> QuerySet[TimelineEntry]:
    """A person's history: what concerns him (once) and what happened at units in the reader's scope."""
    units = Unit.objects.visible_to(user, "owners.view_owner").filter(tenures__owner=owner).values("pk")
    own = Q(unit__isnull=True)
    at_units = Q(unit__in=units) & ~Q(source_type=OWNER_EVENT)
    return TimelineEntry.objects.filter(own | at_units, owner=owner).select_related("unit__building", "owner")


def of_segment(rows: QuerySet[TimelineEntry], segment: str) -> QuerySet[TimelineEntry]:
    kinds = next((kinds for name, _label, kinds in SEGMENTS if name == segment), ())
    return rows.filter(kind__in=kinds) if kinds else rows


@dataclass(frozen=True)
class TimelinePage:
    months: list[dict[str, Any]]
    older: int
    offset: int


def timeline_page(
    rows: QuerySet[TimelineEntry], eyes: Eyes, offset: int = 0, *, with_unit: bool = False
) -> TimelinePage:
    """Twenty lines from `offset`, grouped by month, and how many older ones there are."""
    found = list(rows[offset : offset + PAGE])
    older = rows.order_by().count() - offset - len(found)
    months: dict[str, list[dict[str, Any]]] = {}
    for line in found:
        month = timezone.localtime(line.at)
        months.setdefault(_("%(year)d年%(month)d月") % {"year": month.year, "month": month.month}, []).append(
            _shown(line, eyes, with_unit)
        )
    return TimelinePage(
        [{"label": label, "entries": entries} for label, entries in months.items()], older, offset + len(found)
    )


def _shown(line: TimelineEntry, eyes: Eyes, with_unit: bool) -> dict[str, Any]:
    icon, colour = LOOKS[Kind(line.kind)]
    who = line.unit.label if with_unit and line.unit else ""
    if not with_unit and line.owner_id:
        who = eyes.owner_name(line.owner)
    source = timeline_sources.of(line.source_type)
    readable = source is None or _may_read(line, source, eyes)
    # Of what he may not open a reader learns that it happened: after the colon stands what it was about.
    said = line.sentence if readable else line.sentence.partition("：")[0]
    text = f"{who} {said}".strip()
    return {
        "icon": icon,
        "colour": colour,
        "kind": line.get_kind_display(),
        "text": text,
        "url": _page_of(line, source) if source and readable else "",
        "at": line.at,
        "body": line.detail if readable else "",
    }


def _may_read(line: TimelineEntry, source: timeline_sources.Source, eyes: Eyes) -> bool:
    """Whether what the line tells of is in the reader's scope there: the file of a household has more readers than its complaints."""
    unit = line.unit
    return unit is not None and eyes.covers(source.permission, unit.community_id, unit.building_id)


def _page_of(line: TimelineEntry, source: timeline_sources.Source) -> str:
    return "" if line.source_id is None else timeline_sources.address(source, line.source_id)


# --- field history (变更记录) ----------------------------------------------------------------------------------------------

_LABELS = {
    "phone": gettext_lazy("电话"), "phones": gettext_lazy("电话"), "label": gettext_lazy("用途"),
    "emergency_contacts": gettext_lazy("紧急联系人"), "primary_contact": gettext_lazy("主联系人"),
    "payer": gettext_lazy("缴费人"), "former_end": gettext_lazy("原关系止于"), "tag": gettext_lazy("标签"),
    "is_primary": gettext_lazy("首选号码"), "unit": gettext_lazy("房屋"), "owner": gettext_lazy("住户"),
    "relation": gettext_lazy("关系"), "number": gettext_lazy("电话"),
    "file": gettext_lazy("附件"), "sha256": gettext_lazy("文件指纹"),
}  # fmt: skip
_MODELS = (Owner, Tenure, FamilyMember, Vehicle, Consent, ContactRecord, Unit)
_FIELDS = {(model._meta.label_lower, field.name): field for model in _MODELS for field in model._meta.fields}


@dataclass(frozen=True)
class Change:
    """One changed field: who, when, old and new value as the log keeps them (personal values masked)."""

    at: datetime
    who: str
    act: str
    field: str
    old: str
    new: str
    reason: str


def unit_log(unit: Unit, tenures: Iterable[Tenure], since: date | None) -> QuerySet[LogEntry]:
    """Entries about the unit, its present people and their relations. Former people's entries stay on their own files."""
    current = [row for row in tenures if row.is_current]
    condition = Q(object_type="properties.unit", object_id=unit.pk)
    condition |= Q(object_type="owners.tenure", object_id__in=[row.pk for row in tenures])
    condition |= Q(object_type="owners.owner", object_id__in={row.owner_id for row in current})
    family = FamilyMember.objects.filter(unit=unit, owner__in={row.owner_id for row in current}).values_list(
        "pk", flat=True
    )
    condition |= Q(object_type="owners.familymember", object_id__in=list(family))
    rows = _changes_among(condition)
    return rows.filter(at__gte=local_start(since)) if since else rows


def _changes_among(condition: Q) -> QuerySet[LogEntry]:
    """A look-up or a download stands in the operation log, not among the changes."""
    return LogEntry.objects.filter(condition).exclude(changes={}).exclude(action__in=log.reads())


def owner_log(owner: Owner, user: Any) -> QuerySet[LogEntry]:
    condition = Q(object_type="owners.owner", object_id=owner.pk)
    for model in (Tenure, FamilyMember, Vehicle):
        ids = model.objects.visible_to(user, "owners.view_owner").filter(owner=owner).values_list("pk", flat=True)
        condition |= Q(object_type=model._meta.label_lower, object_id__in=list(ids))
    consents = Consent.objects.filter(owner=owner).values_list("pk", flat=True)
    condition |= Q(object_type="owners.consent", object_id__in=list(consents))
    return _changes_among(condition)


def changes_of(entries: Iterable[LogEntry]) -> Iterator[Change]:
    for entry in entries:
        act = log.sentence_of(entry.action)
        for name, value in entry.changes.items():
            old, new = value if isinstance(value, list) and len(value) == 2 else (None, value)
            field = _FIELDS.get((entry.object_type, name))
            words = dict(getattr(field, "flatchoices", None) or ())
            label = _LABELS.get(name) or (field.verbose_name if field is not None else _("其他内容"))
            before, after = (_text(words.get(part, part)) for part in (old, new))
            yield Change(entry.at, entry.actor_label, act, str(label), before, after, entry.reason)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(_text(part) for part in value)
    return "" if value is None else str(value)
