"""Who should go (R38, R39): people ranked for an order, each with what speaks for and against him, in words.

Ranking = 技能 + 距离 + 负荷 + 熟悉此户, weighted as the community has set it (DispatchSetting). There are no positions of people: where
somebody is follows from where he arrived or finished last today, and how far that is from how many buildings lie between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import LogEntry
from properties.models import Building, Community
from workorders.models import DispatchSetting, RepairRule, WorkOrder
from workorders.queries.crew import Person, board_order, people_of
from workorders.states import Duty

SHOWN = 3
# Shares of the weight for 距离 where today's place is not known: he looks after this very building, or nothing is known at all.
_RESPONSIBLE, _UNKNOWN = 0.6, 0.4
_FEW = 2
RETURNED = "workorders.workorder.returned"


@dataclass(frozen=True)
class Reason:
    good: bool
    text: str


@dataclass(frozen=True)
class Suggestion:
    person: Person
    points: int
    reasons: tuple[Reason, ...]

    @property
    def sentence(self) -> str:
        """For the log: 匹配 95：会修给排水，在办 1 单."""
        return _("匹配 %(points)d：%(reasons)s") % {
            "points": self.points, "reasons": "，".join(reason.text for reason in self.reasons)
        }  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """What ranking needs to know besides the people, read once for any number of orders of one community."""

    setting: DispatchSetting
    skills: dict[int, Any]  # second-level type -> the skill it takes, or None
    ranks: dict[int, int]  # building -> its place in the row of buildings
    labels: dict[int, str]
    known: dict[
        tuple[int, int | None, int | None], datetime
    ]  # (user, unit, place) -> when he last finished something there

    def skill_of(self, order: WorkOrder) -> Any:
        return self.skills.get(order.kind_id)


def setting_of(community: Community) -> DispatchSetting:
    """The community's own row, or the defaults."""
    found = DispatchSetting.objects.filter(community=community).first()
    return found or DispatchSetting(community=community)


def ground_for(community: Community, orders: Sequence[WorkOrder], people: Sequence[Person]) -> Ground:
    """Four queries."""
    buildings = list(Building.objects.filter(community=community).only("number", "name").order_by("sort_key", "pk"))
    kinds = {order.kind_id for order in orders}
    rules = RepairRule.objects.filter(kind__in=kinds).select_related("skill")
    return Ground(
        setting_of(community),
        {rule.kind_id: rule.skill for rule in rules},
        {row.pk: rank for rank, row in enumerate(buildings)},
        {row.pk: row.label for row in buildings},
        _known(orders, people),
    )


def _known(orders: Sequence[WorkOrder], people: Sequence[Person]) -> dict[tuple[int, int | None, int | None], datetime]:
    units = {order.unit_id for order in orders if order.unit_id}
    places = {order.place_id for order in orders if order.place_id}
    rows = (
        WorkOrder.objects.filter(Q(unit__in=units) | Q(place__in=places), completed_at__isnull=False)
        .filter(assignee__in=[person.repairer.user_id for person in people])
        .order_by()
        .values_list("assignee", "unit", "place")
        .annotate(last=Max("completed_at"))
    )
    return {(user, unit, place): last for user, unit, place, last in rows}


def ranking(order: WorkOrder, people: Iterable[Person], ground: Ground) -> list[Suggestion]:
    """Everybody who is not off, best first. Who cannot do it, or is out, comes after those who can and are there."""
    ready = [person for person in people if not person.duty.is_off]
    skill = ground.skill_of(order)
    skill_id = skill.pk if skill else None
    nearest = min((gap for person in ready if (gap := _gap(person, order, ground)) is not None), default=None)
    rows = [_suggestion(order, person, skill, ground, nearest) for person in ready]

    def key(row: Suggestion) -> tuple[Any, ...]:
        person = row.person
        return not person.knows_how(skill_id), person.duty.duty != Duty.ON, -row.points, *board_order(person)

    return sorted(rows, key=key)


def best(suggestions: Sequence[Suggestion], skill_id: int | None) -> list[Suggestion]:
    """The three to show: those who can do it; others only where nobody can."""
    able = [row for row in suggestions if row.person.knows_how(skill_id)]
    return list((able or suggestions)[:SHOWN])


def _suggestion(order: WorkOrder, person: Person, skill: Any, ground: Ground, nearest: int | None) -> Suggestion:
    weights = ground.setting
    parts = (
        (weights.skill_weight, *_skill(person, skill)),
        (weights.distance_weight, *_distance(person, order, ground, nearest)),
        (weights.load_weight, *_load(person, weights.most_orders)),
        (weights.household_weight, *_household(person, order, ground)),
    )
    points = sum(weight * share for weight, share, _reasons in parts)
    reasons = tuple(reason for _weight, _share, found in parts for reason in found)
    return Suggestion(person, int(points + 0.5), reasons)


Part = tuple[float, list[Reason]]


