"""Data dictionaries: types on the left, items on the right, everything done in the row (design 13)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import BusinessError
from core.forms import DictItemAddForm, DictItemRowForm
from core.models import DictItem, DictType
from core.queries.dictionary import items_with_uses, types_by_group, uses_of
from core.queries.dictionary_merging import undoable
from core.services.dictionary import ItemAttribute, attributes_of
from core.services.dictionary_items import (
    add_item,
    change_item,
    delete_item,
    disable_item,
    move_item,
    restore_item,
    why_kept,
)
from core.web.access import requires
from core.web.lists import crumbs
from core.web.pages import add_error

VIEW, CHANGE = "core.view_dicttype", "core.change_dicttype"


@require_safe
@requires(VIEW)
def dictionary_list(request: HttpRequest) -> HttpResponse:
    first = next((rows[0] for _group, rows in types_by_group()), None)
    if first is None:
        return render(
            request, "generic/empty.html", {"title": _("数据字典"), "empty": {"sentence": _("还没有数据字典")}}
        )
    return dictionary(request, first.code)


@require_safe
@requires(VIEW)
def dictionary(request: HttpRequest, code: str) -> HttpResponse:
    """The page; `edit` opens one row, `stopped=0` hides stopped items. htmx gets the right card only."""
    dict_type = _type(request, code, VIEW)
    context = card(request, dict_type, editing=request.GET.get("edit", ""))
    if request.headers.get("HX-Request"):
        return render(request, "core/_dictionary_items.html", context)
    context |= {
        "groups": types_by_group(),
        "title": _("数据字典"),
        "breadcrumbs": crumbs([(_("系统"), "")], _("数据字典")),
    }
    return render(request, "core/dictionary.html", context)


def card(request: HttpRequest, dict_type: DictType, *, editing: str = "", form: Any = None) -> dict[str, Any]:
    """What the right card shows."""
    items = items_with_uses(dict_type)
    show_stopped = request.GET.get("stopped", "1") != "0"
    may_change = request.user.has_perm(CHANGE)
    edited = next((item for item in items if str(item.pk) == editing), None) if may_change else None
    if edited is not None and form is None:
        form = DictItemRowForm(instance=edited, user=request.user)
    merges = undoable(items) if may_change else {}
    rows: list[Any] = items
    asked = attributes_of(dict_type.code)
    for item in rows:
        item.merge = merges.get(item.pk)
        item.attribute_cells = [Cell(row, item.attribute(row.name)) for row in asked]
    return {
        "dict_type": dict_type,
        "attributes": asked,
        "items": [item for item in items if show_stopped or item.is_active],
        "active_count": sum(item.is_active for item in items),
        "stopped_count": sum(not item.is_active for item in items),
        "show_stopped": show_stopped,
        "stopped_query": "" if show_stopped else "?stopped=0",
        "edited": edited,
        "form": form,
        "synonyms_text": form["synonyms"].value() if form is not None else "",
        "may_change": may_change,
        "log_url": _log_url(request),
    }


@dataclass(frozen=True)
class Cell:
    """One declared attribute of one item, for its column."""

    attribute: ItemAttribute
    value: Any

    @property
    def word(self) -> str:
        return self.attribute.word(self.value) if self.value else ""


def _log_url(request: HttpRequest) -> str:
    """The log viewer stands on the floor above; where it is missing there is no link."""
    try:
        address = reverse("audit:log_list")
    except NoReverseMatch:
        return ""
    return f"{address}?object_type=core.dictitem" if request.user.has_perm("core.view_logentry") else ""


def _type(request: HttpRequest, code: str, permission: str) -> DictType:
    return get_object_or_404(DictType.objects.visible_to(request.user, permission), code=code)


def _item(request: HttpRequest, pk: int, permission: str = CHANGE) -> DictItem:
    return get_object_or_404(DictItem.objects.visible_to(request.user, permission).select_related("type"), pk=pk)


@require_http_methods(["GET", "POST"])
@requires(CHANGE)
def dictitem_create(request: HttpRequest, code: str) -> HttpResponse:
    dict_type = _type(request, code, CHANGE)
    form = DictItemAddForm(request.POST or None, user=request.user, code=dict_type.code)
    if request.method == "POST" and form.is_valid():
        try:
            item = add_item(dict_type, by=request.user, **form.cleaned_data)
        except BusinessError as error:
            add_error(form, error)
        else:
            messages.success(request, _("已新增“%(item)s”") % {"item": item})
            return redirect(dict_type)
    context = {
        "form": form,
        "title": _("新增字典项"),
        "heading": _("在“%(type)s”里新增一项") % {"type": dict_type},
        "danger": False,
        "action_label": _("新增"),
        "action_url": request.path,
        "cancel_url": dict_type.get_absolute_url(),
        "breadcrumbs": crumbs([(_("数据字典"), "core:dictionary_list")], _("新增字典项")),
    }
    fragment = request.headers.get("HX-Request") and request.method == "GET"
    return render(request, "generic/_confirm_dialog.html" if fragment else "generic/confirm.html", context)


@require_POST
@requires(CHANGE)
def dictitem_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Saves the row being edited; errors come back into the row."""
    item = _item(request, pk)
    form = DictItemRowForm(request.POST, instance=item, user=request.user)
    if form.is_valid():
        try:
            change_item(item, by=request.user, **form.cleaned_data)
        except BusinessError as error:
            add_error(form, error)
        else:
            return _answer(request, item.type, _("已保存“%(item)s”，立即生效") % {"item": form.cleaned_data["name"]})
    context = card(request, item.type, editing=str(pk), form=form)
    if request.headers.get("HX-Request"):
        return render(request, "core/_dictionary_items.html", context)
    context |= {
        "groups": types_by_group(),
        "title": _("数据字典"),
        "breadcrumbs": crumbs([(_("系统"), "")], _("数据字典")),
    }
    return render(request, "core/dictionary.html", context)


