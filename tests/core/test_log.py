"""The log primitive: masked at rest, written once, never changed (R133)."""

import pytest
from django.db import ProgrammingError, connection, transaction

from core import context
from core.actors import SYSTEM
from core.log import declare, record, record_many
from core.masking import mask_phone
from core.models import LogEntry

CHANGED = declare("tests.thing.changed", "改了东西", personal={"phone": mask_phone})


def test_r133_entry_says_who_what_when_where(person):
    user = person(name="王芳")
    with context.facts(context.RequestFacts("req-1", "10.0.0.7")):
        entry = record(CHANGED, user, by=user, changes={"name": ["甲", "乙"]}, reason="更正")
    entry.refresh_from_db()
    assert (entry.actor_label, entry.object_type, entry.object_id, entry.changes, entry.reason) == (
        user.actor_label, "audit.user", user.pk, {"name": ["甲", "乙"]}, "更正",
    )  # fmt: skip
    assert (entry.ip, entry.request_id) == ("10.0.0.7", "req-1")
    assert entry.at is not None


@pytest.mark.django_db
def test_personal_values_are_masked_at_rest():
    record(CHANGED, by=SYSTEM, changes={"phone": ["13800138000", "13912345678"]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT changes::text FROM core_logentry")
        text = cursor.fetchone()[0]
    assert "138****8000" in text
    assert "139****5678" in text
    assert "13800138000" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_logentry SET reason = 'x'",
        "DELETE FROM core_logentry",
        "TRUNCATE core_logentry",
        "ALTER TABLE core_logentry DISABLE TRIGGER ALL",
        "DROP TABLE core_logentry",
    ],
)
def test_r133_application_role_cannot_change_the_log(statement):
    record(CHANGED, by=SYSTEM)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert LogEntry.objects.count() == 1


def test_bulk_acts_write_one_entry_for_each_object(person):
    users = [person(), person(), person()]
    assert record_many(CHANGED, [(user, {"n": n}) for n, user in enumerate(users)], by=SYSTEM) == 3
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {user.pk for user in users}


def test_an_undeclared_action_or_a_second_meaning_is_an_error():
    with pytest.raises(KeyError):
        record("tests.thing.unknown", by=SYSTEM)
    with pytest.raises(ValueError, match="twice"):
        declare("tests.thing.changed", "别的意思")
