"""常用语: the page on which the desk keeps its ready answers."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.filters.enquiries import ReplyFilter
from complaints.forms import enquiries as forms
from complaints.models import CannedReply
from complaints.services import replies as service
from complaints.tables.enquiries import ReplyTable
from core.web.forms import BaseForm, ConfirmForm, ReasonForm
from core.web.lists import Link
from core.web.pages import ActionView, UpdateView
from properties.views.here import CreateHere, HouseList

GROUP = (gettext_lazy("沟通"), "")
LIST = (
    GROUP, (gettext_lazy("在线咨询"), "complaints:enquiry_list"), (gettext_lazy("常用语"), "complaints:reply_list"),
)  # fmt: skip
VIEW, CHANGE = "complaints.view_cannedreply", "complaints.change_cannedreply"


class ReplyList(HouseList):
    model, permission, change = CannedReply, VIEW, CHANGE
    title, list_name = gettext_lazy("常用语"), "complaints:reply_list"
    table, filterset, default_order = ReplyTable, ReplyFilter, ("topic__sort", "title", "pk")
    breadcrumbs = LIST[:2]
    page_actions = (
        Link(gettext_lazy("新建常用语"), "complaints:reply_create", "complaints.add_cannedreply", "plus", True, "N"),
    )
    export_permission = "complaints.export_cannedreply"
    empty_sentence = gettext_lazy("还没有常用语，常被问到的事可以先写好答复")

    @staticmethod
    def prepare(rows: Any) -> Any:
        return rows.select_related("community", "topic")


class ReplyCreate(CreateHere):
    model, permission = CannedReply, "complaints.add_cannedreply"
    form_class, service = forms.ReplyForm, staticmethod(service.create_reply)
    title, breadcrumbs = gettext_lazy("新建常用语"), LIST

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:reply_list")


class ReplyUpdate(UpdateView):
    model, permission = CannedReply, CHANGE
    form_class, service = forms.ReplyChangeForm, staticmethod(service.change_reply)
    title, breadcrumbs = gettext_lazy("修改常用语"), LIST
    template_name = "complaints/setup_form.html"

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:reply_list")

    def cancel_url(self, obj: Any) -> str:
        return reverse("complaints:reply_list")

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        known: Any = form
        act = (_("恢复"), "refresh", "restore") if obj.disabled_at else (_("停用"), "ban", "disable")
        url = reverse(f"complaints:reply_{act[2]}", args=[obj.pk])
        known.offered = [{"label": act[0], "icon": act[1], "url": url}]
        return super().page(form, obj, draft)


class _Act(ActionView):
    model, permission, breadcrumbs = CannedReply, CHANGE, LIST

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:reply_list")


class ReplyDisable(_Act):
    form_class, service, danger = ReasonForm, staticmethod(service.disable_reply), True
    title, success = gettext_lazy("停用"), gettext_lazy("已停用 %(object)s")


class ReplyRestore(_Act):
    form_class, service = ConfirmForm, staticmethod(service.restore_reply)
    title, success = gettext_lazy("恢复"), gettext_lazy("已恢复 %(object)s")
