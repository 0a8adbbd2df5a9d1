"""The list base: a declaration becomes a page with filter, chips, order, columns, saved views, pages and export (UX 9–12)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from core.models import ListSetting, SavedView
from core.queries.personal import list_of
from core.querysets import visible
from core.statements import Joined
from core.web import paging
from core.web.access import user_of
from core.web.digest_filters import digest_names, redirect_with_tokens
from core.web.filters import FilterSet, without
from core.web.footer import footer
from core.web.tables import Table


@dataclass(frozen=True)
class Link:
    """A button or menu entry that shows only to those who may use it. `url` is a URL name. `allowed_for(user)` is for what the
    permission alone does not decide: holding it somewhere is not enough."""

    label: Any
    url: str
    permission: str
    icon: str = ""
    primary: bool = False
    shortcut: str = ""
    danger: bool = False
    dialog: bool = False
    allowed_for: Callable[[Any], bool] | None = None

    def allowed(self, user: Any) -> bool:
        return bool(user.has_perm(self.permission)) and (self.allowed_for is None or self.allowed_for(user))

    def shown(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "url": reverse(self.url),
            "icon": self.icon,
            "primary": self.primary,
            "shortcut": self.shortcut,
            "danger": self.danger,
            "dialog": self.dialog,
        }


@dataclass(frozen=True)
class Tab:
    """One fixed narrowing of a list; `query` is its query string."""

    label: Any
    query: str = ""


# What a query string may hold without asking for anything.
_ASKS_NOTHING = frozenset({"community", "sort", "page", "size", "after", "before", "count", "cols", "view", "more"})


class ListView(View):
    """Attributes, not hooks. `prepare` is a query function that adds joins and annotations for the visible columns.

    `plain_values(user)` gives a function (record, protected field) -> bool: may the user export that field of the row unmasked?
    Without it, exports of the list are always masked.
    """

    model: type[models.Model]
    permission: str
    title: Any
    list_name: str
    table: type[Table]
    filterset: type[FilterSet]
    default_order: Sequence[str] = ("-pk",)
    # Of a table of very many wide rows the keys of a page are sorted first, by an index alone, and its rows fetched by them.
    keys_first = False
    prepare: Callable[[models.QuerySet], models.QuerySet] | None = None
    breadcrumbs: Sequence[tuple[Any, str]] = ()
    page_actions: Sequence[Link] = ()
    bulk_actions: Sequence[Link] = ()
    tabs: Sequence[Tab] = ()
    # Counts every tab among the rows this user may see, in their order, in fewer statements than one for each.
    count_tabs: Callable[[models.QuerySet], Sequence[paging.Count]] | None = None
    # The `group` of the tabs for whoever asks for nothing; whoever asks for something gets all of it.
    opening_group = ""
    export_permission: str = ""
    plain_values: Callable[[Any], Callable[[Any, str], bool]] | None = None
    empty_sentence: Any = ""
    template_name = "generic/list.html"
    help_topic = "lists"

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.opening_group and "group" not in request.GET:
            query = request.GET.copy()
            query["group"] = "all" if set(query) - _ASKS_NOTHING else self.opening_group
            request.GET = query  # type: ignore[assignment]
        target = request.headers.get("HX-Target")
        if target == "more-filters":
            return render(request, "components/_filter_panel.html", self.filters.panel())
        return render(request, "generic/_list_body.html" if target == "list" else self.template_name, self.context())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Protected values arrive by POST and leave as digests (core/web/digest_filters.py)."""
        if not digest_names(self.filterset):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return redirect_with_tokens(request, self.filterset, str(self.title))

    # --- rows: the export job calls these with a user and a query of its own --------------------------------------------

    @classmethod
    def filtered(cls, user: Any, query: QueryDict, request: HttpRequest | None = None) -> FilterSet:
        """The filter set over the rows this user may see; its `qs` is what page, count and export share."""
        rows = visible(cls.model, user, cls.permission)
        return cls.filterset(query, queryset=rows, request=request, user=user)

    @classmethod
    def order_fields(cls, query: QueryDict) -> list[str]:
        wanted = query.get("sort", "")
        fields = cls.sort_fields(wanted.lstrip("-"))
        if not fields:
            return list(cls.default_order)
        return [_flip(field) for field in fields] if wanted.startswith("-") else fields

    @classmethod
    def sort_fields(cls, name: str) -> list[str]:
        """The database fields a column sorts by; none for what only Python can compute."""
        column = cls.table.base_columns.get(name)
        if column is None or column.orderable is False:
            return []
        fields = [str(field).replace(".", "__") for field in (column.order_by or [column.accessor])]
        return fields if all(paging.is_sortable(cls.model, field.lstrip("-")) for field in fields) else []

    @classmethod
    def prepared(cls, rows: models.QuerySet) -> models.QuerySet:
        return cls.prepare(rows) if cls.prepare else rows

    @classmethod
    def by_keys(cls, rows: models.QuerySet, keys: list[int]) -> dict[int, Any]:
        """The rows with these keys, which were found among `rows`, ready for the columns."""
        joined = _joined(cls)  # type: ignore[arg-type]  # mypy looks at the hash of instances
        return {row.pk: row for row in joined.rows(cls.prepared(rows), keys)}

    @cached_property
    def filters(self) -> FilterSet:
        """That of this request."""
        return self.filtered(self.request.user, self.request.GET, self.request)

    # --- context -----------------------------------------------------------------------------------------------------------

    @cached_property
    def setting(self) -> ListSetting:
        return self.kept[0]

    @cached_property
    def kept(self) -> tuple[ListSetting, list[SavedView]]:
        """How this person likes the list, and his views of it."""
        return list_of(user_of(self.request), self.list_name)

    def column_names(self) -> list[str]:
        asked = self.request.GET.get("cols", "")
        return self.table.resolve_names(asked.split(",") if asked else self.setting.columns)

    def page(self, rows: models.QuerySet, whole: models.QuerySet | None = None) -> paging.Page:
        """`whole` is what the rows are filtered from; only with it keys can come first."""
        query = self.request.GET
        size = _integer(query.get("size"), self.setting.page_size)
        size = size if size in paging.SIZES else paging.SIZES[0]
        order, number = self.order_fields(query), _integer(query.get("page"), 1)
        load = partial(self.by_keys, whole) if self.keys_first and whole is not None else None
        keys = {name: _integer(query.get(name), 0) for name in ("after", "before") if name in query}
        exactly = query.get("count") == "exact"
        if load and not keys and not exactly:
            return paging.page_and_count(rows, order, number, size, load=load)
        total = paging.count(rows, exactly=exactly)
        rows = self.prepared(rows) if load is None else rows
        if keys:
            return paging.page_by_key(rows, order, size, total, load=load, **keys)
        return paging.page_by_number(rows, order, number, size, total, load=load)

    def context(self) -> dict[str, Any]:
        filterset = self.filters
        page, names = self.page(filterset.qs, filterset.queryset), self.column_names()
        view: Any = type(self)
        user = self.request.user
        return (
            {
                "list_name": self.list_name,
                "title": self.title,
                "help_topic": self.help_topic,
                "breadcrumbs": crumbs(self.breadcrumbs, self.title),
                "table": {
                    "columns": heads(view, tuple(names), self.request.GET.get("sort", "")[:60], get_language()),
                    "unsorted": without(self.request.GET, "sort"),
                    "rows": self.table.rows_of(page.rows, names, user),
                    "choices": column_chooser(get_language(), view.table, tuple(names), self.setting.page_size),
                    "names": list(self.table.base_columns),
                    "choices_url": reverse("core:list_columns", args=[self.list_name]),
                },
                "page": footer(self.request, page),
                "chips": list(filterset.chips(self.request.GET)),
                "clear_url": self.request.path,
                "views": self.saved_views(),
                "save_view_url": reverse("core:saved_view_create", args=[self.list_name]),
                "tabs": self.tab_links(),
                "page_actions": [link.shown() for link in self.page_actions if link.allowed(user)],
                "bulk_actions": [link.shown() for link in self.bulk_actions if link.allowed(user)],
                "export": self.export_link(page.count),
                "empty": {"sentence": self.empty_sentence or _("没有符合条件的记录"), "actions": self.empty_actions()},
            }
            | filterset.bar()
            | self.extra()
        )

    def empty_actions(self) -> list[dict[str, Any]]:
        """What to do about an empty list: take the filters away, or the page's main act."""
        if self.request.GET:
            return [{"label": _("清除筛选"), "url": self.request.path}]
        return [link.shown() for link in self.page_actions if link.primary and link.allowed(self.request.user)]

    def extra(self) -> dict[str, Any]:
        """What a page adds to the generic context."""
        return {}

    def saved_views(self) -> list[dict[str, Any]]:
        user = user_of(self.request)
        current = self.request.GET.get("view")
        return [
            {
                "name": view.name,
                "url": view_url(self.request.path, view),
                "active": str(view.pk) == current,
                "shared": view.shared,
                "owned": view.user_id == user.pk,
                "delete_url": reverse("core:saved_view_delete", args=[view.pk]),
            }
            for view in self.kept[1]
        ]

    def tab_links(self) -> list[dict[str, Any]]:
        """Tabs count at most 10,000 rows each; one is active when its whole query is in force."""
        links = []
        queries = [QueryDict(tab.query) for tab in self.tabs]
        for tab, query, count in zip(self.tabs, queries, self.tab_counts(queries), strict=True):
            active = all(self.request.GET.get(key) == value for key, value in query.items())
            if not tab.query:
                active = not any(_in_force(other, self.request.GET) for other in self.tabs if other.query)
            links.append(
                {
                    "label": tab.label,
                    "url": f"{self.request.path}?{tab.query}",
                    "active": active,
                    "count": count.text,
                }
            )
        return links

    def tab_counts(self, queries: Sequence[QueryDict]) -> Sequence[paging.Count]:
        view = type(self)
        if view.count_tabs is not None:
            return view.count_tabs(self.filters.queryset)
        return paging.count_each([self.filtered(self.request.user, query, self.request).qs for query in queries])

    @classmethod
    def exportable(cls, user: Any) -> models.QuerySet | None:
        """The rows this person may take out, by the scope of the export permission; None where that is whatever the list shows him. Most
        people hold both rights in the same places: nothing is asked of them."""
        if user.access.scope(cls.export_permission) == user.access.scope(cls.permission):
            return None
        mine = visible(cls.model, user, cls.export_permission).order_by()
        # Some models know no scope: of them both rights show the same.
        same = _statement(mine) == _statement(visible(cls.model, user, cls.permission).order_by())
        return None if same or not mine.query.has_filters() else mine

    def export_link(self, total: paging.Count) -> dict[str, Any] | None:
        user = self.request.user
        if not self.export_permission or not user.has_perm(self.export_permission):
            return None
        url = f"{reverse('core:list_export', args=[self.list_name])}?{self.request.GET.urlencode()}"
        # Of whoever exports less than he sees, the dialog counts.
        words = _("%(count)s 条") % {"count": total.text} if self.exportable(user) is None else ""
        return {"url": url, "count_text": words, "allowed": True, "dialog": True}


