"""Two clerks at the same unit, on two real connections."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from core.errors import BusinessError
from core.models import DictItem, DictMerge
from core.services.dictionary import seed
from core.services.dictionary_merging import merge_items
from owners.models import Tenure, TenureRole
from owners.services import portrait, tenures
from properties.models import Unit, UnitMark
from properties.services.units import change_unit
from tests.factories.audit import UserFactory
from tests.factories.owners import OwnerFactory
from tests.factories.properties import UnitFactory
from tests.support.races import race, until_somebody_waits

YESTERDAY = timezone.localdate() - timedelta(days=1)
LAST_YEAR = YESTERDAY - timedelta(days=365)


@pytest.mark.django_db(transaction=True)
def test_of_two_sixty_per_cent_shares_one_wins():
    unit, clerks, people = UnitFactory(), [UserFactory(), UserFactory()], [OwnerFactory(), OwnerFactory()]

    def add(place):
        return lambda: tenures.start_tenure(
            people[place], by=clerks[place], unit=unit, role=TenureRole.OWNER, share=Decimal(60)
        )

    outcomes = race(add(0), add(1))
    assert sorted(type(item).__name__ for item in outcomes) == ["BusinessError", "Tenure"]
    assert Tenure.objects.filter(unit=unit).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_over_the_primary_contact_one_holds_it():
    unit, clerk, people = UnitFactory(), UserFactory(), [OwnerFactory(), OwnerFactory()]

    def add(place):
        return lambda: tenures.start_tenure(
            people[place], by=clerk, unit=unit, role=TenureRole.CO_OWNER, is_primary_contact=True, is_payer=True
        )

    outcomes = race(add(0), add(1))
    assert all(isinstance(item, Tenure) for item in outcomes)
    assert Tenure.objects.filter(unit=unit, is_primary_contact=True).count() == 1
    assert Tenure.objects.filter(unit=unit, is_payer=True).count() == 1


def overlapping(first, second):
    """Runs `second` while `first` is done but not yet committed: it either waits for the commit or ends before it."""
    begun, ended = threading.Event(), threading.Event()

    def one():
        with transaction.atomic():
            outcome = first()
            begun.set()
            ended.wait(0.7)  # at most: who waits for our lock cannot end before we commit
        return outcome

    def two():
        begun.wait()
        try:
            return second()
        finally:
            ended.set()

    return race(one, two)


def care_of(unit):
    return list(UnitMark.objects.filter(unit=unit, kind=UnitMark.Kind.CARE).values_list("count", flat=True))


@pytest.fixture
def lonely(transactional_db):
    seed()
    return DictItem.objects.get(type__code="owner_tag", code="living_alone")


@pytest.mark.parametrize("tag_first", [True, False])
def test_a_tag_and_a_relation_at_once_leave_the_care_mark(lonely, tag_first):
    unit, clerk, owner = UnitFactory(), UserFactory(), OwnerFactory()
    acts = [
        lambda: portrait.add_tag(owner, by=clerk, tag=lonely, reason="子女在外地"),
        lambda: tenures.start_tenure(owner, by=clerk, unit=unit, role=TenureRole.OWNER),
    ]
    outcomes = overlapping(*acts) if tag_first else overlapping(*reversed(acts))
    assert None not in outcomes
    assert not any(isinstance(item, BusinessError) for item in outcomes)
    assert care_of(unit) == [1]


@pytest.mark.parametrize("tag_first", [True, False])
def test_a_tag_while_the_person_moves_on_marks_the_new_home_only(lonely, tag_first):
    clerk, owner = UserFactory(), OwnerFactory()
    old, new = UnitFactory(), UnitFactory()
    reason = DictItem.objects.of("tenure_end_reason").first()
    leaving = tenures.start_tenure(owner, by=clerk, unit=old, role=TenureRole.TENANT, start=LAST_YEAR)

    def move():
        tenures.end_tenure(leaving, by=clerk, end=YESTERDAY, end_reason=reason)
        return tenures.start_tenure(owner, by=clerk, unit=new, role=TenureRole.TENANT)

    def tag():
        return portrait.add_tag(owner, by=clerk, tag=lonely, reason="子女在外地")

    overlapping(tag, move) if tag_first else overlapping(move, tag)
    assert (care_of(old), care_of(new)) == ([], [1])


@pytest.mark.django_db
def test_a_stale_page_does_not_undo_what_a_colleague_saved():
    clerk, owner = UserFactory(), OwnerFactory()
    stale = type(owner).objects.get(pk=owner.pk)
    portrait.change_preferences(owner, by=clerk, pets="柯基 1 只")
    portrait.verify_owner(stale, by=clerk)
    owner.refresh_from_db()
    assert owner.pets == "柯基 1 只" and owner.verified_on is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["edit", "merge"])
def test_a_merge_of_two_words_and_the_edit_of_a_unit_that_has_one_both_end(first):
    """The edit has its row when the word is checked at its end, the merge has the words when it comes to the row."""
    seed()
    south, north = DictItem.objects.of("orientation")[:2]
    unit, clerk = UnitFactory(orientation=south), UserFactory()
    begun, ended = threading.Event(), threading.Event()

    def act(name, work):
        def run():
            if name != first:
                begun.wait(10)
            with transaction.atomic():
                outcome = work()
                if name == first:
                    begun.set()
                    until_somebody_waits(ended)
            ended.set()
            return outcome

        return run

    outcomes = race(
        act("edit", lambda: change_unit(Unit.objects.get(pk=unit.pk), by=clerk, orientation=north)),
        act("merge", lambda: merge_items(south, by=clerk, kept=north)),
    )
    assert [type(outcome) for outcome in outcomes] == [Unit, DictMerge]
    unit.refresh_from_db()
    south.refresh_from_db()
    assert unit.orientation == north and not south.is_active
