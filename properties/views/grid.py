from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.templatetags.mulin import area
from core.web.access import requires, user_of
from core.web.lists import crumbs
from properties import queries
from properties.current import current_community
from properties.models import Building, Community, Unit, UnitMark, UsageStatus
from properties.policies import can_add_building, can_copy_building, reaches
from properties.tables import MARK_LOOKS
from properties.views.actions import edit, stop_or_restore

VIEW = "properties.view_building"


@requires(VIEW)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Buildings of the community in which the person works; without one, the communities to choose from."""
    shown = Community.objects.visible_to(request.user, VIEW).filter(disabled_at__isnull=True)
    asked = request.GET.get("community", "")
    community = get_object_or_404(shown, pk=int(asked)) if asked.isdecimal() else current_community(request)
    context: dict[str, Any] = {"title": _("房产与房态图"), "community": community, "mark_looks": MARK_LOOKS}
    context["breadcrumbs"] = crumbs([(_("客户与房产"), "")], context["title"])
    if community is None:
        context["communities"] = queries.community_rows(shown)
    else:
        context["cards"] = queries.building_cards(community, request.user)
        context["may_add"] = can_add_building(request.user, community)
    return render(request, "properties/overview.html", context)


@requires(VIEW)
@require_safe
def building_grid(request: HttpRequest, pk: int) -> HttpResponse:
    """房态图 of one building; `use` and `mark` are the legend entries in force."""
    shown = Building.objects.visible_to(request.user, VIEW)
    building = get_object_or_404(shown.select_related("community", "building_type"), pk=pk)
    neighbours = shown.filter(community_id=building.community_id, disabled_at__isnull=True).order_by("sort_key")
    use, mark = request.GET.get("use", ""), request.GET.get("mark", "")
    grid = queries.building_grid(
        building,
        neighbours,
        use=use if use in {*UsageStatus.values, "none"} else "",
        mark=mark if mark in UnitMark.Kind.values else "",
    )
    title = _("%(building)s房态图") % {"building": building.label}
    context = {
        "title": title,
        "grid": grid,
        "building": building,
        "units_query": f"building={building.pk}",
        "may_export": reaches(request.user, "properties.export_unit", building),
        "may_list": request.user.has_perm("properties.view_unit"),
        "acts": building_acts(building, request.user),
        "at": timezone.now(),
        "looks": {kind: {"icon": name, "colour": colour} for kind, (name, colour) in MARK_LOOKS.items()},
    }
    return render(request, "properties/building_grid.html", context)


def building_acts(building: Building, user: Any) -> list[dict[str, Any]]:
    acts = edit(building, user)
    if reaches(user, "properties.add_unit", building):
        url = f"{reverse('properties:unit_create')}?building={building.pk}"
        acts.append({"label": _("新增房屋"), "icon": "plus", "url": url})
    if can_copy_building(user, building):
        acts.append(
            {"label": _("复制楼栋"), "icon": "copy", "url": reverse("properties:building_copy", args=[building.pk])}
        )
    return acts + stop_or_restore(building, user)


@requires("properties.view_unit")
@require_safe
def unit_card(request: HttpRequest, pk: int) -> HttpResponse:
    """The card beside a room of the grid: facts and marks; upper floors add people by config/navigation.py."""
    rows = Unit.objects.visible_to(request.user, "properties.view_unit")
    unit = get_object_or_404(queries.unit_rows(rows), pk=pk)
    facts = [
        f"{area(unit.built_area)} ㎡" if unit.built_area is not None else "",
        unit.layout,
        str(unit.orientation or ""),
    ]
    sees_amounts = user_of(request).access.visibility("amount", unit.community_id, unit.building_id) == "plain"
    context = {
        "unit": unit,
        "sentence": "，".join(word for word in facts if word),
        "use": unit.usage or "none",
        "marks": [_mark_line(mark, sees_amounts) for mark in unit.marks.all()],
        "may_edit": reaches(request.user, "properties.change_unit", unit),
    }
    return render(request, "properties/_unit_card.html", context)


def _mark_line(mark: UnitMark, sees_amounts: bool) -> dict[str, Any]:
    amount = _("%(amount)s 元") % {"amount": area(mark.amount)} if mark.amount is not None and sees_amounts else ""
    count = _("%(count)d 件") % {"count": mark.count} if mark.kind == UnitMark.Kind.OPEN_ORDERS else ""
    words = [amount, count, mark.note if sees_amounts or mark.kind != UnitMark.Kind.ARREARS else ""]
    return {
        "label": mark.get_kind_display(),
        "value": "，".join(word for word in words if word) or _("有"),
        "red": mark.kind == UnitMark.Kind.ARREARS,
    }
