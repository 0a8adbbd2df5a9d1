"""Job step 1: the file is read and judged, the preview is stored. Nothing of the business is written."""

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.errors import BadFile
from core.excel.columns import Column, column_letter
from core.excel.headers import HeaderMap, normalise_header
from core.excel.reader import Sheet
from core.excel.rows import open_table
from core.models import DictItem, ImportMapping
from core.queries.dictionary_merging import heir_of, heirs
from owners.importing import chunks, payload
from owners.importing import facts as facts_module
from owners.importing.columns import by_key, dictionary, import_columns
from owners.importing.copying import copy, next_ids
from owners.importing.decide import by_unit, decide
from owners.importing.ground import Ground
from owners.importing.parallel import Side
from owners.importing.parsing import PARALLEL_ROWS, Parsed, read_rows
from owners.importing.people import group
from owners.importing.plans import FileRow, UnitPlan
from owners.importing.problems import Blame, kind
from owners.models import ImportBatch, ImportChunk, ImportRow, ImportStatus, TenureRole
from properties.services.units import AREA_FREE, kind_of

PERMISSION = "owners.import_owner"
KIND = "estate"
_BLOCK_ROWS = 4_000  # that go over the pipe at once


class Progress(Protocol):
    """What a step is given: core.tasks.Progress in a worker, Quietly in a command."""

    def __call__(self, done: int, total: int = 0, message: str = "") -> None: ...

    def hold(self) -> None: ...


class Quietly:
    """Nobody watches and nobody else can take the job."""

    def __call__(self, done: int, total: int = 0, message: str = "") -> None:
        return

    def hold(self) -> None:
        return


def check(batch: ImportBatch, progress: Progress) -> ImportBatch:
    """Reads and judges the file of a batch that is being checked; leaves it in preview, or refused with the reason."""
    try:
        with collecting_later():
            _check(batch, progress)
    except BadFile as problem:
        refusal = f"{problem.sentence}。{problem.fix}"[:300]
        rows = ImportBatch.objects.filter(pk=batch.pk, status=ImportStatus.CHECKING)
        rows.update(status=ImportStatus.REFUSED, refusal=refusal)
        batch.refresh_from_db(fields=["status", "refusal"])
    return batch


