"""What the import pages show: steps, counts, problems in the user's own coordinates, changes with old and new."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.batches import made_in
from core.excel.columns import Column
from core.masking import mask_id_number, mask_phone
from owners.importing.checking import PERMISSION
from owners.importing.columns import by_key, import_columns
from owners.importing.labels import Labels
from owners.importing.payload import Stored, stored
from owners.models import ImportBatch, ImportMode, ImportRow, ImportStatus, Owner
from owners.visibility import Eyes
from properties.models import Unit

PAGE_SIZE = 50
SHOWN_REASONS = 5
_STEPS = (lazy("下载模板"), lazy("上传文件"), lazy("核对预览"), lazy("确认写入"), lazy("查看结果"))
_AT_STEP = {
    ImportStatus.CHECKING: 3, ImportStatus.PREVIEW: 3, ImportStatus.WRITING: 4, ImportStatus.DONE: 5, ImportStatus.UNDOING: 5,
    ImportStatus.UNDONE: 5, ImportStatus.REFUSED: 2, ImportStatus.DISCARDED: 2,
}  # fmt: skip


def visible_batches(user: Any) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(user, PERMISSION).select_related("community", "created_by", "job")


_OFFERED = 20  # imports in the box of a list's filter


def told_batches(user: Any, uid: str) -> list[tuple[str, str]]:
    """Written imports as a list's filter offers them (core/batches.py): the latest, or the one of `uid`."""
    rows = visible_batches(user).filter(status=ImportStatus.DONE).select_related(None).order_by("-written_at")
    if uid:
        try:
            rows = rows.filter(uid=UUID(uid))
        except ValueError:
            return []
    found = rows.values_list("uid", "file_name", "written_at")[:_OFFERED]
    return [(str(key), f"{name}　{localtime(at):%m-%d %H:%M}" if at else name) for key, name, at in found]


def brought(batch: ImportBatch, user: Any) -> list[dict[str, Any]]:
    """Doors from the result to the lists of what the import made: as many as this person will find there."""
    lists: tuple[tuple[Any, str, str, str], ...] = (
        (Unit, "properties.view_unit", "properties:unit_list", _("查看新增的 %s 套房屋")),
        (Owner, "owners.view_owner", "owners:owner_list", _("查看新增的 %s 位住户")),
    )
    doors = []
    for model, permission, name, words in lists if batch.status == ImportStatus.DONE else ():
        if count := made_in(model.objects.visible_to(user, permission), batch.uid).count():
            doors.append({"label": words % f"{count:,}", "url": f"{reverse(name)}?batch={batch.uid}"})
    return doors


def waiting_batches(user: Any) -> QuerySet[ImportBatch]:
    """This person's own uploads that wait for a yes or no."""
    return visible_batches(user).filter(created_by_id=user.pk, status=ImportStatus.PREVIEW)


def steps(current: int) -> list[dict[str, Any]]:
    return [
        {"n": n, "label": str(label), "done": n < current, "on": n == current}
        for n, label in enumerate(_STEPS, start=1)
    ]


def steps_of(batch: ImportBatch) -> list[dict[str, Any]]:
    return steps(_AT_STEP[ImportStatus(batch.status)])


def counts(batch: ImportBatch, mode: str) -> dict[str, Any]:
    """The four counts add up to the rows; with 仅新增 what would change is skipped."""
    skipped = batch.changed if mode == ImportMode.ADD else 0
    changed, unchanged = batch.changed - skipped, batch.unchanged + skipped
    objects = batch.report.get("counts", {})
    return {
        "added": batch.added, "changed": changed, "unchanged": unchanged, "errors": batch.errors, "objects": objects,
        "to_write": 0 if mode == ImportMode.CHECK else batch.added + changed, "total": max(batch.row_count, 1),
        "x_changed": batch.added, "x_unchanged": batch.added + changed, "x_errors": batch.added + changed + unchanged,
        "reasons": len(batch.report.get("reasons", {})),
    }  # fmt: skip


def tabs(batch: ImportBatch, figures: dict[str, Any], active: str) -> list[dict[str, Any]]:
    words = (
        ("error", _("错误"), "errors"),
        ("added", _("新增"), "added"),
        ("changed", _("更新"), "changed"),
        ("unchanged", _("不变"), "unchanged"),
    )
    return [
        {"name": name, "label": label, "count": figures[key], "active": name == active} for name, label, key in words
    ]


def rows(batch: ImportBatch, tab: str, mode: str, reason: str = "") -> QuerySet[ImportRow]:
    found = ImportRow.objects.filter(batch=batch).order_by("number")
    if tab == "unchanged" and mode == ImportMode.ADD:
        return found.filter(outcome__in=["unchanged", "changed"])
    if tab == "changed" and mode == ImportMode.ADD:
        return found.none()
    found = found.filter(outcome=tab)
    if reason:
        found = found.filter(problems__contains=[{"kind": reason}])
    return found


