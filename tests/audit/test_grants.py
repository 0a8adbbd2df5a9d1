"""R131: roles given to people for places, by the rules; and why somebody may do something."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from audit.models import DataScope, Grant, Role, User
from audit.permission_labels import all_permissions
from audit.queries import explain
from audit.services import seeds
from audit.services.grants import change_grant, grant_role, withdraw_grant
from core.actors import SYSTEM
from core.errors import BadValue, BusinessError, OutOfScope
from core.models import LogEntry
from tests.factories.audit import GrantFactory, RoleFactory, UserFactory, grant_to, user_with
from tests.support.cases import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("estate")]


def role_of(scope: str, *holds: str) -> Role:
    return RoleFactory(data_scope=scope, holds=holds)


def test_a_node_becomes_the_communities_below_it(security_admin: User, person: User) -> None:
    grant = grant_role(person, by=security_admin, role=role_of(DataScope.SUBTREE), nodes=[2], communities=[11])
    assert (grant.node_ids, grant.chosen_ids, grant.community_ids) == ([2], [11], [11, 12, 13])
    entry = LogEntry.objects.get(action="audit.grant.given")
    assert entry.object_id == person.pk
    assert entry.changes["communities"] == "湖映花园、云栖里、江语湾"


def test_a_building_role_keeps_its_buildings_and_their_communities(security_admin: User, person: User) -> None:
    grant = grant_role(
        person, by=security_admin, role=role_of(DataScope.BUILDING), buildings=[111, 121], communities=[13]
    )
    assert (grant.building_ids, grant.community_ids) == ([111, 121], [11, 12])
    access = User.objects.get(pk=person.pk).access
    assert access.grants[0].scope.community_ids == frozenset()


@pytest.mark.parametrize("scope", [DataScope.ALL, DataScope.SELF, DataScope.TEAM])
def test_a_role_without_places_stores_none(security_admin: User, person: User, scope: str) -> None:
    grant = grant_role(person, by=security_admin, role=role_of(scope), nodes=[1], communities=[11], buildings=[111])
    assert (grant.node_ids, grant.community_ids, grant.building_ids) == ([], [], [])


@pytest.mark.parametrize(("scope", "field"), [(DataScope.COMMUNITY, "communities"), (DataScope.BUILDING, "buildings")])
def test_a_role_for_places_needs_one_that_exists(security_admin: User, person: User, scope: str, field: str) -> None:
    with pytest.raises(BadValue) as refused:
        grant_role(person, by=security_admin, role=role_of(scope), communities=[999], buildings=[999])
    assert refused.value.field == field


def test_nobody_grants_himself(security_admin: User) -> None:
    with pytest.raises(BusinessError, match="不能给自己"):
        grant_role(security_admin, by=security_admin, role=role_of(DataScope.ALL))
    grant = Grant.objects.get(user=security_admin)
    with pytest.raises(BusinessError, match="不能给自己"):
        withdraw_grant(grant, by=security_admin)
    with pytest.raises(BusinessError, match="不能给自己"):
        change_grant(grant, by=security_admin)


@pytest.mark.parametrize("first", [seeds.SYSTEM_ADMIN, seeds.SECURITY_ADMIN, seeds.AUDITOR])
@pytest.mark.parametrize("second", [seeds.SYSTEM_ADMIN, seeds.SECURITY_ADMIN, seeds.AUDITOR])
def test_the_three_administrators_stay_three_people(person: User, first: str, second: str) -> None:
    if first == second:
        return
    grant_role(person, by=SYSTEM, role=Role.objects.get(code=first))
    with pytest.raises(BusinessError, match="互斥"):
        grant_role(person, by=SYSTEM, role=Role.objects.get(code=second))


def test_one_gives_only_within_ones_own_scope(person: User) -> None:
    local = user_with("audit.grant_role_user", communities=[11])
    grant_role(person, by=local, role=role_of(DataScope.COMMUNITY), communities=[11])
    with pytest.raises(OutOfScope):
        grant_role(person, by=local, role=role_of(DataScope.COMMUNITY), communities=[11, 12])
    with pytest.raises(OutOfScope):
        grant_role(person, by=local, role=role_of(DataScope.ALL))


def test_the_same_role_is_given_once(security_admin: User, person: User) -> None:
    role = role_of(DataScope.ALL)
    grant_role(person, by=security_admin, role=role)
    with pytest.raises(BusinessError):
        grant_role(person, by=security_admin, role=role)
    with pytest.raises(IntegrityError):
        GrantFactory(user=person, role=role)


def test_a_withdrawn_role_gives_nothing_and_can_be_given_again(security_admin: User, person: User) -> None:
    role = role_of(DataScope.ALL, "core.watch_job")
    grant = grant_role(person, by=security_admin, role=role)
    assert User.objects.get(pk=person.pk).has_perm("core.watch_job")
    withdraw_grant(grant, by=security_admin, reason="转岗")
    assert not User.objects.get(pk=person.pk).has_perm("core.watch_job")
    grant_role(person, by=security_admin, role=role)
    assert [e.action.rpartition(".")[2] for e in LogEntry.objects.order_by("pk")] == ["given", "withdrawn", "given"]


def test_a_role_ends_with_its_last_day(security_admin: User, person: User) -> None:
    ended = timezone.now() - timedelta(minutes=1)
    grant_role(person, by=security_admin, role=role_of(DataScope.ALL, "core.watch_job"), until=ended)
    assert not User.objects.get(pk=person.pk).has_perm("core.watch_job")


def test_changing_places_logs_old_and_new(security_admin: User, person: User) -> None:
    grant = grant_role(person, by=security_admin, role=role_of(DataScope.COMMUNITY), communities=[11])
    change_grant(grant, by=security_admin, communities=[12])
    assert LogEntry.objects.get(action="audit.grant.changed").changes["communities"] == ["湖映花园", "云栖里"]


# --- Pages ---------------------------------------------------------------------------------------------------------------


def test_the_grant_form_gives_and_shows_the_tree(security_admin: User, person: User) -> None:
    client, role = signed_in(security_admin), role_of(DataScope.SUBTREE)
    page = client.get(f"/users/{person.pk}/grants/new/").content.decode()
    assert page.index("华东区") < page.index("湖映花园") < page.index("宁波市") < page.index("云栖里")
    data: dict[str, Any] = {"role": role.pk, "nodes": [2], "until": "20991231"}
    assert client.post(f"/users/{person.pk}/grants/new/", data).url == person.get_absolute_url()
    grant = Grant.objects.get(user=person)
    assert grant.community_ids == [12, 13]
    assert timezone.localtime(grant.until).isoformat() == "2100-01-01T00:00:00+08:00"
    changed = client.get(f"/grants/{grant.pk}/edit/").content.decode()
    assert 'name="nodes" value="2" checked' in changed
    assert 'name="communities" value="12" checked' not in changed
    assert "2099-12-31" in changed


def test_the_grant_form_keeps_what_was_ticked_when_it_is_refused(security_admin: User, person: User) -> None:
    client = signed_in(security_admin)
    response = client.post(f"/users/{person.pk}/grants/new/", {"nodes": [2], "until": "2001-01-01"})
    assert set(response.context["form"].errors) == {"role", "until"}
    assert 'name="nodes" value="2" checked' in response.content.decode()


def test_without_the_right_nobody_gives_roles(person: User) -> None:
    client = signed_in(user_with("audit.view_user"))
    grant = GrantFactory(user=UserFactory())
    for url in (f"/users/{person.pk}/grants/new/", f"/grants/{grant.pk}/edit/", f"/grants/{grant.pk}/withdraw/"):
        assert client.get(url).status_code == 403
        assert client.post(url, {}).status_code == 403


def test_a_role_is_withdrawn_on_its_page(security_admin: User, person: User) -> None:
    client, grant = signed_in(security_admin), GrantFactory(user=person)
    assert client.post(f"/grants/{grant.pk}/withdraw/", {"reason": ""}).status_code == 200
    assert client.post(f"/grants/{grant.pk}/withdraw/", {"reason": "转岗"}).status_code == 302
    grant.refresh_from_db()
    assert grant.withdrawn_at is not None


# --- Why may he? -----------------------------------------------------------------------------------------------------------


def answer(user: User, name: str, community: int | None) -> explain.Answer:
    facts = next(row for row in all_permissions() if row.name == name)
    return explain.answer(User.objects.get(pk=user.pk), facts, community)


def test_clerk_in_one_and_reader_in_another_is_not_writer_in_both() -> None:
    user = user_with("owners.change_owner", "owners.view_owner", communities=[11])
    grant_to(user, "owners.view_owner", communities=[12])
    assert answer(user, "owners.change_owner", 11).allowed
    assert answer(user, "owners.view_owner", 12).allowed
    refused = answer(user, "owners.change_owner", 12)
    assert not refused.allowed
    assert "范围不含 云栖里" in refused.sentence
    assert refused.reasons == [f"角色“{user.grants.first().role.name}”含有此权限，但范围只有：湖映花园"]


def test_the_answer_names_the_role_that_gives_it() -> None:
    user = user_with("owners.view_owner", buildings=[111], communities=[11])
    found = answer(user, "owners.view_owner", 11)
    assert found.allowed
    assert "楼栋 1栋" in found.reasons[0]


def test_stopped_and_expired_accounts_may_nothing() -> None:
    user = user_with("owners.view_owner", communities=[11])
    user.is_active = False
    user.save()
    assert "已停用" in answer(user, "owners.view_owner", 11).sentence
    assert not answer(UserFactory(), "owners.view_owner", None).allowed


def test_the_access_page_answers_the_question(security_admin: User) -> None:
    user = user_with("owners.view_owner", communities=[11], display_name="陈思雨")
    client = signed_in(security_admin)
    page = client.get(f"/users/{user.pk}/access/?permission=owners.view_owner&community=11").content.decode()
    assert "可以：陈思雨 能在 湖映花园 “查看" in page
    page = client.get(f"/users/{user.pk}/access/?permission=owners.view_owner&community=12").content.decode()
    assert "不可以：" in page
    assert client.get(f"/users/{user.pk}/access/?permission=no.such&community=x").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("scope", [DataScope.COMMUNITY, DataScope.ALL])
def test_grants_beyond_ones_own_scope_are_neither_changed_nor_taken_back(
    estate: None, person: User, scope: str
) -> None:
    local = user_with("audit.grant_role_user", communities=[11])
    grant = GrantFactory(user=person, role=RoleFactory(data_scope=scope), community_ids=[12])
    with pytest.raises(OutOfScope):
        change_grant(grant, by=local, communities=[11])
    with pytest.raises(OutOfScope):
        withdraw_grant(grant, by=local, reason="x")
    grant.refresh_from_db()
    assert (grant.withdrawn_at, grant.community_ids) == (None, [12])