@contextmanager
def collecting_later() -> Iterator[None]:
    """A hundred thousand rows are alive at once and none of them is garbage: looking through them again and again costs a quarter
    of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _check(batch: ImportBatch, progress: Progress) -> None:
    progress(0, 0, _("读取文件"))
    mapping = ImportMapping.objects.filter(kind=KIND, community_id=batch.community_id).first() or ImportMapping()
    declared = import_columns()
    sheet, header = open_table(batch.file.path, declared, override=mapping.columns)
    with sheet:
        total = sheet.row_count
        blame = blame_of(header, declared)
        parsed = read_rows(
            sheet, header, declared, blame, community_names(batch.community), _typed_words(mapping, declared),
            lambda done: progress(done, total, _("核对各行")),
        )  # fmt: skip
        progress(total, total, _("与现有档案比对"))
        units = judge(batch, ground_of(batch, blame), parsed.rows)
        progress(total, total, _("保存核对结果"))
        report = _report(sheet, header, declared, mapping, parsed, units)
        _store(batch, progress, report, parsed.rows, units, blame)


def judge(batch: ImportBatch, ground: Ground, rows: Sequence[FileRow]) -> list[UnitPlan]:
    """The decision about the given rows against the database of now."""
    units = by_unit(rows)
    people = group(rows)
    facts = facts_module.load(batch.community_id, ground.scope, units, people)
    decide(ground, facts, units, people)
    for row in rows:
        if row.errors or not row.outcome:
            row.outcome = ImportRow.Outcome.ERROR.value if row.errors else ImportRow.Outcome.UNCHANGED.value
    return units


def blame_of(header: HeaderMap, declared: Sequence[Column]) -> Blame:
    letters = {key: column_letter(place) for key, place in header.columns.items()}
    return Blame(letters, {column.key: column.title for column in declared})


def ground_of(batch: ImportBatch, blame: Blame) -> Ground:
    types = dictionary("unit_type")
    default_type: Any = types[0].value if types else None  # the id of an item
    return Ground(
        scope=batch.created_by.access.scope(PERMISSION),
        community_id=batch.community_id,
        blame=blame,
        default_unit_type=default_type,
        default_role=TenureRole.OWNER.value,
        area_free_types=frozenset(item.pk for item in DictItem.objects.of("unit_type") if kind_of(item) in AREA_FREE),
    )


def community_names(community: Any) -> frozenset[str]:
    return frozenset(filter(None, (community.name, community.short_name, community.code, community.code.lower())))


def _typed_words(mapping: ImportMapping, declared: Sequence[Column]) -> dict[str, dict[str, Any]]:
    """Remembered words whose meaning still exists. A dictionary item may have been stopped since, or become part of another one:
    what is remembered follows the merges as they stand, and so their undoing, too."""
    columns = by_key(declared)
    kept: dict[str, dict[str, Any]] = {}
    merged = heirs() if mapping.words else {}
    for key, words in mapping.words.items():
        column = columns.get(key)
        valid: set[Any] = {choice.value for choice in column.choices()} if column and column.choices else set()
        meant = {word: heir_of(value, merged, valid) for word, value in words.items()}
        kept[key] = {word: value for word, value in meant.items() if value is not None}
    return kept


# --- storing ----------------------------------------------------------------------------------------------------------------


def _store(
    batch: ImportBatch,
    progress: Progress,
    report: dict[str, Any],
    rows: Sequence[FileRow],
    units: Sequence[UnitPlan],
    blame: Blame,
) -> None:
    """Only while the job is still ours: whoever gave the import up in the meantime took it away.

    Rows in the order of their units, so that a chunk of neighbours holds whole units and every import locks alike."""
    ordered = [row for unit in units for row in unit.rows]
    ordered += [row for row in rows if row.room is None]
    counts = Counter(row.outcome for row in rows)
    with transaction.atomic(), connection.cursor() as cursor:
        progress.hold()
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL synchronous_commit = off")
        ImportRow.objects.filter(batch=batch).delete()
        ImportChunk.objects.filter(batch=batch).delete()
        ids = sorted(next_ids(cursor, ImportRow._meta.db_table, len(ordered)))
        _copy_rows(cursor, batch.pk, ids, ordered, {title: key for key, title in blame.titles.items()})
        ImportChunk.objects.bulk_create(chunks.cut(batch, ids, ordered))
        batch.row_count = len(ordered)
        batch.added, batch.changed = counts["added"], counts["changed"]
        batch.unchanged, batch.errors = counts["unchanged"], counts["error"]
        batch.report, batch.status = report, ImportStatus.PREVIEW
        batch.save()


def _copy_rows(cursor: Any, batch_id: int, ids: Sequence[int], rows: Sequence[FileRow], keys: dict[str, str]) -> None:
    # A forked process has a copy of every page it reads from: beside what is known about so many people that would be too much.
    known = sum(row.person is not None and row.person.fact is not None for row in rows)
    if len(rows) < PARALLEL_ROWS or known > PARALLEL_ROWS:
        for start in range(0, len(rows), _BLOCK_ROWS):
            part = slice(start, start + _BLOCK_ROWS)
            copy(cursor, payload.COPY_SQL, payload.lines(batch_id, ids[part], rows[part], keys))
        return
    half = len(rows) // 2

    def second_half(pipe: Any) -> None:
        pending = zip(ids[half:], rows[half:], strict=True)
        while block := list(islice(pending, _BLOCK_ROWS)):
            block_ids, block_rows = zip(*block, strict=True)
            pipe.send_bytes("".join(payload.lines(batch_id, block_ids, block_rows, keys)).encode())
        pipe.send_bytes(b"")

    with Side(second_half) as side, cursor.copy(payload.COPY_SQL) as target:
        pipe, waiting = side.connection, True
        for start in range(0, half, _BLOCK_ROWS):
            part = slice(start, min(start + _BLOCK_ROWS, half))
            target.write("".join(payload.lines(batch_id, ids[part], rows[part], keys)).encode())
            if waiting and pipe.poll():
                block = pipe.recv_bytes()
                target.write(block)
                waiting = bool(block)
        while waiting and (block := pipe.recv_bytes()):
            target.write(block)


# --- the report -------------------------------------------------------------------------------------------------------------


def _report(
    sheet: Sheet,
    header: HeaderMap,
    declared: Sequence[Column],
    mapping: ImportMapping,
    parsed: Parsed,
    units: Sequence[UnitPlan],
) -> dict[str, Any]:
    """What the preview shows beside the rows. No personal data: it rests in clear text."""
    new = chunks.new_buildings(units)
    reasons: Counter[str] = Counter()
    notices: Counter[str] = Counter()
    for row in parsed.rows:
        for error in row.errors:
            reasons[kind(error)] += 1
        for notice in row.notices:
            notices[notice.header] += 1
    return {
        "sheet": sheet.name,
        "header_row": header.row,
        "columns": _column_report(header, mapping),
        "unknown_words": {key: dict(words) for key, words in parsed.unknown_words.items()},
        "warnings": [*sheet.warnings, *_column_notices(header, declared, parsed), *_assumptions(header, parsed)],
        "reasons": dict(reasons.most_common(200)),
        "problem_count": sum(reasons.values()),
        "notices": dict(notices),
        "counts": _object_counts(parsed.rows, len(new)),
        "new_buildings": new,
    }


def _column_report(header: HeaderMap, mapping: ImportMapping) -> list[dict[str, Any]]:
    keys = {place: key for key, place in header.columns.items()}
    return [
        {
            "letter": column_letter(place),
            "header": text,
            "key": keys.get(place, ""),
            "remembered": column_letter(place) in mapping.columns or _is_remembered(text, mapping),
            "duplicate": any(place == twin for twin, _text in header.duplicates),
        }
        for place, text in sorted(header.headers.items())
    ]


def _is_remembered(text: str, mapping: ImportMapping) -> bool:
    return normalise_header(text) in {normalise_header(name) for name in mapping.columns}


def _column_notices(header: HeaderMap, declared: Sequence[Column], parsed: Parsed) -> list[str]:
    """What goes for a column is said once, with how many rows it concerns and the first of them."""
    titles = {column.key: column.title for column in declared}
    return [
        _("%(letter)s 列“%(title)s”%(notice)s（共 %(count)s 行：第 %(rows)s 行）")
        % {
            "letter": header.letter(key), "title": titles[key], "count": f"{told.count:,}", "notice": notice,
            "rows": "、".join(map(str, told.rows)) + ("…" if told.count > len(told.rows) else ""),
        }
        for (key, notice), told in parsed.notices.items()
    ]  # fmt: skip


def _assumptions(header: HeaderMap, parsed: Parsed) -> list[str]:
    said = []
    if parsed.ignored:
        rows = "、".join(map(str, parsed.ignored[:5])) + ("…" if len(parsed.ignored) > 5 else "")
        said.append(
            _("有 %(count)d 行没有房号也没有姓名，未读取（第 %(rows)s 行）")
            % {"count": len(parsed.ignored), "rows": rows}
        )
    if "role" not in header.columns and "name" in header.columns:
        said.append(_("没有“角色”列，新登记的人按业主"))
    if "unit_type" not in header.columns and any("unit" in row.adds for row in parsed.rows):
        types = dictionary("unit_type")
        said.append(_("没有“房屋类型”列，新房屋按“%s”") % (types[0].label if types else ""))
    return said


def _object_counts(rows: Sequence[FileRow], buildings: int) -> dict[str, int]:
    adds: Counter[str] = Counter()
    fields = linked = 0
    for row in rows:
        adds.update(add.partition(":")[0] for add in row.adds)
        fields += sum(len(sets) for sets in row.sets.values())
        linked += row.linked
    return {
        "buildings": buildings, "units": adds["unit"], "owners": adds["owner"], "tenures": adds["tenure"],
        "vehicles": adds["plate"], "fields": fields, "linked": linked,
    }  # fmt: skip
