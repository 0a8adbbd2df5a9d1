"""Deadlines under another calendar: every open case is computed again from its own facts, one transaction each."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint, ComplaintClock
from complaints.services import clocks
from complaints.states import OPEN
from core import log
from core.actors import SYSTEM
from core.models import WorkCalendar
from core.services import jobs
from properties.models import Community
from properties.queries.calendars import communities_under

MOVED = log.declare("complaints.complaint.deadlines_moved", lazy("工作日历变动，时限重算"))
RECOMPUTE = "complaints.recompute_deadlines"


def calendar_changed(sender: Any, *, calendar: WorkCalendar, by: Any, **_facts: Any) -> None:
    _ask(communities_under(calendar).values_list("pk", flat=True), by)


def community_calendar_changed(sender: Any, *, community: Community, by: Any, **_facts: Any) -> None:
    _ask([community.pk], by)


def _ask(communities: Iterable[int], by: Any) -> None:
    """A job of its own for each change: one that came while another ran would be missed."""
    ids = sorted(communities)
    if ids:
        jobs.enqueue(RECOMPUTE, by=by, args={"communities": ids}, visible=False, title=RECOMPUTE)


def recompute_all(
    community_ids: Iterable[int], *, tell: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Returns how many cases have another deadline now. Running it again moves nothing."""
    rows = Complaint.objects.filter(community__in=list(community_ids), status__in=sorted(OPEN))
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    moved = 0
    for done, pk in enumerate(ids, start=1):
        moved += recompute_case(pk)
        tell(done, len(ids))
    return moved


@transaction.atomic
def recompute_case(pk: int) -> bool:
    rows: QuerySet[Complaint] = Complaint.objects.select_for_update(of=("self",))
    case = rows.select_related("community__work_calendar").filter(pk=pk, status__in=sorted(OPEN)).first()
    if case is None:
        return False
    before = _dues(case)
    clocks.recompute(case)
    changes = {label: [before[label], due] for label, due in _dues(case).items() if before.get(label) != due}
    if changes:
        log.record(MOVED, case, by=SYSTEM, changes=changes)
    return bool(changes)


def _dues(case: Complaint) -> dict[str, Any]:
    rows = ComplaintClock.objects.filter(complaint=case, met_at__isnull=True, dropped_at__isnull=True)
    return {f"due_{row.clock}": row.due_at for row in rows}
