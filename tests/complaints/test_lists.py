"""What the list of cases asks in fewer statements says the same as asking for each by itself."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from complaints.models import Complaint
from complaints.queries import search
from complaints.queries.groups import GROUPS, count_groups, of_group
from complaints.states import Level, Status
from complaints.views.cases import ComplaintList
from core.web import paging, searching
from tests.factories.audit import user_with
from tests.factories.complaints import ComplaintFactory
from tests.factories.owners import OwnerFactory
from tests.factories.properties import BuildingFactory, CommunityFactory, UnitFactory

pytestmark = pytest.mark.django_db
VIEW = "complaints.view_complaint"


@pytest.fixture
def unit():
    return UnitFactory(building=BuildingFactory(community=CommunityFactory()))


def test_rows_by_their_keys_are_those_the_list_asked_for_before(unit, django_assert_num_queries):
    reader = user_with(VIEW, communities=[unit.community])
    owner = OwnerFactory(name="张秀英", units=[unit])
    cases = [ComplaintFactory(unit=unit, owner=owner, handler=reader), ComplaintFactory(unit=unit, facts="电梯常停")]
    rows = ComplaintList.filtered(reader, QueryDict("")).queryset
    wanted = ComplaintList.prepared(rows).in_bulk([case.pk for case in cases])
    with django_assert_num_queries(2):  # the cases with all they are joined to, and their words
        found = ComplaintList.by_keys(rows, list(wanted))
        shown = [
            (case.community.name, str(case.handler), str(case.topic), case.eyes.user, case.across)
            for case in found.values()
        ]
    assert sorted(shown, key=str) == sorted(
        [(case.community.name, str(case.handler), str(case.topic), reader, False) for case in wanted.values()], key=str
    )
    for pk, case in wanted.items():
        assert {f.attname: getattr(found[pk], f.attname) for f in Complaint._meta.concrete_fields} == {
            f.attname: getattr(case, f.attname) for f in Complaint._meta.concrete_fields
        }


def test_what_is_closed_stands_newest_first(unit):
    closed = [ComplaintFactory(unit=unit, status=Status.CLOSED, next_due_at=None) for _ in range(3)]
    due = ComplaintFactory(unit=unit, status=Status.WORKING, next_due_at=timezone.now())
    rows = paging.order(Complaint.objects.all(), ComplaintList.default_order)
    assert list(rows) == [due, *reversed(closed)]
    after = paging.beyond(rows, ComplaintList.default_order, closed[2].pk)
    assert list(paging.order(after, ComplaintList.default_order)) == [closed[1], closed[0]]
    before = paging.beyond(rows, ComplaintList.default_order, closed[1].pk, backwards=True)
    assert list(paging.order(before, ComplaintList.default_order)) == [due, closed[2]]


def test_tabs_count_what_their_lists_show(unit):
    now = timezone.now()
    for status in (Status.NEW, Status.ROUTING, Status.WORKING, Status.ANSWERING):
        for due in (now - timedelta(hours=1), now + timedelta(minutes=5), now + timedelta(days=2)):
            ComplaintFactory(unit=unit, status=status, next_due_at=due, next_warn_at=due - timedelta(minutes=10))
    ComplaintFactory(unit=unit, status=Status.WORKING, level=Level.MAJOR, next_due_at=now + timedelta(days=1))
    rows = Complaint.objects.all()
    counted = {name: total.number for (name, _label), total in zip(GROUPS, count_groups(rows), strict=True)}
    assert counted == {name: of_group(rows, name).count() for name, _label in GROUPS}
    assert (counted["over"], counted["soon"], counted["major"], counted["new"], counted["all"]) == (4, 4, 1, 3, 13)


@pytest.mark.parametrize("limit", [10_000, 0])
def test_search_finds_the_same_by_parts_and_row_by_row(unit, monkeypatch, limit):
    """With a limit of nothing every part is too much, and each row is looked at."""
    monkeypatch.setattr(searching, "EXACT_LIMIT", limit)
    owner = OwnerFactory(name="张秀英", units=[unit])
    filed = ComplaintFactory(unit=unit, owner=owner, complainant="家里人", facts="北门没人值守")
    named = ComplaintFactory(unit=unit, complainant="张三", facts="遛狗不牵绳")
    said = ComplaintFactory(unit=unit, complainant="李四", facts="张贴的小广告没人清")
    given = ComplaintFactory(
        unit=unit, owner=OwnerFactory(name="陈小张", units=[unit]), complainant="王五", facts="电梯常停"
    )
    assert set(search.search_cases(Complaint.objects.all(), "小张")) == {given}
    # One character is a surname.
    assert set(search.search_cases(Complaint.objects.all(), "张")) == {filed, named, said}
    assert set(search.search_cases(Complaint.objects.all(), "张秀英")) == {filed}
    assert set(search.search_cases(Complaint.objects.all(), "不牵绳")) == {named}
    assert not search.search_cases(Complaint.objects.all(), "恐龙").exists()
