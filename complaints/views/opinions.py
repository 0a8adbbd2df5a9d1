"""舆情: what is said in public, and the words that make it worth a look."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from audit.states import available_actions
from complaints.filters.opinions import KeywordFilter, OpinionFilter
from complaints.forms import opinions as forms
from complaints.models import Complaint, KeywordRule, OpinionEntry
from complaints.queries import opinions as rows
from complaints.services import opinions as service
from complaints.states import OpinionAction, OpinionStatus
from complaints.tables.opinions import KeywordTable, OpinionTable
from core.web.access import requires, user_of
from core.web.forms import BaseForm, ConfirmForm, ReasonForm
from core.web.lists import Link, ListView, Tab, crumbs
from core.web.pages import ActionView, CreateView, UpdateView
from properties.views.here import CreateHere

GROUP = (_("沟通"), "")
LIST = (GROUP, (_("舆情"), "complaints:opinion_list"))
WORDS = (*LIST, (_("关键词"), "complaints:keyword_list"))
VIEW, CHANGE, CHANGE_WORD = (
    "complaints.view_opinionentry",
    "complaints.change_opinionentry",
    "complaints.change_keywordrule",
)


class OpinionList(ListView):
    model, permission = OpinionEntry, VIEW
    title, list_name = _("舆情"), "complaints:opinion_list"
    table, filterset = OpinionTable, OpinionFilter
    prepare, default_order = staticmethod(rows.listed), ("-posted_at", "-id")
    breadcrumbs, keys_first = (GROUP,), True
    tabs = (Tab(_("全部")), *(Tab(label, f"status={name}") for name, label in OpinionStatus.choices))
    page_actions = (
        Link(_("关键词"), "complaints:keyword_list", "complaints.view_keywordrule", "tags"),
        Link(_("登记舆情"), "complaints:opinion_create", "complaints.add_opinionentry", "plus", True, "N"),
    )
    export_permission = "complaints.export_opinionentry"
    empty_sentence = _("没有这样的舆情")


class OpinionCreate(CreateHere):
    model, permission = OpinionEntry, "complaints.add_opinionentry"
    form_class, service = forms.OpinionForm, staticmethod(service.create_opinion)
    title, breadcrumbs = _("登记舆情"), LIST
    success = _("已登记 %(object)s，请看看关键词的建议")


# What can be pressed: act, icon, address, whether it stands out.
_ACTS = (
    (OpinionAction.REOPEN, "arrow-back-up", "complaints:opinion_reopen"),
    (OpinionAction.IGNORE, "ban", "complaints:opinion_ignore"),
    (OpinionAction.HANDLE, "circle-check", "complaints:opinion_handle"),
)


@require_safe
@requires(VIEW)
def opinion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    row = get_object_or_404(rows.listed(OpinionEntry.objects.visible_to(user, VIEW)), pk=pk)
    offered = available_actions(user, row)
    context = {
        "opinion": row,
        "title": row.title,
        "breadcrumbs": crumbs(LIST, row.title),
        "acts": [
            {"label": OpinionAction(act).label, "icon": icon, "url": reverse(name, args=[pk])}
            for act, icon, name in _ACTS
            if act in offered
        ],
        "complaint": _readable_case(user, row),
        "may_change": _reaches(user, CHANGE, row),
        "may_raise": row.complaint_id is None
        and _reaches(user, CHANGE, row)
        and _reaches(user, "complaints.add_complaint", row),
    }
    return render(request, "complaints/opinion_detail.html", context)


def _readable_case(user: Any, row: OpinionEntry) -> Any:
    """What it was turned into, for whoever may open that: it may be confidential."""
    case = row.complaint
    if case is None or not case.confidential:
        return case
    return Complaint.objects.visible_to(user, "complaints.view_complaint").filter(pk=case.pk).first()


def _reaches(user: Any, permission: str, row: OpinionEntry) -> bool:
    return bool(user.has_perm(permission) and user.access.scope(permission).covers_community(row.community_id))


class OpinionUpdate(UpdateView):
    model, permission = OpinionEntry, CHANGE
    form_class, service = forms.OpinionChangeForm, staticmethod(service.change_opinion)
    prepare = staticmethod(rows.listed)
    title, breadcrumbs = _("修改舆情"), LIST


class _Act(ActionView):
    model, permission, breadcrumbs = OpinionEntry, CHANGE, LIST
    prepare = staticmethod(rows.listed)

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:opinion_detail", args=[self.kwargs["pk"]])

    def initial(self) -> dict[str, Any]:
        return {}


class OpinionHandle(_Act):
    form_class, service = forms.ResultForm, staticmethod(service.handle_opinion)
    title, submit_label, success = _("登记处置结果"), _("保存"), _("已登记处置结果")


class OpinionIgnore(_Act):
    form_class, service = forms.IgnoreForm, staticmethod(service.ignore_opinion)
    title, success = _("无需处置"), _("已标记无需处置")


class OpinionReopen(_Act):
    form_class, service = ReasonForm, staticmethod(service.reopen_opinion)
    title, success = _("重新处置"), _("%(object)s 重新处置")


class OpinionComplaint(_Act):
    form_class, service = forms.CaseForm, staticmethod(service.turn_into_complaint)
    title, success = _("转投诉"), _("已转出 %(object)s")

    @staticmethod
    def consequence(row: OpinionEntry) -> dict[str, Any]:
        return {"consequence": now("转出的投诉没有投诉人，处理后以公示答复。")}


# --- Keywords --------------------------------------------------------------------------------------------------------------


class KeywordList(ListView):
    model, permission = KeywordRule, "complaints.view_keywordrule"
    title, list_name = _("舆情关键词"), "complaints:keyword_list"
    table, filterset, default_order = KeywordTable, KeywordFilter, ("word",)
    breadcrumbs = LIST
    page_actions = (
        Link(_("新建关键词"), "complaints:keyword_create", "complaints.add_keywordrule", "plus", True, "N"),
    )
    export_permission = "complaints.export_keywordrule"
    empty_sentence = _("还没有关键词")

    @staticmethod
    def prepare(found: Any) -> Any:
        return found.select_related("topic")


class KeywordCreate(CreateView):
    model, permission = KeywordRule, "complaints.add_keywordrule"
    form_class, service = forms.KeywordForm, staticmethod(service.create_keyword)
    title, breadcrumbs = _("新建关键词"), WORDS

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:keyword_list")


class KeywordUpdate(UpdateView):
    model, permission = KeywordRule, CHANGE_WORD
    form_class, service = forms.KeywordForm, staticmethod(service.change_keyword)
    title, breadcrumbs = _("修改关键词"), WORDS
    template_name = "complaints/setup_form.html"

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:keyword_list")

    def cancel_url(self, obj: Any) -> str:
        return reverse("complaints:keyword_list")

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        known: Any = form
        act = (now("恢复"), "refresh", "restore") if obj.disabled_at else (now("停用"), "ban", "disable")
        url = reverse(f"complaints:keyword_{act[2]}", args=[obj.pk])
        known.offered = [{"label": act[0], "icon": act[1], "url": url}]
        return super().page(form, obj, draft)


class _WordAct(ActionView):
    model, permission, breadcrumbs = KeywordRule, CHANGE_WORD, WORDS

    def next_url(self, saved: Any) -> str:
        return reverse("complaints:keyword_list")


class KeywordDisable(_WordAct):
    form_class, service, danger = ReasonForm, staticmethod(service.disable_keyword), True
    title, success = _("停用"), _("已停用 %(object)s")


class KeywordRestore(_WordAct):
    form_class, service = ConfirmForm, staticmethod(service.restore_keyword)
    title, success = _("恢复"), _("已恢复 %(object)s")
