"""A repair that a household asks for when it is called (回访)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.web.pages import ActionView
from owners.models import CallBackTask
from owners.queries.call_backs import RAISING
from workorders.forms.from_calls import FromCallForm
from workorders.services.call_backs import raise_from_call


class CallBackRaise(ActionView):
    model, permission, danger = CallBackTask, "workorders.add_workorder", False
    form_class, service = FromCallForm, staticmethod(raise_from_call)
    title, submit_label, success = _("登记报修"), _("提交报修"), _("已受理 %(object)s")
    breadcrumbs = ((_("服务"), ""),)

    @staticmethod
    def prepare(rows: Any) -> Any:
        return rows.filter(source_type__in=sorted(RAISING)).select_related("community", "unit__building", "owner")
