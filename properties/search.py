"""Units in the global search: 3-2-1502, 3栋2单元1502, 031502, 1502, B1-0235."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import search
from core.search import MOST, Found, Hit, SearchText, marked
from properties.models import Unit, UnitKind, UnitMark
from properties.naming import search_words, split_room

VIEW = "properties.view_unit"
# A unit has sixty columns, a line of the answer shows a handful.
_UNIT = (
    "entrance",
    "number",
    "sort_key",
    "kind",
    "usage",
    "parking_status",
    "community__name",
    "building__number",
    "building__name",
)
ICONS = {UnitKind.PARKING: "parking", UnitKind.SHOP: "building", UnitKind.STORAGE: "package"}


def mark_tags(unit: Unit, user: Any) -> tuple[tuple[dict[str, str], ...], dict[str, str] | None]:
    """(tags, status) of a unit whose `marks` are loaded: arrears for those who may see money, care, open orders."""
    tags, status = [], None
    for mark in unit.marks.all():
        if mark.kind == UnitMark.Kind.ARREARS and _sees_amounts(user, unit):
            tags.append({"word": f"{mark.get_kind_display()} {mark.amount or ''}".strip(), "kind": "red"})
        elif mark.kind == UnitMark.Kind.CARE:
            tags.append({"word": str(mark.get_kind_display()), "kind": "care"})
        elif mark.kind == UnitMark.Kind.OPEN_ORDERS:
            status = {"word": _("在办 %(n)d 单") % {"n": mark.count}, "colour": "blue"}
    return tuple(tags), status


def _sees_amounts(user: Any, unit: Unit) -> bool:
    return bool(user.access.visibility("amount", unit.community_id, unit.building_id) == "plain")


def in_several_communities(user: Any, permission: str) -> bool:
    """Whether an answer has to say in which community it stands."""
    scope = user.access.scope(permission)
    return scope.everything or len(scope.community_ids | scope.building_community_ids) > 1


def find_units(user: Any, text: SearchText, shown: int) -> Found:
    """Rooms whose spelling begins with what was typed. A whole room number comes before one that only begins so."""
    if not any(character.isdecimal() for character in text.compact) or (text.is_private and len(text.digits) > 8):
        return Found()
    words = search_words(text.plain)
    rows = Unit.objects.visible_to(user, VIEW).filter(search__begins=words).filter(disabled_at__isnull=True).order_by()
    found = list(rows.select_related("building", "community").only(*_UNIT)[: MOST + 1])
    found.sort(
        key=lambda unit: (
            unit.number.lower() not in (words[0], words[0].rpartition("-")[2]),
            unit.kind != UnitKind.HOME,
            unit.sort_key,
        )
    )
    return Found(tuple(_hits(user, text, found[:shown])), len(found))


def _hits(user: Any, text: SearchText, rows: list[Unit]) -> list[Hit]:
    prefetch_related_objects(rows, "marks")
    hits = []
    for row in rows:
        tags, status = mark_tags(row, user)
        place = row.community.name if in_several_communities(user, VIEW) else ""
        facts = [place, row.get_usage_display() or row.get_parking_status_display() or row.get_kind_display()]
        hits.append(
            Hit(
                url=reverse("owners:unit_file", args=[row.pk]), title=row.label, title_marked=_marked_label(row.label, text),
                facts=tuple(filter(None, facts)), icon=ICONS.get(UnitKind(row.kind), "home"), tags=tags, status=status,
            )
        )  # fmt: skip
    return hits


def _marked_label(label: str, text: SearchText) -> Any:
    """What was typed stands in the label as it is, or names the room in another spelling: then its number is marked."""
    start = label.lower().find(text.compact)
    if start >= 0:
        return marked(label, start, len(text.compact))
    room = split_room(text.plain)
    number = room.number if room else ""
    if len(number) >= 3 and number in label:  # fewer digits stand anywhere
        return (
            marked(label, 0, len(label)) if label.endswith(number) else marked(label, label.rfind(number), len(number))
        )
    return marked(label, 0, len(label)) if text.digits and len(text.digits) > 4 else label


def register() -> None:
    search.register(search.SearchSource("units", gettext_lazy("房屋"), VIEW, find_units, order=20))
