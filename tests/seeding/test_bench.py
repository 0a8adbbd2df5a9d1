"""What the benchmark fills a city with fits the tables as they are: a column that was added since is missed here, not an hour later."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat

from complaints.models import CityCase, Complaint
from owners.models import CallBackTask, ContactRecord
from properties.models import Community
from tests.bench import bulk, complaints_seed, orders_seed
from workorders.models import WorkOrder

ORDERS, SHARE = 400, 0.001


@pytest.mark.django_db
def test_bulk_rows_fit_the_tables() -> None:
    call_command("seed_demo", "--scale", "demo", stdout=io.StringIO())
    Community.objects.update(code=Concat(Value("C"), F("code")))  # as those of a city begin
    orders_seed.people()
    complaints_seed.people()
    with connection.cursor() as cursor:
        bulk.run(cursor, orders_seed.FILES, orders_seed.facts(ORDERS))
        cursor.execute("DISCARD TEMP")  # as the end of a transaction does
        bulk.run(cursor, complaints_seed.FILES, complaints_seed.facts(SHARE))
    assert WorkOrder.objects.count() == ORDERS
    assert Complaint.objects.count() == complaints_seed.CASES * SHARE
    assert ContactRecord.objects.count() >= complaints_seed.CONTACTS * SHARE
    assert CityCase.objects.exists() and CallBackTask.objects.exists()
