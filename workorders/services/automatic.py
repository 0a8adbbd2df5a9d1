"""Dispatch by itself (R38): type x area x on duty x load, in communities that want it. Beat runs `dispatch_waiting` every minute,
the command auto_dispatch is the same function."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import locks
from core.actors import SYSTEM
from core.errors import BusinessError
from properties.models import Community
from workorders.models import DispatchSetting, WorkOrder
from workorders.queries.crew import Person, people_of
from workorders.queries.suggestions import Ground, Suggestion, ground_for, handed_back, ranking
from workorders.services.dispatch import dispatch_order
from workorders.states import Duty, Status

# Orders in one transaction: long enough to read people and buildings once for many, short enough that nobody waits for their rows.
BATCH = 20


@dataclass
class Report:
    """What one run did: (order, whom) of what went out, (order, why not) of what still waits."""

    sent: list[tuple[WorkOrder, Any]] = field(default_factory=list)
    left: list[tuple[WorkOrder, str]] = field(default_factory=list)


def dispatch_waiting(*, at: datetime | None = None) -> Report:
    """All communities with the switch on. Safe to run twice at once: the runs of one community follow each other, an order that a
    person has dispatched in between is left alone."""
    report = Report()
    settings = DispatchSetting.objects.filter(automatic=True, community__disabled_at__isnull=True)
    for setting in settings.select_related("community").order_by("community_id"):
        after: int | None = 0
        while after is not None:
            after = _batch(setting.community, after, at or timezone.now(), report)
    return report


@transaction.atomic
def _batch(community: Community, after: int, at: datetime, report: Report) -> int | None:
    """The next orders; returns where to go on. The lock makes two runs count the same people one after the other. Rows are locked in
    the order of their keys, as everybody does who locks many; what somebody is just dispatching is his."""
    locks.hold("workorders.auto_dispatch", community.pk)
    rows = WorkOrder.objects.filter(community=community, status=Status.WAITING, pk__gt=after).order_by("pk")
    rows = rows.select_related("community", "kind", "building").select_for_update(of=("self",), skip_locked=True)
    orders = list(rows[:BATCH])
    if not orders:
        return None
    people = people_of([community], at)
    ground, refused = ground_for(community, orders, people), handed_back(orders)
    for order in sorted(orders, key=_urgency):
        _one(order, people, ground, refused, report)
    return orders[-1].pk


def _urgency(order: WorkOrder) -> tuple[bool, Any, int]:
    return order.next_due_at is None, order.next_due_at or order.reported_at, order.pk


def _one(
    order: WorkOrder, people: Sequence[Person], ground: Ground, refused: set[tuple[int, int]], report: Report
) -> None:
    chosen, why_not = _choose(order, people, ground, refused)
    if chosen is None:
        report.left.append((order, why_not))
        return
    user = chosen.person.user
    try:
        with transaction.atomic():
            dispatch_order(order, by=SYSTEM, to=user, reason=_("自动派单，%(why)s") % {"why": chosen.sentence})
    except BusinessError as error:
        report.left.append((order, error.sentence))
        return
    chosen.person.to_accept += 1
    report.sent.append((order, user))


def _choose(
    order: WorkOrder, people: Sequence[Person], ground: Ground, refused: set[tuple[int, int]]
) -> tuple[Suggestion | None, str]:
    """The best of those who may be chosen without asking; else the first thing that nobody fulfils, in words."""
    skill = ground.skill_of(order)
    steps = (
        (lambda one: one.repairer.automatic, _("没有参与自动派单的人")),
        (lambda one: one.knows_how(skill.pk if skill else None), _("没有会修%(skill)s的人") % {"skill": skill}),
        (lambda one: one.looks_after(order.building_id), _("没有负责这栋楼的人")),
        (lambda one: one.duty.duty == Duty.ON, _("会修的人都不在岗")),
        (lambda one: (order.pk, one.repairer.user_id) not in refused, _("在岗的人已退过这张单")),
        (lambda one: one.load < ground.setting.most_orders, _("在岗的人手上都满了")),
    )
    left = list(people)
    for fits, words in steps:
        left = [one for one in left if fits(one)]
        if not left:
            return None, words
    return ranking(order, left, ground)[0], ""
