"""The board of an announcement: how many households it reached, who has not read it, who could not be reached (PEERS 5.5).

A household has read it when any of its people has; it was reached when any message arrived. Read rate = read / reached (DOMAIN 2.4:
286 / (320 - 6) = 91.08%).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, Max, When

from notices.models import Delivery, Notice
from notices.queries.audience import sql_of
from notices.queries.owners import SOURCE, deliveries_of
from notices.states import Outcome, OwnerChannel
from properties.models import Building, Community

VIEW = "notices.view_delivery"
READ, UNREAD, PENDING, FAILED = STATES = ("read", "unread", "pending", "failed")
# A household's best delivery decides: one figure for each row, one maximum for each household (three ORs cost the database a fifth more).
RANKS = {READ: 3, UNREAD: 2, PENDING: 1, FAILED: 0}
_BY_RANK = {rank: state for state, rank in RANKS.items()}


@dataclass
class Line:
    """One building, or all of them."""

    label: str = ""
    building_id: int = 0
    read: int = 0
    unread: int = 0
    pending: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.read + self.unread + self.pending + self.failed

    @property
    def delivered(self) -> int:
        return self.read + self.unread

    @property
    def rate(self) -> Decimal | None:
        """Percent, two decimals, half up; None while nothing has arrived."""
        return percent(self.read, self.delivered)

    @property
    def before_failed(self) -> int:
        return self.read + self.unread + self.pending


@dataclass
class Board:
    total: Line = field(default_factory=Line)
    buildings: list[Line] = field(default_factory=list)


def percent(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _households(notice: Notice, user: Any, building_ids: list[int] | None = None) -> tuple[str, tuple[Any, ...]] | None:
    """One row for each household in this reader's scope; answered from an index alone."""
    rows = Delivery.objects.visible_to(user, VIEW).filter(source_type=SOURCE, source_id=notice.pk)
    if building_ids is not None:
        rows = rows.filter(building__in=building_ids)
    open_ = [Outcome.WAITING, Outcome.SENDING, Outcome.UNKNOWN]
    rank = Case(
        When(read_at__isnull=False, then=RANKS[READ]),
        When(status=Outcome.SENT, then=RANKS[UNREAD]),
        When(status__in=open_, then=RANKS[PENDING]),
        default=RANKS[FAILED],
    )
    grouped = rows.order_by().values("building_id", "unit_id").annotate(best=Max(rank))
    return sql_of(grouped)


@contextmanager
def _by_index() -> Iterator[None]:
    """While one announcement is most of the table, the planner would read all of the table: 400 ms for 500,000 rows where the index
    alone takes 220."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


def _rows(sql: str, params: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())


def board(notice: Notice, user: Any) -> Board:
    found = _households(notice, user)
    if found is None:
        return Board()
    statement, params = found
    with _by_index():
        counted = _rows(
            f"SELECT h.building_id, h.best, count(*) FROM ({statement}) h GROUP BY 1, 2",  # noqa: S608  our own text
            params,
        )
    lines: dict[int, Line] = {}
    result = Board()
    for building_id, rank, count in counted:
        state = _BY_RANK[rank]
        for line in (lines.setdefault(building_id, Line()), result.total):
            setattr(line, state, getattr(line, state) + count)
    several = len(notice.community_ids) > 1
    names = dict(Community.objects.filter(pk__in=notice.community_ids).values_list("pk", "name")) if several else {}
    buildings = Building.objects.filter(pk__in=lines).only("name", "number", "community_id")
    for building in buildings.order_by("community_id", "sort_key", "pk"):
        line = lines[building.pk]
        line.building_id = building.pk
        line.label = f"{names.get(building.community_id, '')} {building.label}".strip()
        result.buildings.append(line)
    return result


def unit_ids(
    notice: Notice, user: Any, states: Iterable[str], *, most: int, skip: int = 0, counted: Board | None = None
) -> list[int]:
    """Households of these states in walking order: community, building, entrance, floor, number.

    The buildings' counts say in which of them the wanted ones stand, so that only those are sorted: ordering 125,000 households by
    their room took five seconds."""
    states = list(states)
    wanted, skip = _buildings((counted or board(notice, user)).buildings, states, most, skip)
    found = _households(notice, user, wanted)
    if found is None or not wanted:
        return []
    statement, params = found
    rows = _rows(
        f"""
        SELECT h.unit_id FROM ({statement}) h JOIN properties_unit u ON u.id = h.unit_id
          JOIN properties_building b ON b.id = u.building_id
         WHERE h.best = ANY(%s) ORDER BY b.community_id, b.sort_key, b.id, u.sort_key, u.id LIMIT %s OFFSET %s
        """,  # noqa: S608  our own text; values are parameters
        [*params, [RANKS[state] for state in states], most, skip],
    )
    return [pk for (pk,) in rows]


def _buildings(lines: list[Line], states: list[str], most: int, skip: int) -> tuple[list[int], int]:
    """The buildings a page of households stands in, and how many of the first one's come before it."""
    wanted: list[int] = []
    missing = most
    for line in lines:
        count = sum(getattr(line, state) for state in states)
        if not wanted and count <= skip:
            skip -= count
            continue
        if missing <= 0:
            break
        wanted.append(line.building_id)
        missing -= count if len(wanted) > 1 else count - skip
    return wanted, skip


