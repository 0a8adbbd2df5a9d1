"""Bases of the acts on a case."""

from typing import Any

from django.http import Http404

from complaints.models import Approval, Complaint
from complaints.policies import VIEW
from complaints.queries.cases import joined
from complaints.views.cases import HOME
from core.web.forms import ConfirmForm
from core.web.pages import ActionView, ObjectView, UpdateView


class OfCase(ObjectView):
    """Whoever acts on a case must also be able to open it: a right to act somewhere is no right to a confidential one. Services return
    what they made; the page to go back to is the case's."""

    model, breadcrumbs = Complaint, HOME
    prepare = staticmethod(joined)

    def object(self) -> Any:
        self.case = readable(super().object(), self.request.user)
        return self.case

    def crumbs(self, title: Any) -> list[dict[str, Any]]:
        """Whoever fills in a page is to see which case it is about, and gets back to it."""
        *above, here = super().crumbs(title)
        return [*above, {"label": self.case.number, "url": self.case.get_absolute_url()}, here]

    def run(self, obj: Any, values: dict[str, Any]) -> Any:
        super().run(obj, values)  # type: ignore[misc]
        return obj


def readable(case: Any, user: Any) -> Any:
    if not Complaint.objects.visible_to(user, VIEW).filter(pk=case.pk).exists():
        raise Http404
    return case


class Act(OfCase, ActionView):
    """A dialog."""

    danger = False
    form_class: Any = ConfirmForm


class Page(OfCase, UpdateView):
    """An act with too much to fill in for a dialog, or with files."""

    keeps_drafts = False
    form_class: Any


class OfApproval(ActionView):
    model, breadcrumbs, danger = Approval, HOME, False
    form_class: Any = ConfirmForm

    @staticmethod
    def prepare(rows: Any) -> Any:
        return rows.select_related("complaint__community", "asked_by")

    def object(self) -> Any:
        row = super().object()
        readable(row.complaint, self.request.user)
        return row

    def run(self, obj: Any, values: dict[str, Any]) -> Any:
        super().run(obj, values)
        return obj.complaint

    def cancel_url(self, obj: Any) -> str:
        return str(obj.complaint.get_absolute_url())
