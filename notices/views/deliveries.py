"""Deliveries: the evidence as a list, what staff add to it, and what is printed."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.web.access import requires, user_of
from core.web.lists import ListView
from core.web.pages import ActionView
from notices import filters, tables
from notices.forms import notices as forms
from notices.models import Delivery, Notice
from notices.queries import board as figures
from notices.queries.board_rows import households
from notices.queries.contents import period
from notices.queries.owners import SOURCE
from notices.queries.page import page_context
from notices.queries.portal import area_of
from notices.queries.rows import delivery_rows, notice_rows
from notices.services import fallback, receipts
from notices.states import FROZEN
from notices.views.notices import HOME, VIEW
from properties.models import Unit

MOST_DOORS = 2_000
MOST_EVIDENCE = 500


class DeliveryList(ListView):
    model, permission = Delivery, "notices.view_delivery"
    title, list_name = _("送达记录"), "notices:delivery_list"
    table, filterset = tables.DeliveryTable, filters.DeliveryFilter
    prepare, default_order = staticmethod(delivery_rows), ("-pk",)
    breadcrumbs = HOME
    export_permission = "notices.export_delivery"
    empty_sentence = _("还没有送达记录")

    @classmethod
    def filtered(cls, user: Any, query: Any, request: Any = None) -> Any:
        """Rows know their reader: names are shown as he may see them, on the page and in the export."""
        rows = Delivery.objects.visible_to(user, cls.permission).read_by(user)
        return cls.filterset(query, queryset=rows, request=request, user=user)


class DeliveryDecide(ActionView):
    model, permission = Delivery, "notices.resend_delivery"
    form_class = forms.DecideForm
    service = staticmethod(fallback.decide_unknown)
    prepare = staticmethod(delivery_rows)
    title, breadcrumbs = _("认定结果"), HOME
    success = _("已认定 %(object)s")

    def next_url(self, saved: Any) -> str:
        if saved.source_type != SOURCE:
            return reverse("notices:delivery_list")
        return Notice(pk=saved.source_id).get_absolute_url()

    def cancel_url(self, obj: Any) -> str:
        return self.next_url(obj)


@requires("notices.tell_delivery")
def household_tell(request: HttpRequest, pk: int, unit: int) -> HttpResponse:
    """电话告知 or 上门告知 of one household."""
    user = user_of(request)
    notice = get_object_or_404(Notice.objects.visible_to(user, VIEW), pk=pk)
    place = get_object_or_404(Unit.objects.visible_to(user, "notices.tell_delivery").with_place(), pk=unit)
    form = forms.TellForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        receipts.tell_household(notice, by=user, unit=place, **form.cleaned_data)
        return HttpResponseRedirect(notice.get_absolute_url())
    context = {
        "form": form, "object": notice, "title": now("记录告知"), "action_label": now("登记"),
        "heading": now("已把这条通知告诉 %(unit)s？") % {"unit": place}, "cancel_url": notice.get_absolute_url(),
    }  # fmt: skip
    fragment = bool(request.headers.get("HX-Request"))
    return render(request, "generic/_confirm_dialog.html" if fragment else "generic/confirm.html", context)


def _notice(request: HttpRequest, pk: int) -> Notice:
    return get_object_or_404(notice_rows(Notice.objects.visible_to(request.user, VIEW)), pk=pk)


def _published(request: HttpRequest, pk: int) -> Notice:
    """A draft reached nobody: nothing can be proved of it and nobody called on."""
    rows = Notice.objects.visible_to(request.user, VIEW).filter(status__in=FROZEN)
    return get_object_or_404(notice_rows(rows), pk=pk)


@require_safe
@requires(VIEW)
def notice_poster(request: HttpRequest, pk: int) -> HttpResponse:
    """The announcement on A4 for the board in the lobby, with room for the seal."""
    notice = _notice(request, pk)
    context = page_context(notice, user_of(request)) | {"title": notice.title, "area": area_of(notice)}
    return render(request, "notices/notice_poster.html", context)


@require_safe
@requires("notices.view_delivery")
def notice_doors(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to call on: unread and failed households in walking order, with a column for the signature."""
    user, notice = user_of(request), _published(request, pk)
    ids = figures.unit_ids(notice, user, [figures.UNREAD, figures.FAILED], most=MOST_DOORS + 1)
    context = {
        "notice": notice, "title": now("上门单"), "period": period(notice), "more": len(ids) > MOST_DOORS,
        "households": households(notice, user, ids[:MOST_DOORS]), "most": MOST_DOORS,
    }  # fmt: skip
    return render(request, "notices/notice_doors.html", context)


@require_safe
@requires("notices.view_delivery")
def notice_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Who wrote, reviewed and published it, and which household had it when and how: for disputes."""
    user, notice = user_of(request), _published(request, pk)
    counted = figures.board(notice, user)
    ids = figures.unit_ids(notice, user, figures.STATES, most=MOST_EVIDENCE + 1, counted=counted)
    context = page_context(notice, user) | {
        "title": now("送达证明"), "board": counted, "more": len(ids) > MOST_EVIDENCE,
        "households": households(notice, user, ids[:MOST_EVIDENCE]), "most": MOST_EVIDENCE,
        "outcomes": figures.outcomes(notice, user),
    }  # fmt: skip
    return render(request, "notices/notice_evidence.html", context)
