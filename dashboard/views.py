"""我的工作台: what waits for me, where I was, what was sent to me. It owns no rule: every figure is a door to a list."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.models import InboxItem
from core.web.access import allowed, requires, signed_in
from dashboard import complaints, enquiries, entries, queries, shifts
from dashboard.counts import counts_for
from dashboard.urgent import has_sources, urgent_for
from owners.recent import recent_units
from properties.current import current_community
from properties.search import mark_tags

MESSAGES = 5
COLOURS = {"info": "blue", "done": "green", "warning": "orange", "urgent": "red"}


def greeting(hour: int) -> str:
    if hour < 5:
        return _("夜深了")
    if hour < 12:
        return _("上午好")
    return _("下午好") if hour < 18 else _("晚上好")


@require_safe
@signed_in
def workbench(request: HttpRequest) -> HttpResponse:
    now = timezone.localtime()
    context = {
        "title": _("我的工作台"),
        "greeting": greeting(now.hour),
        "now": now,
        "weekday": _("周一 周二 周三 周四 周五 周六 周日").split()[now.weekday()],
        "cards": [card for card in entries.cards() if allowed(request, card.permission)],
        "quick_actions": [action for action in entries.quick_actions() if _offered(request, action)],
        "urgent": urgent_for(request.user) if has_sources(request.user) else None,
        "unanswered": complaints.unanswered_rows(request.user) if request.user.has_perm(complaints.VIEW) else [],
        "shift": shifts.card(request.user, current_community(request)),
        "recent": [_recent(unit, request.user) for unit in recent_units(request)],
        "inbox": [_message(item) for item in InboxItem.objects.visible_to(request.user, "*")[:MESSAGES]],
    }
    return render(request, "dashboard/workbench.html", context)


@require_safe
@signed_in
def urgent(request: HttpRequest) -> HttpResponse:
    """The table alone, asked for while the workbench stands; without a script the workbench holds it."""
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(reverse("dashboard:workbench"))
    return render(request, "dashboard/_urgent.html", {"urgent": urgent_for(request.user)})


@require_safe
@signed_in
def menu_counts(request: HttpRequest) -> HttpResponse:
    """The red counts of the menu, in the community in which the person works."""
    counts = counts_for(request.user, current_community(request))
    return render(request, "dashboard/_menu_counts.html", {"counts": counts})


def _offered(request: HttpRequest, action: Any) -> bool:
    better = bool(action.unless) and allowed(request, action.unless)
    return allowed(request, action.permission) and not better


def _recent(unit: Any, user: Any) -> dict[str, Any]:
    tags, status = mark_tags(unit, user)
    return {"unit": unit, "marks": [mark["word"] for mark in (*([status] if status else []), *tags)]}


def _message(item: InboxItem) -> dict[str, Any]:
    return {"item": item, "colour": "" if item.read_at else COLOURS.get(item.level, "blue")}


def _card(request: HttpRequest, name: str, figure: Callable[[Any], queries.Figure]) -> HttpResponse:
    """The figure as a fragment; without a script the card's own address leads on to its list."""
    found = figure(request.user)
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(found.url)
    card = next(card for card in entries.cards() if card.name == name)
    return render(request, "dashboard/_card.html", {"card": card, "figure": found})


def _card_of(
    name: str, permission: str, figure: Callable[[Any], queries.Figure]
) -> Callable[[HttpRequest], HttpResponse]:
    """The view of one card, for whoever holds the permission of the list behind it."""

    @require_safe
    @requires(permission)
    def card(request: HttpRequest) -> HttpResponse:
        return _card(request, name, figure)

    return card


card_incomplete = _card_of("incomplete", "owners.view_owner", queries.incomplete_owners)
card_leases = _card_of("leases", "owners.view_tenure", queries.ending_leases)
card_passes = _card_of("passes", "owners.view_vehicle", queries.ending_passes)
card_tags = _card_of("tags", "owners.view_owner", queries.expiring_tags)
card_corrections = _card_of("corrections", "owners.review_correction", queries.waiting_corrections)
card_imports = _card_of("imports", "owners.import_owner", queries.waiting_imports)
card_orders_over = _card_of("orders_over", "workorders.view_workorder", queries.late_orders)
card_orders_soon = _card_of("orders_soon", "workorders.view_workorder", queries.soon_late_orders)
card_orders_waiting = _card_of("orders_waiting", "workorders.dispatch_workorder", queries.undispatched_orders)
card_unanswered = _card_of("unanswered", "complaints.view_complaint", complaints.unanswered)
card_complaints_new = _card_of("complaints_new", "complaints.accept_complaint", complaints.to_accept)
card_approvals = _card_of("approvals", "complaints.approve_complaint", complaints.approvals_to_decide)
card_case_supervisions = _card_of("case_supervisions", "complaints.view_complaint", complaints.supervised)
card_improvements = _card_of("improvements", "complaints.view_complaint", complaints.improvements)
card_partners = _card_of("partners", "complaints.view_complaint", complaints.partners)
card_suspensions = _card_of("suspensions", "workorders.approve_suspension", queries.suspensions_to_answer)
card_supervisions = _card_of("supervisions", "workorders.view_workorder", queries.open_supervisions)
card_callbacks = _card_of("callbacks", "owners.view_callbacktask", queries.call_backs_to_make)
card_enquiries = _card_of("enquiries", "complaints.view_enquiry", enquiries.waiting)
card_notices = _card_of("notices", "notices.approve_notice", queries.notices_to_review)

card_calendars = _card_of("calendars", "core.change_workcalendar", queries.calendars_to_arrange)


@require_safe
@signed_in
def card_messages(request: HttpRequest) -> HttpResponse:
    return _card(request, "messages", queries.unread_messages)
