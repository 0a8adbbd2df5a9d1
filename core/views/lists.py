"""What every list can keep: views under a name, columns and page size."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.changes import save
from core.errors import BusinessError
from core.models import ListSetting, SavedView
from core.normalise import clean_text
from core.web import paging
from core.web.access import signed_in, user_of
from core.web.list_names import list_view
from core.web.lists import ListView, view_url
from core.web.urls import next_url

# Where one stood in the list is no part of a view.
NOT_KEPT = ("page", "after", "before", "count", "view", "cols", "csrfmiddlewaretoken")


@require_POST
@signed_in
def saved_view_create(request: HttpRequest, list_name: str) -> HttpResponse:
    view, here = list_view(list_name, request.user), reverse(list_name)
    query = QueryDict(request.POST.get("query", "")[:2000], mutable=True)
    columns = query.get("cols", "").split(",") if query.get("cols") else _setting(request, view).columns
    for name in NOT_KEPT:
        query.pop(name, None)
    row = SavedView(
        user=user_of(request),
        list_name=list_name,
        name=clean_text(request.POST.get("name", "")),
        query=query.urlencode(),
        columns=view.table.resolve_names(columns),
        shared=request.POST.get("shared") == "1",
    )
    try:
        save(row)
    except BusinessError as error:
        messages.error(request, error.sentence)
        return HttpResponseRedirect(f"{here}?{query.urlencode()}")
    messages.success(request, _("已存为视图「%(name)s」") % {"name": row.name})
    return HttpResponseRedirect(view_url(here, row))


@require_POST
@signed_in
def saved_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(SavedView.objects.visible_to(request.user, "*"), pk=pk)
    row.delete()
    messages.success(request, _("已删除视图「%(name)s」") % {"name": row.name})
    return HttpResponseRedirect(next_url(request, reverse(row.list_name)))


@require_POST
@signed_in
def list_columns(request: HttpRequest, list_name: str) -> HttpResponse:
    """Keeps columns (in the posted order) and rows per page; `reset` forgets both."""
    view = list_view(list_name, request.user)
    row = _setting(request, view)
    if "reset" in request.POST:
        row.columns, row.page_size = [], paging.SIZES[0]
    else:
        row.columns = view.table.resolve_names(request.POST.getlist("columns"))
        size = request.POST.get("page_size", "")
        if size.isdecimal() and int(size) in paging.SIZES:
            row.page_size = int(size)
    row.save()
    return HttpResponseRedirect(_without_columns(next_url(request, reverse(list_name))))


def _setting(request: HttpRequest, view: type[ListView]) -> ListSetting:
    found = ListSetting.objects.visible_to(request.user, view.permission).filter(list_name=view.list_name).first()
    return found or ListSetting(user=user_of(request), list_name=view.list_name)


def _without_columns(address: str) -> str:
    """The address would otherwise go on showing the columns or the size it names."""
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    for name in ("cols", "size", "view"):
        query.pop(name, None)
    return f"{parts.path}?{query.urlencode()}" if query else parts.path
