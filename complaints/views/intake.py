"""Taking a complaint in at the desk (R48, R52, R55): the number that calls, the household behind it, the case."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from complaints.forms.intake import ADD, IntakeForm
from complaints.models import Complaint
from complaints.services import intake
from complaints.views.cases import HOME
from core.web.access import requires
from core.web.lists import crumbs
from core.web.pickers import picker
from properties.current import current_community
from workorders.views.intake import CallerCreate, looked_up
from workorders.views.pickers import spots

TITLE = _("登记投诉建议")


class ComplaintCreate(CallerCreate):
    model, permission = Complaint, ADD
    form_class, service = IntakeForm, staticmethod(intake.receive_complaint)
    title, breadcrumbs = TITLE, HOME
    submit_label, success = _("提交登记"), _("已登记 %(object)s")
    template_name = "complaints/complaint_create.html"

    def initial(self) -> dict[str, Any]:
        here = current_community(self.request)
        return ({"community": here.pk} if here else {}) | super().initial()

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:complaint_create") if "again" in self.request.POST else saved.get_absolute_url()


@require_safe
@requires(ADD)
def intake_who(request: HttpRequest) -> HttpResponse:
    """The part of the form about place and person, filled in for a place that was chosen, and the panel beside it."""
    names = ("unit", "place", "owner", "source")
    return _who(request, {name: request.GET[name] for name in names if request.GET.get(name)}, {})


@sensitive_post_parameters("phone")
@require_POST
@requires(ADD)
def intake_call(request: HttpRequest) -> HttpResponse:
    """Who calls from this number; it is posted and stands in no address."""
    initial, context = looked_up(request, "phone")
    return _who(request, initial, context)


@requires(ADD)
@picker
def spot_picker(request: HttpRequest) -> HttpResponse:
    return spots(request, ADD)


def _who(request: HttpRequest, initial: dict[str, Any], context: dict[str, Any]) -> HttpResponse:
    here = current_community(request)
    initial = ({"community": here.pk} if here else {}) | initial
    form = IntakeForm(user=request.user, initial=initial)
    form.show_person()
    context |= {"form": form}
    if request.headers.get("HX-Request"):
        return render(request, "complaints/_who_answer.html", context)
    if request.method != "POST":
        return HttpResponseRedirect(f"{reverse('complaints:complaint_create')}?{request.GET.urlencode()}")
    context |= {
        "title": TITLE, "breadcrumbs": crumbs(HOME, TITLE), "save_label": ComplaintCreate.submit_label,
        "cancel_url": reverse("complaints:complaint_list"), "draft_url": reverse("core:draft_save"),
        "action_url": reverse("complaints:complaint_create"),
    }  # fmt: skip
    return render(request, "complaints/complaint_create.html", context)
