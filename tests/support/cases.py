"""Case bases: a test class is data, what every page must prove is inherited (ARCHITECTURE part 8).

    class TestUnitList(ListCase):
        url_name, permission = "properties:unit_list", "properties.view_unit"

        def make(self, community):
            return UnitFactory(building__community=community)

Rows that stand in no community (`scoped = False`) get None as community, and the foreign-row tests do not apply to them.
The base classes are not collected because their names do not begin with "Test".
"""

import io
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.db import connection, models
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from core.models import LogEntry
from core.web.access import ANYONE_SIGNED_IN
from properties.models import Community, OrgNode
from tests.factories.audit import BACKEND, grant_to, user_with

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


class ListCase(Case):
    """A page on core.web.lists.ListView. `search` = (query string that finds the own row, one that finds nothing); its export needs
    the permission the view names for it and holds what the list holds."""

    search: tuple[str, str] | None = None

    def view(self) -> Any:
        return resolve(self.url(None)).func.view_class  # type: ignore[attr-defined]

    def target(self) -> Any:
        return None

    def pks(self, client: Client, query: str = "") -> list[int]:
        response = client.get(self.url(None) + query)
        assert response.status_code == 200
        return [row.pk for row in response.context["table"]["rows"]]

    def test_shows_own_rows_and_no_foreign_ones(self, permitted: Client) -> None:
        shown = self.pks(permitted)
        assert self.own_row.pk in shown
        assert self.foreign_row is None or self.foreign_row.pk not in shown

    def test_filters_find_and_do_not_find(self, permitted: Client) -> None:
        if self.search is None:
            pytest.skip("the list has no filter to try")
        found, nothing = self.search
        assert self.own_row.pk in self.pks(permitted, found)
        assert self.own_row.pk not in self.pks(permitted, nothing)

    def test_htmx_gets_the_list_alone(self, permitted: Client) -> None:
        response = permitted.get(self.url(None), headers={"HX-Request": "true", "HX-Target": "list"})
        assert response.status_code == 200
        assert is_fragment(response)

    def test_every_column_can_be_shown_and_sorted(self, permitted: Client) -> None:
        response = permitted.get(self.url(None))
        names = response.context["table"]["names"]
        assert permitted.get(f"{self.url(None)}?cols={','.join(names)}").status_code == 200
        for head in response.context["table"]["columns"]:
            if head["sortable"]:
                assert permitted.get(f"{self.url(None)}?sort=-{head['name']}").status_code == 200

    def export_url(self) -> str:
        return reverse("core:list_export", args=[self.url_name])

    def test_export_needs_its_own_permission(self) -> None:
        """Looking at a list is not taking it away."""
        names = {self.permission, *self.more_permissions} - {self.view().export_permission, ANYONE_SIGNED_IN}
        looking = signed_in(user_with(*names, **({"communities": [self.own]} if self.scoped else {"scope": "all"})))
        assert looking.get(self.export_url()).status_code == 403
        assert looking.post(self.export_url(), {"reason": "核对"}).status_code == 403

    def test_export_holds_what_the_list_shows(self, permitted: Client) -> None:
        self.actor.__dict__.pop("access", None)
        where = {"communities": [self.own]} if self.scoped else {"scope": "all"}
        grant_to(self.actor, self.view().export_permission, **where)
        page = permitted.get(self.url(None))
        table = page.context["table"]  # before the export writes its line into the log, which is a list itself
        assert self.export_url() in page.content.decode()
        answer = permitted.post(self.export_url(), {"reason": "核对"})
        assert answer.status_code == 200
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
        rows = list(sheet.iter_rows(values_only=True))
        heads = tuple(str(head["label"]) for head in table["columns"])
        assert len(rows) - rows.index(heads) - 1 == len(table["rows"])

    def test_wrong_method_is_refused(self, permitted: Client) -> None:
        # Not POST: lists with protected filters take their values so (core/web/digest_filters.py).
        assert permitted.put(self.url(None)).status_code == 405

    def test_query_count_does_not_grow_with_rows(self, permitted: Client) -> None:
        queries_of(permitted, self.url(None))  # fills what is read once (content types, session)
        with_one = queries_of(permitted, self.url(None))
        self.make(self.own), self.make(self.own)
        with_three = queries_of(permitted, self.url(None))
        assert with_three == with_one <= MOST_QUERIES


