"""Exporting 100,000 rows, beside XlsxWriter alone writing the same cells."""

import json
from pathlib import Path

from tests.bench.processes import run
from tests.bench.report import Report


def measure(report: Report, folder: Path, community: str) -> None:
    """Exports what the import benchmark has brought in, then writes the same cells again with nothing but XlsxWriter."""
    ours_path, half_path = folder / "export.xlsx", folder / "export-half.xlsx"
    ours = run(
        "manage.py", "export_estate", "--community", community, "--out", str(ours_path),
        "--plain", "--reason", "benchmark", "--user", "admin", "--json",
    )  # fmt: skip
    facts = json.loads(ours.output)
    alone = run("-m", "tests.bench.xlsxwriter_alone", str(ours_path), str(half_path))
    seconds = json.loads(alone.output.strip().splitlines()[-1])["seconds"]
    rows = facts["rows"]
    report.add(f"export {rows:,} rows: ours", facts["seconds"], "s", beside=f"XlsxWriter alone {seconds:.1f} s")
    report.add("export: times XlsxWriter alone", facts["seconds"] / seconds, "x", at_most=1.3)
    report.add("export: peak memory", ours.peak_mb, "MB", at_most=300)
