"""The suite itself works under the rights of production; otherwise every test about rights would be a false green."""

import threading

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection, connections, transaction
from django.test import TestCase, TransactionTestCase

from audit.models import Role
from core.models import DictItem, DictType
from notices.models import Notice
from tests.factories.notices import NoticeFactory
from tests.factories.properties import CommunityFactory
from workorders.models import RepairRule


def who_and_where(alias: str = "default") -> tuple[str, str]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        user, database = cursor.fetchone()
    return user, database


class RolesInTransactions(TestCase):
    def test_session_is_the_app_role_in_a_test_database(self) -> None:
        user, database = who_and_where()
        assert user == "mulin_app"
        assert database.startswith("test_mulin")
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (False,)

    def test_app_role_may_neither_create_nor_truncate(self) -> None:
        for refused in ("CREATE TABLE mine (n int)", "TRUNCATE auth_group CASCADE", "ALTER TABLE auth_group ADD n int"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(refused)

    def test_replica_sees_what_the_test_has_not_committed(self) -> None:
        Group.objects.create(name="uncommitted")
        assert Group.objects.using("replica").filter(name="uncommitted").exists()


class RolesAcrossThreads(TransactionTestCase):
    def test_new_threads_connect_as_the_app_role_to_the_same_test_database(self) -> None:
        """Races and live servers use connections of their own."""
        seen: list[tuple[str, str]] = []

        def look() -> None:
            seen.extend(who_and_where(alias) for alias in ("default", "replica"))
            connections.close_all()

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert seen == [who_and_where()] * 2

    def test_committed_rows_are_flushed_first(self) -> None:
        Group.objects.create(name="left behind")

    def test_committed_rows_are_flushed_second(self) -> None:
        """In either order, one of the two runs after the other; the flush is the owner's, the app role may not."""
        assert not Group.objects.filter(name="left behind").exists()
        Group.objects.create(name="left behind")
        assert who_and_where()[0] == "mulin_app"


class WhatStoodThereBefore(TransactionTestCase):
    """Roles, words and rules of the migrations: a test that commits leaves them as it found them, under the keys they had."""

    def spoil(self) -> None:
        assert Role.objects.get(code="clerk").name == "客服"
        assert DictType.objects.get(code="repair_kind").items.exists()
        assert RepairRule.objects.count() > 30
        assert DictItem.objects.latest("pk").name != "多出来的"
        RepairRule.objects.all().delete()
        Role.objects.filter(code="clerk").update(name="改名")
        DictItem.objects.create(type=DictType.objects.first(), code="more", name="多出来的")

    def test_stands_there_again_first(self) -> None:
        self.spoil()

    def test_stands_there_again_second(self) -> None:
        self.spoil()

    def test_what_was_published_is_gone_first(self) -> None:
        """No role may delete it, its owner included."""
        assert not Notice.objects.exists()
        NoticeFactory(community=CommunityFactory(), status="published")

    def test_what_was_published_is_gone_second(self) -> None:
        assert not Notice.objects.exists()
        NoticeFactory(community=CommunityFactory(), status="published")


@pytest.mark.django_db(transaction=True)
def test_function_tests_are_flushed_and_stay_the_app_role() -> None:
    Group.objects.create(name="left behind")
    assert who_and_where("replica")[0] == "mulin_app"


def test_broker_is_empty_and_belongs_to_this_worker(broker: str, worker_id: str) -> None:
    assert broker == settings.REDIS_URL
    number = int(worker_id.removeprefix("gw")) + 1 if worker_id.startswith("gw") else 0
    with redis.Redis.from_url(broker) as client:
        assert client.dbsize() == 0
        assert client.connection_pool.connection_kwargs["db"] == number
        client.set("left", "behind")
