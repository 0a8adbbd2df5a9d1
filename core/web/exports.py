"""Export of any list: exactly the filtered rows, in their order, with the chosen columns, as Excel (UX 12)."""

import hashlib
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.excel.writer import ExportColumn, ExportKind, write_table
from core.log import declare, record
from core.masking import mask_tail
from core.models import ListSetting
from core.services.attachments import safe_name
from core.web import paging
from core.web.lists import ListView

EXPORTED = declare("core.list.exported", _lazy("导出了列表"), sensitive=True)

# Up to here the file is written while the browser waits; more becomes a job.
DIRECT_ROWS = 2000
CHUNK = 1000
KINDS = {
    "text": ExportKind.TEXT,
    "number": ExportKind.INTEGER,
    "decimal": ExportKind.MONEY,
    "date": ExportKind.DATE,
    "datetime": ExportKind.DATETIME,
}
WIDTHS = {"text": 18, "number": 10, "decimal": 14, "date": 12, "datetime": 18}
_LONG_NUMBER = re.compile(r"[0-9Xx]{7,}")


@dataclass
class ListExport:
    """One export: the list, the person, the query string in force, the columns in order, protected values plain or not."""

    view: type[ListView]
    user: Any
    query: QueryDict
    names: list[str]
    reason: str = ""
    plain: bool = False

    @classmethod
    def of(cls, view: type[ListView], user: Any, query: str, **options: Any) -> "ListExport":
        """With the columns the person sees on the page: those of the address, else the ones chosen before."""
        asked = QueryDict(query)
        chosen = asked.get("cols", "").split(",") if asked.get("cols") else _chosen(view, user)
        return cls(view, user, asked, view.table.resolve_names(chosen), **options)

    @property
    def title(self) -> str:
        return str(self.view.title)

    @property
    def columns(self) -> list[Any]:
        return [self.view.table.base_columns[name] for name in self.names]

    @property
    def personal_labels(self) -> list[str]:
        """The chosen columns that hold personal data."""
        return [str(column.verbose_name) for column in self.columns if column.personal]

    @property
    def can_be_plain(self) -> bool:
        return bool(self.personal_labels) and self.view.plain_values is not None

    @property
    def file_name(self) -> str:
        return safe_name(f"{self.title}_{timezone.localdate():%Y-%m-%d}_{self.user.display_name}.xlsx")

    @property
    def is_narrowed(self) -> bool:
        """Whether the person may take out less than he sees, as far as his grants tell."""
        return self.view.exportable(self.user) is not None

    def rows(self) -> Any:
        """What the page shows, as far as the person may take it out."""
        rows, mine = self.view.filtered(self.user, self.query).qs, self.view.exportable(self.user)
        return rows if mine is None else rows.filter(pk__in=mine.values("pk"))

    def count(self) -> int:
        return paging.count(self.rows(), exactly=True).number

    def records(self) -> Iterator[Any]:
        """All records in the order of the page. Which rows and in what order is asked once, as keys (eight bytes each); the rows
        themselves come in chunks, so that memory stays flat. A row that has left the list in the meantime is left out."""
        rows = self.rows()
        ordered = paging.order(rows, self.view.order_fields(self.query)).values_list("pk", flat=True)
        keys = array("q", ordered.iterator(chunk_size=10 * CHUNK))
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            found = self.view.prepared(rows.order_by().filter(pk__in=chunk.tolist()))
            by_key = {record.pk: record for record in found}
            yield from (by_key[key] for key in chunk if key in by_key)

    def values(self, tick: Callable[[int], None] | None = None) -> Iterator[list[Any]]:
        table, reads_plain = self.view.table, self._plain_reader()
        for number, record_ in enumerate(self.records(), start=1):
            if tick and number % CHUNK == 0:
                tick(number)
            yield table.export_row(record_, self.names, reads_plain)

    def _plain_reader(self) -> Callable[[Any, str], bool] | None:
        plain_values = self.view.plain_values
        if not (self.plain and self.can_be_plain and plain_values):
            return None
        return plain_values(self.user)

    def write(self, path: Path, tick: Callable[[int], None] | None = None) -> tuple[int, str]:
        """Writes the file; (rows, SHA-256)."""
        heads = [
            ExportColumn(str(column.verbose_name), KINDS[column.kind], column.width or WIDTHS[column.kind])
            for column in self.columns
        ]
        count = write_table(path, heads, self.values(tick), sheet_name=self.title, watermark=self.watermark())
        with path.open("rb") as content:
            return count, hashlib.file_digest(content, "sha256").hexdigest()

    def watermark(self) -> str:
        """Who took it, when, from where, and what the reader may not do with it."""
        who, now = f"{self.user.display_name}（{self.user.username}）", timezone.localtime()
        parts = [_("%(who)s 于 %(at)s 导出") % {"who": who, "at": f"{now:%Y-%m-%d %H:%M:%S}"}]
        if words := self.filter_words():
            parts.append(_("筛选：%(words)s") % {"words": words})
        if self.personal_labels:
            parts.append(_("含个人信息，请勿转发，用后删除"))
        return "；".join(parts)

    def filter_words(self) -> str:
        """The filters in force as on the chips; long digit strings (phones, identity numbers) are masked, also in the log."""
        chips = self.view.filtered(self.user, self.query).chips(self.query)
        words = "；".join(f"{chip.label}：{chip.value}" for chip in chips)
        return _LONG_NUMBER.sub(lambda found: mask_tail(found.group(), 3, 4), words)

    def log(self, count: int, digest: str) -> None:
        changes = {
            "list": self.title,
            "filter": self.filter_words(),
            "columns": [str(column.verbose_name) for column in self.columns],
            "rows": count,
            "sha256": digest,
            "plain": bool(self._plain_reader()),  # what went out: the right may have gone since it was asked for
        }
        record(EXPORTED, by=self.user, changes=changes, reason=self.reason)


def _chosen(view: type[ListView], user: Any) -> Sequence[str]:
    setting = ListSetting.objects.filter(user_id=user.pk, list_name=view.list_name).first()
    return setting.columns if setting else []