def reasons(batch: ImportBatch, active: str) -> list[dict[str, Any]]:
    """The commonest complaints as chips, the rest together."""
    found = sorted(batch.report.get("reasons", {}).items(), key=lambda pair: -pair[1])
    total = batch.report.get("problem_count", 0)
    chips = [{"value": "", "label": _("全部 %d 处") % total, "count": "", "active": not active}]
    chips += [
        {"value": text, "label": text, "count": count, "active": text == active}
        for text, count in found[:SHOWN_REASONS]
    ]
    rest = total - sum(count for _text, count in found[:SHOWN_REASONS])
    return chips + ([{"value": None, "label": _("其他"), "count": rest, "active": False}] if rest > 0 else [])


def problem_lines(page: Iterable[ImportRow], reason: str = "") -> list[dict[str, Any]]:
    return [
        problem | {"number": row.number}
        for row in page
        for problem in row.problems
        if not problem.get("notice") and reason in ("", problem.get("kind"))
    ]


def preview_lines(page: Iterable[ImportRow], batch: ImportBatch, user: Any) -> list[dict[str, Any]]:
    """Rows that would be added, changed or left: the room, the person as this reader may see him, what happens."""
    reader = _Reader(batch, user)
    return [reader.line(row) for row in page]


def _told_once(notices: Iterable[dict[str, Any]]) -> list[str]:
    """What several cells have in common is said once, with their columns."""
    columns: dict[str, list[str]] = {}
    for notice in notices:
        columns.setdefault(notice["reason"], []).append(notice["header"])
    said = {reason: "、".join(dict.fromkeys(headers)) for reason, headers in columns.items()}
    return [reason if "：" in reason else f"{headers}：{reason}" for reason, headers in said.items()]


class _Reader:
    def __init__(self, batch: ImportBatch, user: Any) -> None:
        self.batch = batch
        self.eyes = Eyes(user)
        self.labels = Labels()
        self.titles = {key: column.title for key, column in by_key(import_columns()).items()} | {
            "phones": _("电话"), "emergency": _("紧急联系人"),
        }  # fmt: skip

    def line(self, row: ImportRow) -> dict[str, Any]:
        notices = _told_once(problem for problem in row.problems if problem.get("notice"))
        if not row.payload:
            return {
                "number": row.number,
                "room": "",
                "name": "",
                "adds": [],
                "changes": [],
                "notices": notices,
                "linked": False,
            }
        found = stored(row.number, row.payload)
        building, entrance, number = found.room
        return {
            "number": row.number,
            "room": "-".join(part for part in (building, entrance, number) if part),
            "name": self.eyes.sees("name", found.values.get("name", ""), [self.batch.community_id]),
            "role": self.labels.role(found.values.get("role", "")),
            "phone": "、".join(self._phone(phone) for phone in self._listed(found)),
            "adds": self._adds(found.adds),
            "changes": [] if found.linked else self._changes(found),
            "notices": notices,
            "linked": found.linked,
        }

    def _listed(self, found: Stored) -> Sequence[str]:
        phones = found.values.get("phone")
        return phones if isinstance(phones, tuple) else ()

    def _phone(self, phone: str) -> str:
        """Masked even for those who may see it: the preview is for looking at rows, the file is in the user's hands."""
        return mask_phone(phone)

    @staticmethod
    def _adds(adds: Sequence[str]) -> list[str]:
        words = {"unit": _("房屋"), "owner": _("住户"), "tenure": _("人房关系")}
        return [words.get(add) or _("车牌 %s") % add.partition(":")[2] for add in adds]

    def _changes(self, found: Stored) -> list[dict[str, Any]]:
        return [
            {"field": self.titles.get(key, key), "old": self._told(key, pair[0]), "new": self._told(key, pair[1])}
            for sets in found.sets.values()
            for key, pair in sets.items()
        ]

    def _told(self, key: str, value: Any) -> str:
        if value in (None, "", []):
            return "—"
        if key == "phones":
            return "、".join(mask_phone(number) for number in value)
        if key == "emergency":
            return f"{value[0]} {mask_phone(value[1])}"
        if key == "id_number":
            return mask_id_number(value)
        return str(self.labels.shown(key, value))


def mapping_rows(batch: ImportBatch) -> dict[str, Any]:
    """列对应: every column of the file with what it was taken for and how that came about."""
    choices = [{"value": column.key, "label": column.title} for column in import_columns()]
    found = [
        column
        | {
            "how": _("重复")
            if column.get("duplicate")
            else _("—")
            if not column["key"]
            else _("上次")
            if column["remembered"]
            else _("自动"),
        }
        for column in batch.report.get("columns", [])
    ]
    return {
        "columns": found,
        "choices": choices,
        "mapped": sum(bool(column["key"]) for column in found),
        "all": len(found),
    }


def unknown_words(batch: ImportBatch) -> list[dict[str, Any]]:
    """不认识的词, each once, with the words it may stand for."""
    known: dict[str, Column] = by_key(import_columns())
    return [
        {"key": key, "title": known[key].title, "word": word, "count": count, "choices": known[key].choices()}  # type: ignore[misc]
        for key, words in batch.report.get("unknown_words", {}).items()
        if key in known and known[key].choices
        for word, count in sorted(words.items(), key=lambda pair: -pair[1])[:50]
    ]
