"""Staff are offered to those who work where they do: in type-aheads, forms and filters."""

import pytest
from django.urls import reverse

from audit.models import DataScope
from audit.queries.colleagues import colleagues
from core.services import dictionary
from tests.factories.audit import UserFactory, grant_to
from tests.factories.owners import OwnerFactory, TenureFactory
from tests.factories.properties import CommunityFactory, TeamFactory
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
VIEW = "owners.view_owner"


@pytest.fixture
def here():
    return CommunityFactory()


def worker(name: str, *places, scope=DataScope.COMMUNITY):
    user = UserFactory(display_name=name)
    grant_to(user, VIEW, "owners.change_owner", "properties.change_team", scope=scope, communities=places)
    return user


@pytest.fixture
def reader(here):
    return worker("周敏", here)


def found(user, text: str, **query: str) -> list[str]:
    rows = signed_in(user).get(reverse("audit:staff_picker"), {"q": text, **query}).json()["results"]
    return [row["text"] for row in rows]


def test_who_works_here_or_everywhere_is_offered_and_nobody_else(reader, here):
    worker("马晓婷", here, CommunityFactory())
    worker("王总", scope=DataScope.ALL)
    worker("陈外", CommunityFactory())
    UserFactory(display_name="无权")
    assert found(reader, "") == ["周敏", "王总", "马晓婷"]


def test_who_sees_everything_is_offered_everybody(here):
    boss = worker("总监", scope=DataScope.ALL)
    worker("陈外", CommunityFactory())
    assert found(boss, "") == ["总监", "陈外"]


@pytest.mark.parametrize("typed", ["马晓", "晓婷", "mxt", "maxiaot", "MXT", "ma-account"])
def test_found_by_name_letters_and_account(reader, here, typed):
    person = worker("马晓婷", here)
    type(person).objects.filter(pk=person.pk).update(username="ma-account")
    assert found(reader, typed) == ["马晓婷"]


def test_who_has_gone_is_offered_to_filters_alone(reader, here):
    gone = worker("老刘", here)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    assert (found(reader, "老刘"), found(reader, "老刘", ever="1")) == ([], ["老刘"])
    type(gone).objects.filter(pk=gone.pk).update(is_active=True)
    gone.grants.update(withdrawn_at=gone.created_at)
    assert (found(reader, "老刘"), found(reader, "老刘", ever="1")) == ([], ["老刘"])


def test_a_form_takes_no_stranger(reader, here):
    dictionary.seed()
    owner = TenureFactory(unit__building__community=here).owner
    stranger, client = worker("陈外", CommunityFactory()), signed_in(reader)
    url = reverse("owners:keeper_update", args=[owner.pk])
    assert client.post(url, {"keeper": stranger.pk}).status_code == 200
    owner.refresh_from_db()
    assert owner.keeper_id != stranger.pk
    assert client.post(url, {"keeper": reader.pk}).status_code == 302
    owner.refresh_from_db()
    assert owner.keeper_id == reader.pk


def test_a_form_keeps_whom_the_record_names(reader, here):
    dictionary.seed()
    gone = worker("老刘", CommunityFactory())
    team = TeamFactory(community=here, leader=gone)
    page = signed_in(reader).get(reverse("properties:team_update", args=[team.pk]))
    assert page.context["form"]["leader"].value() == gone.pk
    assert gone in page.context["form"].fields["leader"].queryset
    assert f'value="{gone.pk}" selected' in page.content.decode()


def test_a_filter_takes_no_stranger_and_draws_no_staff(reader, here):
    stranger, keeper = worker("陈外", CommunityFactory()), worker("马晓婷", here)
    owner = OwnerFactory(keeper=keeper)
    TenureFactory(owner=owner, unit__building__community=here)
    client, url = signed_in(reader), reverse("owners:owner_list")
    page = client.get(url, {"keeper": keeper.pk})
    assert [row.pk for row in page.context["table"]["rows"]] == [owner.pk]
    assert "马晓婷" in page.content.decode()
    body = client.get(url, {"keeper": stranger.pk}).content.decode()
    assert "陈外" not in body


def test_colleagues_are_asked_in_two_statements(reader, here, django_assert_max_num_queries):
    assert reader.access
    with django_assert_max_num_queries(2):
        list(colleagues(reader))
