"""The households below the board, as their reader may see them."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from notices.models import Notice
from notices.queries.owners import deliveries_of
from notices.states import Outcome, OwnerChannel
from properties.models import UnitMark


@dataclass
class Household:
    """A line of the lists below the board, as its reader may see it."""

    unit: Any
    care: str = ""
    people: str = ""
    phones: str = ""
    channels: str = ""
    reasons: str = ""
    told: Any = None
    sent_at: Any = None
    read_at: Any = None
    read_how: str = ""
    confirmed_at: Any = None
    unknown: list[int] = field(default_factory=list)


def households(notice: Notice, user: Any, ids: list[int]) -> list[Household]:
    """Four queries, whatever the number of households."""
    rows: Any = deliveries_of(notice)
    rows = rows.filter(unit__in=ids).order_by("pk").read_by(user)
    rows = rows.select_related("owner", "unit__building", "unit__community", "told_by").prefetch_related(
        "owner__phones"
    )
    by_unit: dict[int, list[Any]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_id or 0, []).append(row)
    # Whoever lives with a baby or alone is called on first; the note of a mark names no sensitive tag.
    marks = UnitMark.objects.filter(unit__in=ids, kind=UnitMark.Kind.CARE)
    care = {mark.unit_id: mark.note or str(mark.get_kind_display()) for mark in marks}
    return [_household(by_unit[pk], care.get(pk, "")) for pk in ids if pk in by_unit]


def _household(rows: list[Any], care: str) -> Household:
    people = {row.owner_id: row for row in rows}
    labels = dict(OwnerChannel.choices)
    return Household(
        unit=rows[0].unit,
        care=care,
        people="、".join(row.eyes.owner_name(row.owner) for row in people.values()),
        phones="、".join(filter(None, (_phone(row) for row in people.values()))),
        channels="、".join(dict.fromkeys(str(labels.get(row.channel, row.channel)) for row in rows)),
        reasons=_reasons(rows),
        told=next((row for row in rows if row.told_at), None),
        sent_at=min((row.sent_at for row in rows if row.sent_at and row.status == Outcome.SENT), default=None),
        read_at=min((row.read_at for row in rows if row.read_at), default=None),
        read_how=_how(rows),
        confirmed_at=min((row.confirmed_at for row in rows if row.confirmed_at), default=None),
        unknown=[row.pk for row in rows if row.status == Outcome.UNKNOWN],
    )


def _how(rows: list[Any]) -> str:
    """By which way the first of the household read it; "" while nobody has."""
    first = min((row for row in rows if row.read_at), key=lambda row: row.read_at, default=None)
    return "" if first is None else str(_("消息里的链接") if first.read_via == "link" else _("登录业主端"))


def _reasons(rows: list[Any]) -> str:
    """Why nothing arrived; where one of the household got it, the others' missing numbers are no matter."""
    if any(row.status == Outcome.SENT for row in rows):
        return ""
    return "、".join(dict.fromkeys(str(row.get_reason_display()) for row in rows if row.reason))


def _phone(row: Any) -> str:
    numbers = list(row.owner.phones.all())
    return str(row.eyes.sees("phone", numbers[0].number, row.owner.community_ids)) if numbers else ""
