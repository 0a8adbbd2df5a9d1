"""A unit, a clerk, and the log entries that were written."""

import pytest

from core.models import LogEntry
from tests.factories.audit import user_with
from tests.factories.properties import UnitFactory

ID_NUMBER = "11010519491231002X"


@pytest.fixture
def unit(db):
    return UnitFactory(building__number="3", entrance="2", number="1502")


@pytest.fixture
def clerk(unit):
    return user_with("owners.view_owner", communities=[unit.community])


def entries(*, since=0):
    return list(LogEntry.objects.order_by("pk")[since:])


def only_entry(since=0):
    written = entries(since=since)
    assert len(written) == 1, [row.action for row in written]
    return written[0]
