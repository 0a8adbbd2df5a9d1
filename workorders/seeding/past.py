"""What became of the sample repairs of the last weeks, as the services would have left them. Most went well; of every fifty some came
late on one clock, some were done twice, some were called off, so that the figures of the demo look like those of a real house."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from audit.models import User
from core.models import DictItem
from owners.seeding.hours import afternoon, by_day
from owners.seeding.past_calls import called
from owners.states import CallBackCause, CallBackOutcome
from workorders.models import Material, MaterialLine, OrderClock, Rating, WorkOrder
from workorders.services import clocks
from workorders.services.call_backs import LOW, REWORK, is_sampled
from workorders.states import Clock, ConfirmWay, Status, Urgency

FINE, LATE_OUT, LATE_THERE, LATE_DONE, TWICE, CALLED_OFF, NOT_OURS = range(7)
# A deck of fifty: it is shuffled, dealt, and dealt again.
DECK = (
    *(FINE,) * 35, *(LATE_OUT,) * 3, *(LATE_THERE,) * 3, *(LATE_DONE,) * 3, *(TWICE,) * 3, *(CALLED_OFF,) * 2, NOT_OURS,
)  # fmt: skip
# What takes long, comes late or is done again needs days to have passed.
SETTLED = 5
STARS = (5, 5, 5, 5, 5, 5, 4, 4, 4, 3, None, None)
LATE_STARS = (4, 4, 3, 2, None)
PRAISE = ("师傅很专业", "来得快，修得好", "收拾得很干净", "讲得清楚")
WHY = ("来得太晚，等了一下午", "约好的时间没有来", "没有人提前打电话")
HEARD = (
    (CallBackOutcome.SATISFIED, ""), (CallBackOutcome.SATISFIED, "师傅穿了鞋套，修完还收拾了"), (CallBackOutcome.SATISFIED, ""),
    (CallBackOutcome.BASICALLY, "希望上门前先打电话"), (CallBackOutcome.NO_ANSWER, ""), (CallBackOutcome.REFUSED, ""),
)  # fmt: skip
# Which material goes with which type: (code, how many).
PARTS: dict[str, tuple[tuple[str, int], ...]] = {
    "tap": (("WL0007", 1),), "pipe_leak": (("WL0001", 2), ("WL0002", 2)), "lamp": (("WL0003", 1),), "trip": (("WL0004", 1),),
    "lock": (("WL0005", 1),), "wall_leak": (("WL0006", 4),), "street_lamp": (("WL0003", 2),), "window": (("WL0006", 1),),
}  # fmt: skip
# From the report to the end, in minutes, when nothing goes wrong.
LASTS = {Urgency.CRITICAL: (25, 80), Urgency.URGENT: (40, 170), Urgency.NORMAL: (60, 420), Urgency.COMPLEX: (300, 2600)}
CAUSES = ("ageing", "ageing", "ageing", "misuse", "workmanship", "outside")


@dataclass(frozen=True)
class Hands:
    """Who had to do with it."""

    desk: User
    lead: User
    repairer: User


class Past:
    """Deals out what became of the orders of one community."""

    def __init__(self, random: Random) -> None:
        self.random, self.deck = random, list(DECK)
        random.shuffle(self.deck)
        self.dealt = 0

    def settle(self, order: WorkOrder, hands: Hands, *, days_ago: int) -> None:
        settled = days_ago >= SETTLED
        fate = self.deck[self.dealt % len(self.deck)] if settled else FINE
        self.dealt += 1
        if fate == CALLED_OFF:
            self._called_off(order, hands)
            return
        self._worked_on(order, hands, fate, settled=settled)
        if fate == NOT_OURS:
            self._not_ours(order, hands)
            return
        if fate == TWICE:
            self._again(order, hands)
        self._rated(order, fate, within=20 if settled else 2)
        if settled:
            self._called(order, hands)
        _over(order, Status.ARCHIVED, _known(order.completed_at) + timedelta(hours=24 if settled else 3), hands.desk)

    def _called_off(self, order: WorkOrder, hands: Hands) -> None:
        """Before anybody was at work on it."""
        order.result = ""
        order.end_reason = str(_word("cancel_reason", self.random.choice(["withdrawn", "withdrawn", "false_report"])))
        _over(order, Status.CANCELLED, order.reported_at + timedelta(minutes=self.random.randint(4, 25)), hands.desk)

    def _worked_on(self, order: WorkOrder, hands: Hands, fate: int, *, settled: bool) -> None:
        """Dispatched, accepted, there, done: each at its hour, or the one that is late after its deadline."""
        draw, due = self.random.randint, dict(OrderClock.objects.filter(order=order).values_list("clock", "due_at"))
        at, (least, most) = order.reported_at, LASTS[Urgency(order.urgency)]
        at_once = order.urgency in clocks.ROUND_THE_CLOCK
        sent = at + timedelta(minutes=draw(1, 4) if at_once else draw(3, 22))
        if fate == LATE_OUT:
            sent = due[Clock.RESPONSE] + timedelta(minutes=draw(4, 40))
        there = sent + timedelta(minutes=draw(5, 10) if at_once else draw(10, 75))
        if fate == LATE_THERE:
            there = max(there, due[Clock.ARRIVAL] + timedelta(minutes=draw(6, 90)))
        done = there + timedelta(minutes=draw(15, 60))
        if settled:
            done = max(done, _by_day(order, at + timedelta(minutes=draw(least, most))))
        if fate == LATE_DONE:
            done = max(done, _by_day(order, due[Clock.COMPLETION] + timedelta(minutes=draw(20, 600))))
        order.assignee, order.dispatched_by, order.dispatched_at = hands.repairer, hands.desk, sent
        order.accepted_at, order.arrived_at = sent + timedelta(minutes=2), there
        moments = {Clock.RESPONSE: sent, Clock.ARRIVAL: there}
        if fate == NOT_OURS:
            order.result, order.status = "", Status.WORKING
        else:
            self._done(order, done)
            moments[Clock.COMPLETION] = done
        order.save()
        _met(order, moments)

    def _done(self, order: WorkOrder, done: datetime) -> None:
        order.status = Status.DONE
        order.completed_at, order.cause = done, _word("fault_cause", self.random.choice(CAUSES))
        order.confirm_way = ConfirmWay.SIGNATURE if order.unit_id else ConfirmWay.NONE
        order.labour_fee = Decimal(self.random.choice([0, 0, 20, 40, 80])) if order.unit_id else Decimal(0)
        order.checks.update(done_at=done)
        for code, count in PARTS.get(order.kind.code, ()):
            part = Material.objects.filter(code=code).first()
            if part is not None:
                MaterialLine.objects.create(
                    order=order, material=part, code=part.code, name=part.name, spec=part.spec, measure=part.measure,
                    quantity=count, price=part.price, amount=part.price * count, chargeable=part.chargeable,
                )  # fmt: skip
                order.materials_fee += part.price * count

    def _not_ours(self, order: WorkOrder, hands: Hands) -> None:
        structure = order.category.code == "civil"
        order.end_reason = str(_word("close_reason", "repair_fund" if structure else "beyond_service"))
        _over(order, Status.CLOSED, _known(order.arrived_at) + timedelta(hours=2), hands.lead)

    def _again(self, order: WorkOrder, hands: Hands) -> None:
        """The owner was not content; the same hands came again, and a new round of clocks ran."""
        first = _known(order.completed_at)
        Rating.objects.create(
            order=order, stars=2, via="link", created_at=first + timedelta(hours=2), why="没两天又坏了，要重新修"
        )
        again = _by_day(order, first + timedelta(hours=self.random.randint(3, 8)))
        order.rework_count, order.arrived_at, order.completed_at, order.status = 1, None, None, Status.WORKING
        order.save()
        clocks.start_clocks(order, at=again, again=True)
        there = again + timedelta(minutes=self.random.randint(8, 14))
        order.arrived_at, order.status = there, Status.DONE
        order.completed_at = there + timedelta(minutes=self.random.randint(20, 60))
        order.save()
        _met(order, {Clock.ARRIVAL: there, Clock.COMPLETION: order.completed_at})

    def _rated(self, order: WorkOrder, fate: int, *, within: int) -> None:
        stars = self.random.choice(LATE_STARS if fate in {LATE_OUT, LATE_THERE, LATE_DONE} else STARS)
        if stars is None or order.unit_id is None:
            return
        order.stars = stars
        Rating.objects.create(
            order=order, round=order.rework_count, stars=stars, via="link",
            created_at=_known(order.completed_at) + timedelta(hours=self.random.randint(1, within)),
            text=self.random.choice(PRAISE) if stars == 5 else "", why=self.random.choice(WHY) if stars <= 2 else "",
        )  # fmt: skip

    def _called(self, order: WorkOrder, hands: Hands) -> None:
        """Whoever gave few stars, and a sample of the others (workorders.services.call_backs)."""
        facts: dict[str, Any] = {"title": order.headline, "by": hands.desk, "handlers": [hands.repairer.pk]}
        for rating in order.ratings.filter(stars__lte=LOW):
            again = rating.round < order.rework_count
            called(
                order, cause=CallBackCause.LOW, at=by_day(rating.created_at + timedelta(hours=2)), round=rating.round, text=rating.why,
                outcome=CallBackOutcome.UNSATISFIED if again else CallBackOutcome.BASICALLY, follow=REWORK if again else "", **facts,
            )  # fmt: skip
        low = order.stars is not None and order.stars <= LOW
        if is_sampled(order) and order.owner is not None and not low:
            outcome, text = self.random.choice(HEARD)
            at = afternoon(_known(order.completed_at) + timedelta(days=1, hours=1))
            called(
                order, cause=CallBackCause.SAMPLE, at=at, round=order.rework_count, outcome=outcome, text=text, **facts
            )


def _known(at: datetime | None) -> datetime:
    """A moment that this kind of order has."""
    assert at is not None
    return at


def _over(order: WorkOrder, status: Status, at: datetime, by: User) -> None:
    order.status, order.ended_at, order.ended_by = status, at, by
    order.save()
    clocks.end_clocks(order)


def _met(order: WorkOrder, moments: dict[Clock, datetime]) -> None:
    for clock, moment in moments.items():
        clocks.meet(order, clock, at=moment)


def _by_day(order: WorkOrder, at: datetime) -> datetime:
    """Unless it cannot wait."""
    return at if order.urgency in clocks.ROUND_THE_CLOCK else by_day(at)


def _word(dictionary: str, code: str) -> DictItem:
    return DictItem.objects.get(type__code=dictionary, code=code)
