"""Whom the dialog of 派工 offers: nobody the case is about, in as many statements for twelve as for three."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.forms.acts import AssignForm
from complaints.models import Complaint, ComplaintOrder
from complaints.policies import unfit
from complaints.queries.people import WORK, handlers_for
from tests.complaints.test_states import complain
from tests.factories.audit import user_with
from tests.factories.complaints import manager
from tests.factories.properties import CommunityFactory, TeamFactory, UnitFactory
from tests.factories.workorders import WorkOrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def community() -> Any:
    return CommunityFactory()


def staff(community: Any, count: int) -> list[Any]:
    return [user_with(WORK, communities=[community]) for _ in range(count)]


@pytest.fixture
def about(community: Any) -> tuple[Complaint, dict[str, Any]]:
    """A confidential case about a person, a department and an order; and everybody it is about."""
    named, leader, member, assignee, helper = staff(community, 5)
    team = TeamFactory(community=community, leader=leader)
    team.members.add(member)
    unit = UnitFactory(building__community=community)
    case = complain(
        unit, by=manager(community), topic="attitude", confidential=True, accused_people=[named], accused_team=team
    )
    order = WorkOrderFactory(unit=unit, assignee=assignee)
    order.helpers.add(helper)
    ComplaintOrder.objects.create(complaint=case, order=order, raised=False)
    return case, {"named": named, "leader": leader, "member": member, "assignee": assignee, "helper": helper}


def test_nobody_the_case_is_about_is_offered(community: Any, about: Any) -> None:
    case, people = about
    others = staff(community, 2)
    offered = [person for person, _n in handlers_for(case)]
    assert not set(people.values()) & set(offered) and set(others) <= set(offered)
    assert {name: bool(unfit(case, person)) for name, person in people.items()} == dict.fromkeys(people, True)
    assert [unfit(case, person) for person in others] == ["", ""]


def test_whoever_works_on_an_order_the_case_itself_raised_may_have_it(community: Any) -> None:
    case, (repairer,) = complain(UnitFactory(building__community=community)), staff(community, 1)
    order = WorkOrderFactory(unit=case.unit, assignee=repairer)
    ComplaintOrder.objects.create(complaint=case, order=order, raised=True)
    assert unfit(case, repairer) == "" and repairer in [person for person, _n in handlers_for(case)]


def statements(case: Complaint) -> int:
    case = Complaint.objects.get(pk=case.pk)
    with CaptureQueriesContext(connection) as captured:
        AssignForm(instance=case, user=None)
    return len(captured)


def test_the_dialog_asks_no_more_for_twelve_people_than_for_three(community: Any, about: Any) -> None:
    case, _people = about
    staff(community, 3)
    with_three = statements(case)
    staff(community, 9)
    # Accused, their team and its members, the crew, the staff and what each has in hand.
    assert statements(case) == with_three == 6
