"""Codes that hang in places: making, printing, stopping; and the public form behind one. The form has one purpose, shows nothing of
anybody, and is limited by address and by code."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core import context as request_context
from core.errors import BusinessError
from core.web.access import public, requires, user_of
from core.web.lists import Link, ListView, crumbs, ids_of
from core.web.pages import ActionView, add_error
from workorders import filters, tables
from workorders.forms import codes as forms
from workorders.models import ReportCode
from workorders.qr import absolute, qr_svg
from workorders.queries.codes import code_in_use, joined
from workorders.services import codes as service
from workorders.views.orders import HOME as ORDERS

MANAGE = forms.MANAGE
HOME = (*ORDERS, (_("报修码"), "workorders:code_list"))
MOST = 200


class CodeList(ListView):
    model, permission = ReportCode, MANAGE
    title, list_name = _("报修码"), "workorders:code_list"
    table, filterset = tables.CodeTable, filters.CodeFilter
    prepare, default_order = staticmethod(joined), ("-pk",)
    breadcrumbs = ORDERS
    page_actions = (Link(_("生成报修码"), "workorders:code_create", MANAGE, "plus", True, "N"),)
    bulk_actions = (Link(_("打印"), "workorders:code_print", MANAGE, "printer"),)
    export_permission = "workorders.export_workorder"
    empty_sentence = _("还没有报修码。生成后打印张贴，扫码就能报修")


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def code_create(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = forms.CodeForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        unit = form.cleaned_data["unit"]
        try:
            made = service.make_codes(by=user, places=form.cleaned_data["places"], units=[unit] if unit else [])
        except BusinessError as error:
            add_error(form, error)
        else:
            messages.success(request, now("已生成 %(n)d 个报修码，勾选后打印") % {"n": len(made)})
            return HttpResponseRedirect(reverse("workorders:code_list"))
    title = now("生成报修码")
    context = {"form": form, "title": title, "breadcrumbs": crumbs(HOME, title), "save_label": now("生成")}
    return render(request, "generic/form.html", context | {"cancel_url": reverse("workorders:code_list")})


@requires(MANAGE)
@require_POST
def code_print(request: HttpRequest) -> HttpResponse:
    """Signs to hang up, eight on a sheet of A4."""
    rows = ReportCode.objects.visible_to(request.user, MANAGE).filter(disabled_at__isnull=True)
    if not request.POST.get("all"):
        rows = rows.filter(pk__in=ids_of(request.POST.getlist("ids")))
    signs = [
        {"code": code, "qr": qr_svg(absolute(code.get_absolute_url()))}
        for code in joined(rows).order_by("community_id", "pk")[:MOST]
    ]
    context = {"title": now("打印报修码"), "signs": signs, "back": reverse("workorders:code_list")}
    return render(request, "workorders/code_print.html", context)


class CodeStop(ActionView):
    model, permission = ReportCode, MANAGE
    form_class, service = forms.StopForm, staticmethod(service.stop_code)
    prepare = staticmethod(joined)
    title, breadcrumbs, danger = _("停用报修码"), HOME, True
    success = _("已停用 %(object)s 的报修码")

    @staticmethod
    def consequence(code: ReportCode) -> dict[str, Any]:
        return {"consequence": now("张贴的二维码从现在起打不开报修页，重新生成后须重新张贴。")}

    def next_url(self, saved: Any) -> str:
        return reverse("workorders:code_list")

    def cancel_url(self, obj: Any) -> str:
        return reverse("workorders:code_list")


@public("whoever stands in front of the code may report what he sees there; the page shows nothing of anybody")
@never_cache
@sensitive_post_parameters("reporter_phone", "reporter_name")
@require_http_methods(["GET", "HEAD", "POST"])
def public_report(request: HttpRequest, code: str) -> HttpResponse:
    found = code_in_use(code)
    if found is None:
        raise Http404
    posted = request.method == "POST"
    form = forms.ReportForm(request.POST if posted else None, request.FILES if posted else None, code=found)
    order = None
    if posted and form.is_valid():
        try:
            order = service.report(found, ip=request_context.current().ip, **form.cleaned_data)
        except BusinessError as error:
            add_error(form, error)
    context = {"title": now("扫码报修"), "code": found, "form": form, "number": order.number if order else ""}
    response = render(request, "workorders/public_report.html", context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
