"""R45: an incoming call opens the household; the number is posted, logged masked, and stands in no address."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.urls import reverse

from core.models import LogEntry
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory, TenureFactory
from tests.factories.properties import UnitFactory
from tests.search.conftest import sign_in

pytestmark = pytest.mark.django_db
PHONE = "13800136620"


def call(user, number: str = PHONE, **headers):
    return sign_in(user).post(reverse("owners:lookup"), {"phone": number}, headers=headers)


def test_one_household_opens_at_once(estate: SimpleNamespace) -> None:
    for spelling in (PHONE, "138 0013 6620", "+86-13800136620", "6620", "0971-8123456"):
        response = call(estate.clerk, spelling)
        assert response.status_code == 302
        assert response.url == reverse("owners:unit_file", args=[estate.room.pk])


def test_a_parking_space_is_no_second_household(estate: SimpleNamespace) -> None:
    TenureFactory(owner=estate.wang, unit=estate.space, role="tenant")
    assert call(estate.clerk).url == reverse("owners:unit_file", args=[estate.room.pk])


def test_several_households_are_a_choice(estate: SimpleNamespace) -> None:
    other = UnitFactory(building=estate.building, entrance="1", number="0301")
    OwnerFactory(name="王晓光", phones=[PHONE], units=[other])
    html = call(estate.clerk).content.decode()
    assert reverse("owners:unit_file", args=[estate.room.pk]) in html
    assert reverse("owners:unit_file", args=[other.pk]) in html
    assert "138****6620" in html


def test_a_former_resident_leads_to_his_own_file(estate: SimpleNamespace) -> None:
    html = call(estate.clerk, "13900004406").content.decode()
    assert reverse("owners:owner_file", args=[estate.former.pk]) in html
    assert "历史住户，2019-12-31 止" in html
    assert reverse("owners:unit_file", args=[estate.room.pk]) not in html


def test_nobody_leads_to_a_new_file_with_the_number_in_a_draft(estate: SimpleNamespace) -> None:
    html = call(estate.clerk, "13711112222").content.decode()
    assert "没有登记 137****2222 的住户" in html
    assert "新建住户" in html
    client = sign_in(estate.clerk)
    response = client.post(reverse("owners:lookup_create"), {"phone": "13711112222"})
    assert response.url == f"{reverse('owners:owner_create')}?draft"
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM core_formdraft")
        assert [row[0].startswith("v1:") for row in cursor.fetchall()] == [True]
    assert 'value="13711112222"' in client.get(response.url).content.decode()


def test_a_stranger_learns_nothing(estate: SimpleNamespace) -> None:
    html = call(estate.stranger).content.decode()
    assert "没有登记 138****6620 的住户，或不在您的数据范围内" in html
    assert "王建国" not in html


def test_the_number_stands_in_no_address(estate: SimpleNamespace) -> None:
    response = sign_in(estate.clerk).get(reverse("owners:lookup"), {"phone": PHONE})
    assert PHONE not in response.content.decode()
    assert "js/lookup.js" in response.content.decode()
    assert not LogEntry.objects.filter(action="owners.owner.looked_up").exists()


def test_each_look_up_is_logged_masked(estate: SimpleNamespace) -> None:
    call(estate.clerk)
    call(estate.stranger)
    first, second = LogEntry.objects.filter(action="owners.owner.looked_up").order_by("id")
    assert first.changes == {"phone": "138****6620", "found": 1}
    assert first.object_id == estate.wang.pk
    assert first.community_id == estate.here.pk
    assert second.changes["found"] == 0
    assert second.object_id is None


def test_a_number_that_cannot_be_is_answered_beside_the_field(estate: SimpleNamespace) -> None:
    html = call(estate.clerk, "138001").content.decode()
    assert "手机号应为 11 位" in html
    assert 'value="138001"' in html


def test_who_may_look_up() -> None:
    anybody = user_with()
    assert sign_in(anybody).get(reverse("owners:lookup")).status_code == 403
    assert call(anybody).status_code == 403


def test_the_dialog_is_a_fragment(estate: SimpleNamespace) -> None:
    response = sign_in(estate.clerk).get(reverse("owners:lookup"), headers={"HX-Request": "true"})
    assert b"<dialog" in response.content
    assert b"<html" not in response.content
