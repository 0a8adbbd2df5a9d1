"""Reading a spreadsheet without trusting it: the parent's side of `child.py`."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from core.errors import BadFile
from core.excel.inspect import FileKind, inspect_upload

WALL_SECONDS = 120
_ROOT = Path(__file__).resolve().parents[2]


class ErrorCell(NamedTuple):
    """A cell that shows an error such as #N/A."""

    text: str


class FormulaWithoutValue(NamedTuple):
    """A formula that nobody has calculated: the program that wrote the file stored no result."""


class OtherValue(NamedTuple):
    """A value that no column takes: a time of day, a duration."""

    text: str


class Row(NamedTuple):
    """`number` as Excel shows it; `cells` from column A on, blank cells as ''.

    A cell is str, int, float, bool, date, datetime, ErrorCell, FormulaWithoutValue or OtherValue.
    """

    number: int
    cells: list[Any]


class Merge(NamedTuple):
    """A merged range: rows from 1, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Sheet:
    """One sheet. `rows` starts from the top each time it is read; `close()` frees the spool.

    Wholly blank rows are not among `rows`; numbers stay those of the file.
    """

    def __init__(self, spool: IO[bytes], kind: FileKind, answer: dict[str, Any]):
        self._spool = spool
        self._lengths: list[int] = answer["lengths"]
        self.kind = kind
        self.name: str = answer["name"]
        self.row_count: int = answer["row_count"]
        self.merges = [Merge(*merge) for merge in answer["merges"]]
        self.epoch_1904: bool = answer["epoch_1904"]
        self.other_sheets = [name for name in answer["visible"] if name != self.name]
        self.warnings = _warnings(self, answer)

    @property
    def rows(self) -> Iterator[Row]:
        return self.share(0, 1)

    def share(self, place: int, of: int) -> Iterator[Row]:
        """Every `of`-th block of rows, from block `place` on: what one of several processes reads."""
        offset = 0
        make = Row._make
        hook = _untag()
        for number, length in enumerate(self._lengths):
            offset += length
            if number % of != place:
                continue
            chunk = os.pread(self._spool.fileno(), length, offset - length)
            for pair in json.loads(chunk, object_hook=hook):
                yield make(pair)

    def close(self) -> None:
        self._spool.close()

    def __enter__(self) -> "Sheet":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def read_workbook(path: str | Path, *, sheet: str = "", kind: FileKind | None = None) -> Sheet:
    """The first visible sheet that holds anything, or the one named `sheet`.

    Raises `BadFile`: refused by `inspect_upload`, empty, too long, too large, damaged, too slow.
    """
    kind = kind or inspect_upload(path)
    spool = tempfile.TemporaryFile(prefix="mulin-rows-")  # noqa: SIM115 (the Sheet closes it)
    request = {"task": "read", "path": str(Path(path).resolve()), "sheet": sheet, "spool": spool.fileno()}
    try:
        answer = run_child(request | kind._asdict(), pass_fds=(spool.fileno(),))
    except BaseException:
        spool.close()
        raise
    return Sheet(spool, kind, answer)


def run_child(request: dict[str, Any], *, pass_fds: tuple[int, ...] = ()) -> dict[str, Any]:
    """The child's answer; its refusals, crashes and time-outs as `BadFile`."""
    with tempfile.TemporaryDirectory(prefix="mulin-sheet-") as scratch:
        child = subprocess.Popen(
            [sys.executable, "-m", "core.excel.child"],
            cwd=_ROOT,
            # Nothing of this process's environment: it holds the keys of the fields.
            env={"PATH": os.defpath, "PYTHONUTF8": "1", "TMPDIR": scratch},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=pass_fds,
        )
        with child as process:
            try:
                asked = json.dumps(request | {"scratch": scratch}).encode()
                output, _none = process.communicate(asked, timeout=WALL_SECONDS)
            except subprocess.TimeoutExpired:
                raise _refusal("too_slow") from None
            finally:
                process.kill()  # also when this task is told to stop; nothing when it has ended
    return _checked(process.returncode, output)


def _checked(code: int, output: bytes) -> dict[str, Any]:
    if code == -signal.SIGXCPU:
        raise _refusal("too_slow")
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError:  # killed in the middle: out of memory, or the parser aborted
        raise _refusal("too_large") from None
    if "refused" in answer:
        raise _refusal(answer["refused"])
    return answer


def _refusal(code: str) -> BadFile:
    save_again = _("请用 Excel 打开，把数据复制到新的工作簿，另存为 xlsx 后上传")
    return {
        "empty": BadFile(_("文件里没有数据"), _("请检查可见的工作表是否有内容")),
        "too_long": BadFile(_("数据超过 200,000 行"), _("请拆分成几个文件")),
        "too_large": BadFile(_("文件展开后过大，无法读取"), save_again),
        "too_slow": BadFile(_("读取文件超时"), save_again),
        "damaged": BadFile(_("文件已损坏，无法读取"), save_again),
    }[code]


def _untag() -> Callable[[dict[str, str]], object]:
    """The reverse of the child's tags; the same date is one object however often it occurs."""
    dates: dict[str, date] = {}

    def untag(tagged: dict[str, str]) -> object:
        ((tag, text),) = tagged.items()
        if tag == "d":
            found = dates.get(text)
            if found is None:
                found = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
                dates[text] = found
            return found
        if tag == "e":
            return ErrorCell(text)
        return FormulaWithoutValue() if tag == "f" else OtherValue(text)

    return untag


def _warnings(sheet: Sheet, answer: dict[str, Any]) -> list[str]:
    """What the user should know about data that was not read, or not as it looks."""
    said = []
    if sheet.other_sheets:
        said.append(_("只读取工作表 %(name)s，未读：%(others)s") % _names(sheet.name, sheet.other_sheets))
    if answer["hidden"]:
        said.append(_("有 %(count)d 个隐藏的工作表未读") % {"count": len(answer["hidden"])})
    if answer["hidden_rows"]:
        said.append(_("有 %d 个隐藏的行，一并读取") % answer["hidden_rows"])
    if answer["hidden_columns"]:
        columns = sum(last - first + 1 for first, last in answer["hidden_columns"])
        said.append(_("有 %d 个隐藏的列，一并读取") % columns)
    if answer["formulas"]:
        said.append(_("有 %d 个公式，按计算结果读取") % answer["formulas"])
    if answer["cut_columns"]:
        said.append(_("第 100 列以后的 %d 个单元格未读") % answer["cut_columns"])
    if answer["cut_rows"]:
        said.append(_("连续 200 个空行以后的内容未读"))
    return said


def _names(name: str, others: list[str]) -> dict[str, str]:
    shown = "、".join(others[:5])
    return {"name": name, "others": shown if len(others) <= 5 else shown + " …"}
