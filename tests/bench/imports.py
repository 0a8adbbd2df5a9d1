"""Importing 100,000 rows, beside django-import-export's bulk mode into a plain table and beside calamine + COPY, the floor."""

import json
import time
from pathlib import Path

from tests.bench.processes import Cost, run
from tests.bench.report import Report
from tests.support import estate_workbook

ROWS = 100_000
# The peer gets the file's first rows only: its speed hardly depends on their number, and the whole file would take it minutes.
PEER_ROWS = 20_000
# How the peer finds what is there already (tests/bench/peer_import.py); the first is the one that counts.
PEERS = ("lookup", "cached", "insert")


def measure(report: Report, folder: Path, community: str, rows: int = ROWS) -> None:
    """Runs ours, the floor and the peer on the same rows; ours into an empty community, with people nobody has brought before."""
    path = _workbook(folder, rows, seed=int("".join(filter(str.isdigit, community)) or 7))
    ours = run(
        "manage.py", "import_estate", str(path), "--community", community, "--mode", "upsert", "--user", "admin", "--json",
    )  # fmt: skip
    facts = json.loads(ours.output)
    floor = _seconds(run("-m", "tests.bench.floor", str(path)))
    part = min(rows, PEER_ROWS)
    peers = {way: _seconds(run("-m", "tests.bench.peer_import", str(_workbook(folder, part)), way)) for way in PEERS}
    _say(report, rows, ours, facts, floor, part, peers)


def _workbook(folder: Path, rows: int, seed: int = 7) -> Path:
    path = folder / f"estate-{rows}-{seed}.xlsx"
    if not path.exists():
        estate_workbook.write(str(path), rows, seed)
    return path


def _seconds(cost: Cost) -> float:
    """What the child measured itself, without starting Python and Django."""
    return float(json.loads(cost.output.strip().splitlines()[-1])["seconds"])


def _say(report: Report, rows: int, ours: Cost, facts: dict, floor: float, part: int, peers: dict[str, float]) -> None:
    seconds = float(facts["seconds"])
    note = f"added {facts['added']:,}, errors {len(facts['errors'])}"
    report.add(f"import {rows:,} rows: ours", rows / seconds, "rows/s", beside=f"{seconds:.1f} s, {note}")
    speeds = {way: part / taken for way, taken in peers.items()}
    beside = {way: f"{taken:.1f} s for {part:,} rows" for way, taken in peers.items()}
    report.add("import: django-import-export bulk, plain table", speeds["lookup"], "rows/s", beside=beside["lookup"])
    report.add("import: the same with a key column and its cache", speeds["cached"], "rows/s", beside=beside["cached"])
    report.add("import: the same, told that nothing is there", speeds["insert"], "rows/s", beside=beside["insert"])
    report.add("import: floor, calamine + COPY", rows / floor, "rows/s", beside=f"{floor:.1f} s")
    report.add("import: times as fast as django-import-export", rows / seconds / speeds["lookup"], "x", at_least=4)
    report.add("import: times as fast as its cached loader", rows / seconds / speeds["cached"], "x")
    report.add("import: times the floor", seconds / floor, "x", at_most=8)
    report.add("import: peak memory of all its processes", ours.peak_mb, "MB", at_most=600)


def timed(began: float) -> None:
    print(json.dumps({"seconds": time.perf_counter() - began}))
