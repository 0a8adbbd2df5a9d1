"""Complaints, conversations and contact records at the size of a city: 300,000 cases, 2,000,000 contact records, 100,000 conversations.

Pages are asked by those who look at them: a head clerk and a clerk of one community (who sees no confidential case that is not his), the
quality people of all eighty, somebody who sees everything. What is written is written by posts to the same server. Beside each figure
stands what it cost in processor time, in the server and in the database: a busy machine makes the one longer and not the other.
"""

from collections.abc import Callable, Sequence

from django.urls import reverse

from tests.bench.complaints_draw import LIST, Draw
from tests.bench.pages import COUNTED, WARM, Asked, Client, asked_in_turn, say
from tests.bench.processes import cpu_of
from tests.bench.report import Report

DESK, CLERK, QUALITY = "bench-clerk_lead-c048", "bench-desk-c048-0", "bench-region-1"
FEW, REPORTS = 20, 10  # of each filter, of each report


def measure(report: Report, port: int) -> None:
    from tests.bench.world import session

    draw = Draw("C048")
    report.add("complaints: in the table", draw.total, "rows", beside=f"{draw.open:,} open")
    report.add("complaints: contact records", draw.contacts, "rows")
    desk, clerk, quality, city = (Client(port, *session(name)) for name in (DESK, CLERK, QUALITY, "admin"))
    run = _Run(report)
    for name, client, rows in (("desk", desk, draw.here), ("all communities", city, draw.any)):
        for what, paths in draw.lists(rows).items():
            run.pages(f"list of {name}, {what}", client, paths, 100)
        for what, paths in draw.filters(rows).items():
            run.pages(f"list of {name} by {what}", client, paths, 100, FEW)
        for what, paths in draw.searches(rows).items():
            run.pages(f"list of {name}, search: {what}", client, paths, 100, FEW)
    run.pages("list of a clerk, as it opens", clerk, [Asked(reverse(LIST))], 100)
    run.pages("list of a clerk, all", clerk, [Asked(f"{reverse(LIST)}?group=all")], 100)
    run.pages("list of quality (all communities by name)", quality, [Asked(reverse(LIST))], 100)
    for what, (paths, at_most) in draw.pages().items():
        run.pages(what, desk, paths, at_most)
    for what, paths in draw.others().items():
        run.pages(f"{what}, desk", desk, paths, 100, FEW)
        run.pages(f"{what}, all communities", city, paths, 100, FEW)
    for what, paths in draw.reports().items():
        run.pages(f"{what}, all communities", city, paths, 500, REPORTS)
    for what, paths in draw.reports(draw.community.pk).items():
        if what in {"report of a year", "report of a year by class and level"}:
            run.pages(f"{what}, one community", city, paths, 500, REPORTS)
    run.posts("taking one in", desk, draw.calls(WARM + COUNTED), 150)
    run.posts("answering one", city, draw.answers(WARM + COUNTED), 150)
    run.posts("assigning one", city, draw.assignments(WARM + COUNTED), 150)


def count_queries(report: Report, get: Callable[[str], int]) -> None:
    draw = Draw("C048")
    for name, paths in draw.counted().items():
        report.add(f"complaints: queries of one {name}", get(paths[0].path), "queries", at_most=25)


class _Run:
    """One series after another, each with what it cost."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def pages(self, name: str, client: Client, asked: Sequence[Asked], at_most: int, count: int = COUNTED) -> None:
        if asked:
            self._series(name, client, asked, at_most, count, (200,))

    def posts(self, name: str, client: Client, asked: Sequence[Asked], at_most: int) -> None:
        """Each post is another case; it is answered with the way to its page."""
        self._series(name, client, asked, at_most, len(asked) - WARM, (302,))

    def _series(
        self, name: str, client: Client, asked: Sequence[Asked], at_most: int, count: int, answers: Sequence[int]
    ) -> None:
        before = _cost()
        times = asked_in_turn(client, asked, count, answers)
        web, base = (1000 * (now - then) / (WARM + count) for now, then in zip(_cost(), before, strict=True))
        say(self.report, f"complaints: {name}", times, at_most, f"; CPU {web:.0f} + {base:.0f} ms")


def _cost() -> tuple[float, float]:
    """Processor seconds so far: of the server, which is a child of this process, and of the database."""
    import os
    from pathlib import Path

    from config import embedded

    state = embedded.state(Path(os.environ["MULIN_VAR"]))
    assert state is not None
    postmaster = int((state.postgres_data / "postmaster.pid").read_text().split("\n", 1)[0])
    return cpu_of(os.getpid()), cpu_of(postmaster)
