"""低分处理规则: what follows by itself when a repair is given few stars."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from complaints.filters.standards import LowRuleFilter
from complaints.forms import standards as forms
from complaints.models import LowRatingRule
from complaints.services import low_ratings as service
from complaints.tables.standards import LowRuleTable
from core.web.forms import BaseForm, ConfirmForm
from core.web.lists import Link
from core.web.pages import ActionView, UpdateView
from properties.views.here import CreateHere, HouseList

GROUP = (_("服务"), "")
LIST = (GROUP, (_("低分处理规则"), "complaints:lowrule_list"))
VIEW, CHANGE = "complaints.view_lowratingrule", service.CHANGE


class LowRuleList(HouseList):
    model, permission, change = LowRatingRule, VIEW, CHANGE
    title, list_name = _("低分处理规则"), "complaints:lowrule_list"
    table, filterset, default_order = LowRuleTable, LowRuleFilter, ("community__name", "pk")
    breadcrumbs = (GROUP,)
    page_actions = (Link(_("某项目另定规则"), "complaints:lowrule_create", CHANGE, "plus", True, "N"),)
    export_permission = "complaints.export_lowratingrule"
    empty_sentence, help_topic = _("没有这样的规则"), "complaints"


class LowRuleCreate(CreateHere):
    model, permission = LowRatingRule, CHANGE
    form_class, service = forms.LowRuleForm, staticmethod(service.create_rule)
    title, breadcrumbs = _("某项目另定规则"), LIST

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:lowrule_list")


class LowRuleUpdate(UpdateView):
    model, permission = LowRatingRule, CHANGE
    form_class, service = forms.LowRuleChangeForm, staticmethod(service.change_rule)
    title, breadcrumbs = _("修改低分处理规则"), LIST
    template_name = "complaints/setup_form.html"

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:lowrule_list")

    def cancel_url(self, obj: Any) -> str:
        return reverse("complaints:lowrule_list")

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        known: Any = form
        known.offered = []
        if obj.community_id is not None:
            address = reverse("complaints:lowrule_remove", args=[obj.pk])
            known.offered = [{"label": now("删除，恢复通用规则"), "icon": "trash", "url": address}]
        return super().page(form, obj, draft)


class LowRuleRemove(ActionView):
    model, permission = LowRatingRule, CHANGE
    form_class, service = ConfirmForm, staticmethod(service.remove_rule)
    title, breadcrumbs, danger = _("删除低分处理规则"), LIST, True
    success = _("已删除 %(object)s 的规则，按所有项目的规则处理")
    consequence = staticmethod(lambda row: {"consequence": _("以后的评价按所有项目的规则处理，已登记的投诉不变。")})

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:lowrule_list")

    def cancel_url(self, obj: Any) -> str:
        return str(obj.get_absolute_url())
