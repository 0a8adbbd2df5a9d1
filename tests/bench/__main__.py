"""`make bench`: starts its own servers in var/bench, seeds the city once, measures everything, says what holds.

`make bench ARGS="--only import"` (calendar, export, pages, notices, orders, complaints) measures a part; `--rows 20000` a smaller file,
`--share 0.1` seeds fewer complaints, contact records and conversations. The exit code is 0 even when a target is missed: the table says
it; a figure is for people to read, not for a gate.
"""

import argparse
import os
from pathlib import Path

import psycopg

from config import embedded
from config.keys import demo_keys
from tests.bench import working_calendar
from tests.bench.processes import BASE_DIR, run
from tests.bench.report import Report

PARTS = ("calendar", "import", "export", "pages", "notices", "orders", "complaints")
SEEDED = frozenset({"pages", "notices", "orders", "complaints"})  # measured on the city set
COMMUNITY = "BENCH"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--scale", choices=("demo", "project", "city"), default="city")
    options = parser.parse_args()
    var = BASE_DIR / "var" / "bench"
    report = Report()
    ours = not any(embedded.is_running(var).values())
    try:
        _prepare(var)
        for part in options.only or PARTS:
            _measure(part, report, var, options)
    finally:
        report.write(var / "latest.json")
        if ours:
            embedded.stop(var)


def _prepare(var: Path) -> None:
    """As durable as production: no --test settings, so that writes cost what they cost."""
    os.environ |= embedded.start(var).environment() | {"MULIN_VAR": str(var)}
    demo_keys(var)
    (var / "static").mkdir(exist_ok=True)  # as config/launch.py does: WhiteNoise asks for the folder
    run("manage.py", "migrate", "--no-input", "--verbosity", "0")


def _measure(part: str, report: Report, var: Path, options: argparse.Namespace) -> None:
    if part == "calendar":
        working_calendar.measure(report)
        return
    if part in SEEDED:
        print(f"Seeding the {options.scale} set, unless it stands …", flush=True)
        print(run("manage.py", "seed_demo", "--scale", options.scale).output)
    from tests.bench import world

    world.setup()
    if part == "orders":
        from tests.bench import orders_seed

        orders_seed.seed()
    if part == "complaints":
        from tests.bench import complaints_seed

        complaints_seed.seed(options.share)
    if part in SEEDED:
        _settle()
    if part == "import":
        from tests.bench import imports

        imports.measure(report, var, world.empty_community(COMMUNITY), options.rows)
    elif part == "export":
        from tests.bench import exports

        exports.measure(report, var, world.last_community(COMMUNITY))
    else:
        _measure_pages(report, part)


def _settle() -> None:
    """What autovacuum does by itself within minutes of so much new data: statistics, and search indexes without a waiting list."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _measure_pages(report: Report, part: str) -> None:
    from tests.bench import complaints, notices, orders, pages, samples, world

    if part in {"orders", "complaints"}:
        module = orders if part == "orders" else complaints
        module.count_queries(report, world.queries_of)
        with pages.server() as port:
            module.measure(report, port)
        return
    session, token = world.session()
    drawn = samples.draw()
    if part == "pages":
        pages.count_queries(report, world.queries_of, drawn)
    with pages.server() as port:
        (pages if part == "pages" else notices).measure(report, port, session, token, drawn)


main()
