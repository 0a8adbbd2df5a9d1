"""Columns of lists and exports. Declared with django-tables2; rendered by our own row loop, because its bound rows cost ten times
as much at 50 rows x 10 columns (docs/performance.md). One declaration serves the page, the column chooser and the Excel export."""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import django_tables2 as tables2
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.web.rendering import escaped

DASH = "—"


class Column(tables2.Column):
    """A column of text. `shown=False` hides it until chosen; `personal` names the protected field it needs ("phone", "id").

    `cell` gives the HTML for the page, `export` the value for Excel; both get the raw value and the record.
    """

    kind = "text"
    align = ""
    css = ""

    def __init__(
        self, *args: Any, shown: bool = True, personal: str = "", css: str = "", width: int = 0, **options: Any
    ):
        super().__init__(*args, **options)
        self.shown = shown
        self.personal = personal
        self.css = css or self.css
        self.width = width

    def raw(self, record: Any) -> Any:
        value = getattr(record, self.accessor, None) if self.accessor else None
        if value is None or callable(value):  # a path over several records, or something the accessor knows how to call
            return self.accessor.resolve(record, quiet=True) if self.accessor else None
        return value

    def read_by(self, user: Any) -> "Column":
        """The column as this reader sees it; one whose cells lead somewhere may be a plain one to who cannot go there."""
        return self

    def cell(self, value: Any, record: Any) -> str:
        return DASH if value is None or value == "" else str(value)

    def export(self, value: Any, record: Any) -> Any:
        return "" if value is None else str(value)

    def export_plain(self, value: Any, record: Any) -> Any:
        """The unmasked value of a `personal` column, for an export whose reader may see it and gave a reason."""
        return self.export(value, record)


@lru_cache(maxsize=1024)
def state(word: str, colour: str) -> SafeString:
    """A word with the dot of its colour; a list says few of them often."""
    return format_html('<span class="st st-{}">{}</span>', colour, word)


@lru_cache(maxsize=64)
def _active(is_active: bool, _language: str | None) -> SafeString:
    return state(_("启用"), "green") if is_active else state(_("停用"), "grey")


def address(record: Any) -> str:
    """The address of the record's page, worked out once for its row and the link in it; "" for what has none, and where the list
    knows (`changeable`) that its reader would be refused."""
    try:
        found: str = record._address
    except AttributeError:
        opens = hasattr(record, "get_absolute_url") and getattr(record, "changeable", True)
        found = record._address = record.get_absolute_url() if opens else ""
    return found


def linked(record: Any, text: Any) -> SafeString:
    """The text, as a link where the record has a page for its reader."""
    url, said = escaped(address(record)), escaped(text)
    return mark_safe(f'<a href="{url}">{said}</a>' if url else said)  # noqa: S308  both are escaped


class LinkColumn(Column):
    """The text that opens the record."""

    def cell(self, value: Any, record: Any) -> SafeString:
        return linked(record, value or DASH)


class NumberColumn(Column):
    kind = "number"
    align = "right"

    def export(self, value: Any, record: Any) -> Any:
        return "" if value is None else value


class DecimalColumn(NumberColumn):
    """Money and areas: two decimals, thousands separated, right-aligned; the unit stands in the head."""

    kind = "decimal"

    def cell(self, value: Any, record: Any) -> str:
        return DASH if value is None else f"{Decimal(value):,.2f}"


class DateColumn(Column):
    kind = "date"
    css = "nw"

    def cell(self, value: date | None, record: Any) -> str:
        return DASH if value is None else formats.date_format(value, "DATE_FORMAT")

    def export(self, value: date | None, record: Any) -> Any:
        return "" if value is None else value


class DateTimeColumn(Column):
    kind = "datetime"
    css = "nw"

    def cell(self, value: datetime | None, record: Any) -> str:
        return DASH if value is None else formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")

    def export(self, value: datetime | None, record: Any) -> Any:
        return "" if value is None else timezone.localtime(value).replace(tzinfo=None)


