"""Type-ahead answers: {results: [{id, text, sub, tag}]}, at most twenty, through the scope."""

from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.web.access import requires
from core.web.pickers import LIMIT, answer, picker, result, typed
from properties import queries
from properties.current import current_community
from properties.models import Building, Community, Unit
from properties.naming import canonical_building, search_words


def _here_first(rows: Any, request: HttpRequest, path: str) -> Any:
    """Rows of the community in which the person works come first."""
    current = current_community(request)
    if current is None:
        return rows
    here = Case(When(**{path: current.pk}, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(elsewhere=here).order_by("elsewhere", *rows.query.order_by)


def _narrowed(rows: Any, request: HttpRequest) -> Any:
    community = request.GET.get("community", "")
    return rows.filter(community_id=int(community)) if community.isdecimal() else rows


@requires("properties.view_unit")
@picker
def unit_picker(request: HttpRequest) -> HttpResponse:
    """Any spelling of a room; wrong rooms are seen at once by community, use and open orders."""
    text = typed(request)
    if text is None:
        return answer([])
    rows = Unit.objects.visible_to(request.user, "properties.view_unit").active()
    rows = _narrowed(rows.filter(building__disabled_at__isnull=True), request)
    words = search_words(text)
    rows = rows.filter(search__begins=words) if words else rows
    rows = rows.with_place().defer("search").prefetch_related(queries.open_orders()).order_by("sort_key", "id")
    found = list(_here_first(rows, request, "community")[:LIMIT])
    several = len({unit.community_id for unit in found}) > 1
    return answer(result(unit.pk, unit.label, _unit_sub(unit, several), _open_orders(unit)) for unit in found)


def _unit_sub(unit: Unit, several: bool) -> str:
    words = [unit.community.name] if several else []
    return "，".join([*words, str(unit.get_usage_display() or unit.get_kind_display())])


def _open_orders(unit: Unit) -> str:
    count = sum(mark.count for mark in unit.marks.all())
    return _("在办 %(count)d 单") % {"count": count} if count else ""


@requires("properties.view_building")
@picker
def building_picker(request: HttpRequest) -> HttpResponse:
    text = typed(request)
    if text is None:
        return answer([])
    rows = Building.objects.visible_to(request.user, "properties.view_building").filter(disabled_at__isnull=True)
    if text:
        rows = rows.filter(Q(number__istartswith=canonical_building(text)) | Q(name__icontains=text))
    rows = _narrowed(rows, request).select_related("community").order_by("community__code", "sort_key")
    found = _here_first(rows, request, "community")[:LIMIT]
    return answer(result(row.pk, row.label, row.community.name) for row in found)


@requires("properties.view_community")
@picker
def community_picker(request: HttpRequest) -> HttpResponse:
    text = typed(request)
    if text is None:
        return answer([])
    rows = Community.objects.visible_to(request.user, "properties.view_community").filter(disabled_at__isnull=True)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code__istartswith=text))
    return answer(result(row.pk, row.name, row.code) for row in rows.order_by("code")[:LIMIT])
