"""What an owner sees of announcements: his list, one of them, and what waits for him on his first page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Attachment
from notices.models import AudienceKind, Delivery, Notice
from notices.queries.contents import near_period, period
from notices.queries.owners import SOURCE, for_owner, received_by
from notices.seeds import MARKETING
from notices.states import Outcome, Status
from owners.models import Owner
from owners.waiting import Waiting
from properties.models import Unit

PAGE = 20
# So many cards of their own on the first page; the rest is one card with a number.
CARDS, LOOK = 3, 50
SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Line:
    """One announcement as its list shows it. `places` names the person's units it is about, "" when there is only one."""

    notice: Any
    places: str
    word: str
    colour: str
    is_new: bool


def _now_standing() -> Q:
    return Q(status=Status.PUBLISHED) & (Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()))


def lines(owner: Owner, own_units: list[Unit], number: int) -> tuple[list[Line], bool]:
    """One page and whether another follows: what is unread first, then pinned, then by date; what is over stands at the end."""
    rows: QuerySet[Any] = received_by(owner).annotate(
        rank=Case(
            When(_now_standing() & Q(read_at__isnull=True), then=Value(0)),
            When(_now_standing() & Q(pinned=True), then=Value(1)),
            When(_now_standing(), then=Value(2)),
            default=Value(3),
        )
    )
    start = (number - 1) * PAGE
    found = list(rows.order_by("rank", "-pinned", "-published_at", "-pk")[start : start + PAGE + 1])
    shown = found[:PAGE]
    places = units_of(owner, shown)
    return [_line(row, _several(own_units, places.get(row.pk, []))) for row in shown], len(found) > PAGE


def _line(notice: Any, places: str) -> Line:
    standing = not was_withdrawn(notice) and not is_past(notice)
    is_new = standing and notice.read_at is None
    word, colour = "", ""
    if was_withdrawn(notice):
        word, colour = _("已撤回"), "grey"
    elif not standing:
        word, colour = _("已过期"), "grey"
    elif is_new:
        word, colour = _("未读"), "orange"
    elif notice.receipt_wanted and notice.confirmed_at is None:
        word, colour = _("待确认"), "orange"
    return Line(notice, places, word, colour, is_new)


def was_withdrawn(notice: Notice) -> bool:
    return notice.status == Status.WITHDRAWN


def is_past(notice: Notice) -> bool:
    """Its day is over, whether the clockwork has said so yet or not."""
    return notice.status == Status.EXPIRED or notice.is_over


def units_of(owner: Owner, notices: list[Any]) -> dict[int, list[Unit]]:
    """{announcement: the units for which this person got it}."""
    rows = Delivery.objects.filter(owner=owner, source_type=SOURCE, source_id__in=[row.pk for row in notices])
    rows = rows.exclude(status=Outcome.SKIPPED).filter(unit__isnull=False)
    found: dict[int, dict[int, Unit]] = {}
    for row in rows.select_related("unit__building", "unit__community").order_by("unit__sort_key", "pk"):
        found.setdefault(row.source_id, {})[row.unit_id or 0] = row.unit  # type: ignore[assignment]
    return {pk: list(units.values()) for pk, units in found.items()}


def _several(own: list[Unit], concerned: list[Unit]) -> str:
    """3栋2单元1502、B1-0235: said when it could be another unit, with the community when there are several of those too."""
    known = {unit.pk: unit for unit in (*own, *concerned)}
    if len(known) < 2:
        return ""
    mixed = len({unit.community_id for unit in known.values()}) > 1
    names = [f"{unit.community.name} {unit.label}" if mixed else unit.label for unit in concerned]
    shown = "、".join(names[:3])
    return _("%(names)s 等 %(count)d 处") % {"names": shown, "count": len(names)} if len(names) > 3 else shown


def of_owner(owner: Owner, pk: int) -> Any:
    """The announcement if it reached this person, else None."""
    return received_by(owner).filter(pk=pk).first()


def file_of(notice: Notice, pk: int) -> Attachment | None:
    """A file of it; gone with an announcement that was withdrawn."""
    if was_withdrawn(notice):
        return None
    return Attachment.objects.of(notice).filter(pk=pk, removed_at__isnull=True).first()


def article(notice: Notice, owner: Owner, own_units: list[Unit] | None = None) -> dict[str, Any]:
    """What the page of one announcement shows, behind the door or behind a personal link. It names no person."""
    concerned = units_of(owner, [notice]).get(notice.pk, [])
    mine = received_by(owner)
    return {
        "notice": notice,
        "withdrawn": was_withdrawn(notice),
        "over": is_past(notice),
        "period": period(notice),
        "area": area_of(notice),
        "community": concerned[0].community if concerned else None,
        "places": _several(own_units, concerned) if own_units is not None else "",
        "files": list(Attachment.objects.of(notice).filter(removed_at__isnull=True).order_by("pk")),
        "correction": mine.standing().filter(correction_of=notice).order_by("-pk").first(),
        "corrected": mine.filter(pk=notice.correction_of_id).first() if notice.correction_of_id else None,
        "marketing": bool(notice.notice_type.attribute(MARKETING)),
        "offered": shows_offer(notice, owner),
    }


def shows_offer(notice: Notice, owner: Owner) -> bool:
    """服务推荐 is marketing, whatever it stands below: only whom has agreed to that sees it, and only while it holds (R61)."""
    return bool(notice.offer and owner.marketing_consent and not was_withdrawn(notice) and not is_past(notice))


def area_of(notice: Notice) -> str:
    """3栋、4栋2单元: the buildings that are affected, without those that were taken out again. What kind of people it was sent to is
    nobody's business."""
    rules = notice.rules.filter(kind__in=[AudienceKind.BUILDING, AudienceKind.ENTRANCE]).select_related("building")
    out = {(rule.building_id, rule.entrance) for rule in rules if rule.exclude}
    words = []
    for rule in rules:
        if rule.exclude or rule.building is None or out & {(rule.building_id, ""), (rule.building_id, rule.entrance)}:
            continue
        entrance = _("%(name)s单元") % {"name": rule.entrance} if rule.entrance else ""
        words.append(f"{rule.building.label}{entrance}")
    return "、".join(dict.fromkeys(words))


def waiting_notices(owner: Owner, unit: Unit | None) -> list[Waiting]:
    """What is unread, wants an answer, or begins within a day. Marketing waits for nobody: it stands in the list."""
    now = timezone.now()
    wanted = Q(read_at__isnull=True) | Q(receipt_wanted=True, confirmed_at__isnull=True)
    rows = for_owner(owner).filter(wanted | Q(affected_from__lte=now + SOON, affected_until__gt=now))
    found = [row for row in rows[:LOOK] if not row.notice_type.attribute(MARKETING)]
    cards = sorted(map(_card, found), key=lambda card: card.level != "warn")
    if len(cards) <= CARDS:
        return cards
    title = _("还有 %(count)d 条通知") % {"count": len(cards) - CARDS}
    return [*cards[:CARDS], Waiting(title, _("点开查看全部通知"), "portal:notice_list", icon="speakerphone")]


def _card(notice: Any) -> Waiting:
    ahead = notice.affected_until is not None and notice.affected_until > timezone.now()
    asked = notice.receipt_wanted and notice.confirmed_at is None
    text = near_period(notice) if ahead else str(notice.notice_type)
    if asked:
        text = _("%(text)s，请点开确认") % {"text": text}
    warn = ahead or notice.is_urgent
    icon = "alert-triangle" if warn else "speakerphone"
    return Waiting(notice.title, text, "portal:notice", (notice.pk,), icon, "warn" if warn else "")
