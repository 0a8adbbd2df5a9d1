"""Pages at city scale through a real server on loopback: one user, warm, p95 of many requests; queries counted in-process."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from tests.bench.processes import BASE_DIR
from tests.bench.report import Report, p95

WARM, COUNTED = 5, 50


@dataclass(frozen=True)
class Asked:
    """One request of a series; `body` makes it a POST."""

    path: str
    body: str = ""


class Client:
    """A signed-in browser reduced to one keep-alive connection."""

    def __init__(self, port: int, session: str, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}

    def seconds(self, asked: Asked, *, fragment: bool = False, answers: Sequence[int] = (200,)) -> float:
        headers = dict(self.headers)
        if fragment:
            # What htmx says when a filter is changed, a page turned, a search typed: the list, or the answer, alone is drawn.
            headers |= {"HX-Request": "true", "HX-Target": "list"}
        if asked.body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request("POST" if asked.body else "GET", asked.path, body=asked.body or None, headers=headers)
        answer = self.connection.getresponse()
        answer.read()
        taken = time.perf_counter() - began
        if answer.status not in answers:
            raise RuntimeError(f"{asked.path} answered {answer.status}")
        return taken


@contextmanager
def server(settings: str = "tests.bench.settings") -> Iterator[int]:
    """Gunicorn as `make run` starts it, with the peers' URLs beside the product's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    words += ["--workers", "1", "--threads", "4", "--log-level", "error", "--no-control-socket"]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": settings}
    process = subprocess.Popen([sys.executable, *words], cwd=BASE_DIR, env=env)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def series(client: Client, asked: Sequence[Asked], *, fragment: bool = False, count: int = COUNTED) -> list[float]:
    """The times of `count` requests that walk through `asked`, after a few that only warm up."""
    for at in range(WARM):
        client.seconds(asked[at % len(asked)], fragment=fragment)
    return [client.seconds(asked[at % len(asked)], fragment=fragment) for at in range(count)]


def asked_in_turn(client: Client, asked: Sequence[Asked], count: int, answers: Sequence[int] = (200,)) -> list[float]:
    """As `series`, for requests of which each may be another: what is written, what is searched for."""
    client.connection.close()  # the server has closed it when nobody asked for a while
    times = [client.seconds(asked[at % len(asked)], answers=answers) for at in range(WARM + count)]
    return times[WARM:]


def say(report: Report, name: str, times: list[float], at_most: int, cost: str = "") -> None:
    words = f"median {statistics.median(times) * 1000:.0f}, best {min(times) * 1000:.0f} ms{cost}"
    report.add(f"{name}, p95", p95(times), "ms", at_most=at_most, beside=words)


def say_pages(report: Report, name: str, client: Client, asked: Sequence[Asked], at_most: int) -> None:
    say(report, name, asked_in_turn(client, asked, COUNTED), at_most)


def forget_limits() -> None:
    """The search box answers sixty questions a minute of one person; the benchmark asks faster."""
    from core.models import RateBucket

    RateBucket.objects.all().delete()


def search_series(query: str) -> Asked:
    return Asked(reverse("core:search"), urlencode({"q": query}))


def measure(report: Report, port: int, session: str, token: str, samples: "Samples") -> None:
    client = Client(port, session, token)
    lists = series(client, samples.lists)
    report.add("city: unit list with a filter, p95", p95(lists), "ms", at_most=100)
    owners = series(client, samples.owner_lists)
    report.add("city: owner list with a filter, p95", p95(owners), "ms", at_most=100)
    for kind, asked in samples.searches.items():
        forget_limits()
        report.add(f"city: search by {kind}, p95", p95(series(client, asked, fragment=True)), "ms", at_most=60)
    report.add("city: household file, p95", p95(series(client, samples.files)), "ms", at_most=150)
    _beside_the_admin(report, client, samples)


def _beside_the_admin(report: Report, client: Client, samples: "Samples") -> None:
    """The list, whole and filtered in place, and the two change lists of tests/bench/peers/urls.py in turns, so that a busy minute
    slows them all."""
    asked = (
        (samples.lists, False),
        (samples.lists, True),
        (samples.admin_lists, False),
        (samples.full_admin_lists, False),
    )
    rounds = [[series(client, paths, fragment=swap, count=15) for paths, swap in asked] for _ in range(3)]
    ours, swapped, bare, full = (
        [second for times in column for second in times] for column in zip(*rounds, strict=True)
    )
    middle = statistics.median
    report.add(
        "city: Django admin changelist, one filter, p95", p95(bare), "ms", beside=f"median {middle(bare) * 1000:.1f} ms"
    )
    report.add(
        "city: Django admin changelist, same filters, p95",
        p95(full),
        "ms",
        beside=f"median {middle(full) * 1000:.1f} ms",
    )
    report.add("city: unit list among them, median", middle(ours) * 1000, "ms")
    report.add("city: unit list filtered in place, median", middle(swapped) * 1000, "ms")
    report.add("city: list times as fast as the changelist, one filter", middle(bare) / middle(ours), "x")
    report.add("city: filtering in place, times as fast, same filters", middle(full) / middle(swapped), "x", at_least=3)
    report.add("city: list times as fast, same filters (medians)", middle(full) / middle(ours), "x", at_least=3)


def count_queries(report: Report, get: Callable[[str], int], samples: "Samples") -> None:
    for name, asked in (
        ("unit list", samples.lists),
        ("owner list", samples.owner_lists),
        ("household file", samples.files),
    ):
        report.add(f"city: queries of one {name}", max(get(one.path) for one in asked[:5]), "queries", at_most=25)


@dataclass(frozen=True)
class Samples:
    """What is asked for, drawn from the data itself (tests/bench/samples.py)."""

    lists: Sequence[Asked]
    owner_lists: Sequence[Asked]
    files: Sequence[Asked]
    admin_lists: Sequence[Asked]
    full_admin_lists: Sequence[Asked]
    searches: dict[str, Sequence[Asked]]
