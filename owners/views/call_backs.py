"""Calling back (R72): who is to be called, what came of it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.web.lists import ListView, Tab
from core.web.pages import ActionView, DetailView
from owners.filters import CallBackFilter
from owners.forms.call_backs import CallBackForm
from owners.models import CallBackTask
from owners.queries.call_backs import facts, listed
from owners.services.call_backs import record_call_back
from owners.tables import CallBackTable

GROUP = (_("服务"), "")
LIST = (_("回访"), "owners:callback_list")
VIEW, CALL = "owners.view_callbacktask", "owners.call_callbacktask"


class CallBackListView(ListView):
    model, permission = CallBackTask, VIEW
    title, list_name = _("回访"), "owners:callback_list"
    table, filterset = CallBackTable, CallBackFilter
    prepare, default_order = staticmethod(listed), ("due_at", "pk")
    breadcrumbs = (GROUP,)
    export_permission = "owners.export_callbacktask"
    tabs = (
        Tab(_("全部")),
        Tab(_("现在可以打"), "group=now"),
        Tab(_("待回访"), "status=waiting"),
        Tab(_("不满意"), "status=unsatisfied"),
    )
    empty_sentence, help_topic = _("没有要回访的住户"), "callbacks"

    @classmethod
    def filtered(cls, user: Any, query: Any, request: Any = None) -> Any:
        """Rows know their reader: names are shown as he may see them, on the page and in the export."""
        rows = CallBackTask.objects.visible_to(user, cls.permission).read_by(user)
        return cls.filterset(query, queryset=rows, request=request, user=user)


class CallBackDetailView(DetailView):
    model, permission = CallBackTask, VIEW
    breadcrumbs = (GROUP, LIST)
    template_name = "owners/callback_detail.html"
    prepare, facts = staticmethod(listed), staticmethod(facts)


class CallBackRecordView(ActionView):
    model, permission = CallBackTask, CALL
    form_class, service = CallBackForm, staticmethod(record_call_back)
    prepare = staticmethod(listed)
    title, breadcrumbs, submit_label = _("登记回访结果"), (GROUP, LIST), _("保存")
    success = _("已登记回访：%(object)s")
