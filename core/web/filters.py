"""Filter sets whose state is the query string: three filters visible, the rest behind 更多筛选, active ones as chips (UX 10)."""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db import models
from django.db.models import F
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from core.models import DictItem
from core.web.pickers import RemoteSelect
from core.web.rendering import LeanSelect


@dataclass(frozen=True)
class Chip:
    label: str
    value: str
    remove_url: str


# Asks for the panel behind 更多筛选 to be drawn with the page, where no script can fetch it.
PANEL = "more"


class FilterSet(django_filters.FilterSet):
    """`visible` names the fields that stand in the bar beside the search field `q`; the others open behind 更多筛选.

    The form has only the fields that are shown or asked for: to build, check and draw sixteen filters with all their choices costs
    more than the rows of the page. The panel is drawn when somebody opens it, or when a value in it is refused; what is in force
    stands on the chips."""

    visible: tuple[str, ...] = ()

    def __init__(
        self, data: Any = None, queryset: Any = None, *, request: Any = None, prefix: Any = None, user: Any = None
    ) -> None:
        """As django-filter's own, but the declared filters are copied flat: nothing in them is changed except what is set here."""
        self.user = user
        self.queryset = self._meta.model._default_manager.all() if queryset is None else queryset
        self.is_bound, self.data = data is not None, data or QueryDict()
        self.request, self.form_prefix = request, prefix
        self.filters = {name: _own(declared) for name, declared in self.base_filters.items()}
        for filter_ in self.filters.values():
            filter_.model, filter_.parent = self.queryset.model, self

    @cached_property
    def panel_names(self) -> list[str]:
        return [name for name in self.filters if name not in {*self.visible, "q"} and self._offers(self.filters[name])]

    def _offers(self, filter_: Any) -> bool:
        """A filter that names a permission of its own is not in the panel of who lacks it."""
        needed = getattr(filter_, "needs", "")
        return not needed or (self.user is not None and self.user.has_perm(needed))

    @cached_property
    def asked_names(self) -> set[str]:
        """The filters the query string names, whatever it says about them."""
        return {name for name in self.filters if any(key in self.data for key in (name, *range_names(name)))}

    @property
    def shows_panel(self) -> bool:
        return PANEL in self.data or not self.form.errors.keys().isdisjoint(self.panel_names)

    @property
    def form(self) -> forms.Form:
        if not hasattr(self, "_form"):
            self._form = self._with_fields(
                self.filters if PANEL in self.data else self.asked_names | {*self.visible, "q"}
            )
            if self.shows_panel:
                self.__dict__.pop("words", None)  # those of a few fields, if any of them asked
                self._form = self._with_fields(self.filters)
        found: forms.Form = self._form
        return found

    def _with_fields(self, names: Iterable[str]) -> forms.Form:
        form: forms.Form = self._meta.form(self.data if self.is_bound else None, prefix=self.form_prefix)
        form.fields = {name: filter_.field for name, filter_ in self.filters.items() if name in names}
        return form

    @cached_property
    def words(self) -> dict[str, list[DictItem]]:
        """The items of the dictionaries whose filters are in the form."""
        drawn = (self.filters[name] for name in self.form.fields)
        found: dict[str, list[DictItem]] = {own.code: [] for own in drawn if isinstance(own, DictFilter)}
        rows = DictItem.objects.filter(type__code__in=found).annotate(dictionary=F("type__code"))
        for item in rows.order_by("sort", "id"):
            found[item.dictionary].append(item)
        return found

    def panel(self) -> dict[str, Any]:
        """The fields behind 更多筛选, if they are drawn with this page; else what is in force of them, as the bar has to send it again."""
        used = [name for name in self.panel_names if name in self.asked_names and _filled(self.form[name].value())]
        keys = {key for name in used for key in (name, *range_names(name))}
        return {
            "filter_more": [self.form[name] for name in self.panel_names] if self.shows_panel else [],
            "filter_more_count": len(used),
            "filter_open": self.shows_panel,
            "filter_kept": []
            if self.shows_panel
            else [(key, value) for key in keys for value in self.data.getlist(key)],
        }

    def bar(self) -> dict[str, Any]:
        """What the filter bar of the page needs."""
        fields = self.form.fields
        context = self.panel() | {
            "filter_form": self.form,
            "filter_visible": [self.form[name] for name in self.visible],
            "filter_panel_names": self.panel_names,
            "filter_more_url": f"{without(self.data, PANEL)}&{PANEL}=1",
            "digest_names": [name for name, own in self.filters.items() if getattr(own, "digest", False)],
        }
        if "q" in fields:
            placeholder = fields["q"].widget.attrs.get("placeholder")
            context |= {"search_field": "q", "search_value": self.form["q"].value(), "search_placeholder": placeholder}
        return context

    def chips(self, query: QueryDict) -> Iterator[Chip]:
        """One chip for each filter in force, with the link that takes only it away."""
        if not self.form.is_valid():
            return
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            if value in (None, "", []) or (hasattr(value, "exists") and not value):
                continue
            words = value.partition("~")[0] if getattr(self.filters[name], "digest", False) else shown(field, value)
            yield Chip(str(self.filters[name].label or ""), words, without(query, name, *range_names(name)))


def _own(declared: Any) -> Any:
    """A filter for one request: its options are its own, and a method named by it finds the filter set of this request."""
    own = copy.copy(declared)
    own.extra = dict(declared.extra)
    own.method = declared.method
    return own