def _skill(person: Person, skill: Any) -> Part:
    if skill is None:
        return 1, []
    if person.knows_how(skill.pk):
        return 1, [Reason(True, _("会修%(skill)s") % {"skill": skill})]
    return 0, [Reason(False, _("没有%(skill)s技能") % {"skill": skill})]


def _gap(person: Person, order: WorkOrder, ground: Ground) -> int | None:
    """How many buildings lie between; None where one of the two is not known."""
    seen = person.seen
    if seen is None or seen.building_id not in ground.ranks or order.building_id not in ground.ranks:
        return None
    return abs(ground.ranks[seen.building_id] - ground.ranks[order.building_id])


def _distance(person: Person, order: WorkOrder, ground: Ground, nearest: int | None) -> Part:
    share, reasons = _nearness(person, order, ground, nearest)
    if person.duty.duty == Duty.OUT:
        back = person.duty.back_at
        words = _("外出，约 %(at)s 回") % {"at": clock(back)} if back else _("外出")
        return 0, [Reason(False, words)]
    if not person.looks_after(order.building_id):
        return share / 2, [*reasons, Reason(False, _("不负责%(place)s") % {"place": _label(order, ground)})]
    return share, reasons


def _nearness(person: Person, order: WorkOrder, ground: Ground, nearest: int | None) -> Part:
    seen, gap = person.seen, _gap(person, order, ground)
    if gap is not None and seen is not None:
        share = 1 - gap / max(len(ground.ranks) - 1, 1)
        return share, [_where(person, gap, nearest)]
    if order.building_id in person.building_ids:
        return _RESPONSIBLE, [Reason(True, _("负责%(place)s") % {"place": _label(order, ground)})]
    if seen is not None and not seen.here:
        return 0, [Reason(False, _("今天在别的项目"))]
    return _UNKNOWN, [Reason(False, _("今天还没有位置"))] if seen is None else []


def _where(person: Person, gap: int, nearest: int | None) -> Reason:
    seen = person.seen
    assert seen is not None  # a gap is measured from somewhere
    if person.pressing_at:
        return Reason(False, _("正在%(place)s抢修") % {"place": person.pressing_at})
    act = _("%(at)s 在%(place)s完工") if seen.finished else _("%(at)s 到%(place)s")
    words = act % {"at": clock(seen.at), "place": seen.where}
    if gap == 0:
        return Reason(True, _("%(words)s，同一栋") % {"words": words})
    if gap == nearest:
        return Reason(True, _("%(words)s，最近") % {"words": words})
    return Reason(False, _("%(words)s，隔 %(gap)d 栋") % {"words": words, "gap": gap})


def _load(person: Person, most: int) -> Part:
    share = max(0.0, 1 - person.load / (most + 1))
    words = _("在办 %(count)d 单") % {"count": person.in_hand}
    if person.to_accept:
        words = _("在办 %(count)d 单，待接 %(more)d 单") % {"count": person.in_hand, "more": person.to_accept}
    return share, [Reason(person.load <= _FEW, words)]


def _household(person: Person, order: WorkOrder, ground: Ground) -> Part:
    last = ground.known.get((person.repairer.user_id, order.unit_id, order.place_id))
    if last is None:
        return 0, []
    at, now = timezone.localtime(last), timezone.localtime()
    month = _("%(month)d 月") % {"month": at.month} if at.year == now.year else _("%(year)d 年") % {"year": at.year}
    words = _("%(month)s修过此户") if order.unit_id else _("%(month)s修过这里")
    return 1, [Reason(True, words % {"month": month})]


def _label(order: WorkOrder, ground: Ground) -> str:
    return ground.labels.get(order.building_id or 0, order.address)


def clock(at: datetime) -> str:
    """14:20; with the day where it is another."""
    local = timezone.localtime(at)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else f"{local:%m-%d %H:%M}"


@dataclass(frozen=True)
class Choice:
    """Everything needed to choose somebody for one order."""

    people: list[Person]
    suggestions: list[Suggestion]

    @property
    def first(self) -> Person | None:
        return self.suggestions[0].person if self.suggestions else None

    def points_of(self, user_id: int) -> int | None:
        return next((row.points for row in self.suggestions if row.person.repairer.user_id == user_id), None)


def choice_for(order: WorkOrder, at: datetime, *, without: int | None = None) -> Choice:
    """People of the order's community, ranked; `without` leaves somebody out (whose order it is already)."""
    people = [row for row in people_of([order.community], at) if row.repairer.user_id != without]
    return Choice(people, ranking(order, people, ground_for(order.community, [order], people)))


def handed_back(orders: Sequence[WorkOrder]) -> set[tuple[int, int]]:
    """(order, user) of everybody who has returned the order, himself or by the desk for him: it is not sent to him again unasked."""
    rows = LogEntry.objects.filter(
        object_type=WorkOrder._meta.label_lower, object_id__in=[order.pk for order in orders], action=RETURNED
    )
    facts = rows.values_list("object_id", "actor_id", "changes")
    who = ((order, changes.get("act_for_id") if "act_for" in changes else actor) for order, actor, changes in facts)
    return {(order, user) for order, user in who if order and user}
