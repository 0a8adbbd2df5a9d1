"""What the case bases share: places, people, rows, and what every page proves (anonymous, without permission, elsewhere)."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection, models
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from properties.models import Community, OrgNode
from tests.factories.audit import BACKEND, user_with

MOST_QUERIES = 25


def make_community(code: str) -> Community:
    """A community under one shared root node."""
    node, _created = OrgNode.objects.get_or_create(
        name="测试集团", parent=None, defaults={"kind": OrgNode.Kind.GROUP, "path": "/0/"}
    )
    return Community.objects.create(node=node, code=code, name=f"测试花园{code}")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def assert_sent_to_sign_in(response: HttpResponse) -> None:
    assert response.status_code == 302, response.status_code
    assert response.url.startswith(resolve_url(settings.LOGIN_URL)), response.url


def is_fragment(response: HttpResponse) -> bool:
    return b"<html" not in response.content


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.django_db
class Case:
    """What all pages share. Subclass data: `url_name`, `permission`; `make(community)` builds a row of the kind shown."""

    url_name: str
    permission: str
    # Permissions the page needs besides its own to show everything (choices, links).
    more_permissions: tuple[str, ...] = ()
    scoped = True
    visibility: Any = None

    def make(self, community: Any) -> models.Model:
        raise NotImplementedError

    def url(self, obj: Any) -> str:
        return reverse(self.url_name, args=[] if obj is None else [obj.pk])

    def target(self) -> Any:
        """The object the address names; None where it names none."""
        return self.own_row

    @pytest.fixture(autouse=True)
    def places(self, db: None) -> None:
        self.own = make_community("OWN") if self.scoped else None
        self.foreign = make_community("FOREIGN") if self.scoped else None

    @pytest.fixture(autouse=True)
    def rows(self, places: None) -> None:
        self.own_row = self.make(self.own)
        self.foreign_row = self.make(self.foreign) if self.scoped else None

    def permitted_user(self) -> Any:
        where = {"communities": [self.own]} if self.scoped else {"scope": "all"}
        return user_with(self.permission, *self.more_permissions, visibility=self.visibility, **where)

    @pytest.fixture
    def permitted(self, rows: None) -> Client:
        self.actor = self.permitted_user()
        return signed_in(self.actor)

    def test_anonymous_is_sent_to_sign_in(self) -> None:
        assert_sent_to_sign_in(Client().get(self.url(self.target())))

    def test_without_permission_is_refused(self) -> None:
        assert signed_in(user_with()).get(self.url(self.target())).status_code == 403

    def test_permission_elsewhere_only_shows_nothing_here(self) -> None:
        """Holding the permission in another community is not holding it here."""
        if not self.scoped or self.target() is None:
            pytest.skip("the address names no row of a community")
        stranger = user_with(self.permission, communities=[self.foreign])
        assert signed_in(stranger).get(self.url(self.own_row)).status_code == 404
