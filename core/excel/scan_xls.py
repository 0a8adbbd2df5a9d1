"""The same questions as `scan.py`, asked of the BIFF records of an old .xls.

Record numbers and layouts: [MS-XLS] 2.4 (BoundSheet8, Formula, BoolErr, Row, ColInfo).
"""

import struct
from collections.abc import Iterator

import olefile

from core.excel.scan import SheetScan

_BOF, _EOF, _BOUND_SHEET = 0x0809, 0x000A, 0x0085
_FORMULA, _BOOL_ERROR, _ROW, _COLUMN_INFO = 0x0006, 0x0205, 0x0208, 0x007D
_WANTED = frozenset((_FORMULA, _BOOL_ERROR, _ROW, _COLUMN_INFO))
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def read_stream(path: str) -> bytes:
    with olefile.OleFileIO(path) as ole:
        stream: bytes = ole.openstream("Workbook" if ole.exists("Workbook") else "Book").read()
        return stream


def epoch_1904(stream: bytes) -> bool:
    """The Date1904 record among the globals of the workbook."""
    return any(kind == 0x0022 and body[:1] == b"\x01" for kind, body in _records(stream, 0))


def scan_xls(stream: bytes, sheet_index: int) -> SheetScan:
    """Error cells, hidden rows and columns of one sheet, counted in the order of the tabs."""
    scan = SheetScan()
    starts = [struct.unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if kind == _BOUND_SHEET]
    for kind, body in _records(stream, starts[sheet_index]):
        if kind in _WANTED:
            _note(scan, kind, body)
    return scan


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Records up to the end of the substream; embedded charts are substreams inside one."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, offset)
        body = stream[offset + 4 : offset + 4 + size]
        offset += 4 + size
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, body


def _note(scan: SheetScan, kind: int, body: bytes) -> None:
    first, second = struct.unpack_from("<HH", body)
    if kind == _FORMULA:
        scan.formulas += 1
        if body[12:14] == b"\xff\xff" and body[6] == 2:
            _mark(scan, first, second, body[8])
    elif kind == _BOOL_ERROR and body[7]:
        _mark(scan, first, second, body[6])
    elif kind == _ROW and body[12] & 0x20:
        scan.hidden_rows += 1
    elif kind == _COLUMN_INFO and body[8] & 1:
        scan.hidden_columns.append((first, second))


def _mark(scan: SheetScan, row: int, column: int, code: int) -> None:
    scan.marks.setdefault(row + 1, {})[column] = {"e": _ERRORS.get(code, "#VALUE!")}
