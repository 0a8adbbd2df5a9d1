"""The board of an announcement: how many households it reached, who has not read it, who could not be reached (PEERS 5.5).

A household has read it when any of its people has; it was reached when any message arrived. Read rate = read / reached (DOMAIN 2.4:
286 / (320 - 6) = 91.08%).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, Max, When

from notices.models import Delivery, Notice
from notices.queries.audience import sql_of
from notices.queries.owners import SOURCE
from notices.states import Outcome, Reason
from properties.models import Building, Community

VIEW = "notices.view_delivery"
READ, UNREAD, PENDING, FAILED = STATES = ("read", "unread", "pending", "failed")
# A household's best delivery decides: one figure for each row, one maximum for each household (three ORs cost the database a fifth more).
# Below STEP the figure says why nothing arrived, so that the same pass counts the reasons, each household under one: what a channel
# answered tells more than a number that is missing, and that more than what was never to be sent.
STEP = 10
RANKS = {READ: 3, UNREAD: 2, PENDING: 1, FAILED: 0}
_BY_RANK = {rank: state for state, rank in RANKS.items()}
_REASONS = (
    "", Reason.WITHDRAWN, Reason.OPTED_OUT, Reason.NOT_ENABLED, Reason.NO_CONTACT, Reason.NO_ANSWER, Reason.BAD_ADDRESS,
    Reason.REFUSED,
)  # fmt: skip


@dataclass
class Line:
    """One building, one community, or all of them."""

    label: str = ""
    building_id: int = 0
    community_id: int = 0
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

    def add(self, state: str, count: int) -> None:
        setattr(self, state, getattr(self, state) + count)


@dataclass
class Board:
    """`buildings` in walking order, without their labels: a page shows only some of them (`named`)."""

    total: Line = field(default_factory=Line)
    buildings: list[Line] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def communities(self) -> list[Line]:
        """One line for each community, its buildings added up."""
        lines: dict[int, Line] = {}
        for building in self.buildings:
            line = lines.setdefault(building.community_id, Line(community_id=building.community_id))
            for state in STATES:
                line.add(state, getattr(building, state))
        return list(lines.values())


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
    best = Case(
        When(read_at__isnull=False, then=RANKS[READ] * STEP),
        When(status=Outcome.SENT, then=RANKS[UNREAD] * STEP),
        When(status__in=open_, then=RANKS[PENDING] * STEP),
        *(When(reason=reason, then=tells) for tells, reason in enumerate(_REASONS) if tells),
        default=RANKS[FAILED],
    )
    grouped = rows.order_by().values("building_id", "unit_id").annotate(best=Max(best))
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
    """Everything the page counts, in one pass over the deliveries."""
    found = _households(notice, user)
    if found is None:
        return Board()
    statement, params = found
    with _by_index():
        counted = _rows(
            f"""
            WITH c AS MATERIALIZED (SELECT h.building_id, h.best, count(*) AS n FROM ({statement}) h GROUP BY 1, 2)
            SELECT b.community_id, b.id, c.best, c.n FROM c LEFT JOIN properties_building b ON b.id = c.building_id
             ORDER BY b.community_id, b.sort_key, b.id
            """,  # noqa: S608  our own text
            params,
        )
    result, lines = Board(), dict[int, Line]()
    for community_id, building_id, best, count in counted:
        state = _BY_RANK[best // STEP]
        result.total.add(state, count)
        if state == FAILED:
            result.reasons[_REASONS[best]] += count
        if building_id is not None:
            line = lines.setdefault(building_id, Line(building_id=building_id, community_id=community_id))
            line.add(state, count)
    result.buildings = list(lines.values())
    return result


def named(lines: list[Line]) -> list[Line]:
    """The lines with the names of their buildings or communities: one query."""
    wanted = [line.building_id or line.community_id for line in lines]
    if lines and lines[0].building_id:
        buildings = Building.objects.filter(pk__in=wanted).only("name", "number")
        labels = {building.pk: building.label for building in buildings}
    else:
        labels = dict(Community.objects.filter(pk__in=wanted).values_list("pk", "name"))
    for line, pk in zip(lines, wanted, strict=True):
        line.label = labels.get(pk, "")
    return lines


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
         WHERE h.best / %s = ANY(%s) ORDER BY b.community_id, b.sort_key, b.id, u.sort_key, u.id LIMIT %s OFFSET %s
        """,  # noqa: S608  our own text; values are parameters
        [*params, STEP, [RANKS[state] for state in states], most, skip],
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


def outcomes(notice: Notice, user: Any) -> dict[str, int]:
    """Messages by what became of them."""
    rows = Delivery.objects.visible_to(user, VIEW).filter(source_type=SOURCE, source_id=notice.pk)
    return dict(rows.order_by().values_list("status").annotate(n=Count("pk")))


def unknown(notice: Notice, user: Any) -> int:
    """Messages nobody knows about: for the vendors to be asked and a person to decide."""
    rows = Delivery.objects.visible_to(user, VIEW).filter(source_type=SOURCE, source_id=notice.pk)
    return rows.filter(status=Outcome.UNKNOWN).count()
