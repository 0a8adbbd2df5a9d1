"""督办: demanding, answering."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.forms import supervision as forms
from complaints.models import CaseSupervision
from complaints.policies import VIEW
from complaints.services import supervision as service
from complaints.views.base import Act, readable
from complaints.views.cases import HOME
from core.web.pages import ActionView


class ComplaintSupervise(Act):
    permission, title, form_class = "complaints.supervise_complaint", _("督办"), forms.SuperviseForm
    service, success = staticmethod(service.supervise_complaint), _("已督办 %(object)s")


class SupervisionReply(ActionView):
    model, permission = CaseSupervision, VIEW
    form_class, service = forms.ReplyForm, staticmethod(service.reply_supervision)
    title, breadcrumbs, submit_label = _("回复督办"), HOME, _("回复")
    success = _("已回复督办 %(object)s")

    @staticmethod
    def prepare(rows: Any) -> Any:
        return rows.select_related("complaint__community", "demanded_by", "replied_by")

    def object(self) -> Any:
        row = super().object()
        readable(row.complaint, self.request.user)
        return row

    def run(self, obj: Any, values: dict[str, Any]) -> Any:
        super().run(obj, values)
        return obj.complaint

    def cancel_url(self, obj: Any) -> str:
        return str(obj.complaint.get_absolute_url())