def _filled(value: Any) -> bool:
    return (
        any(part not in (None, "") for part in value) if isinstance(value, (list, tuple)) else value not in (None, "")
    )


def range_names(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{part}" for part in ("min", "max", "after", "before", "from", "to"))


def without(query: QueryDict, *names: str) -> str:
    """The query string without the given parameters and without a position in the list."""
    dropped = {*names, "page", "after", "before", "count"}
    return "?" + urlencode([(name, value) for name, values in query.lists() if name not in dropped for value in values])


def shown(field: forms.Field, value: Any) -> str:
    """A cleaned value as the words a person chose."""
    if isinstance(value, slice):
        return "–".join("" if part is None else str(part) for part in (value.start, value.stop))
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    choices = dict(_flat(field.choices)) if isinstance(field, forms.ChoiceField) else {}
    if isinstance(value, (list, tuple)) or hasattr(value, "iterator"):
        return "、".join(str(choices.get(item, item)) for item in value)
    return str(choices.get(value, choices.get(str(value), value)))


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    """Choices without their groups; iterated, because those of django-filter have no length when they come from a function."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


class SearchFilter(django_filters.CharFilter):
    """The list's own search box. `method` names what a scrap of text means for this list."""

    def __init__(self, placeholder: Any, **options: Any) -> None:
        widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder, "autocomplete": "off"})
        super().__init__(label=_("搜索"), widget=widget, **options)


class YesNoFilter(django_filters.BooleanFilter):
    """Yes, no, or all of them: Django's own word for the third is 未知, which nobody looks for. It is the first choice and asks for
    nothing, as in every other filter."""

    @property
    def field(self) -> Any:
        field = super().field
        field.widget.choices = [("", _("全部")), ("true", _("是")), ("false", _("否"))]
        return field


class ActiveFilter(django_filters.ChoiceFilter):
    """启用 or 停用 by `disabled_at`; nothing chosen shows both."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("状态"))
        choices = [("active", _("启用")), ("disabled", _("停用"))]
        super().__init__(choices=choices, empty_label=_("全部"), field_name="disabled_at", **options)

    def filter(self, qs: Any, value: Any) -> Any:
        return qs if not value else qs.filter(disabled_at__isnull=value == "active")


class _LoadedChoices(ModelChoiceIterator):
    """The choices of a field that has read its rows."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        if self.field.null_label is not None:
            yield self.field.null_value, self.field.null_label
        for row in self.field.rows:
            yield row.pk, self.field.label_from_instance(row)


class LoadedChoiceField(ModelChoiceField):
    """A choice among few rows, read once to draw them, to check what was chosen and to name it on the chip."""

    iterator = _LoadedChoices
    widget = LeanSelect

    # Where the rows are read by somebody else too; without it the query set is asked.
    load: Callable[[], list[Any]] | None = None

    @cached_property
    def rows(self) -> list[Any]:
        return self.load() if self.load else list(self.queryset)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if self.null_label is not None and value == self.null_value:
            return value
        if self.load is None and "rows" not in self.__dict__:
            return super().to_python(value)  # until they are drawn, nobody needs the others
        for row in self.rows:
            if str(row.pk) == str(value):
                return row
        raise forms.ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
        )


class ScopedFilter(django_filters.ModelChoiceFilter):
    """One row of a scoped model: only rows the person may see under the permission are choices, for page and export job.

    `picker` is the URL name of a type-ahead; without it all choices stand in the page, read by `load(user, permission)`
    if they are shared with the rest of the page.
    """

    def __init__(
        self,
        model: Any,
        permission: str,
        *,
        picker: str = "",
        load: Callable[[Any, str], list[Any]] | None = None,
        **options: Any,
    ) -> None:
        self.scoped_model, self.permission, self.load = model, permission, load
        if picker:
            options["widget"] = RemoteSelect(picker, placeholder=options.get("label", ""))
        else:
            self.field_class = LoadedChoiceField
        options.setdefault("label", model._meta.verbose_name)
        super().__init__(queryset=model._default_manager.all(), empty_label=_("全部"), **options)

    def get_queryset(self, request: Any) -> Any:
        return self.scoped_model._default_manager.visible_to(self.parent.user, self.permission)

    @property
    def field(self) -> Any:
        field, load = super().field, self.load
        if load is not None:
            field.load = lambda: load(self.parent.user, self.permission)
        return field


class NumberRangeFilter(django_filters.RangeFilter):
    """From and to, both included, either may stay blank."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=django_filters.widgets.RangeWidget(attrs={"inputmode": "decimal"}), **options)


class DateRangeFilter(django_filters.DateFromToRangeFilter):
    def __init__(self, **options: Any) -> None:
        widget = django_filters.widgets.DateRangeWidget(attrs={"class": "form-control", "data-date": ""})
        super().__init__(widget=widget, **options)


class DictFilter(django_filters.ModelChoiceFilter):
    """One dictionary's items, stopped ones included: old records keep them. All dictionaries of a form are read in one query."""

    field_class = LoadedChoiceField

    def __init__(self, code: str, **options: Any) -> None:
        self.code = code
        super().__init__(
            queryset=lambda request: DictItem.objects.of(code),
            empty_label=options.pop("empty_label", _("全部")),
            **options,
        )

    @property
    def field(self) -> Any:
        field = super().field
        field.load = lambda: self.parent.words[self.code]
        return field
