"""Repairers: their list and page, what they can do, when they work, where they are now."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.errors import BadValue
from core.normalise import parse_date_text
from core.web.access import requires
from core.web.forms import ConfirmForm, ReasonForm
from core.web.lists import Link, ListView, crumbs
from core.web.pages import ActionView, DetailView, UpdateView
from properties.current import current_community
from properties.models import Community
from properties.views.here import CreateHere
from workorders import filters, tables
from workorders.forms import people as forms
from workorders.models import Repairer, ShiftException, WorkOrder
from workorders.queries import people as queries
from workorders.queries.suggestions import setting_of
from workorders.services import duty, people
from workorders.states import DUTY_COLOURS, Duty

VIEW, CHANGE = "workorders.view_repairer", "workorders.change_repairer"
OWN = "workorders.work_workorder"
GROUP = (gettext_lazy("报修工单"), "")
HOME = (GROUP, (gettext_lazy("维修人员"), "workorders:repairer_list"))


class RepairerList(ListView):
    model, permission = Repairer, VIEW
    title, list_name = gettext_lazy("维修人员"), "workorders:repairer_list"
    table, filterset = tables.RepairerTable, filters.RepairerFilter
    prepare, default_order = staticmethod(queries.listed), ("community__code", "user__display_name")
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(gettext_lazy("排班表"), "workorders:rota", VIEW, "calendar"),
        Link(gettext_lazy("登记维修人员"), "workorders:repairer_create", "workorders.add_repairer", "plus", True, "N"),
    )
    export_permission = "workorders.export_repairer"
    empty_sentence = gettext_lazy("还没有维修人员，登记后才能派单")

    def page(self, rows: Any, whole: Any = None) -> Any:
        found = super().page(rows, whole)
        queries.with_duty(found.rows)
        return found


def facts(row: Repairer, user: Any) -> dict[str, Any]:
    queries.with_duty([row])
    known: Any = row
    days = queries.week_of(timezone.localdate())
    orders = WorkOrder.objects.visible_to(user, "workorders.view_workorder")
    lines = [
        {"label": _("项目"), "value": row.community},
        {"label": _("技能"), "value": "、".join(str(skill) for skill in row.skills.all())},
        {"label": _("负责楼栋"), "value": "、".join(place.label for place in row.buildings.all()) or _("全部楼栋")},
        {"label": _("自动派单"), "value": _("参与") if row.automatic else _("不参与")},
    ]
    return {
        "facts": [{"heading": _("维修人员"), "rows": lines}],
        "duty": known.duty,
        "duty_word": Duty(known.duty.duty).label,
        "duty_colour": DUTY_COLOURS[known.duty.duty],
        "week": queries.rota_rows([row], days)[0],
        "today": timezone.localdate(),
        "exceptions": queries.coming_exceptions(row),
        "orders": queries.open_orders(row, orders),
        "may_set_duty": user.has_perm(duty.SET_FOR) or row.user_id == user.pk,
        "page_actions": _acts(row, user),
    }


def _acts(row: Repairer, user: Any) -> list[dict[str, Any]]:
    if not Repairer.objects.visible_to(user, CHANGE).filter(pk=row.pk).exists():
        return []

    def act(label: Any, icon: str, name: str, **options: Any) -> dict[str, Any]:
        return {"label": label, "icon": icon, "url": reverse(f"workorders:{name}", args=[row.pk]), **options}

    if row.disabled_at:
        return [act(_("恢复"), "refresh", "repairer_restore", dialog=True)]
    return [
        act(_("停用"), "ban", "repairer_disable", dialog=True),
        act(_("技能与楼栋"), "edit", "repairer_update"),
        act(_("排班"), "calendar", "repairer_rota", primary=True),
    ]


class RepairerDetail(DetailView):
    model, permission = Repairer, VIEW
    template_name = "workorders/repairer_detail.html"
    prepare = staticmethod(queries.listed)
    facts, breadcrumbs = staticmethod(facts), HOME


class RepairerCreate(CreateHere):
    model, permission = Repairer, "workorders.add_repairer"
    form_class, service = forms.RepairerForm, staticmethod(people.create_repairer)
    title, breadcrumbs = gettext_lazy("登记维修人员"), HOME


class RepairerUpdate(UpdateView):
    model, permission = Repairer, CHANGE
    form_class, service = forms.RepairerChangeForm, staticmethod(people.change_repairer)
    title, breadcrumbs = gettext_lazy("技能与楼栋"), HOME


class RepairerDisable(ActionView):
    model, permission = Repairer, CHANGE
    form_class, service = ReasonForm, staticmethod(people.disable_repairer)
    title, breadcrumbs, danger = gettext_lazy("停用"), HOME, True
    success = gettext_lazy("已停用 %(object)s")

    @staticmethod
    def consequence(row: Repairer) -> dict[str, Any]:
        return {"consequence": _("停用后不再派单给他；手上的工单还在他名下，可以逐张转单。")}


class RepairerRestore(ActionView):
    model, permission = Repairer, CHANGE
    form_class, service = ConfirmForm, staticmethod(people.restore_repairer)
    title, breadcrumbs, danger = gettext_lazy("恢复"), HOME, False
    success = gettext_lazy("已恢复 %(object)s")


class RotaUpdate(UpdateView):
    model, permission = Repairer, CHANGE
    form_class, service = forms.RotaForm, staticmethod(people.set_week)
    title, breadcrumbs = gettext_lazy("每周排班"), HOME
    success = gettext_lazy("已保存 %(object)s 的排班")
    template_name = "workorders/repairer_rota.html"


class DaySet(ActionView):
    model, permission = Repairer, CHANGE
    form_class = forms.DayForm
    title, breadcrumbs, danger = gettext_lazy("改一天的排班"), HOME, False
    submit_label, success = gettext_lazy("保存"), gettext_lazy("已改好 %(object)s 的排班")

    @staticmethod
    def service(row: Repairer, **values: Any) -> Repairer:
        people.set_day(row, **values)
        return row

    def next_url(self, saved: Any) -> str:
        return _week_url(self.request) or saved.get_absolute_url()


class DayRemove(ActionView):
    model, permission = ShiftException, CHANGE
    form_class, service = ConfirmForm, staticmethod(people.remove_day)
    title, breadcrumbs, danger = gettext_lazy("取消这一天的例外"), HOME, False
    success = gettext_lazy("%(object)s 这一天恢复按每周排班")

    @staticmethod
    def consequence(found: ShiftException) -> dict[str, Any]:
        return {"consequence": _("这一天恢复按每周排班。"), "cancel_url": found.repairer.get_absolute_url()}

    def cancel_url(self, obj: Any) -> str:
        return str(obj.repairer.get_absolute_url())


def _week_url(request: HttpRequest) -> str:
    """Back to the week's table when the day was opened from there."""
    day = request.GET.get("week", "")
    return f"{reverse('workorders:rota')}?week={day}" if day and _day(day) else ""