def _statement(rows: models.QuerySet) -> Any:
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return None


@cache
def _joined(view: Any) -> Joined:
    return Joined(view.prepared, view.model)


@lru_cache(maxsize=1024)
def heads(view: Any, names: tuple[str, ...], sort: str, _language: str | None) -> list[dict[str, Any]]:
    """The heads of the columns as they are when the list is in the order `sort`, in the reader's language."""
    found = []
    for name in names:
        column = view.table.base_columns[name]
        sorted_as = {name: "asc", f"-{name}": "desc"}.get(sort, "")
        found.append(
            {
                "css": column.css,
                "name": name,
                "label": str(column.verbose_name),
                "align": column.align,
                "sortable": bool(view.sort_fields(name)),
                "sorted": sorted_as,
                "sort": f"-{name}" if sorted_as == "asc" else name,
            }
        )
    return found


@lru_cache(maxsize=256)
def column_chooser(language: str | None, table: Any, names: tuple[str, ...], page_size: int) -> SafeString:
    """The menu that chooses columns. It says nothing but what it is called with, so it is drawn once for that."""
    columns = table.base_columns
    ordered = [*names, *(name for name in columns if name not in names)]
    choices = [{"name": name, "label": columns[name].verbose_name, "visible": name in names} for name in ordered]
    sizes = [{"n": size, "active": size == page_size} for size in paging.SIZES]
    return render_to_string("components/_columns.html", {"choices": choices, "sizes": sizes})


def view_url(path: str, view: SavedView) -> str:
    """A saved view's address: filter and order as they were, its own columns."""
    query = QueryDict(view.query, mutable=True)
    if view.columns:
        query["cols"] = ",".join(view.columns)
    query["view"] = str(view.pk)
    return f"{path}?{query.urlencode(safe=',')}"


def crumbs(parents: Sequence[tuple[Any, str]], title: Any) -> list[dict[str, Any]]:
    """Breadcrumbs of a page: its parents by URL name ("" for a mere heading), itself last."""
    links = [{"label": label, "url": reverse(name) if name else ""} for label, name in parents]
    return [*links, {"label": title, "url": ""}]


def _flip(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _in_force(tab: Tab, query: QueryDict) -> bool:
    return all(query.get(key) == value for key, value in QueryDict(tab.query).items())


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else default


def ids_of(values: Iterable[str]) -> list[int]:
    """Primary keys posted by a bulk action; anything else is dropped."""
    return [int(value) for value in values if value.isdecimal() and len(value) < 19]
