"""The people of a unit and the holdings of a person, as data for pages: masked for their reader, in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Min, Prefetch, QuerySet, Value, When
from django.utils import timezone

from owners.models import Owner, OwnerPhone, OwnerTag, Tenure, TenureRole
from owners.models.tenures import TITLE_ROLES
from owners.visibility import Eyes
from properties.models import Unit

SENSITIVE = "owners.view_sensitive_tag"
_ORDER: list[str] = [
    TenureRole.OWNER,
    TenureRole.CO_OWNER,
    TenureRole.OCCUPIER,
    TenureRole.TENANT,
    TenureRole.CUSTODIAN,
    TenureRole.FAMILY,
]


def residents(unit: Unit) -> QuerySet[Owner]:
    """Who lives in the unit today, to choose from: owners before their families, as on its page."""
    places = [When(tenures__role=role, then=Value(place)) for place, role in enumerate(_ORDER)]
    held = Tenure.objects.filter(unit=unit).current()
    return Owner.objects.filter(tenures__in=held).annotate(place=Min(Case(*places))).order_by("place", "pk")


@dataclass
class Phone:
    pk: int
    shown: str
    label: str
    is_primary: bool
    can_reveal: bool


@dataclass
class Person:
    """One person of a unit with what the reader may see of him."""

    tenure: Tenure
    owner: Owner
    name: str
    phones: list[Phone] = field(default_factory=list)
    tags: list[OwnerTag] = field(default_factory=list)

    @property
    def share_text(self) -> str:
        return f"{self.tenure.share.normalize():f}%" if self.tenure.share is not None else ""

    @property
    def role_text(self) -> str:
        return f"{self.tenure.get_role_display()} {self.share_text}".strip()


@dataclass
class Holders:
    """One stretch of the chain of title: who held it from when to when. Former holders are known by name only."""

    names: list[str]
    start: date
    end: date | None
    reason: str
    shares: str
    is_current: bool


def phones_of(owner: Owner, eyes: Eyes, rows: Iterable[OwnerPhone] | None = None) -> list[Phone]:
    can_reveal = eyes.may_reveal("phone", owner.community_ids, "owners.reveal_owner")
    return [
        Phone(row.pk, eyes.sees("phone", row.number, owner.community_ids), row.label, row.is_primary, can_reveal)
        for row in (owner.phones.all() if rows is None else rows)
    ]


def current_tags(owner: Owner, user: Any) -> list[OwnerTag]:
    """Tags in force; sensitive ones only for those who may see them. Reads the prefetched rows."""
    sensitive = user.has_perm(SENSITIVE)
    return [row for row in owner.tags.all() if row.is_current and (sensitive or not row.tag.sensitive)]


def expiring_tags(rows: QuerySet[Owner], user: Any, days: int = 30) -> QuerySet[Owner]:
    """Of these people, those with a tag whose last day comes within so many days; sensitive ones only for who may see them."""
    today = timezone.localdate()
    tags = OwnerTag.objects.filter(removed_at__isnull=True, expires_on__range=(today, today + timedelta(days=days)))
    if not user.has_perm(SENSITIVE):
        tags = tags.filter(tag__sensitive=False)
    return rows.filter(pk__in=tags.values("owner_id"))


def tenures_of(unit: Unit) -> list[Tenure]:
    """All relations of a unit, past ones too, with their people; phones and tags by two more queries."""
    rows = Tenure.objects.filter(unit=unit).select_related(
        "owner__preferred_channel", "owner__keeper", "owner__verified_by", "end_reason"
    )
    tags = Prefetch("owner__tags", OwnerTag.objects.filter(removed_at__isnull=True).select_related("tag"))
    return list(rows.prefetch_related("owner__phones", tags).order_by("start", "pk"))


def people_now(tenures: Iterable[Tenure], eyes: Eyes) -> list[Person]:
    """The household of today: title holders first, the primary contact before the others."""
    people = _people((row for row in tenures if row.is_current), eyes)
    for person in people:
        person.tags = current_tags(person.owner, eyes.user)
    return people


def callers_of(unit: Unit, eyes: Eyes) -> list[Person]:
    """The same people as whoever takes a call needs them: names and phones, and nothing else of their files."""
    rows = Tenure.objects.filter(unit=unit).current().select_related("owner").prefetch_related("owner__phones")
    return _people(rows, eyes)


def _people(tenures: Iterable[Tenure], eyes: Eyes) -> list[Person]:
    rows = sorted(tenures, key=lambda row: (_ORDER.index(row.role), not row.is_primary_contact, row.start, row.pk))
    return [Person(row, row.owner, eyes.owner_name(row.owner), phones_of(row.owner, eyes)) for row in rows]


def people_to_come(tenures: Iterable[Tenure]) -> list[Tenure]:
    today = timezone.localdate()
    return [row for row in tenures if row.start > today]


def chain_of_title(tenures: Iterable[Tenure], eyes: Eyes) -> list[Holders]:
    """Title holders grouped by their days, the present ones first (R12)."""
    groups: dict[tuple[date, date | None], list[Tenure]] = {}
    for row in tenures:
        if row.role in TITLE_ROLES:
            groups.setdefault((row.start, row.end), []).append(row)
    chain = [_holders(rows, eyes) for rows in groups.values()]
    return sorted(chain, key=lambda item: (item.is_current, item.start), reverse=True)


def _holders(rows: list[Tenure], eyes: Eyes) -> Holders:
    first = rows[0]
    shares = "、".join(f"{row.share.normalize():f}%" for row in rows if row.share is not None)
    names = [eyes.owner_name(row.owner) for row in rows]
    return Holders(names, first.start, first.end, str(first.end_reason or ""), shares, first.is_current)


def period_start(tenures: Iterable[Tenure]) -> date | None:
    """From when on history belongs to the present household: the first day of the title holders of today, else of whoever lives
    there, else the day after the last one left. None: nobody was ever registered."""
    rows = list(tenures)
    current = [row for row in rows if row.is_current]
    title = [row.start for row in current if row.role in TITLE_ROLES]
    if title or current:
        return min(title or [row.start for row in current])
    ended = [row.end for row in rows if row.end is not None and row.end < timezone.localdate()]
    return max(ended) + timedelta(days=1) if ended else None


def holdings_of(owner: Owner, user: Any) -> tuple[list[Tenure], int]:
    """A person's relations to units in the reader's scope, current ones first, and how many more there are outside (R14)."""
    everything = Tenure.objects.filter(owner=owner)
    visible = everything.visible_to(user, "owners.view_owner").select_related(
        "unit__building", "unit__community", "end_reason"
    )
    rows = sorted(visible, key=lambda row: (not row.is_current, row.start.toordinal() * -1, row.pk))
    return rows, everything.count() - len(rows)