class ChoiceColumn(Column):
    """A TextChoices field by its label; `colours` maps a value to a status colour, without one it is a plain word."""

    def __init__(self, *args: Any, colours: dict[str, str] | None = None, **options: Any):
        super().__init__(*args, **options)
        self.colours = colours or {}
        self._labels: dict[tuple[type, str | None], dict[Any, str]] = {}
        self._language: str | None = None

    def read_by(self, user: Any) -> Column:
        """For one page, which is in one language."""
        own = copy(self)
        own._language = get_language()
        return own

    def label(self, value: Any, record: Any) -> str:
        """As get_…_display(), which makes its dictionary anew for every cell; translated once a language, not once a cell."""
        key = (type(record), self._language or get_language())
        labels = self._labels.get(key)
        if labels is None:
            choices = key[0]._meta.get_field(str(self.accessor)).flatchoices
            labels = self._labels[key] = {choice: str(word) for choice, word in choices}
        return labels.get(value) or str(value)

    def cell(self, value: Any, record: Any) -> str:
        if not value:
            return DASH
        colour, label = self.colours.get(value), self.label(value, record)
        return state(label, colour) if colour else label

    def export(self, value: Any, record: Any) -> Any:
        return self.label(value, record) if value else ""


class BooleanColumn(Column):
    def cell(self, value: Any, record: Any) -> str:
        return _("是") if value else _("否")

    export = cell


class ActiveColumn(Column):
    """启用 / 停用 from a `disabled_at` moment."""

    def cell(self, value: Any, record: Any) -> SafeString:
        return _active(not value, get_language())

    def export(self, value: Any, record: Any) -> str:
        return _("停用") if value else _("启用")


class Cell(NamedTuple):
    html: str
    css: str


class Row(NamedTuple):
    pk: Any
    url: str
    css: str
    cells: list[Cell]


class Table(tables2.Table):
    """Declares columns; a list page shows `chosen` of them. A column without an accessor reads the attribute of its own name."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, column in cls.base_columns.items():
            if column.accessor is None:
                column.accessor = tables2.A(name)

    @classmethod
    def declared(cls) -> dict[str, Column]:
        return dict(cls.base_columns)

    @classmethod
    def default_names(cls) -> list[str]:
        return [name for name, column in cls.base_columns.items() if column.shown]

    @classmethod
    def resolve_names(cls, wanted: Iterable[str]) -> list[str]:
        """The wanted columns that exist, in the wanted order; the default set when nothing usable was asked."""
        names = [name for name in dict.fromkeys(wanted) if name in cls.base_columns]
        return names or cls.default_names()

    @classmethod
    def rows_of(cls, records: Sequence[Any], names: Sequence[str], user: Any) -> list[Row]:
        plan = [(cls.base_columns[name].read_by(user), f"{_css(cls.base_columns[name])}") for name in names]
        return [cls._row(record, plan) for record in records]

    @classmethod
    def _row(cls, record: Any, plan: Sequence[tuple[Column, str]]) -> Row:
        cells = [Cell(column.cell(column.raw(record), record), css) for column, css in plan]
        css = "is-stopped" if getattr(record, "disabled_at", None) else ""
        return Row(record.pk, address(record), css, cells)

    @classmethod
    def export_row(
        cls, record: Any, names: Sequence[str], reads_plain: Callable[[Any, str], bool] | None = None
    ) -> list[Any]:
        """The row's values for Excel. `reads_plain(record, "phone")` says whether the reader sees a protected field of this row
        unmasked; without it everything stays as on the page."""
        values = []
        for name in names:
            column = cls.base_columns[name]
            plain = reads_plain is not None and column.personal and reads_plain(record, column.personal)
            values.append((column.export_plain if plain else column.export)(column.raw(record), record))
        return values


def _css(column: Column) -> str:
    return f"{column.css} r".strip() if column.align == "right" else column.css
