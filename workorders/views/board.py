"""The dispatch board, and the pool repairers take from."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.web.access import requires, user_of
from core.web.lists import crumbs
from properties.current import communities_in_reach, current_community
from properties.models import Community
from workorders.models import WorkOrder
from workorders.queries import board as queries
from workorders.views.orders import GROUP

DISPATCH = "workorders.dispatch_workorder"


def _here(request: HttpRequest) -> Community | None:
    """The community named in the address, else the one in which the person works; only where he dispatches."""
    asked = request.GET.get("community", "")
    if asked.isdecimal():
        return get_object_or_404(Community.objects.visible_to(request.user, DISPATCH), pk=int(asked))
    current = current_community(request)
    reach = communities_in_reach(request.user, DISPATCH)
    if current is not None:
        return next((row for row in reach if row.pk == current.pk), None)
    return reach[0] if len(reach) == 1 else None


@requires(DISPATCH)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """派工台. htmx asks for the same address and gets the board alone: every thirty seconds, and for every order looked at."""
    title = _("派工台")
    context: dict[str, Any] = {"title": title, "breadcrumbs": crumbs((GROUP,), title)}
    community = _here(request)
    if community is None:
        places = [row for row in communities_in_reach(request.user, DISPATCH) if row.disabled_at is None]
        counts = queries.waiting_counts(places)
        context["communities"] = [(row, counts.get(row.pk, 0)) for row in places]
        return render(request, "workorders/board_choose.html", context)
    asked = {name: request.GET.get(name, "") for name in ("order", "team")}
    rows = WorkOrder.objects.visible_to(request.user, DISPATCH)
    everybody, alone = "everybody" in request.GET, request.headers.get("HX-Target") == "board"
    context |= {
        "board": queries.board_of(community, rows, at=timezone.now(), everybody=everybody, **asked),
        "everybody": everybody,
        "alone": alone,
        "team": asked["team"],
        "may_see_rota": request.user.has_perm("workorders.view_repairer"),
        "may_set": request.user.has_perm("workorders.change_dispatchsetting"),
        "may_set_duty": request.user.has_perm("workorders.set_duty_repairer"),
    }
    return render(request, "workorders/_board.html" if alone else "workorders/board.html", context)


@requires("workorders.claim_workorder")
@require_safe
def pool(request: HttpRequest) -> HttpResponse:
    """抢单池: what anybody with the skill may take, in the communities where one repairs."""
    user = user_of(request)
    rows = WorkOrder.objects.visible_to(user, "workorders.claim_workorder")
    title = _("抢单池")
    context = {
        "title": title,
        "breadcrumbs": crumbs((GROUP,), title),
        "orders": queries.pool_of(rows, user, timezone.now()),
    }
    return render(request, "workorders/pool.html", context)
