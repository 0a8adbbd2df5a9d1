"""Who holds something, asked for all communities at once, against the question about one."""

import pytest

from audit.queries.people import Holders, holders_of
from tests.factories.audit import grant_to, user_with
from tests.factories.properties import CommunityFactory

pytestmark = pytest.mark.django_db
VIEW = "workorders.view_workorder"


def test_holders_of_all_communities_are_those_of_each():
    here, there, nowhere = (CommunityFactory() for _ in range(3))
    one, both = user_with(VIEW, communities=[here]), user_with(VIEW, communities=[here, there])
    gone = user_with(VIEW, communities=[here])
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    other = user_with("workorders.add_workorder", communities=[here])
    twice = user_with(VIEW, communities=[there])
    grant_to(twice, VIEW, communities=[there])
    holders = Holders(permission=VIEW)
    for community in (here, there, nowhere):
        assert holders.at(community.pk) == list(holders_of(VIEW, [community.pk]))
    assert set(holders.at(here.pk)) == {one, both} and other not in holders.at(here.pk)
    assert set(holders.at(there.pk)) == {both, twice}
    assert holders.at(nowhere.pk) == []
