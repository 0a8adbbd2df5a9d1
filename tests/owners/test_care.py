"""Care marks: the tags of the people of today, written onto their units, equal to what a rebuild says."""

import io
import json
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from core.models import LogEntry
from owners.services import portrait, tenures
from owners.services.care import SOURCE, refresh_care
from properties.models import UnitKind, UnitMark
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory, OwnerTagFactory, TenureFactory, word
from tests.factories.properties import UnitFactory

pytestmark = pytest.mark.django_db


def marks():
    return {
        (mark.unit_id, mark.count, mark.note)
        for mark in UnitMark.objects.filter(kind=UnitMark.Kind.CARE, source=SOURCE)
    }


def rebuilt():
    """Marks after a rebuild: it may change nothing."""
    before = marks()
    out = io.StringIO()
    call_command("rebuild_marks", "--json", stdout=out)
    assert json.loads(out.getvalue())["marks"][SOURCE] == len(before)
    return marks() == before


@pytest.fixture
def clerk():
    return user_with()


@pytest.fixture
def unit():
    return UnitFactory()


def test_a_care_tag_marks_every_unit_the_person_has_now(clerk, unit):
    space, left = UnitFactory(kind=UnitKind.PARKING), UnitFactory()
    owner = OwnerFactory(units=[unit, space])
    TenureFactory(owner=owner, unit=left, end=timezone.localdate() - timedelta(days=1))
    portrait.add_tag(owner, by=clerk, tag=word("owner_tag", "elder"))
    portrait.add_tag(owner, by=clerk, tag=word("owner_tag", "vip"))
    assert marks() == {(unit.pk, 1, "老人")}
    assert rebuilt()


def test_sensitive_words_are_counted_and_not_named(clerk, unit):
    owner = OwnerFactory(units=[unit])
    row = portrait.add_tag(owner, by=clerk, tag=word("owner_tag", "living_alone"), reason="子女委托")
    assert marks() == {(unit.pk, 1, "")}
    other = portrait.add_tag(OwnerFactory(units=[unit]), by=clerk, tag=word("owner_tag", "elder"))
    assert marks() == {(unit.pk, 2, "老人")}
    portrait.remove_tag(row, by=clerk)
    portrait.remove_tag(other, by=clerk)
    assert marks() == set()
    assert rebuilt()


def test_marks_move_with_the_tenure(clerk, unit):
    owner = OwnerFactory()
    portrait.add_tag(owner, by=clerk, tag=word("owner_tag", "elder"))
    assert marks() == set()
    tenure = tenures.start_tenure(owner, by=clerk, unit=unit, role="owner", start=date(2026, 1, 1))
    assert marks() == {(unit.pk, 1, "老人")}
    yesterday = timezone.localdate() - timedelta(days=1)
    tenures.end_tenure(tenure, by=clerk, end=yesterday, end_reason=word("tenure_end_reason", "moved_out"))
    assert marks() == set()
    assert rebuilt()


def test_a_tag_expires_after_its_last_day_and_may_be_given_again(clerk, unit):
    owner = OwnerFactory(units=[unit])
    day = timezone.localdate()
    row = portrait.add_tag(owner, by=clerk, tag=word("owner_tag", "elder"), expires_on=day)
    assert portrait.expire_tags() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert portrait.expire_tags() == 1
        assert portrait.expire_tags() == 0
        assert marks() == set()
        row.refresh_from_db()
        assert row.removed_at is not None
        assert LogEntry.objects.filter(action="owners.owner.tag_expired", object_id=owner.pk).count() == 1
        portrait.add_tag(owner, by=clerk, tag=word("owner_tag", "elder"))
    assert marks() == {(unit.pk, 1, "老人")}


def test_the_daily_job_follows_tenures_that_begin_and_end_by_themselves(unit):
    today = timezone.localdate()
    going, coming = OwnerFactory(), OwnerFactory()
    for owner in (going, coming):
        OwnerTagFactory(owner=owner, tag=word("owner_tag", "elder"))
    TenureFactory(owner=going, unit=unit, end=today)
    second = UnitFactory()
    TenureFactory(owner=coming, unit=second, start=today + timedelta(days=1))
    assert refresh_care() == 1
    assert marks() == {(unit.pk, 1, "老人")}
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert refresh_care() == 2
        assert refresh_care() == 0
    assert marks() == {(second.pk, 1, "老人")}


def test_the_seed_leaves_marks_a_rebuild_does_not_change():
    call_command("seed_demo", "--scale", "demo", stdout=io.StringIO())
    assert len(marks()) > 10
    assert rebuilt()
    assert portrait.expire_tags() >= 0
    assert refresh_care() == 0
