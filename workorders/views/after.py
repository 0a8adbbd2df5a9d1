"""After the work, by staff: writing down the owner's rating, handing a warranty case on to the company that built."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.errors import BusinessError
from core.web.access import requires, user_of
from core.web.pages import ActionView
from workorders.forms import after as forms
from workorders.models import WorkOrder
from workorders.qr import absolute, qr_svg
from workorders.queries.page import joined
from workorders.services import after, contractor

ORDERS = ((_("服务"), ""), (_("报修工单"), "workorders:workorder_list"))
CHANGE, CLOSE = "workorders.change_workorder", "workorders.close_workorder"


class WorkOrderRate(ActionView):
    """代录评价: what the owner said on the telephone or at the door; never by whoever did the work."""

    model, permission = WorkOrder, CHANGE
    form_class, service = forms.RateForm, staticmethod(after.rate_order)
    prepare = staticmethod(joined)
    title, breadcrumbs, submit_label = _("代录评价"), ORDERS, _("保存评价")
    success = _("已录入评价：%(object)s 星")

    def next_url(self, saved: Any) -> str:
        return str(saved.order.get_absolute_url())


class WorkOrderContractor(ActionView):
    """转地产公司: the link is shown once, on the page that follows; it cannot be had again."""

    model, permission = WorkOrder, CHANGE
    form_class = forms.ContractorForm
    prepare = staticmethod(joined)
    title, breadcrumbs, submit_label = _("转地产公司"), ORDERS, _("生成链接")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        order = self.object()
        form = self.form(order, request.POST)
        if not form.is_valid():
            return self.page(form, order)
        try:
            token = contractor.send_to_contractor(order, by=request.user, **form.cleaned_data)
        except BusinessError as error:
            form.add_error(None, error.sentence)
            return self.page(form, order)
        url = absolute(reverse("workorders:public_contractor", args=[token]))
        context = {
            "order": order, "url": url, "qr": qr_svg(url), "company": form.cleaned_data["company"], "title": now("链接已生成"),
            "breadcrumbs": self.crumbs(now("转地产公司")),
        }  # fmt: skip
        return render(request, "workorders/workorder_contractor.html", context)


@require_POST
@requires(CHANGE)
def contractor_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    order = get_object_or_404(WorkOrder.objects.visible_to(user, CHANGE), pk=pk)
    count = contractor.revoke_links(order, by=user)
    messages.success(request, now("已收回 %(count)d 个链接") % {"count": count})
    return redirect(order.get_absolute_url())
