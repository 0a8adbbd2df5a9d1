"""Outages: list, page, writing one down, counting calls, ending one with its orders."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.errors import BusinessError
from core.web.access import requires, user_of
from core.web.lists import Link, ListView, crumbs
from core.web.pages import ActionView, CreateView, UpdateView, add_error
from properties.current import current_community
from workorders import filters, tables
from workorders.forms import outages as forms
from workorders.models import Outage
from workorders.queries import outages as rows
from workorders.queries.orders import listed, read_by
from workorders.queries.outages import VIEW
from workorders.queries.restoring import outlook
from workorders.services import outages as service
from workorders.services import restoring
from workorders.views import many

GROUP = (_("服务"), "")
HOME = (GROUP, (_("已知故障"), "workorders:outage_list"))
ORDERS_SHOWN = 100


class OutageList(ListView):
    model, permission = Outage, VIEW
    title, list_name = _("已知故障"), "workorders:outage_list"
    table, filterset = tables.OutageTable, filters.OutageFilter
    prepare, default_order = staticmethod(rows.listed), ("-pk",)
    breadcrumbs = (GROUP,)
    page_actions = (Link(_("登记故障"), "workorders:outage_create", "workorders.add_outage", "plus", True, "N"),)
    export_permission = "workorders.export_outage"
    empty_sentence = _("没有已知故障")


@require_safe
@requires(VIEW)
def outage_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    outage = get_object_or_404(rows.listed(Outage.objects.visible_to(user, VIEW)), pk=pk)
    orders = []
    if user.has_perm("workorders.view_workorder"):
        found = listed(read_by(user, one_community=True).filter(outage=outage)).order_by("-id")
        orders = list(found[:ORDERS_SHOWN])
    context = {
        "outage": outage, "orders": orders, "concerns": rows.concerns_of(outage), "title": outage.title, "breadcrumbs": crumbs(HOME, outage.title),
        "page_actions": _acts(outage, user), "list_url": f"{reverse('workorders:workorder_list')}?group=all&outage={pk}",
    }  # fmt: skip
    return render(request, "workorders/outage_detail.html", context)


def _acts(outage: Outage, user: Any) -> list[dict[str, Any]]:
    """Buttons of one that still runs; nothing is done to one that is over."""
    if outage.ended_at is not None:
        return []
    acts = (
        ("workorders.change_outage", _("编辑"), "edit", "workorders:outage_update", False, False),
        ("workorders.change_outage", _("记一次来电"), "phone-check", "workorders:outage_call", True, False),
        ("workorders.end_outage", _("登记恢复"), "circle-check", "workorders:outage_end", False, True),
    )
    return [
        {"label": label, "icon": icon, "url": reverse(url, args=[outage.pk]), "dialog": dialog, "primary": primary}
        for permission, label, icon, url, dialog, primary in acts
        if user.has_perm(permission)
    ]


class OutageCreate(CreateView):
    model, permission = Outage, "workorders.add_outage"
    form_class, service = forms.OutageForm, staticmethod(service.create_outage)
    title, breadcrumbs = _("登记故障"), HOME
    success = _("已登记 %(object)s，来电时会提示客服")

    def initial(self) -> dict[str, Any]:
        current = current_community(self.request)
        return ({"community": current.pk} if current else {}) | super().initial()


class OutageUpdate(UpdateView):
    model, permission = Outage, "workorders.change_outage"
    form_class, service = forms.OutageForm, staticmethod(service.change_outage)
    title, breadcrumbs = _("编辑已知故障"), HOME


class OutageCall(ActionView):
    """Called about, told, no order."""

    model, permission = Outage, "workorders.change_outage"
    form_class, service = forms.CalledForm, staticmethod(service.count_call)
    title, breadcrumbs, submit_label = _("记一次来电"), HOME, _("记录")
    success = _("已记到 %(object)s")


class OutageEnd(ActionView):
    """A page of its own: what becomes of the orders is read and chosen before it happens."""

    model, permission = Outage, "workorders.end_outage"
    form_class, title, breadcrumbs = forms.EndForm, _("登记恢复"), HOME
    template_name = "workorders/outage_end.html"

    def page(self, form: Any, obj: Any, draft: Any = None) -> HttpResponse:
        lines = form.in_hand
        completed = sum(line.order.pk in form.ticked and not line.why for line in lines)
        context = {
            "form": form, "object": obj, "title": self.title, "breadcrumbs": self.crumbs(self.title), "lines": lines,
            "ticked": form.ticked, "outlook": outlook(obj), "cancel_url": obj.get_absolute_url(), "completed": completed,
            "going_on": len(lines) - completed, "checks": any(line.checks for line in lines),
        }  # fmt: skip
        return render(self.request, self.template_name, context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Whatever should have been completed and was not is named with its reason."""
        outage = self.object()
        form = self.form(outage, request.POST)
        if not form.is_valid():
            return self.page(form, outage)
        try:
            done = restoring.end_outage(outage, by=user_of(request), **form.cleaned_data)
        except BusinessError as error:
            add_error(form, error)
            return self.page(form, outage)
        return self.told(done)

    def told(self, done: restoring.Ending) -> HttpResponse:
        words = {"object": done.outage} | done.counts()
        sentence = now("已恢复 %(object)s：结束 %(closed)d 单，完工 %(completed)d 单，继续处理 %(kept)d 单") % words
        if not done.skipped:
            messages.success(self.request, sentence)
            return HttpResponseRedirect(done.outage.get_absolute_url())
        return many.outcome(
            self.request, self.title, HOME, sentence=sentence, skipped=done.skipped, back=done.outage.get_absolute_url()
        )
