"""The dispatch board (R39): what waits on the left, who there is on the right. As many queries for three hundred orders as for three."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import DictItem
from properties.models import Community, Team, UnitMark
from workorders.due import due_of, span
from workorders.models import Repairer, RepairRule, WorkOrder
from workorders.queries.crew import Person, people_of
from workorders.queries.suggestions import Ground, Suggestion, best, clock, ground_for, ranking
from workorders.states import Clock, Duty, Status, Urgency

# What a dispatcher can still look through; more are there by the list.
MOST_SHOWN = 300
_LOAD_BLOCKS = 6
# What a card and the ranking read; the other forty columns of three hundred orders cost more than the rest of the page.
_CARD = (
    "number", "status", "urgency", "address", "spot", "description", "reported_at", "next_clock", "next_due_at",
    "next_warn_at", "paused_at", "rework_count", "community_id", "unit_id", "place_id", "building_id", "kind_id",
    "category_id",
)  # fmt: skip
URGENCY_MARKS = {Urgency.CRITICAL: "urg-3", Urgency.URGENT: "urg-2"}


@dataclass(frozen=True)
class Line:
    """One person in the table."""

    person: Person
    blocks: tuple[str, ...]
    over: bool
    place: str
    note: str
    can_send: bool
    points: int | None = None


@dataclass
class Board:
    """Everything the page shows."""

    community: Community
    at: datetime
    orders: list[WorkOrder]
    total: int
    selected: WorkOrder | None
    people: list[Person]
    shown: list[Line] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    ground: Ground | None = None
    skill: DictItem | None = None
    able: int = 0
    deadlines: str = ""
    teams: list[Team] = field(default_factory=list)


def waiting(rows: QuerySet[WorkOrder], community: Community) -> QuerySet[WorkOrder]:
    """By the moment by which they have to be dispatched; rows come narrowed to what the person may dispatch."""
    found = rows.filter(community=community, status=Status.WAITING).order_by("next_due_at", "pk")
    # Prefetched, not joined: three hundred orders share some sixty words.
    return found.prefetch_related("kind", "category").only(*_CARD)


def board_of(
    community: Community, rows: QuerySet[WorkOrder], *, at: datetime, order: str = "", team: str = "", everybody: bool = False
) -> Board:  # fmt: skip
    people = people_of([community], at)
    teams, members = _teams(community)
    people = [one for one in people if one.repairer.user_id in members[team]] if team in members else people
    found = waiting(rows, community)
    if team in members:
        found = found.filter(kind__in=_kinds_of(people))
    orders = list(found[: MOST_SHOWN + 1])
    total = len(orders) if len(orders) <= MOST_SHOWN else found.count()
    orders = orders[:MOST_SHOWN]
    _add_marks(orders, at)
    selected = next((row for row in orders if str(row.pk) == order), orders[0] if orders else None)
    board = Board(community, at, orders, total, selected, people, teams=teams)
    _add_ranking(board, everybody)
    return board


def _teams(community: Community) -> tuple[list[Team], dict[str, set[int]]]:
    """The teams that have members, and who they are."""
    teams = Team.objects.filter(community=community, disabled_at__isnull=True).only("name")
    members: dict[str, set[int]] = {}
    for team, user in Team.members.through.objects.filter(team__in=teams).values_list("team_id", "user_id"):
        members.setdefault(str(team), set()).add(user)
    return [row for row in teams.order_by("name") if str(row.pk) in members], members


def _kinds_of(people: Iterable[Person]) -> QuerySet:
    """Second-level types that somebody of these can do."""
    skills = {skill for person in people for skill in person.skill_ids}
    return RepairRule.objects.filter(Q(skill__in=skills) | Q(skill__isnull=True)).values("kind")


def _add_marks(orders: Sequence[WorkOrder], at: datetime) -> None:
    """What each card says besides the order itself: time left, urgency, care."""
    units = {order.unit_id for order in orders if order.unit_id}
    care = dict(UnitMark.objects.filter(unit__in=units, kind=UnitMark.Kind.CARE).values_list("unit", "note"))
    for row in orders:
        card: Any = row
        card.due, card.care = due_of(row, at), care.get(row.unit_id or 0)
        card.urgency_css = URGENCY_MARKS.get(Urgency(row.urgency), "")


def _add_ranking(board: Board, everybody: bool) -> None:
    order, people = board.selected, board.people
    ground = ground_for(board.community, [order] if order else [], people)
    board.ground, rows = ground, []
    if order is not None:
        rows = ranking(order, people, ground)
        board.skill, board.deadlines = ground.skill_of(order), _deadlines(order, board.at)
    skill_id = board.skill.pk if board.skill else None
    board.suggestions = best(rows, skill_id)
    points = {row.person.repairer.pk: row.points for row in rows}
    able = [person for person in people if person.knows_how(skill_id)]
    board.able = len(able)
    pressing = order is not None and order.urgency in URGENCY_MARKS
    shown = people if everybody or not able else able
    most = ground.setting.most_orders
    board.shown = [_line(person, points.get(person.repairer.pk), most, pressing) for person in shown]


def _line(person: Person, points: int | None, most: int, pressing: bool) -> Line:
    over = person.load > most
    full = "hi" if over else "f"
    blocks = tuple(full if at < person.in_hand else "" for at in range(_LOAD_BLOCKS))
    seen = person.seen
    where = person.duty.note or (seen.where if seen else "")
    at = person.duty.override.set_at if person.duty.note and person.duty.override else seen.at if seen else None
    place = f"{where} {clock(at)}" if where and at else ""
    return Line(person, blocks, over, place, _note(person, over, most), not person.duty.is_off or pressing, points)


def _note(person: Person, over: bool, most: int) -> str:
    duty = person.duty
    if over:
        return _("超过 %(most)d 单") % {"most": most}
    if duty.duty == Duty.OUT and duty.back_at:
        return _("约 %(at)s 回") % {"at": clock(duty.back_at)}
    if duty.is_off and duty.back_at:
        return _("%(at)s 上班") % {"at": _next(duty.back_at)}
    return _("还没有排班") if duty.is_off and not duty.planned else ""


def _next(at: datetime) -> str:
    """今天 13:30, 明早 08:30, 11-24 08:30."""
    local, today = timezone.localtime(at), timezone.localdate()
    days = (local.date() - today).days
    if days == 0:
        return _("今天 %(at)s") % {"at": f"{local:%H:%M}"}
    if days == 1:
        return (_("明早 %(at)s") if local.hour < 12 else _("明天 %(at)s")) % {"at": f"{local:%H:%M}"}
    return f"{local:%m-%d %H:%M}"


def _deadlines(order: WorkOrder, at: datetime) -> str:
    """11 分内派出，15:06 前到场."""
    rows = {row.clock: row for row in order.clocks.all() if row.round == order.rework_count and row.met_at is None}
    words = []
    response = rows.get(Clock.RESPONSE)
    if response is not None:
        left = response.due_at - at
        late = left <= timedelta(0)
        words.append((_("派出已超时 %(span)s") if late else _("%(span)s内派出")) % {"span": span(abs(left))})
    arrival = rows.get(Clock.ARRIVAL)
    if arrival is not None:
        words.append(_("%(at)s 前到场") % {"at": clock(arrival.due_at)})
    return "，".join(words)


def waiting_counts(communities: Iterable[Community]) -> dict[int, int]:
    """{community: orders waiting}, for the page that asks where."""
    rows = WorkOrder.objects.filter(community__in=communities, status=Status.WAITING).order_by()
    return dict(rows.values_list("community").annotate(count=Count("pk")))


def pool_of(rows: QuerySet[WorkOrder], user: Any, at: datetime) -> list[WorkOrder]:
    """What this repairer may take (rows come narrowed by visible_to): what he can do first, then by deadline."""
    mine = set(
        user.repairer_in.filter(disabled_at__isnull=True).exclude(skills=None).values_list("community_id", "skills")
    )
    skills = dict(RepairRule.objects.values_list("kind_id", "skill_id"))
    found = list(rows.select_related("community", "kind", "category").order_by("next_due_at", "pk")[:MOST_SHOWN])
    _add_marks(found, at)
    fitting: list[WorkOrder] = []
    others: list[WorkOrder] = []
    for row in found:
        card: Any = row
        wanted = skills.get(row.kind_id)
        card.fits = wanted is None or (row.community_id, wanted) in mine
        (fitting if card.fits else others).append(row)
    return fitting + others


def once_in_pool(user: Any, pk: int) -> WorkOrder | None:
    """An order this repairer could have taken a moment ago: open, of a type for the pool, where he repairs."""
    if not user.has_perm("workorders.claim_workorder"):
        return None
    mine = Repairer.objects.active().filter(user=user).values("community")
    kinds = RepairRule.objects.filter(pool=True).values("kind")
    rows = WorkOrder.objects.open().filter(pk=pk, community__in=mine, kind__in=kinds).exclude(status=Status.WAITING)
    return rows.first()
