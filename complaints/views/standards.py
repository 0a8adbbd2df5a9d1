"""How long the clocks of cases give: 投诉时限标准."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints import filters, tables
from complaints.forms import standards as forms
from complaints.models import ClockStandard
from complaints.queries.standards import listed
from complaints.services import standards as service
from core.web.filters import FilterSet
from core.web.forms import BaseForm, ConfirmForm
from core.web.lists import Link, ListView
from core.web.pages import ActionView, CreateView, UpdateView

GROUP = (_("服务"), "")
LIST = (GROUP, (_("投诉时限标准"), "complaints:standard_list"))
VIEW, CHANGE = "complaints.view_clockstandard", "complaints.change_clockstandard"


class StandardList(ListView):
    model, permission = ClockStandard, VIEW
    title, list_name = _("投诉时限标准"), "complaints:standard_list"
    table, filterset = tables.StandardTable, filters.StandardFilter
    default_order = ("rank", "place", "kind")
    breadcrumbs = (GROUP,)
    page_actions = (Link(_("某性质另定标准"), "complaints:standard_create", CHANGE, "plus", True, "N"),)
    export_permission = "complaints.export_clockstandard"
    empty_sentence, help_topic = _("没有这样的时限标准"), "complaints"

    @classmethod
    def filtered(cls, user: Any, query: QueryDict, request: HttpRequest | None = None) -> FilterSet:
        """What the rows are ordered by is known before they are ordered, on the page and in the export."""
        rows = listed(ClockStandard.objects.visible_to(user, cls.permission))
        return cls.filterset(query, queryset=rows, request=request, user=user)


class StandardCreate(CreateView):
    model, permission = ClockStandard, CHANGE
    form_class, service = forms.StandardCreateForm, staticmethod(service.create_standard)
    title, breadcrumbs = _("登记投诉时限标准"), LIST

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:standard_list")


class StandardUpdate(UpdateView):
    model, permission = ClockStandard, CHANGE
    form_class, service = forms.StandardForm, staticmethod(service.change_standard)
    title, breadcrumbs = _("修改投诉时限标准"), LIST
    template_name = "complaints/setup_form.html"

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:standard_list")

    def cancel_url(self, obj: Any) -> str:
        return reverse("complaints:standard_list")

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        known: Any = form
        known.offered = []
        if obj.kind:
            address = reverse("complaints:standard_remove", args=[obj.pk])
            known.offered = [{"label": _("删除，恢复通用标准"), "icon": "trash", "url": address}]
        return super().page(form, obj, draft)


class StandardRemove(ActionView):
    model, permission = ClockStandard, CHANGE
    form_class, service = ConfirmForm, staticmethod(service.remove_standard)
    title, breadcrumbs, danger = _("删除投诉时限标准"), LIST, True
    success = _("已删除 %(object)s，按通用标准计时")
    consequence = staticmethod(lambda row: {"consequence": _("以后判级的按级别的通用标准计时，已判级的不变。")})

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:standard_list")

    def cancel_url(self, obj: Any) -> str:
        return str(obj.get_absolute_url())
