"""Repair orders in any state, made as the services leave them; the people who repair."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from audit.services import seeds
from tests.factories.audit import UserFactory, user_with
from tests.factories.owners import word
from tests.factories.properties import UnitFactory
from workorders.models import (
    Handover,
    Material,
    Outage,
    PriceItem,
    Repairer,
    RepairRule,
    ReportCode,
    Shift,
    Supervision,
    SuspensionRequest,
    WorkOrder,
)
from workorders.seeds import PERMISSIONS
from workorders.states import PAUSED, OutageKind, Source, Status, Urgency

_HANDED = frozenset(
    {Status.DISPATCHED, Status.WORKING, Status.PARTS, Status.SUSPENDED, Status.DONE, Status.ARCHIVED, Status.CLOSED}
)
_COMPLETED = frozenset({Status.DONE, Status.ARCHIVED})


def kind_of(code: str) -> Any:
    return word("repair_kind", code)


class WorkOrderFactory(factory.django.DjangoModelFactory):
    """WorkOrderFactory(unit=…, status="working", kind="tap"). Without clocks: those are started by the services."""

    class Meta:
        model = WorkOrder

    class Params:
        code = "tap"

    unit = factory.SubFactory(UnitFactory)
    building = factory.LazyAttribute(lambda row: row.unit.building if row.unit else row.place.building)
    community = factory.LazyAttribute(lambda row: (row.unit or row.place).community)
    address = factory.LazyAttribute(lambda row: row.unit.label if row.unit else str(row.place))
    number = factory.Sequence(lambda n: f"BX20261122-{n + 10_000}")
    status = Status.WAITING
    source = Source.HOTLINE
    area = "indoor"
    reporter_name = "王建国"
    kind = factory.LazyAttribute(lambda row: kind_of(row.code))
    category = factory.LazyAttribute(lambda row: RepairRule.objects.get(kind=row.kind).category)
    urgency = Urgency.NORMAL
    description = "厨房水龙头漏水"
    reported_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    assignee = factory.Maybe(
        factory.LazyAttribute(lambda row: row.status in _HANDED), factory.SubFactory(UserFactory), None
    )
    dispatched_at = factory.LazyAttribute(lambda row: row.reported_at if row.status in _HANDED else None)
    completed_at = factory.LazyAttribute(lambda row: timezone.now() if row.status in _COMPLETED else None)
    paused_at = factory.LazyAttribute(lambda row: timezone.now() if row.status in PAUSED else None)


class RepairerFactory(factory.django.DjangoModelFactory):
    """RepairerFactory(community=…, user=…, skills=["plumbing"])."""

    class Meta:
        model = Repairer
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)

    @factory.post_generation
    def skills(self, create: bool, codes: Any, **_: Any) -> None:
        if codes:
            self.skills.set([word("skill", code) for code in codes])


def works(row: Repairer, *spans: tuple[int, int], days: Any = range(7)) -> Repairer:
    """Gives him this rota on these weekdays; round the clock when nothing is said."""
    for weekday in days:
        for starts, ends in spans or ((0, 1440),):
            Shift.objects.create(repairer=row, weekday=weekday, starts=starts, ends=ends)
    return row


class MaterialFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Material

    code = factory.Sequence(lambda n: f"WL{n + 10_000}")
    name = "角阀"
    spec = "DN15"
    measure = "个"
    price = Decimal("18.5000")


class PriceItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PriceItem

    name = factory.Sequence(lambda n: f"换水龙头{n}")
    measure = "个"
    price = Decimal("10.00")


class SuspensionRequestFactory(factory.django.DjangoModelFactory):
    """SuspensionRequestFactory(order=<in work>): asked by its repairer."""

    class Meta:
        model = SuspensionRequest

    order = factory.SubFactory(WorkOrderFactory, status=Status.WORKING)
    reason = factory.LazyFunction(lambda: word("suspend_reason", "away"))
    resume_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=2))
    asked_by = factory.LazyAttribute(lambda row: row.order.assignee)


class OutageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Outage

    kind = OutageKind.EMERGENCY
    title = "3栋停水"
    category = factory.LazyFunction(lambda: word("repair_category", "plumbing"))
    started_at = factory.LazyFunction(timezone.now)
    caller_text = "3栋水泵故障，正在抢修。"
    created_by = factory.SubFactory(UserFactory)


class HandoverFactory(factory.django.DjangoModelFactory):
    """HandoverFactory(community=…, given_by=…): waits to be taken."""

    class Meta:
        model = Handover

    given_by = factory.SubFactory(UserFactory)
    since = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=8))
    lines = factory.LazyFunction(lambda: {"open": []})


class ReportCodeFactory(factory.django.DjangoModelFactory):
    """ReportCodeFactory(place=…) or (unit=…)."""

    class Meta:
        model = ReportCode

    place = None
    unit = None
    community = factory.LazyAttribute(lambda row: (row.place or row.unit).community)
    code = factory.Sequence(lambda n: f"code{n:08}")


def _holder(role: str, communities: Any, **where: Any) -> Any:
    return user_with(*PERMISSIONS[role], communities=communities, **where)


def desk(*communities: Any) -> Any:
    """A clerk's supervisor: takes in, dispatches, cancels, supervises, archives."""
    return _holder(seeds.CLERK_LEAD, communities)


def chief(*communities: Any) -> Any:
    """The engineering lead."""
    return _holder(seeds.ENGINEER_LEAD, communities)


def repairer(community: Any, *skills: str) -> Any:
    """Somebody with the repairer's role (own orders only), registered as a repairer of the community with these skills."""
    user = _holder(seeds.REPAIRER, [community], scope="self")
    RepairerFactory(user=user, community=community, skills=skills)
    return user


class SupervisionFactory(factory.django.DjangoModelFactory):
    """Demanded by the clock, to be answered tomorrow."""

    class Meta:
        model = Supervision

    order = factory.SubFactory(WorkOrderFactory, status=Status.WORKING)
    demand = "请今天内处理并回复"
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))
