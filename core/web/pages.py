"""The bases of pages about one object: detail, create, update, action (ARCHITECTURE part 3). Attributes, not hooks."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core.errors import BusinessError
from core.querysets import visible
from core.services import drafts
from core.web.forms import BaseForm
from core.web.lists import crumbs


class ObjectView(View):
    """Fetches the object through the scope: no permission is 403 (middleware), out of scope is 404."""

    model: type[models.Model]
    permission: str
    breadcrumbs: Sequence[tuple[Any, str]] = ()
    prepare: Callable[[models.QuerySet], models.QuerySet] | None = None

    def object(self) -> Any:
        rows = visible(self.model, self.request.user, self.permission)
        prepare = type(self).prepare
        return get_object_or_404(prepare(rows) if prepare else rows, pk=self.kwargs["pk"])

    def crumbs(self, title: Any) -> list[dict[str, Any]]:
        return crumbs(self.breadcrumbs, title)


class DetailView(ObjectView):
    """Facts left, tabs right. `facts` is a query function that returns the context of the page."""

    template_name: str
    facts: Callable[[Any, Any], dict[str, Any]] | None = None

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.object()
        context = {"object": obj, "title": str(obj), "breadcrumbs": self.crumbs(str(obj))}
        facts = type(self).facts
        return render(request, self.template_name, context | (facts(obj, request.user) if facts else {}))


class FormView(ObjectView):
    """Form page: bound form -> service -> message and redirect. A business error returns to the form beside its field."""

    form_class: type[BaseForm]
    service: Callable[..., models.Model]
    title: Any
    success: Any = ""
    submit_label: Any = ""
    # False where secrets are typed in: they rest nowhere but in their own field.
    keeps_drafts = True
    template_name = "generic/form.html"

    def target(self) -> Any:
        return None

    def initial(self) -> dict[str, Any]:
        """Prefilled from the query string, fields of the form only."""
        return {name: value for name, value in self.request.GET.items() if name in self.form_class.base_fields}

    def form(self, obj: Any, data: Any = None, files: Any = None) -> BaseForm:
        options: dict[str, Any] = {"user": self.request.user, "initial": self.initial()}
        if obj is not None:
            options["instance"] = obj
        return self.form_class(data, files, **options)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        obj = self.target()
        draft = drafts.find(request.user, request.path)
        if draft is not None and "draft" in request.GET:
            form = self.form(obj, drafts.content(draft))
            form.errors.clear()  # what is not finished yet is no mistake
            return self.page(form, obj)
        return self.page(self.form(obj), obj, draft=draft)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        obj = self.target()
        form = self.form(obj, request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, obj)
        try:
            saved = self.run(obj, form.cleaned_data)
        except BusinessError as error:
            add_error(form, error)
            return self.page(form, obj)
        drafts.discard(request.user, request.path)
        messages.success(request, (self.success or _("已保存 %(object)s")) % {"object": saved})
        return HttpResponseRedirect(self.next_url(saved))

    def run(self, obj: Any, values: dict[str, Any]) -> models.Model:
        service = type(self).service
        return service(by=self.request.user, **values) if obj is None else service(obj, by=self.request.user, **values)

    def next_url(self, saved: Any) -> str:
        return str(saved.get_absolute_url())

    def cancel_url(self, obj: Any) -> str:
        if obj is not None:
            return str(obj.get_absolute_url())
        return reverse(self.breadcrumbs[-1][1]) if self.breadcrumbs and self.breadcrumbs[-1][1] else ""

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        context = {
            "form": form,
            "object": obj,
            "title": self.title,
            "breadcrumbs": self.crumbs(self.title),
            "save_label": self.submit_label or _("保存"),
            "cancel_url": self.cancel_url(obj),
            "draft": drafts.offer(draft, self.request.path) if draft else None,
            "draft_url": reverse("core:draft_save") if self.keeps_drafts else "",
        }
        return render(self.request, self.template_name, context)


class CreateView(FormView):
    """`service(by=..., **cleaned)` makes the object."""


class UpdateView(FormView):
    """`service(obj, by=..., **cleaned)` changes it."""

    def target(self) -> Any:
        return self.object()


class ActionView(UpdateView):
    """One business action on one object. GET shows what will happen (a confirmation page or dialog fragment), POST does it.

    `consequence(obj)` gives {"consequence": sentence, "consequences": [{label, value, url}], "blocked": why not}.
    """

    form_class: type[BaseForm]
    consequence: Callable[[Any], dict[str, Any]] | None = None
    danger = False
    template_name = "generic/confirm.html"

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        consequence = type(self).consequence
        context = {
            "form": form,
            "object": obj,
            "title": self.title,
            "heading": _("%(act)s“%(object)s”？") % {"act": self.title, "object": obj},
            "danger": self.danger,
            "action_label": self.submit_label or self.title,
            "cancel_url": self.cancel_url(obj),
            "breadcrumbs": self.crumbs(self.title),
        }
        context |= consequence(obj) if consequence else {}
        fragment = bool(self.request.headers.get("HX-Request"))
        return render(self.request, "generic/_confirm_dialog.html" if fragment else self.template_name, context)


def add_error(form: BaseForm, error: BusinessError) -> None:
    """A business error stands beside the field it names, otherwise on top."""
    text = f"{error.sentence}{'' if not error.fix else f'（{error.fix}）'}"
    form.add_error(error.field if error.field in form.fields else None, text)
