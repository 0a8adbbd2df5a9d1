"""Pages that show: lists with their export, and single objects."""

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import resolve, reverse

from core.web.access import ANYONE_SIGNED_IN
from core.web.exports import ListExport
from tests.factories.audit import grant_to, user_with
from tests.support.cases.base import MOST_QUERIES, Case, is_fragment, queries_of, signed_in


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

    def test_export_leaves_out_what_may_only_be_looked_at(self) -> None:
        """Whoever sees two communities and exports in one of them takes out that one, and is told so many beforehand."""
        name = self.view().export_permission
        if not self.scoped or name in {self.permission, *self.more_permissions}:
            pytest.skip("who sees these rows may export them")
        person = user_with(self.permission, *self.more_permissions, communities=[self.own, self.foreign])
        grant_to(person, name, communities=[self.own])
        export = ListExport.of(self.view(), person, "")
        seen = {row.pk for row in self.view().filtered(person, export.query).qs}
        assert {self.own_row.pk, self.foreign_row.pk} <= seen
        out = {row.pk for row in export.records()}
        assert self.own_row.pk in out and self.foreign_row.pk not in out
        assert export.count() == len(out)
        asked = signed_in(person).get(self.export_url()).content.decode()
        assert f"导出{export.title} {len(out)} 条" in asked and "不在您导出范围内" in asked

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
