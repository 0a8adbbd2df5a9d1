"""The inbox of conversations: the list, one conversation that stays live while it is open, and what the desk does with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from audit.states import available_actions
from complaints.filters.enquiries import EnquiryFilter
from complaints.forms import enquiries as forms
from complaints.models import Enquiry
from complaints.queries import enquiries as rows
from complaints.services import enquiries as service
from complaints.services import enquiry_outcomes as outcomes
from complaints.tables.enquiries import EnquiryTable, due_of
from core.errors import BusinessError
from core.web.access import requires, user_of
from core.web.filters import FilterSet
from core.web.forms import ConfirmForm
from core.web.lists import Link, ListView, Tab, crumbs
from core.web.pages import ActionView, add_error

GROUP = (_("沟通"), "")
HOME = (GROUP, (_("在线咨询"), "complaints:enquiry_list"))
VIEW, ANSWER = "complaints.view_enquiry", "complaints.answer_enquiry"


class EnquiryList(ListView):
    model, permission = Enquiry, VIEW
    title, list_name = _("在线咨询"), "complaints:enquiry_list"
    table, filterset = EnquiryTable, EnquiryFilter
    prepare, default_order = staticmethod(rows.listed), ("due_at", "-last_at", "-id")
    breadcrumbs, keys_first = (GROUP,), True
    opening_group = "waiting"
    tabs = tuple(Tab(label, f"group={name}") for name, label in rows.GROUPS)
    page_actions = (Link(_("常用语"), "complaints:reply_list", "complaints.view_cannedreply", "message-2"),)
    export_permission = "complaints.export_enquiry"
    empty_sentence = _("没有这样的咨询")
    template_name = "complaints/enquiry_list.html"

    @classmethod
    def filtered(cls, user: Any, query: QueryDict, request: HttpRequest | None = None) -> FilterSet:
        return cls.filterset(query, queryset=rows.read_by(user), request=request, user=user)


def _one(request: HttpRequest, pk: int, permission: str = VIEW) -> Enquiry:
    found: Enquiry = get_object_or_404(rows.joined(Enquiry.objects.visible_to(request.user, permission)), pk=pk)
    return found


def _due(row: Enquiry) -> str:
    return due_of(row.due_at).html if row.due_at else ""


def _shown(request: HttpRequest, row: Enquiry, form: Any = None) -> HttpResponse:
    user = user_of(request)
    context = rows.page(row, user, available_actions(user, row))
    context |= {
        "form": form or forms.AnswerForm(user=user),
        "due": _due(row),
        "title": f"{row.topic} {row.unit.label if row.unit else ''}".strip(),
        "breadcrumbs": crumbs(HOME, row.number),
    }
    return render(request, "complaints/enquiry_detail.html", context)


@require_safe
@requires(VIEW)
def enquiry_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _one(request, pk))


@require_safe
@requires(VIEW)
def enquiry_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """What has been said, for the open page; 204 while nothing is new."""
    row = _one(request, pk)
    if request.GET.get("stamp") == rows.stamp(row):
        return HttpResponse(status=204)
    context = rows.talk(row, available_actions(user_of(request), row)) | {"fresh": True, "due": _due(row)}
    return render(request, "complaints/_talk.html", context)


@require_POST
@requires(ANSWER)
def enquiry_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever only reads along leaves the dot for those who answer."""
    service.seen_by_staff(_one(request, pk, ANSWER))
    return HttpResponse(status=204)


@require_POST
@requires(ANSWER)
def enquiry_answer(request: HttpRequest, pk: int) -> HttpResponse:
    user, row = user_of(request), _one(request, pk, ANSWER)
    form = forms.AnswerForm(request.POST, request.FILES, user=user)
    if form.is_valid():
        try:
            service.answer(row, by=user, text=form.cleaned_data["text"], files=form.cleaned_data["uploads"])
        except BusinessError as error:
            add_error(form, error)
        else:
            return redirect(row.get_absolute_url())
    return _shown(request, row, form)


class _Act(ActionView):
    model, permission, breadcrumbs = Enquiry, ANSWER, HOME
    prepare = staticmethod(rows.joined)
    form_class: Any

    def next_url(self, saved: Any) -> str:
        """Services return what they made; the page to go back to is the conversation's."""
        return str(self.object().get_absolute_url())

    def initial(self) -> dict[str, Any]:
        return {}


class EnquiryNote(_Act):
    form_class, service = forms.NoteForm, staticmethod(service.add_note)
    title, submit_label, success = _("内部备注"), _("保存"), _("已写下备注")


class EnquiryHandOver(_Act):
    form_class, service = forms.HandOverForm, staticmethod(service.hand_over)
    title, success = _("转交"), _("已转交 %(object)s")


class EnquiryEnd(_Act):
    form_class, service = ConfirmForm, staticmethod(service.end)
    title, success = _("结束咨询"), _("已结束 %(object)s")

    @staticmethod
    def consequence(row: Enquiry) -> dict[str, Any]:
        return {"consequence": now("业主会看到咨询已结束；接着写就重新打开。")}


class EnquiryOrder(_Act):
    form_class, service = forms.OrderForm, staticmethod(outcomes.turn_into_order)
    title, success = _("转报修工单"), _("已转出工单 %(object)s")

    @staticmethod
    def consequence(row: Enquiry) -> dict[str, Any]:
        made = [str(link.order) for link in row.links.all() if link.order is not None]
        said = now("这次咨询已转出工单 %(orders)s，确实是另一件事才再转。") % {"orders": "、".join(made)}
        return {"consequence": said} if made else {}


class EnquiryComplaint(_Act):
    form_class, service = forms.ComplaintForm, staticmethod(outcomes.turn_into_complaint)
    title, success = _("转投诉建议"), _("已转出 %(object)s")


@require_POST
@requires(ANSWER)
def enquiry_take(request: HttpRequest, pk: int) -> HttpResponse:
    """我来接待."""
    user, row = user_of(request), _one(request, pk, ANSWER)
    service.hand_over(row, by=user, handler=user)
    messages.success(request, now("由你接待 %(enquiry)s") % {"enquiry": row})
    return redirect(row.get_absolute_url())
