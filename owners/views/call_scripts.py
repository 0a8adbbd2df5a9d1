"""回访话术: the page on which the house keeps what is said in calls."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from core.web.forms import BaseForm, ConfirmForm
from core.web.lists import Link
from core.web.pages import ActionView, UpdateView
from owners.filters import CallScriptFilter
from owners.forms.call_scripts import ScriptChangeForm, ScriptForm
from owners.models import CallScript
from owners.services import call_scripts as service
from owners.tables import CallScriptTable
from owners.views.call_backs import GROUP, LIST
from properties.views.here import CreateHere, HouseList

SCRIPTS = (GROUP, LIST, (_("回访话术"), "owners:callbackscript_list"))
VIEW, CHANGE = "owners.view_callscript", service.CHANGE


class ScriptList(HouseList):
    model, permission, change = CallScript, VIEW, CHANGE
    title, list_name = _("回访话术"), "owners:callbackscript_list"
    table, filterset, default_order = CallScriptTable, CallScriptFilter, ("cause", "community__name", "pk")
    breadcrumbs = (GROUP, LIST)
    page_actions = (Link(_("某项目另写话术"), "owners:callbackscript_create", CHANGE, "plus", True, "N"),)
    export_permission = "owners.export_callscript"
    empty_sentence, help_topic = _("没有这样的话术"), "callbacks"


class _Kept:
    def next_url(self, saved: Any) -> str:
        return reverse("owners:callbackscript_list")


class ScriptCreate(_Kept, CreateHere):
    model, permission = CallScript, CHANGE
    form_class, service = ScriptForm, staticmethod(service.create_script)
    title, breadcrumbs = _("某项目另写话术"), SCRIPTS


class ScriptUpdate(_Kept, UpdateView):
    model, permission = CallScript, CHANGE
    form_class, service = ScriptChangeForm, staticmethod(service.change_script)
    title, breadcrumbs = _("修改回访话术"), SCRIPTS
    template_name = "owners/callbackscript_form.html"

    def cancel_url(self, obj: Any) -> str:
        return reverse("owners:callbackscript_list")

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        known: Any = form
        known.offered = []
        if obj.community_id is not None:
            address = reverse("owners:callbackscript_remove", args=[obj.pk])
            known.offered = [{"label": now("删除，恢复通用话术"), "icon": "trash", "url": address}]
        return super().page(form, obj, draft)


class ScriptRemove(_Kept, ActionView):
    model, permission = CallScript, CHANGE
    form_class, service = ConfirmForm, staticmethod(service.remove_script)
    title, breadcrumbs, danger = _("删除回访话术"), SCRIPTS, True
    success = _("已删除 %(object)s 的话术，改用所有项目的")
    consequence = staticmethod(lambda row: {"consequence": _("以后的回访用所有项目的话术。")})

    def cancel_url(self, obj: Any) -> str:
        return str(obj.get_absolute_url())
