"""Importing 100,000 rows, beside django-import-export's bulk mode into a plain table and beside calamine + COPY, the floor."""

import json
import time
from pathlib import Path

from tests.bench.processes import Cost, run
from tests.bench.report import Report
from tests.support import estate_workbook

ROWS = 100_000


def measure(report: Report, folder: Path, community: str, rows: int = ROWS) -> None:
    """Runs ours, the floor and the peer on the same file; ours into an empty community."""
    path = folder / f"estate-{rows}.xlsx"
    if not path.exists():
        estate_workbook.write(path, rows)
    ours = run(
        "manage.py",
        "import_estate",
        str(path),
        "--community",
        community,
        "--mode",
        "upsert",
        "--user",
        "admin",
        "--json",
    )
    facts = json.loads(ours.output)
    floor = _seconds(run("-m", "tests.bench.floor", str(path)))
    peer = _seconds(run("-m", "tests.bench.peer_import", str(path)))
    _say(report, rows, ours, facts, floor, peer)


def _seconds(cost: Cost) -> float:
    """What the child measured itself, without starting Python and Django."""
    return float(json.loads(cost.output.strip().splitlines()[-1])["seconds"])


def _say(report: Report, rows: int, ours: Cost, facts: dict, floor: float, peer: float) -> None:
    seconds = float(facts["seconds"])
    note = f"added {facts['added']:,}, errors {len(facts['errors'])}"
    report.add(f"import {rows:,} rows: ours", rows / seconds, "rows/s", beside=f"{seconds:.1f} s, {note}")
    report.add("import: django-import-export bulk, plain table", rows / peer, "rows/s", beside=f"{peer:.1f} s")
    report.add("import: floor, calamine + COPY", rows / floor, "rows/s", beside=f"{floor:.1f} s")
    report.add("import: times as fast as django-import-export", peer / seconds, "x", at_least=4)
    report.add("import: times the floor", seconds / floor, "x", at_most=8)
    report.add("import: peak memory of all its processes", ours.peak_mb, "MB", at_most=600)


def timed(began: float) -> None:
    print(json.dumps({"seconds": time.perf_counter() - began}))
