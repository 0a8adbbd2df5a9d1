"""All permissions there are, in one community: no address finds, shows or changes a row of another (SECURITY, DOMAIN 2.0)."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import models
from django.test import Client
from django.urls import reverse

from audit.models import DataScope, Role
from core.models import Job, LogEntry
from owners.models import ImportBatch
from properties.models import Community
from tests.architecture import foreign
from tests.architecture.walk import routes
from tests.factories.audit import GrantFactory, UserFactory
from tests.support.cases import make_community, signed_in

ROUTES = [route for route in routes() if foreign.names_a_row(route)]
WALKED = [route for route in ROUTES if not foreign.is_exempt(route.name)]
POSTED = {"reason": "核对", "purpose": "verify", "confirm": "1", "mode": "upsert", "name": "改名"}


@pytest.fixture
def elsewhere(db: None) -> Community:
    return make_community("FOREIGN")


@pytest.fixture
def client(elsewhere: Community) -> Client:
    """Somebody with every permission in a community of his own, and none in the other."""
    role = Role.objects.create(code="everything", name="全部权限", data_scope=DataScope.COMMUNITY)
    role.permissions.set(Permission.objects.all())
    user = UserFactory()
    GrantFactory(user=user, role=role, community_ids=[make_community("OWN").pk])
    return signed_in(user)


def _state(row: models.Model) -> dict[str, Any]:
    return type(row)._base_manager.filter(pk=row.pk).values().get()


def test_every_kind_of_row_is_known() -> None:
    """A new address with a row in its path has to say what kind of row, or why it stands in no community."""
    kinds = foreign.KINDS
    unknown = [r.name for r in WALKED if r.name != "audit:reveal" and not any(r.name.startswith(k) for k in kinds)]
    assert unknown == []
    for beginning in (*foreign.EXEMPT, *foreign.KINDS):
        assert any(route.name.startswith(beginning) for route in ROUTES), f"{beginning} names no address any more"


def test_no_address_reaches_a_row_of_another_community(client: Client, elsewhere: Community) -> None:
    rows = foreign.rows_in(elsewhere)
    wrong, walked = {}, 0
    for address in (address for route in WALKED for address in foreign.addresses(route, rows)):
        url, before, logged = (
            reverse(address.name, kwargs=address.arguments),
            _state(address.row),
            LogEntry.objects.count(),
        )
        for method in ("get", "post"):
            status = getattr(client, method)(url, POSTED if method == "post" else {}).status_code
            walked += 1
            if status not in {404, 405}:
                wrong[method, url] = status
        if _state(address.row) != before or LogEntry.objects.count() != logged:
            wrong["changed", url] = 0
    assert wrong == {}
    assert walked > 120


@pytest.mark.parametrize("name", ["owners:import_start", "owners:estate_export"])
def test_files_go_neither_in_nor_out_of_another_community(client: Client, elsewhere: Community, name: str) -> None:
    assert (
        client.post(reverse(name), {"community": elsewhere.pk, "reason": "核对", "mode": "upsert"}).status_code == 404
    )
    assert not Job.objects.exists()
    assert not ImportBatch.objects.exists()
