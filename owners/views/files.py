"""The household file of a unit and the file of a person, with the tabs that load when they are opened."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.models import LogEntry
from core.web.access import allowed, requires
from core.web.lists import crumbs
from owners import policies, tabs
from owners.models import ContactRecord, Owner
from owners.queries import facts, files, history
from owners.queries.people import period_start, tenures_of
from owners.recent import remember
from owners.visibility import Eyes
from properties.models import Unit

VIEW = "owners.view_owner"
CHANGES_SHOWN = 100
CONTACTS_SHOWN = 50


def unit_of(request: HttpRequest, pk: int) -> Unit:
    rows = Unit.objects.visible_to(request.user, VIEW).with_place()
    return get_object_or_404(
        rows.select_related("unit_type", "orientation", "property_nature", "decoration", "parking_type"), pk=pk
    )


def owner_of(request: HttpRequest, pk: int) -> Owner:
    rows = Owner.objects.visible_to(request.user, VIEW).select_related(
        "preferred_channel", "source", "level", "keeper", "verified_by"
    )
    return get_object_or_404(rows.prefetch_related("phones", "tags__tag", "emergency_contacts"), pk=pk)


def tabs_of(request: HttpRequest, entries: Any, pk: int, page_url: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """The tabs this person may open. Each has the address of its page (for the history and without a script) and of its panel."""
    asked = request.GET.get("tab", "")
    usable = [tab for tab in entries if allowed(request, tab.permission)]
    current = asked if any(tab.name == asked for tab in usable) else (usable[0].name if usable else "")
    return [
        {
            "name": tab.name,
            "label": tab.label,
            "url": f"{page_url}?tab={tab.name}",
            "panel_url": reverse(tab.url, args=[pk]),
            "active": tab.name == current,
            "count": counts.get(tab.name),
        }
        for tab in usable
    ]


@require_safe
@requires(VIEW)
def unit_file(request: HttpRequest, pk: int) -> HttpResponse:
    unit = unit_of(request, pk)
    remember(request, unit)
    context = files.unit_file(unit, request.user)
    counts = {
        "contacts": visible_contacts(request, unit, context["since"]).count(),
        "attachments": policies.unit_attachments(unit, request.user, context["since"]).count(),
    }
    context |= {
        "title": unit.label,
        "acts": policies.unit_acts(request.user, unit),
        "unit_rows": facts.unit_facts(unit, context),
        "attribute_groups": facts.attribute_groups(unit),
        "figures": facts.figures(context["marks"]),
        "tabs": tabs_of(request, tabs.unit_tabs(), pk, request.path, counts),
        "missing_word": files.MISSING.get(context["missing"], ""),
    }
    if any(tab["active"] and tab["name"] == "timeline" for tab in context["tabs"]):
        context |= unit_timeline_context(request, unit, context["since"])
    return render(request, "owners/unit_file.html", context)


@require_safe
@requires(VIEW)
def unit_file_print(request: HttpRequest, pk: int) -> HttpResponse:
    """一户一档 on paper: facts, people, chain of title; numbers masked as on the screen."""
    unit = unit_of(request, pk)
    context = files.unit_file(unit, request.user)
    context |= {
        "title": unit.label,
        "unit_rows": facts.unit_facts(unit, context),
        "attribute_groups": facts.attribute_groups(unit),
    }
    return render(request, "owners/unit_file_print.html", context)


@require_safe
@requires(VIEW)
def unit_people(request: HttpRequest, pk: int) -> HttpResponse:
    """The people of a unit as a fragment, for the card of the building grid."""
    unit = unit_of(request, pk)
    context = files.unit_file(unit, request.user) | {"acts": policies.unit_acts(request.user, unit)}
    return render(request, "owners/_unit_people.html", context)


def whole_history(request: HttpRequest, unit: Unit) -> bool:
    """Whether the times before the present household were asked for by somebody who may see them."""
    return request.GET.get("period") == "all" and policies.sees_former(request.user, unit)


def unit_timeline_context(request: HttpRequest, unit: Unit, since: Any) -> dict[str, Any]:
    whole = whole_history(request, unit)
    rows = history.unit_lines(unit, None if whole else since)
    return timeline_context(request, rows, reverse("owners:unit_timeline", args=[unit.pk]), whole=whole) | {
        "since": since,
        "whole": whole,
        "may_see_all": policies.sees_former(request.user, unit) and since is not None,
    }


def timeline_context(
    request: HttpRequest, rows: Any, url: str, *, with_unit: bool = False, whole: bool = False
) -> dict[str, Any]:
    segment = request.GET.get("kind", "")
    offset = int(text) if (text := request.GET.get("offset", "0")).isdecimal() and len(text) < 7 else 0
    page = history.timeline_page(history.of_segment(rows, segment), Eyes(request.user), offset, with_unit=with_unit)
    period = "&period=all" if whole else ""
    return {
        "months": page.months,
        "segments": [
            {"label": label, "url": f"{url}?kind={name}{period}", "active": name == segment}
            for name, label, _kinds in history.SEGMENTS
        ],
        "more_url": f"{url}?kind={segment}&offset={page.offset}{period}" if page.older > 0 else "",
        "more_text": _("更早的 %d 条") % page.older,
        "timeline_url": url,
        "segment": segment,
        "continued": offset > 0,
    }


def timeline_template(context: dict[str, Any]) -> str:
    """The first page comes with its filter, the following ones are only lines."""
    return "components/_timeline.html" if context["continued"] else "owners/_timeline_panel.html"


@require_safe
@requires(VIEW)
def unit_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    unit = unit_of(request, pk)
    context = unit_timeline_context(request, unit, period_start(tenures_of(unit)))
    return render(request, timeline_template(context), context)


@require_safe
@requires(VIEW)
def owner_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    owner = owner_of(request, pk)
    rows = history.owner_lines(owner, request.user)
    context = timeline_context(request, rows, reverse("owners:owner_timeline", args=[pk]), with_unit=True)
    return render(request, timeline_template(context), context)


def visible_contacts(request: HttpRequest, unit: Unit, since: Any) -> Any:
    rows = ContactRecord.objects.visible_to(request.user, "owners.view_contactrecord").filter(unit=unit)
    return rows.filter(at__gte=history.local_start(since)) if since else rows


@require_safe
@requires("owners.view_contactrecord")
def unit_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    unit = unit_of(request, pk)
    since = None if whole_history(request, unit) else period_start(tenures_of(unit))
    rows = visible_contacts(request, unit, since).select_related("subject", "owner", "handler")
    return contacts_panel(request, rows, {"unit": unit, "acts": policies.unit_acts(request.user, unit)})


@require_safe
@requires("owners.view_contactrecord")
def owner_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    owner = owner_of(request, pk)
    rows = ContactRecord.objects.visible_to(request.user, "owners.view_contactrecord").filter(owner=owner)
    return contacts_panel(
        request, rows.select_related("subject", "owner", "handler", "unit__building"), {"owner": owner}
    )


def contacts_panel(request: HttpRequest, rows: Any, context: dict[str, Any]) -> HttpResponse:
    eyes = Eyes(request.user)
    found = [{"row": row, "name": eyes.owner_name(row.owner) if row.owner else ""} for row in rows[:CONTACTS_SHOWN]]
    return render(request, "owners/_contacts_panel.html", context | {"contacts": found})


@require_safe
@requires(VIEW)
def unit_attachments(request: HttpRequest, pk: int) -> HttpResponse:
    unit = unit_of(request, pk)
    rows = policies.unit_attachments(unit, request.user, period_start(tenures_of(unit)))
    acts = policies.unit_acts(request.user, unit)
    return attachments_panel(request, unit, rows, acts, reverse("owners:unit_attach", args=[pk]))


@require_safe
@requires(VIEW)
def owner_attachments(request: HttpRequest, pk: int) -> HttpResponse:
    owner = owner_of(request, pk)
    rows = files.attachments_of(owner)
    acts = policies.owner_acts(request.user, owner)
    return attachments_panel(request, owner, rows, acts, reverse("owners:owner_attach", args=[pk]))


def attachments_panel(
    request: HttpRequest, source: Unit | Owner, rows: Any, acts: dict[str, bool], attach_url: str
) -> HttpResponse:
    context = {
        "acts": acts,
        "attachments": rows.select_related("created_by"),
        "attach_url": attach_url,
        "may_remove": policies.may_change_source(request.user, source),
    }
    return render(request, "owners/_attachments_panel.html", context)


@require_safe
@requires(VIEW)
def unit_history(request: HttpRequest, pk: int) -> HttpResponse:
    unit = unit_of(request, pk)
    tenures = tenures_of(unit)
    since = None if whole_history(request, unit) else period_start(tenures)
    return history_panel(request, history.unit_log(unit, tenures, since))


@require_safe
@requires(VIEW)
def owner_history(request: HttpRequest, pk: int) -> HttpResponse:
    return history_panel(request, history.owner_log(owner_of(request, pk), request.user))


def history_panel(request: HttpRequest, rows: Any) -> HttpResponse:
    entries: list[LogEntry] = list(rows.order_by("-pk")[:CHANGES_SHOWN])
    return render(request, "owners/_history_panel.html", {"changes": list(history.changes_of(entries))})


@require_safe
@requires(VIEW)
def owner_file(request: HttpRequest, pk: int) -> HttpResponse:
    owner = owner_of(request, pk)
    context = files.owner_file(owner, request.user)
    policies.with_acts(context["holdings"], request.user)
    context |= {
        "title": context["name"],
        "acts": policies.owner_acts(request.user, owner),
        "breadcrumbs": crumbs([(_("住户档案"), "owners:owner_list")], context["name"]),
        "portrait": facts.portrait(owner, context, request.user),
        "tabs": tabs_of(request, tabs.owner_tabs(), pk, request.path, {}),
    }
    if any(tab["active"] and tab["name"] == "timeline" for tab in context["tabs"]):
        rows = history.owner_lines(owner, request.user)
        context |= timeline_context(request, rows, reverse("owners:owner_timeline", args=[pk]), with_unit=True)
    return render(request, "owners/owner_file.html", context)