@require_POST
@requires(CHANGE)
def dictitem_move(request: HttpRequest, pk: int) -> HttpResponse:
    """`direction` up or down among the rows shown, or `before` with the id of the row it was dropped on ("" for the end)."""
    item = _item(request, pk)
    shown = [
        row for row in DictItem.objects.of(item.type.code) if row.is_active or request.GET.get("stopped", "1") != "0"
    ]
    place = next((n for n, row in enumerate(shown) if row.pk == pk), 0)
    match request.POST.get("direction"):
        case "up":
            before = shown[max(place - 1, 0)]
        case "down":
            before = shown[place + 2] if place + 2 < len(shown) else None
        case _:
            wanted = request.POST.get("before", "")
            before = next((row for row in shown if str(row.pk) == wanted), None)
    if before is None or before.pk != item.pk:
        move_item(item, by=request.user, before=before)
    return _answer(request, item.type, "")


@require_POST
@requires(CHANGE)
def dictitem_disable(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(
        request, pk, disable_item, _("已停用“%(item)s”，表单里不再出现，旧记录不变"), "core:dictitem_restore"
    )


@require_POST
@requires(CHANGE)
def dictitem_restore(request: HttpRequest, pk: int) -> HttpResponse:
    return _switch(request, pk, restore_item, _("已恢复“%(item)s”"), "core:dictitem_disable")


def _switch(request: HttpRequest, pk: int, service: Callable[..., DictItem], sentence: str, undo: str) -> HttpResponse:
    item = service(_item(request, pk), by=request.user)
    return _answer(request, item.type, sentence % {"item": item}, reverse(undo, args=[pk]))


@require_http_methods(["GET", "POST"])
@requires(CHANGE)
def dictitem_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what stands in the way or what will happen, POST does it."""
    item = _item(request, pk)
    if request.method == "POST":
        delete_item(item, by=request.user)
        messages.success(request, _("已删除“%(item)s”") % {"item": item})
        return redirect(item.type)
    uses = uses_of([item], item.type.code)[item.pk]
    refusal = why_kept(item)
    context = {
        "title": _("删除字典项"),
        "heading": _("删除“%(item)s”？") % {"item": item},
        "consequence": "" if refusal else _("从来没有用过，删除后不能恢复。"),
        "consequences": [{"label": use.relation.label, "value": f"{use.count:,}"} for use in uses],
        "blocked": f"{refusal}。{_('可以停用它：表单里不再出现，旧记录保留原来的名称。')}" if refusal else "",
        "action_label": _("删除"),
        "action_url": request.path,
        "cancel_url": item.type.get_absolute_url(),
        "breadcrumbs": crumbs([(_("数据字典"), "core:dictionary_list")], _("删除字典项")),
    }
    fragment = request.headers.get("HX-Request")
    return render(request, "generic/_confirm_dialog.html" if fragment else "generic/confirm.html", context)


@require_safe
@requires(VIEW)
def dictitem_usage(request: HttpRequest, pk: int) -> HttpResponse:
    """Where an item is used, by kind of record."""
    item = _item(request, pk, VIEW)
    uses = uses_of([item], item.type.code)[item.pk]
    context = {
        "item": item,
        "uses": uses,
        "total": sum(use.count for use in uses),
        "title": _("“%(item)s”的使用情况") % {"item": item},
        "breadcrumbs": crumbs([(_("数据字典"), "core:dictionary_list")], str(item)),
    }
    fragment = request.headers.get("HX-Request")
    return render(request, "core/_dictitem_usage.html" if fragment else "core/dictitem_usage.html", context)


def _answer(request: HttpRequest, dict_type: DictType, sentence: str, undo: str = "") -> HttpResponse:
    """After a change: htmx gets the card and a toast, a plain form the page again."""
    if not request.headers.get("HX-Request"):
        if sentence:
            messages.success(request, sentence, extra_tags=f"undo:{undo}" if undo else "")
        return HttpResponseRedirect(dict_type.get_absolute_url())
    response = render(request, "core/_dictionary_items.html", card(request, dict_type))
    if sentence:
        response.headers["HX-Trigger-After-Settle"] = json.dumps({"toast": {"text": sentence, "undo": undo}})
    return response
