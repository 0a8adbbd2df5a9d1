"""The process that opens other people's spreadsheets: `python -m core.excel.child`.

It limits itself before it touches the file, so that a file made to exhaust memory or time ends
this process only. Rows go to a spool (an unlinked file whose descriptor the parent passes) as
JSON lines of 500 rows, and one JSON object about the sheet to standard output. No Django here,
and no sentences: the parent words what the codes mean.
"""

import datetime
import json
import os
import resource
import sys
from typing import Any

from core.excel.scan import MAX_COLUMNS, MAX_EMPTY_ROWS, MAX_ROWS, SheetRefused, SheetTooLong
from core.excel.sources import LONGEST_CELL, Refused, Source, open_csv, open_xls, open_xlsx

MEMORY_BYTES = 2**30
CPU_SECONDS = 60
SPOOL_BYTES = 2**30
_CHUNK_ROWS = 500
_CHUNK_CHARACTERS = 1 << 20


def limit_this_process() -> None:
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: SPOOL_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in limits.items():
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS has no RLIMIT_AS; the wall clock still holds there
            continue


def ship(source: Source, spool: int) -> tuple[list[int], int]:
    """Writes the rows that hold anything; returns the length of each chunk and the row count."""
    lengths: list[int] = []
    chunk: list[tuple[int, list[Any]]] = []
    count = number = last = 0
    padding = [""] * source.first_column
    marks = source.scan.marks
    for cells in source.rows:
        number += 1
        if padding:
            cells = padding + cells
        if len(cells) > MAX_COLUMNS:
            source.scan.cut_columns += _count_filled(cells[MAX_COLUMNS:])
            del cells[MAX_COLUMNS:]
        if number in marks:
            _place_marks(cells, marks[number])
        if all(cell == "" or (type(cell) is str and cell.isspace()) for cell in cells):
            continue
        if number - last > MAX_EMPTY_ROWS:
            source.scan.cut_rows += 1
            break
        last = number
        count += 1
        if count > MAX_ROWS + 20:
            raise SheetTooLong
        chunk.append((number, cells))
        if len(chunk) == _CHUNK_ROWS:
            lengths.append(_write(spool, chunk))
            chunk = []
    if chunk:
        lengths.append(_write(spool, chunk))
    return lengths, count


def _count_filled(cells: list[Any]) -> int:
    return len(cells) - cells.count("")


def _place_marks(cells: list[Any], marks: dict[int, object]) -> None:
    for column, mark in marks.items():
        if column >= len(cells):
            cells.extend([""] * (min(column, MAX_COLUMNS - 1) + 1 - len(cells)))
        if column < len(cells):
            cells[column] = mark


def _write(spool: int, chunk: list[tuple[int, list[Any]]]) -> int:
    text = _dumps(chunk)
    if len(text) > _CHUNK_CHARACTERS:
        text = _dumps([(number, [_shortened(cell) for cell in cells]) for number, cells in chunk])
    line = memoryview(text.encode("utf-8", "surrogatepass"))
    written = 0
    while written < len(line):
        written += os.write(spool, line[written:])
    return len(line)


def _dumps(chunk: list[tuple[int, list[Any]]]) -> str:
    return json.dumps(chunk, default=_tagged, ensure_ascii=False, check_circular=False)


def _shortened(cell: object) -> object:
    return cell[:LONGEST_CELL] if isinstance(cell, str) else cell


def _tagged(value: object) -> dict[str, object]:
    """Types JSON has no word for."""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return {"d": value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {"t": str(value)}
    return {"t": value.isoformat() if isinstance(value, datetime.time) else str(value)}


def read(request: dict[str, Any]) -> dict[str, Any]:
    """What the parent asks: path, kind, encoding, sheet, scratch, spool."""
    if request["kind"] == "csv":
        source = open_csv(request["path"], request["encoding"])
    elif request["kind"] == "xls":
        source = open_xls(request["path"], request["sheet"], request["scratch"])
    else:
        source = open_xlsx(request["path"], request["sheet"], request["scratch"])
    lengths, count = ship(source, request["spool"])
    if not count:
        raise Refused("empty")
    scan = source.scan
    return {
        "name": source.name,
        "lengths": lengths,
        "row_count": count,
        "merges": source.merges,
        "epoch_1904": source.epoch_1904,
        "visible": source.visible,
        "hidden": source.hidden,
        "formulas": scan.formulas,
        "hidden_rows": scan.hidden_rows,
        "hidden_columns": scan.hidden_columns,
        "cut_rows": scan.cut_rows,
        "cut_columns": scan.cut_columns,
    }


def main() -> None:
    limit_this_process()
    request = json.loads(sys.stdin.buffer.read())
    answer: dict[str, Any]
    try:
        if request["task"] == "errors":
            from core.excel.errors_child import write_styled

            answer = write_styled(request)
        else:
            answer = read(request)
    except SheetTooLong:
        answer = {"refused": "too_long"}
    except SheetRefused:
        answer = {"refused": "damaged"}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "too_large"}
    except Exception as error:  # a parser of other people's bytes raises anything
        answer = {"refused": "damaged", "detail": type(error).__name__}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
