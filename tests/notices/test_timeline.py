"""The lines announcements leave in a household's history: written once, and the same when made anew."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from notices.services import receipts
from notices.services.materialising import materialise
from notices.services.timeline import rebuild_timeline
from notices.states import Status
from owners.models import TimelineEntry
from tests.factories.notices import NoticeFactory
from tests.factories.owners import OwnerFactory, TenureFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.notices.support import everything, writer

pytestmark = pytest.mark.django_db
FIELDS = ("pk", "unit_id", "owner_id", "at", "kind", "sentence", "detail", "source_type", "source_id")


def lines():
    rows = TimelineEntry.objects.filter(kind=TimelineEntry.Kind.NOTICE)
    return sorted(rows.values_list(*FIELDS), key=str)


def facts():
    """Without the keys, which are new when a line is made anew."""
    return sorted((row[1:] for row in lines()), key=str)


@pytest.fixture
def told():
    """Two announcements to three households; one home has two people, one was told by telephone."""
    community = CommunityFactory()
    units = [UnitFactory(building__community=community) for _ in range(3)]
    for unit in units:
        OwnerFactory(units=[unit], phones=["13800138000"])
    TenureFactory(unit=units[0], owner=OwnerFactory(phones=["13700137000"]))
    notices = [
        NoticeFactory(community=community, author=writer(community), status=Status.PUBLISHED, title=title)
        for title in ("停水 100% 通知", "电梯检修%s")
    ]
    for notice in notices:
        materialise(notice)
    receipts.tell_household(notices[0], by=everything(community), unit=units[1], way="phone")
    receipts.tell_household(notices[1], by=everything(community), unit=units[2], way="visit")
    return notices, units


def test_lines_made_anew_are_the_lines_written(told):
    written = lines()
    assert len(written) == 2 * 3 + 2
    assert {row[5] for row in written} == {
        "通知：停水 100% 通知", "通知：电梯检修%s", "电话告知：停水 100% 通知", "上门告知：电梯检修%s",
    }  # fmt: skip
    assert rebuild_timeline() == {"removed": 0, "added": 0}
    assert lines() == written
    before = facts()
    TimelineEntry.objects.filter(kind=TimelineEntry.Kind.NOTICE).delete()
    assert rebuild_timeline() == {"removed": 0, "added": 8}
    assert facts() == before


def test_what_is_wrong_is_put_right_and_nothing_else_touched(told):
    (_notice, _other), units = told
    own = TimelineEntry.objects.create(unit=units[0], kind=TimelineEntry.Kind.FILE, sentence="新建了档案")
    before, rows = facts(), TimelineEntry.objects.filter(kind=TimelineEntry.Kind.NOTICE).order_by("pk")
    first, second, third, fourth = rows[:4]
    TimelineEntry.objects.filter(pk=first.pk).update(sentence="通知：别的")
    TimelineEntry.objects.filter(pk=second.pk).update(at=second.at + timedelta(seconds=1))
    third.pk = None
    third.save()
    TimelineEntry.objects.filter(pk=fourth.pk).delete()
    assert rebuild_timeline() == {"removed": 3, "added": 3}
    assert facts() == before
    assert TimelineEntry.objects.filter(pk=own.pk).exists()


def test_who_is_added_later_adds_no_second_line(told):
    (notice, _other), units = told
    before = facts()
    TenureFactory(unit=units[1], owner=OwnerFactory(phones=["13600136000"]))
    assert materialise(notice) == 1
    assert facts() == before


def test_the_command_says_what_it_did(told):
    TimelineEntry.objects.filter(kind=TimelineEntry.Kind.NOTICE).first().delete()
    out = StringIO()
    call_command("rebuild_notice_timeline", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["ok"], found["removed"], found["added"]) == (True, 0, 1)
