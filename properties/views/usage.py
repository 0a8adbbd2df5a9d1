"""Bulk 使用状态: ticked rows or the whole filtered list, a page that says what will happen, and a way back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import BusinessError
from core.web.access import requires
from core.web.lists import crumbs
from core.web.pages import add_error
from properties import forms, queries
from properties.models import Unit
from properties.services import usage
from properties.views.units import HOME, UnitList


def chosen_units(request: HttpRequest) -> Any:
    """The rows the list's bulk bar names, as far as the person may change them."""
    rows = Unit.objects.visible_to(request.user, usage.PERMISSION)
    if request.POST.get("all"):
        shown = UnitList.filtered(request.user, QueryDict(request.POST.get("filter", ""))).qs
        return rows.filter(pk__in=shown.order_by().values("pk"))
    return rows.filter(pk__in=[pk for pk in request.POST.getlist("ids") if pk.isdecimal()])


@requires(usage.PERMISSION)
@require_POST
def unit_usage(request: HttpRequest) -> HttpResponse:
    rows = chosen_units(request)
    summary = queries.usage_summary(rows)
    expected = request.POST.get("expected", "")
    form = forms.UsageForm(request.POST if expected else None, user=request.user)
    if expected and expected != str(summary["total"]):
        messages.warning(request, _("筛选结果刚刚变了，请核对后再确认"))
    elif expected and form.is_valid():
        try:
            return _done(
                request, usage.set_usage(list(rows.values_list("pk", flat=True)), by=request.user, **form.cleaned_data)
            )
        except BusinessError as error:
            add_error(form, error)
    title = _("设置使用状态")
    hidden = [(name, value) for name in ("ids", "all", "filter") for value in request.POST.getlist(name)]
    back = f"{reverse('properties:unit_list')}?{request.POST.get('filter', '')}"
    context = {"title": title, "breadcrumbs": crumbs(HOME, title), "form": form, "summary": summary}
    context |= {"hidden": [*hidden, ("expected", summary["total"])], "cancel_url": back, "most": usage.MOST}
    return render(request, "properties/unit_usage.html", context)


def _done(request: HttpRequest, done: usage.UsageSet) -> HttpResponse:
    words = [_("已设置 %(count)s 套") % {"count": f"{done.changed:,}"}]
    words += [_("%(count)s 套本来就是") % {"count": f"{done.same:,}"}] if done.same else []
    words += (
        [_("%(count)s 个车位、储物间没有使用状态，已跳过") % {"count": f"{done.skipped:,}"}] if done.skipped else []
    )
    undo = f"undo:{reverse('properties:unit_usage_undo', args=[done.batch])}" if done.changed else ""
    messages.success(request, "，".join(words), extra_tags=undo)
    return HttpResponseRedirect(f"{reverse('properties:unit_list')}?{request.POST.get('filter', '')}")


@requires(usage.PERMISSION)
@require_POST
def unit_usage_undo(request: HttpRequest, batch: UUID) -> HttpResponse:
    count = usage.take_back(batch, by=request.user)
    messages.success(request, _("已撤销，%(count)s 套恢复为原来的使用状态") % {"count": f"{count:,}"})
    return HttpResponseRedirect(reverse("properties:unit_list"))
