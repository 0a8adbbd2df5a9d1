"""Small forms of the files: a dialog when htmx asks, a page without a script; both lead back to where the clerk was."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core.querysets import visible
from core.web.forms import BaseForm
from core.web.pages import ActionView, UpdateView
from owners.models import Owner
from properties.models import Unit

VIEW = "owners.view_owner"


def came_from(request: HttpRequest) -> str:
    """The page of this site to go back to, '' when none was named."""
    url = request.POST.get("next") or request.GET.get("next", "")
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


def home_of(obj: Any) -> str:
    """The file a row belongs to: its unit's, else its owner's."""
    if isinstance(obj, Owner):
        return reverse("owners:owner_file", args=[obj.pk])
    unit_id = obj.pk if isinstance(obj, Unit) else getattr(obj, "unit_id", None)
    return reverse("owners:unit_file", args=[unit_id]) if unit_id else reverse("owners:owner_file", args=[obj.owner_id])


class PanelView(UpdateView):
    """A form about one row. `scope_permission` widens the choice of the row itself (a known person for a new unit); the page still
    needs `permission`."""

    scope_permission = ""

    def object(self) -> Any:
        permission = self.scope_permission or self.permission
        rows, prepare = visible(self.model, self.request.user, permission), type(self).prepare
        return get_object_or_404(prepare(rows) if prepare else rows, pk=self.kwargs["pk"])

    def next_url(self, saved: Any) -> str:
        return came_from(self.request) or home_of(saved)

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        back = came_from(self.request)
        context = {
            "form": form,
            "object": obj,
            "title": self.title,
            "breadcrumbs": [{"label": _("返回档案"), "url": back or home_of(obj)}, {"label": self.title, "url": ""}],
            "save_label": self.submit_label or _("保存"),
            "cancel_url": back or home_of(obj),
            "action_url": self.request.path,
            "next": back,
        }
        dialog = self.request.headers.get("HX-Request")
        return render(self.request, "owners/_form_dialog.html" if dialog else self.template_name, context)


class ActView(ActionView):
    """One act with a question first; goes back to the file."""

    def next_url(self, saved: Any) -> str:
        return came_from(self.request) or home_of(saved)

    def cancel_url(self, obj: Any) -> str:
        return came_from(self.request) or home_of(obj)
