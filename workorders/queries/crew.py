"""The people of one community as a dispatcher looks at them: duty, what they have in hand, what they did today, where they were last."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from audit.models import User
from core.models import DictItem
from properties.models import Community
from properties.naming import building_label
from workorders.models import Repairer, WorkOrder
from workorders.queries.duty import DutyState, duty_of, moment
from workorders.states import IN_HAND, OPEN, Duty, Status, Urgency

_PRESSING = frozenset({Urgency.CRITICAL, Urgency.URGENT})
_ORDER = {Duty.ON: 0, Duty.OUT: 1, Duty.OFF: 2}


@dataclass(frozen=True)
class Seen:
    """Where an order's own record puts somebody: he arrived there, or finished there."""

    at: datetime
    where: str
    building_id: int | None
    finished: bool
    here: bool = True


@dataclass
class Person:
    """One repairer on the board."""

    repairer: Repairer
    duty: DutyState
    skills: list[DictItem]
    building_ids: frozenset[int]
    in_hand: int = 0
    to_accept: int = 0
    done_today: int = 0
    seen: Seen | None = None
    # Where he is busy with something that cannot wait.
    pressing_at: str = ""
    skill_ids: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.skill_ids = frozenset(skill.pk for skill in self.skills)

    @property
    def user(self) -> User:
        return self.repairer.user

    @property
    def load(self) -> int:
        return self.in_hand + self.to_accept

    def knows_how(self, skill_id: int | None) -> bool:
        return skill_id is None or skill_id in self.skill_ids

    def looks_after(self, building_id: int | None) -> bool:
        """Nobody is kept from a place that stands in no building; without named buildings he looks after all."""
        return building_id is None or not self.building_ids or building_id in self.building_ids


def people_of(communities: Iterable[Community], at: datetime) -> list[Person]:
    """Repairers in use, those on duty first and of these the least busy; seven queries for any number of people."""
    rows = Repairer.objects.active().filter(community__in=communities).select_related("user")
    repairers = list(rows.only("community_id", "automatic", "disabled_at", "user__display_name", "user__username"))
    duties, skills, places = duty_of(repairers, at), _skills(repairers), _places(repairers)
    people = [
        Person(row, duties[row.pk], skills.get(row.pk, []), frozenset(places.get(row.pk, []))) for row in repairers
    ]
    _add_work(people, at)
    return sorted(people, key=board_order)


def _skills(repairers: list[Repairer]) -> dict[int, list[DictItem]]:
    """Sixty people share a dozen words: they are made once, not once a person."""
    words = {item.pk: item for item in DictItem.objects.filter(type__code="skill").order_by("sort", "pk")}
    pairs = Repairer.skills.through.objects.filter(repairer__in=repairers).values_list("repairer_id", "dictitem_id")
    ranks = {pk: rank for rank, pk in enumerate(words)}
    found: dict[int, list[DictItem]] = {}
    for repairer, skill in sorted(pairs, key=lambda pair: ranks[pair[1]]):
        found.setdefault(repairer, []).append(words[skill])
    return found


def _places(repairers: list[Repairer]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    pairs = Repairer.buildings.through.objects.filter(repairer__in=repairers)
    for repairer, building in pairs.values_list("repairer_id", "building_id"):
        found.setdefault(repairer, []).append(building)
    return found


def board_order(person: Person) -> tuple[Any, ...]:
    return _ORDER[Duty(person.duty.duty)], person.load, str(person.user), person.repairer.pk


def _add_work(people: list[Person], at: datetime) -> None:
    """One query over what is open or was finished today: a few rows a person, both halves by index whatever the table holds."""
    by_user: dict[int, list[Person]] = {}
    for person in people:
        by_user.setdefault(person.repairer.user_id, []).append(person)
    today = moment(timezone.localdate(at), 0)
    rows = WorkOrder.objects.filter(Q(status__in=sorted(OPEN)) | Q(completed_at__gte=today), assignee__in=list(by_user))
    columns = (
        "assignee_id", "community_id", "status", "urgency", "address", "building_id", "building__number",
        "building__name", "arrived_at", "completed_at",
    )  # fmt: skip
    for row in rows.order_by().values(*columns):
        for person in by_user[row["assignee_id"]]:
            _count(person, row, today)


def _count(person: Person, row: dict[str, Any], today: datetime) -> None:
    """Load counts everywhere he works; where he is shows only inside the community."""
    if row["status"] == Status.DISPATCHED:
        person.to_accept += 1
    elif row["status"] in IN_HAND:
        person.in_hand += 1
    here = row["community_id"] == person.repairer.community_id
    if row["completed_at"] and row["completed_at"] >= today:
        person.done_today += 1
    at = row["completed_at"] or row["arrived_at"]
    if at and at >= today and (person.seen is None or at > person.seen.at):
        where = _place(row) if here else ""
        person.seen = Seen(at, where, row["building_id"] if here else None, bool(row["completed_at"]), here)
    if here and row["status"] == Status.WORKING and row["urgency"] in _PRESSING and row["arrived_at"]:
        person.pressing_at = _place(row)


def _place(row: dict[str, Any]) -> str:
    """2栋, or the name of a place that stands in no building."""
    if not row["building_id"]:
        return str(row["address"])
    return building_label(row["building__number"], row["building__name"])
