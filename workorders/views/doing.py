"""到场、检查、物料、价目、备件、挂起、完工: what the repairer does, or the desk for him."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import BusinessError
from core.normalise import clean_text
from core.web.access import requires
from core.web.forms import BaseForm, ConfirmForm
from core.web.pages import ActionView, UpdateView
from core.web.pickers import LIMIT, answer, picker, result, typed
from workorders.forms import doing as forms
from workorders.models import Material, WorkOrder
from workorders.queries.doing import materials_like, pending_of, stock_word
from workorders.queries.page import joined
from workorders.services import materials, pausing, work
from workorders.views.from_phone import FromPhone
from workorders.views.orders import HOME

WORK = "workorders.work_workorder"


class _Act(FromPhone, ActionView):
    model, permission, breadcrumbs, danger = WorkOrder, WORK, HOME, False
    prepare = staticmethod(joined)
    form_class: Any = ConfirmForm
    success: Any = gettext_lazy("已记录 %(object)s")


class _Page(FromPhone, UpdateView):
    """An act with too much to fill in for a dialog, or with files."""

    model, permission, breadcrumbs, keeps_drafts = WorkOrder, WORK, HOME, False
    prepare = staticmethod(joined)
    form_class: Any
    success: Any = gettext_lazy("已记录 %(object)s")

    def next_url(self, saved: Any) -> str:
        """Services return what they made; the page to go back to is the order's."""
        return super().next_url(saved if isinstance(saved, WorkOrder) else saved.order)


class WorkOrderArrive(_Act):
    service, title = staticmethod(work.arrive), gettext_lazy("到场")
    success = gettext_lazy("已登记到场 %(object)s")


class WorkOrderAwaitParts(_Act):
    form_class, service = forms.AwaitPartsForm, staticmethod(pausing.await_parts)
    title, success = gettext_lazy("缺料待备件"), gettext_lazy("%(object)s 已转待备件，时限暂停")


class WorkOrderPartsArrived(_Act):
    service, title = staticmethod(pausing.parts_arrived), gettext_lazy("备件到料")
    success = gettext_lazy("%(object)s 继续处理，时限接着计")


class WorkOrderSuspend(_Act):
    form_class, title = forms.SuspendForm, gettext_lazy("申请挂起")
    success = gettext_lazy("已提交挂起申请，主管同意前时限照常计")

    @staticmethod
    def service(order: WorkOrder, **values: Any) -> WorkOrder:
        pausing.ask_suspension(order, **values)
        return order


class WorkOrderWithdraw(_Act):
    title, success = gettext_lazy("撤回挂起申请"), gettext_lazy("已撤回挂起申请")

    @staticmethod
    def service(order: WorkOrder, *, by: Any) -> WorkOrder:
        pending = pending_of(order)
        if pending is None:
            raise BusinessError(_("没有待审批的挂起申请"))
        pausing.withdraw_suspension(pending, by=by)
        return order


class WorkOrderResume(_Act):
    service, title = staticmethod(pausing.resume), gettext_lazy("恢复处理")
    success = gettext_lazy("%(object)s 继续处理，时限接着计")


class WorkOrderMaterialDrop(_Act):
    title, danger, success = gettext_lazy("删除物料"), True, gettext_lazy("已删除物料，库存已退回")

    def run(self, obj: Any, values: dict[str, Any]) -> Any:
        line = get_object_or_404(obj.materials.select_related("order"), pk=self.kwargs["line"])
        materials.drop_material(line, by=self.request.user)
        return obj


class WorkOrderMaterial(_Act):
    """On the phone a search and a list to tap; at the desk a field that looks up while one types."""

    form_class, title = forms.MaterialLineForm, gettext_lazy("登记物料")
    submit_label, success = gettext_lazy("登记"), gettext_lazy("已登记物料")
    phone_template = "workorders/phone_material.html"

    @staticmethod
    def service(order: WorkOrder, **values: Any) -> WorkOrder:
        materials.use_material(order, **values)
        return order

    def form(self, obj: Any, data: Any = None, files: Any = None) -> BaseForm:
        form: Any = super().form(obj, data, files)
        if self.on_phone:
            form.words = clean_text(self.request.GET.get("q", ""))[:40]
            form.offer(form.words)
        return form

    def initial(self) -> dict[str, Any]:
        return {}


class WorkOrderCheck(_Page):
    form_class, title = forms.CheckForm, gettext_lazy("检查项")
    success = gettext_lazy("已记录检查项")

    def form(self, obj: Any, data: Any = None, files: Any = None) -> BaseForm:
        self.check = get_object_or_404(obj.checks.select_related("order"), pk=self.kwargs["check"])
        self.title = self.check.text
        return self.form_class(data, files, user=self.request.user, instance=obj, check=self.check)

    def run(self, obj: Any, values: dict[str, Any]) -> Any:
        return work.tick_check(self.check, by=self.request.user, **values)


class WorkOrderPrice(_Page):
    form_class, title = forms.PriceForm, gettext_lazy("有偿服务价目")
    submit_label, success = gettext_lazy("业主同意，保存"), gettext_lazy("已记录业主同意的价目")
    phone_template = "workorders/phone_signed.html"

    @staticmethod
    def service(order: WorkOrder, **values: Any) -> WorkOrder:
        materials.agree_prices(order, **values)
        return order

    def initial(self) -> dict[str, Any]:
        return {}


class WorkOrderComplete(_Page):
    form_class, title = forms.CompleteForm, gettext_lazy("完工")
    submit_label, success = gettext_lazy("完工"), gettext_lazy("已完工 %(object)s")
    phone_template = "workorders/phone_signed.html"

    @staticmethod
    def service(order: WorkOrder, *, by: Any, **values: Any) -> WorkOrder:
        return work.complete_order(order, by=by, finish=work.Finish(**values))


@requires("workorders.view_material")
@picker
def material_picker(request: HttpRequest) -> HttpResponse:
    text = typed(request)
    if text is None:
        return answer([])
    rows = materials_like(text).filter(pk__in=Material.objects.visible_to(request.user, "workorders.view_material"))
    return answer(result(row.pk, f"{row.code} {row}", stock_word(row), row.measure) for row in rows[:LIMIT])
