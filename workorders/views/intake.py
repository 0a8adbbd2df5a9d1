"""Taking a repair in at the desk: the number that calls, the household behind it, the order."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from core import rate_limit
from core.errors import BadValue
from core.masking import mask_phone
from core.web.access import requires
from core.web.lists import crumbs
from core.web.pages import CreateView
from owners.queries.lookup import Calling, calling
from workorders.forms.intake import IntakeForm
from workorders.models import WorkOrder
from workorders.services import calls
from workorders.views.orders import HOME

ADD = "workorders.add_workorder"
PER_MINUTE = 60
TITLE = _("新建报修")


class CallerCreate(CreateView):
    """A form that begins with a caller."""

    def page(self, form: Any, obj: Any, draft: Any = None) -> HttpResponse:
        form.show_person()
        return super().page(form, obj, draft)


class WorkOrderCreate(CallerCreate):
    model, permission = WorkOrder, ADD
    form_class, service = IntakeForm, staticmethod(calls.take_order)
    title, breadcrumbs = TITLE, HOME
    submit_label, success = _("提交报修"), _("已受理 %(object)s")
    template_name = "workorders/workorder_create.html"

    def next_url(self, saved: Any) -> str:
        return reverse("workorders:workorder_create") if "again" in self.request.POST else saved.get_absolute_url()


@require_safe
@requires(ADD)
def intake_who(request: HttpRequest) -> HttpResponse:
    """The part of the form about place and person, filled in for a place that was chosen, and the panel beside it."""
    names = ("unit", "place", "owner", "source")
    initial = {name: request.GET[name] for name in names if request.GET.get(name)}
    return _who(request, IntakeForm(user=request.user, initial=initial), {})


@sensitive_post_parameters("phone")
@require_POST
@requires(ADD)
def intake_call(request: HttpRequest) -> HttpResponse:
    """Who calls from this number. One household: its part of the form comes filled in. Several: one is chosen. The number is posted, it
    stands in no address."""
    initial, context = looked_up(request, "reporter_phone")
    return _who(request, IntakeForm(user=request.user, initial=initial), context)


def looked_up(request: HttpRequest, phone_field: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the form begins with, what the page says of it) for the number that was posted; each look-up is logged, and nobody looks
    up many."""
    typed = request.POST.get("phone", "")[:40]
    rate_limit.require(f"lookup:{request.user.pk}", capacity=PER_MINUTE, seconds=60, sentence=now("查找太频繁"))
    try:
        found = calling(request.user, typed)
    except BadValue as error:
        words = f"{error.sentence}，{error.fix}" if error.fix else error.sentence
        return {}, {"call_error": words, "typed": typed}
    calls.record_lookup(found, by=request.user)
    return _initial(found, phone_field), {"found": found, "number": mask_phone(found.number), "typed": typed}


def _initial(found: Calling, phone_field: str) -> dict[str, Any]:
    """The number goes into the form when it is a whole one: it is the one to call back."""
    initial: dict[str, Any] = {phone_field: found.number} if len(found.number) > 4 else {}
    if found.unit is not None:
        owner = next((c.owner for c in found.callers if c.is_current), found.callers[0].owner)
        initial |= {"unit": found.unit.pk, "owner": owner.pk}
    return initial


def _who(request: HttpRequest, form: IntakeForm, context: dict[str, Any]) -> HttpResponse:
    form.show_person()
    context |= {"form": form}
    if request.headers.get("HX-Request"):
        return render(request, "workorders/_who_answer.html", context)
    if request.method != "POST":
        query = request.GET.urlencode()
        return HttpResponseRedirect(f"{reverse('workorders:workorder_create')}?{query}")
    context |= {
        "title": TITLE, "breadcrumbs": crumbs(HOME, TITLE), "save_label": now("提交报修"),
        "cancel_url": reverse("workorders:workorder_list"), "draft_url": reverse("core:draft_save"),
        "action_url": reverse("workorders:workorder_create"),
    }  # fmt: skip
    return render(request, "workorders/workorder_create.html", context)
