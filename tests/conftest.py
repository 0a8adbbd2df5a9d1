"""The database of a test run: made by the owner role, used by the app role, as in production.

A suite that connects as a superuser proves nothing about rights: PostgreSQL checks none for it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from django.test import TransactionTestCase

from config.environment import database
from tests.support import handlers, template
from tests.support.browser import chromium, page, phones  # noqa: F401  one browser for the whole session, whatever folder asks
from tests.support.pristine import Pristine


def _use_role(url: str) -> None:
    """From now on `default` and `replica` connect with the name and password in `url`, in this thread and in new ones.

    The dictionaries are changed in place because a thread that starts later (a live server, a race) reads the same ones.
    """
    role = database(url)
    default = connections.settings["default"]
    for alias in ("default", "replica"):
        shared = {key: default[key] for key in ("NAME", "HOST", "PORT")}
        connections.settings[alias].update(shared, USER=role["USER"], PASSWORD=role["PASSWORD"])
    connections["default"].close()


@contextmanager
def _as_owner() -> Iterator[None]:
    _use_role(settings.DATABASE_OWNER_URL)
    try:
        yield
    finally:
        _use_role(os.environ["DATABASE_URL"])


def _end_other_sessions() -> None:
    """A thread or a killed worker may have left a connection behind; the database cannot be dropped while it lives. Only a member of
    its role may end a session, so this runs as the app role."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_keepdb: bool) -> None:
    """Runs after the database's name got its xdist suffix and before it is created."""
    _use_role(settings.DATABASE_OWNER_URL)
    if not django_db_keepdb and (name := template.ready()):
        _copy_instead_of_migrating(connections["default"].creation, name)


def _copy_instead_of_migrating(creation: Any, name: str) -> None:
    def create_test_db(verbosity: int = 1, autoclobber: bool = False, **_options: Any) -> str:
        own = creation.connection.settings_dict
        own["TEST"]["TEMPLATE"] = name
        creation._create_test_db(verbosity, autoclobber)
        creation.connection.close()
        own["NAME"] = settings.DATABASES["default"]["NAME"] = creation._get_test_db_name()
        return str(own["NAME"])

    creation.create_test_db = create_test_db


def _mirrored(create: Callable[[str], Any]) -> Callable[[str], Any]:
    """A replica with a connection of its own would not see a test's uncommitted rows. Said where connections are made, because a worker
    that has opened a browser runs an event loop from then on, and Django keeps other connections for code beneath one."""
    return lambda alias: connections["default"] if alias == "replica" else create(alias)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker, django_db_keepdb: bool) -> Iterator[None]:
    """The database stands, migrated by its owner; from here the session works as the app role."""
    global _pristine
    with django_db_blocker.unblock():
        # A database that is kept may hold what an interrupted run has left.
        _pristine = None if django_db_keepdb else Pristine(connections.settings["default"])
        _use_role(os.environ["DATABASE_URL"])
        own = connections["replica"]
        own.close()
        del connections["replica"]
        connections.create_connection = _mirrored(connections.create_connection)  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        if _pristine:
            _pristine.close()
        _end_other_sessions()
        connections["replica"] = own
        _use_role(settings.DATABASE_OWNER_URL)  # only the owner may drop it


# `replica` is the same connection as `default`, so that Django must allow both and begin, flush and roll back only once.
TransactionTestCase.databases = {"default", "replica"}
TransactionTestCase._databases_names = classmethod(lambda cls, include_mirrors=True: ["default"])  # type: ignore[assignment]

handlers.share()

# Slow on purpose, which is no part of what any test says: the same algorithm on the least memory it takes.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1

_flush = TransactionTestCase._fixture_teardown


_pristine: Pristine | None = None


def _flush_as_owner(self: TransactionTestCase) -> None:
    """The app role may not truncate anything, least of all the operation log."""
    if _pristine:
        connections["default"].close()  # with whatever a test has set or locked for its session
        _pristine.restore()
        return
    with _as_owner():
        _flush(self)


TransactionTestCase._fixture_teardown = _flush_as_owner  # type: ignore[method-assign]


@pytest.fixture
def broker() -> Iterator[str]:
    """The url of an empty broker that no other worker of this run uses."""
    import redis

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield settings.REDIS_URL
        client.flushdb()
