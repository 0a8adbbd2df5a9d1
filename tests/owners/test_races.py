"""Two clerks at the same unit, on two real connections."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from core.errors import BusinessError
from owners.models import Tenure, TenureRole
from owners.services import portrait, tenures
from tests.factories.audit import UserFactory
from tests.factories.owners import OwnerFactory
from tests.factories.properties import UnitFactory


def race(*acts):
    """Runs the acts at once; their outcomes in order: a value or the business error."""
    start, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            start.wait()
            outcomes[place] = act()
        except BusinessError as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return outcomes


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


@pytest.mark.django_db
def test_a_stale_page_does_not_undo_what_a_colleague_saved():
    clerk, owner = UserFactory(), OwnerFactory()
    stale = type(owner).objects.get(pk=owner.pk)
    portrait.change_preferences(owner, by=clerk, pets="柯基 1 只")
    portrait.verify_owner(stale, by=clerk)
    owner.refresh_from_db()
    assert owner.pets == "柯基 1 只" and owner.verified_on is not None
