"""The queue of what owners want changed in their own files (R26): list, side by side, adopt, reject."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web.lists import Tab
from core.web.pages import ActionView, DetailView
from owners.filters import CorrectionFilter
from owners.forms.corrections import AdoptForm, RejectForm
from owners.models import Correction
from owners.queries.corrections import PERMISSION, correction_facts, queue_rows
from owners.services import corrections
from owners.tables import CorrectionTable
from owners.views.people import ReaderListView

LIST = (_("资料更正"), "owners:correction_list")


class CorrectionListView(ReaderListView):
    model = Correction
    permission = PERMISSION
    title = _("资料更正")
    list_name = "owners:correction_list"
    table = CorrectionTable
    filterset = CorrectionFilter
    prepare = staticmethod(queue_rows)
    export_permission = "owners.export_correction"
    tabs = (
        Tab(_("全部")),
        Tab(_("待审核"), "status=waiting"),
        Tab(_("已采纳"), "status=adopted"),
        Tab(_("已驳回"), "status=rejected"),
    )
    empty_sentence = _("还没有住户提交资料更正")


def facts(correction: Correction, user: Any) -> dict[str, Any]:
    return correction_facts(correction, user) | {"seen": corrections.fingerprint(correction)}


class CorrectionDetailView(DetailView):
    model = Correction
    permission = PERMISSION
    breadcrumbs = (LIST,)
    template_name = "owners/correction_detail.html"
    facts = staticmethod(facts)
    prepare = staticmethod(queue_rows)


class _InQueue(ActionView):
    """After a decision the queue goes on."""

    model = Correction
    permission = PERMISSION
    breadcrumbs = (LIST,)
    prepare = staticmethod(queue_rows)

    def next_url(self, saved: Correction) -> str:
        return f"{reverse('owners:correction_list')}?status=waiting"


class CorrectionAdoptView(_InQueue):
    title = _("采纳")
    form_class = AdoptForm
    service = staticmethod(corrections.adopt_correction)
    success = _("已采纳：%(object)s，档案已更新")

    def initial(self) -> dict[str, Any]:
        return {"seen": corrections.fingerprint(self.object())}


class CorrectionRejectView(_InQueue):
    title = _("驳回")
    form_class = RejectForm
    service = staticmethod(corrections.reject_correction)
    success = _("已驳回：%(object)s")
    danger = True
