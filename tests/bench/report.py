"""Results: collected, printed as a table, written as JSON."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass
class Result:
    """One figure. `target` is a sentence like "<= 100"; `holds` says whether it was reached; `beside` is the peer or floor."""

    name: str
    value: float
    unit: str
    beside: str = ""
    target: str = ""
    holds: bool | None = None


@dataclass
class Report:
    results: list[Result] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        beside: str = "",
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        target, holds = "", None
        if at_most is not None:
            target, holds = f"<= {at_most:g}", value <= at_most
        if at_least is not None:
            target, holds = f">= {at_least:g}", value >= at_least
        result = Result(name, round(value, 3), unit, beside, target, holds)
        self.results.append(result)
        print(line(result), flush=True)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "results": [asdict(result) for result in self.results],
        }
        path.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n")


def line(result: Result) -> str:
    mark = {True: "ok", False: "MISSED", None: ""}[result.holds]
    return f"{result.name:<58} {result.value:>12,.2f} {result.unit:<8} {result.target:<10} {mark:<7} {result.beside}"


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile in milliseconds."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1] * 1000
