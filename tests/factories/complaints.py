"""Complaints in any state, made as the services leave them; the people who deal with them."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from audit.services import seeds
from complaints.models import Approval, CaseSupervision, Complaint, GroupCase, LowRatingRule
from complaints.seeds import PERMISSIONS, TOPICS
from complaints.states import ApprovalKind, Ending, Kind, Level, LowAct, Responsibility, Source, Status
from tests.factories.audit import UserFactory, user_with
from tests.factories.owners import word
from tests.factories.properties import CommunityFactory, UnitFactory

CATEGORY_OF = {topic: code for code, _name, topics in TOPICS for topic, _label in topics}
_ACCEPTED = frozenset(Status) - {Status.NEW}
_HANDLED = frozenset({Status.WORKING, Status.ANSWERING, Status.CALLING, Status.CLOSED})
_ANSWERED = frozenset({Status.CALLING, Status.CLOSED})


def topic_of(code: str) -> Any:
    return word("complaint_topic", code)


class ComplaintFactory(factory.django.DjangoModelFactory):
    """ComplaintFactory(unit=…, status="working", code="noise_fitout"). Without clocks: those are started by the services."""

    class Meta:
        model = Complaint
        skip_postgeneration_save = True

    class Params:
        code = "noise_fitout"

    unit = factory.SubFactory(UnitFactory)
    building = factory.LazyAttribute(lambda row: row.unit.building if row.unit else None)
    community = factory.LazyAttribute(lambda row: row.unit.community)
    address = factory.LazyAttribute(lambda row: row.unit.label if row.unit else "")
    number = factory.Sequence(lambda n: f"TS20261122-{n + 10_000}")
    kind = Kind.COMPLAINT
    status = Status.NEW
    source = Source.PHONE
    complainant = "王建国"
    topic = factory.LazyAttribute(lambda row: topic_of(row.code))
    category = factory.LazyAttribute(lambda row: word("complaint_category", CATEGORY_OF[row.code]))
    facts = "楼上装修，中午也在打孔"
    level = Level.NORMAL
    received_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    accepted_at = factory.LazyAttribute(lambda row: row.received_at if row.status in _ACCEPTED else None)
    responsibility = factory.LazyAttribute(lambda row: Responsibility.PROPERTY if row.status in _ACCEPTED else "")
    handler = factory.Maybe(
        factory.LazyAttribute(lambda row: row.status in _HANDLED), factory.SubFactory(UserFactory), None
    )
    answered_at = factory.LazyAttribute(lambda row: timezone.now() if row.status in _ANSWERED else None)
    closed_at = factory.LazyAttribute(lambda row: timezone.now() if row.status == Status.CLOSED else None)
    ending = factory.LazyAttribute(lambda row: Ending.SATISFIED if row.status == Status.CLOSED else "")

    @factory.post_generation
    def accused_people(self, create: bool, people: Any, **_: Any) -> None:
        if people:
            self.accused_people.set(people)


class ApprovalFactory(factory.django.DjangoModelFactory):
    """A plan that waits for the manager."""

    class Meta:
        model = Approval

    complaint = factory.SubFactory(ComplaintFactory, status=Status.WORKING)
    kind = ApprovalKind.PLAN
    text = "约谈施工方"
    asked_by = factory.SubFactory(UserFactory)


class LowRatingRuleFactory(factory.django.DjangoModelFactory):
    """One community's own; `community=None` is that of all, which is there already."""

    class Meta:
        model = LowRatingRule
        django_get_or_create = ("community",)

    community = factory.SubFactory(CommunityFactory)
    act = LowAct.COMPLAINT


class CaseSupervisionFactory(factory.django.DjangoModelFactory):
    """Demanded by the clock, to be answered tomorrow."""

    class Meta:
        model = CaseSupervision

    complaint = factory.SubFactory(ComplaintFactory, status=Status.WORKING)
    demand = "请今天内处理并回复"
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))


class GroupCaseFactory(factory.django.DjangoModelFactory):
    """GroupCaseFactory(cases=[…]) leads them as one."""

    class Meta:
        model = GroupCase
        skip_postgeneration_save = True

    title = "装修噪音"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, cases: Any = (), **values: Any) -> Any:
        values["community"] = values.get("community") or cases[0].community
        group = super()._create(model_class, *args, **values)
        for case in cases:
            case.group = group
            case.save(update_fields=["group"])
        return group


def _holder(role: str, communities: Any, **where: Any) -> Any:
    return user_with(*PERMISSIONS[role], communities=communities, **where)


def clerk(*communities: Any) -> Any:
    return _holder(seeds.CLERK, communities)


def lead(*communities: Any) -> Any:
    """The clerks' supervisor: judges, assigns, closes what is not major."""
    return _holder(seeds.CLERK_LEAD, communities)


def manager(*communities: Any) -> Any:
    """The project manager: approves, closes what is major."""
    return _holder(seeds.MANAGER, communities)
