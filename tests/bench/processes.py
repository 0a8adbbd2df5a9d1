"""Child processes and what they cost: wall time and the peak memory of the whole tree."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    seconds: float
    peak_mb: float
    output: str


def _children() -> dict[int, list[int]]:
    tree: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                parent = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            tree.setdefault(parent, []).append(int(entry))
    return tree


def _memory_mb(pid: int) -> float:
    """Memory of a process and its descendants, shared pages counted once (PSS where the kernel gives it, else RSS)."""
    tree, todo, total = _children(), [pid], 0
    while todo:
        current = todo.pop()
        todo += tree.get(current, [])
        try:
            text = Path(f"/proc/{current}/smaps_rollup").read_text()
            total += next(int(row.split()[1]) for row in text.splitlines() if row.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024


def cpu_of(pid: int) -> float:
    """Seconds of processor a process and its descendants have used, of which a busy machine makes no more."""
    tree, todo, total = _children(), [pid], 0.0
    while todo:
        current = todo.pop()
        todo += tree.get(current, [])
        try:
            fields = Path(f"/proc/{current}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # its own and that of children that have ended
    return total


def run(*words: str, env: dict[str, str] | None = None) -> Cost:
    """Runs a Python command to its end, sampling memory ten times a second; raises when it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words], cwd=BASE_DIR, env=os.environ | (env or {}), stdout=subprocess.PIPE, text=True
    )
    peak = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.1):
            peak = max(peak, _memory_mb(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - began
    done.set()
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}:\n{output[-2000:]}")
    return Cost(seconds, peak, output)