class DutySet(ActionView):
    model, permission = Repairer, duty.SET_FOR
    form_class = forms.DutyForm
    title, breadcrumbs, danger = gettext_lazy("设置在岗状态"), HOME, False
    submit_label, success = gettext_lazy("保存"), gettext_lazy("已设置 %(object)s 的在岗状态")

    @staticmethod
    def service(row: Repairer, **values: Any) -> Repairer:
        duty.set_duty(row, **values)
        return row


class DutyClear(ActionView):
    model, permission = Repairer, duty.SET_FOR
    form_class, service = ConfirmForm, staticmethod(duty.clear_duty)
    title, breadcrumbs, danger = gettext_lazy("恢复按排班"), HOME, False
    success = gettext_lazy("%(object)s 恢复按排班")


def _day(text: str) -> date | None:
    try:
        return parse_date_text(text)
    except BadValue:
        return None


@requires(VIEW)
@require_safe
def rota(request: HttpRequest) -> HttpResponse:
    """排班表: a week of everybody in the community in which the person works."""
    community = current_community(request)
    day = _day(request.GET.get("week", "")) or timezone.localdate()
    days = queries.week_of(day)
    rows = Repairer.objects.visible_to(request.user, VIEW).active().select_related("user", "community")
    if community is not None:
        rows = rows.filter(community=community)
    found = queries.rota_rows(list(rows.order_by("community__code", "user__display_name")[:200]), days)
    title = _("排班表")
    context = {
        "title": title,
        "breadcrumbs": crumbs(HOME, title),
        "days": list(zip(days, people.WEEKDAYS, strict=True)),
        "rows": found,
        "several": community is None,
        "today": timezone.localdate(),
        "before": days[0] - timedelta(days=7),
        "after": days[0] + timedelta(days=7),
        "may_change": request.user.has_perm(CHANGE),
    }
    return render(request, "workorders/rota.html", context)


class SettingUpdate(UpdateView):
    """The address names the community: its row is made with the first change."""

    model, permission = Community, "workorders.change_dispatchsetting"
    form_class, service = forms.SettingForm, staticmethod(people.change_setting)
    title, breadcrumbs = gettext_lazy("派单设置"), (GROUP, (gettext_lazy("派工台"), "workorders:board"))
    success = gettext_lazy("已保存%(object)s")

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        return super().form(setting_of(obj), data, files)

    def next_url(self, saved: Any) -> str:
        return reverse("workorders:board")

    def cancel_url(self, obj: Any) -> str:
        return reverse("workorders:board")
