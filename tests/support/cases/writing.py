"""Pages that change something: forms and actions."""

from typing import Any

import pytest
from django.db import models
from django.test import Client

from core.models import LogEntry
from tests.factories.audit import user_with
from tests.support.cases.base import Case, is_fragment, signed_in


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