class DetailCase(Case):
    """A page about one object. `shows(row)` = texts that must stand on it."""

    def shows(self, row: Any) -> list[str]:
        return [str(row)]

    def test_shows_the_own_row(self, permitted: Client) -> None:
        response = permitted.get(self.url(self.own_row))
        assert response.status_code == 200
        text = response.content.decode()
        assert [word for word in self.shows(self.own_row) if word not in text] == []

    def test_foreign_row_is_not_found(self, permitted: Client) -> None:
        if self.foreign_row is None:
            pytest.skip("rows of this kind stand in no community")
        assert permitted.get(self.url(self.foreign_row)).status_code == 404

    def test_query_count_is_bounded(self, permitted: Client) -> None:
        queries_of(permitted, self.url(self.own_row))
        assert queries_of(permitted, self.url(self.own_row)) <= MOST_QUERIES

    def test_wrong_method_is_refused(self, permitted: Client) -> None:
        assert permitted.post(self.url(self.own_row)).status_code == 405


class _WriteCase(Case):
    """What form and action pages share: data in, effect and log out.

    `valid()` / `invalid()` are the posted data, `invalid_field` the field that must carry the error ("" = the form as a whole,
    None = there is nothing one could fill in wrongly), `log_action` the code the act leaves, `log_count` how often.
    """

    log_action: str
    log_count = 1
    invalid_field: str | None = None

    def valid(self) -> dict[str, Any]:
        return {}

    def invalid(self) -> dict[str, Any]:
        return {}

    def check(self, row: Any) -> None:
        """Asserts the effect; `row` is the target re-read from the database, or the object made."""

    def target_after(self) -> Any:
        row = self.target()
        return type(row)._default_manager.get(pk=row.pk)

    def test_without_permission_writes_nothing(self) -> None:
        before = LogEntry.objects.count()
        assert signed_in(user_with()).post(self.url(self.target()), self.valid()).status_code == 403
        assert LogEntry.objects.count() == before

    def test_page_opens(self, permitted: Client) -> None:
        assert permitted.get(self.url(self.target())).status_code == 200

    def test_permitted_act_has_its_effect_and_one_log_entry(self, permitted: Client) -> None:
        data = self.valid()
        before = LogEntry.objects.count()
        response = permitted.post(self.url(self.target()), data)
        assert response.status_code in {200, 302}, response.status_code
        form = (response.context or {}).get("form") if response.status_code == 200 else None
        assert form is None or not form.errors, form.errors
        written = list(LogEntry.objects.order_by("pk")[before:])
        assert [entry.action for entry in written] == [self.log_action] * self.log_count
        assert all(entry.actor_id == self.actor.pk for entry in written)
        self.check(self.target_after())

    def test_invalid_data_is_told_and_nothing_written(self, permitted: Client) -> None:
        if self.invalid_field is None:
            pytest.skip("nothing can be filled in wrongly")
        before = LogEntry.objects.count()
        response = permitted.post(self.url(self.target()), self.invalid())
        assert response.status_code == 200
        errors = response.context["form"].errors
        assert (self.invalid_field or "__all__") in errors, errors
        assert LogEntry.objects.count() == before

    def test_wrong_method_is_refused(self, permitted: Client) -> None:
        assert permitted.put(self.url(self.target())).status_code == 405


class _OnRow(_WriteCase):
    def test_foreign_row_is_not_found_and_not_changed(self, permitted: Client) -> None:
        if self.foreign_row is None:
            pytest.skip("rows of this kind stand in no community")
        model = type(self.foreign_row)
        before, logged = model._default_manager.filter(pk=self.foreign_row.pk).values().get(), LogEntry.objects.count()
        url = self.url(self.foreign_row)
        assert permitted.get(url).status_code == 404
        assert permitted.post(url, self.valid()).status_code == 404
        assert model._default_manager.filter(pk=self.foreign_row.pk).values().get() == before
        assert LogEntry.objects.count() == logged


class FormCase(_OnRow):
    """An edit form on one row."""


class CreateCase(_WriteCase):
    """A form that makes a row. `model` is counted; `foreign_data()` names foreign parents and must be refused by the form."""

    model: type[models.Model]

    def target(self) -> Any:
        return None

    def target_after(self) -> Any:
        return self.model._default_manager.order_by("-pk").first()

    def foreign_data(self) -> dict[str, Any] | None:
        return None

    def test_one_row_is_made(self, permitted: Client) -> None:
        data, before = self.valid(), self.model._default_manager.count()
        permitted.post(self.url(None), data)
        assert self.model._default_manager.count() == before + 1

    def test_foreign_parent_is_refused(self, permitted: Client) -> None:
        data = self.foreign_data()
        if data is None:
            pytest.skip("the form names no parent of a community")
        before = self.model._default_manager.count()
        response = permitted.post(self.url(None), data)
        assert response.status_code in {200, 404}
        assert self.model._default_manager.count() == before


class ActionCase(_OnRow):
    """One business action on one row; htmx gets its question as a dialog."""

    def test_htmx_gets_a_dialog(self, permitted: Client) -> None:
        response = permitted.get(self.url(self.own_row), headers={"HX-Request": "true"})
        assert response.status_code == 200
        assert is_fragment(response)
        assert b"<dialog" in response.content