@dataclass
class Household:
    """A line of the lists below the board, as its reader may see it."""

    unit: Any
    people: str = ""
    phones: str = ""
    channels: str = ""
    reasons: str = ""
    told: Any = None
    read_at: Any = None
    confirmed_at: Any = None
    unknown: list[int] = field(default_factory=list)


def households(notice: Notice, user: Any, ids: list[int]) -> list[Household]:
    """Three queries, whatever the number of households."""
    rows: Any = deliveries_of(notice)
    rows = rows.filter(unit__in=ids).order_by("pk").read_by(user)
    rows = rows.select_related("owner", "unit__building", "unit__community", "told_by").prefetch_related(
        "owner__phones"
    )
    by_unit: dict[int, list[Any]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_id or 0, []).append(row)
    return [_household(by_unit[pk]) for pk in ids if pk in by_unit]


def _household(rows: list[Any]) -> Household:
    people = {row.owner_id: row for row in rows}
    labels = dict(OwnerChannel.choices)
    return Household(
        unit=rows[0].unit,
        people="、".join(row.eyes.owner_name(row.owner) for row in people.values()),
        phones="、".join(filter(None, (_phone(row) for row in people.values()))),
        channels="、".join(dict.fromkeys(str(labels.get(row.channel, row.channel)) for row in rows)),
        reasons=_reasons(rows),
        told=next((row for row in rows if row.told_at), None),
        read_at=min((row.read_at for row in rows if row.read_at), default=None),
        confirmed_at=min((row.confirmed_at for row in rows if row.confirmed_at), default=None),
        unknown=[row.pk for row in rows if row.status == Outcome.UNKNOWN],
    )


def _reasons(rows: list[Any]) -> str:
    """Why nothing arrived; where one of the household got it, the others' missing numbers are no matter."""
    if any(row.status == Outcome.SENT for row in rows):
        return ""
    return "、".join(dict.fromkeys(str(row.get_reason_display()) for row in rows if row.reason))


def _phone(row: Any) -> str:
    numbers = list(row.owner.phones.all())
    return str(row.eyes.sees("phone", numbers[0].number, row.owner.community_ids)) if numbers else ""


def outcomes(notice: Notice, user: Any) -> dict[str, int]:
    """Messages by what became of them."""
    rows = Delivery.objects.visible_to(user, VIEW).filter(source_type=SOURCE, source_id=notice.pk)
    return dict(rows.order_by().values_list("status").annotate(n=Count("pk")))


def unknown(notice: Notice, user: Any) -> int:
    """Messages nobody knows about: for the vendors to be asked and a person to decide."""
    rows = Delivery.objects.visible_to(user, VIEW).filter(source_type=SOURCE, source_id=notice.pk)
    return rows.filter(status=Outcome.UNKNOWN).count()


def failure_reasons(notice: Notice, user: Any) -> list[tuple[Any, ...]]:
    """Why the failed households could not be reached, most frequent first."""
    found = _households(notice, user)
    if found is None:
        return []
    statement, params = found
    return _rows(
        f"""
        SELECT d.reason, count(DISTINCT d.unit_id) FROM ({statement}) h
          JOIN notices_delivery d ON d.unit_id = h.unit_id AND d.source_type = %s AND d.source_id = %s
         WHERE h.best = {RANKS[FAILED]} GROUP BY d.reason ORDER BY 2 DESC, 1
        """,  # noqa: S608  our own text; values are parameters
        [*params, SOURCE, notice.pk],
    )
