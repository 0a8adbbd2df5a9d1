"""交接班: what the shift that goes leaves behind. Orders and promises are told here; the floors above add who waits for an answer."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from owners.models import CallBackTask
from owners.states import CallBackStatus
from properties.models import Community
from workorders.models import Handover, Outage, Pause, WorkOrder
from workorders.queries.residents import slot_words
from workorders.states import OPEN, PAUSED, Clock

OPEN_WORK, PROMISED, UNANSWERED = "open", "promised", "unanswered"
GROUPS = ((OPEN_WORK, lazy("未完事项")), (PROMISED, lazy("答应过的")), (UNANSWERED, lazy("没有答复的")))
# So many lines of a kind are read and signed; how many more there are stands below them.
MOST = 12
# Where nobody has taken over yet the shift is taken to have lasted so long.
A_SHIFT = timedelta(hours=12)


@dataclass(frozen=True)
class Line:
    text: str
    url: str
    icon: str = "tool"


Source = Callable[[Any, Community, datetime], Iterable[Line]]
_sources: list[tuple[str, Source]] = []


def register(group: str, source: Source) -> None:
    """Called by apps in ready(). `source(user, community, now)` says what belongs to the group, within what this person may see."""
    _sources.append((group, source))


def contents(user: Any, community: Community, now: datetime) -> dict[str, list[dict[str, str]]]:
    """{group: lines} as they are kept in Handover.lines."""
    found: dict[str, list[Line]] = {code: [] for code, _label in GROUPS}
    found[OPEN_WORK] += _unfinished(user, community)
    found[PROMISED] += _promised(user, community, now)
    for group, source in _sources:
        found[group] += source(user, community, now)
    return {code: [asdict(line) for line in rows] for code, rows in found.items()}


def groups_of(lines: dict[str, list[dict[str, str]]]) -> list[tuple[Any, list[dict[str, str]]]]:
    """[(heading, lines)] for the page."""
    return [(label, lines.get(code, [])) for code, label in GROUPS]


def since_when(community: Community, now: datetime) -> datetime:
    """When this shift began: the one before was taken over then."""
    last = Handover.objects.filter(community=community, taken_at__gte=now - 2 * A_SHIFT).order_by("-taken_at").first()
    return last.taken_at if last is not None and last.taken_at is not None else now - A_SHIFT


def figures(community: Community, since: datetime, now: datetime) -> dict[str, int]:
    rows = WorkOrder.objects.filter(community=community)
    return {
        "received": rows.filter(reported_at__gte=since, reported_at__lte=now).count(),
        "finished": rows.filter(completed_at__gte=since, completed_at__lte=now).count(),
    }


def waiting_for(user: Any) -> QuerySet[Handover]:
    """Handed over and not yet taken, where this person signs."""
    rows = Handover.objects.visible_to(user, "workorders.sign_handover").filter(taken_at__isnull=True)
    return rows.select_related("community", "given_by")


# --- the lines ------------------------------------------------------------------------------------------------------------------


def _orders(user: Any, community: Community) -> QuerySet[WorkOrder]:
    rows = WorkOrder.objects.visible_to(user, "workorders.view_workorder").filter(community=community)
    return rows.filter(status__in=sorted(OPEN)).select_related("kind", "assignee", "team")


def _unfinished(user: Any, community: Community) -> list[Line]:
    """What falls due first stands first; what rests, last, with what it waits for."""
    rows = _orders(user, community)
    found = list(rows.order_by(F("next_due_at").asc(nulls_last=True), "pk")[:MOST])
    resting = {
        row.order_id: row for row in Pause.objects.filter(order__in=[row.pk for row in found], ended_at__isnull=True)
    }
    lines = [Line(_order_words(row, resting.get(row.pk)), row.get_absolute_url(), _icon(row)) for row in found]
    return lines + _rest(rows.count() - len(lines), "workorders:workorder_list", community)


def _order_words(order: WorkOrder, pause: Pause | None) -> str:
    words = [f"{order.address} {order.kind}", order.status_word, str(order.assignee or order.team or "")]
    if pause is not None:
        waits = pause.part or pause.reason
        words.append(
            _("%(what)s，预计 %(day)s") % {"what": waits, "day": _day(pause.expected_on)}
            if pause.expected_on
            else waits
        )
    elif order.next_due_at is not None:
        owed = {"clock": Clock(order.next_clock).label, "at": _moment(order.next_due_at)}
        words.append(_("%(clock)s时限 %(at)s") % owed)
    return "，".join(filter(None, words))


def _icon(order: WorkOrder) -> str:
    if order.status in PAUSED:
        return "clock-pause"
    return "alarm" if order.next_due_at is not None and order.next_due_at < timezone.now() else "tool"


def _promised(user: Any, community: Community, now: datetime) -> list[Line]:
    """Times somebody has been told: visits until the end of tomorrow, outages that were to be over, calls that are to be made."""
    tomorrow = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    visits = _orders(user, community).filter(
        visit_from__isnull=False, visit_until__gte=now - A_SHIFT, visit_from__lt=tomorrow
    )
    found = [
        Line(
            _("%(day)s %(slot)s 上门：%(address)s %(kind)s")
            % {"day": _day(timezone.localtime(row.visit_from).date()), "slot": slot_words(row), "address": row.address, "kind": row.kind},
            row.get_absolute_url(), "calendar-due",
        )
        for row in visits.order_by("visit_from", "pk")[:MOST]
    ]  # fmt: skip
    if user.has_perm("workorders.view_outage"):
        running = Outage.objects.visible_to(user, "workorders.view_outage").running().filter(community=community)
        found += [Line(_outage_words(row), row.get_absolute_url(), "bolt") for row in running.order_by("pk")[:MOST]]
    if user.has_perm("owners.view_callbacktask"):
        calls = CallBackTask.objects.visible_to(user, "owners.view_callbacktask").filter(
            Q(community=community), status=CallBackStatus.WAITING, due_at__lt=tomorrow
        )
        if count := calls.count():
            url = f"{reverse('owners:callback_list')}?status={CallBackStatus.WAITING}&community={community.pk}"
            found.append(Line(_("待回访 %(n)d 户") % {"n": count}, url, "phone-check"))
    return found


def _outage_words(outage: Outage) -> str:
    until = (
        _("预计 %(at)s 恢复") % {"at": _moment(outage.expected_until)} if outage.expected_until else _("恢复时间未定")
    )
    return "，".join([outage.title, until, _("已接来电 %(n)d 次") % {"n": outage.calls}])


def _rest(count: int, url_name: str, community: Community) -> list[Line]:
    if count <= 0:
        return []
    url = f"{reverse(url_name)}?group=open&community={community.pk}"
    return [Line(_("另有 %(n)d 单未完成") % {"n": count}, url, "dots")]


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"


def _day(day: Any) -> str:
    return formats.date_format(day, "m-d")
