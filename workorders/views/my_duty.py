"""我的在岗状态: what one says about oneself holds in all communities one works in. One page at the desk, one on the phone."""

from collections.abc import Callable
from typing import Any

from django import forms as fields
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import BadValue
from core.web.access import requires, user_of
from core.web.lists import crumbs
from workorders.forms import people as forms
from workorders.models import Repairer
from workorders.queries import people as queries
from workorders.services import duty
from workorders.views.from_phone import enlarge
from workorders.views.people import GROUP
from workorders.views.phone import WORK, phone_page

DESK, PHONE = "workorders:my_duty", "workorders:phone_duty"


def _mine(request: HttpRequest) -> list[Repairer]:
    """One's own rows, in the communities where one repairs; for the right to do one's own work no scope is asked."""
    user = user_of(request)
    return list(user.repairer_in.filter(disabled_at__isnull=True).select_related("community", "user"))


def _answer(request: HttpRequest, here: str, draw: Callable[[dict[str, Any]], HttpResponse]) -> HttpResponse:
    rows = _mine(request)
    form = forms.DutyForm(request.POST or None, user=request.user)
    if request.method == "POST" and rows and form.is_valid():
        try:
            for row in rows:
                duty.set_duty(row, by=request.user, **form.cleaned_data)
        except BadValue as error:
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
        else:
            messages.success(request, _("已设置在岗状态"))
            return HttpResponseRedirect(reverse(here))
    queries.with_duty(rows)
    return draw({"title": _("我的在岗状态"), "form": form, "rows": rows})


@requires(WORK)
def desk_duty(request: HttpRequest) -> HttpResponse:
    def draw(context: dict[str, Any]) -> HttpResponse:
        context["breadcrumbs"] = crumbs((GROUP,), context["title"])
        return render(request, "workorders/my_duty.html", context)

    return _answer(request, DESK, draw)


@requires(WORK)
def phone_duty(request: HttpRequest) -> HttpResponse:
    def draw(context: dict[str, Any]) -> HttpResponse:
        form = context["form"]
        form.fields["duty"].widget = fields.RadioSelect(choices=form.fields["duty"].choices)
        enlarge(form)
        context["overridden"] = any(row.duty.override for row in context["rows"])
        return phone_page(request, "workorders/phone_duty.html", context)

    return _answer(request, PHONE, draw)


@requires(WORK)
@require_POST
def duty_clear(request: HttpRequest) -> HttpResponse:
    for row in _mine(request):
        duty.clear_duty(row, by=request.user)
    messages.success(request, _("恢复按排班"))
    return HttpResponseRedirect(reverse(PHONE if request.POST.get("from") == "phone" else DESK))
