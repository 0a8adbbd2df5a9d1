"""core.changes: what is saved has been validated, and a broken rule of the table is said in its own words."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import CheckConstraint
from django.test.utils import CaptureQueriesContext

from core.changes import validate
from core.errors import BadValue
from owners.models import TenureRole
from tests.factories.owners import TenureFactory

pytestmark = pytest.mark.django_db


def test_all_checks_of_a_row_that_keeps_them_are_one_question() -> None:
    tenure = TenureFactory()
    with CaptureQueriesContext(connection) as one_by_one:
        tenure.full_clean()
    with CaptureQueriesContext(connection) as together:
        validate(tenure)
    checks = [row for row in tenure._meta.constraints if isinstance(row, CheckConstraint)]
    # Each question stands in a savepoint, which is two statements more.
    assert len(one_by_one) - len(together) == 3 * (len(checks) - 1) > 0


@pytest.mark.parametrize(
    "broken",
    [
        {"end": -1},
        {"role": TenureRole.TENANT, "share": 50},
        {"end": -1, "role": TenureRole.TENANT, "share": 50},
        {"end": -1, "role": "king"},
    ],
)
def test_a_broken_row_says_what_django_says_first(broken) -> None:
    """Of several broken rules too: the same one as when each was asked about by itself."""
    tenure = TenureFactory()
    for name, value in broken.items():
        setattr(tenure, name, tenure.start + timedelta(days=value) if name == "end" else value)
    with pytest.raises(ValidationError) as said:
        tenure.full_clean()
    name, (first, *_more) = next(iter(said.value.message_dict.items()))
    with pytest.raises(BadValue) as error:
        validate(tenure)
    assert (error.value.sentence, error.value.field) == (first, "" if name == "__all__" else name)


def test_a_second_row_where_one_is_allowed_is_refused_beside_checks_that_hold() -> None:
    tenure = TenureFactory()
    double = TenureFactory.build(
        unit=tenure.unit, owner=tenure.owner, community=tenure.community, role=tenure.role, start=tenure.start
    )
    with pytest.raises(ValidationError):
        double.full_clean()
    with pytest.raises(BadValue):
        validate(double)
