"""Repairs at a million orders of which a tenth is open: lists, board, order page, statistics, taking in, dispatching, escalating.

Pages are asked by those who look at them: the desk of one community, a supervisor of ten, somebody who sees all eighty. What is written
is written by posts to the same server. Only the escalations run in this process, as they do in the worker.
"""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from tests.bench.pages import COUNTED, WARM, Asked, Client, asked_in_turn, say, say_pages
from tests.bench.report import Report

LIST, REPORT = "workorders:workorder_list", "workorders:report"
DRAWS, STATISTICS, AT_ONCE, REASON = 20, 10, 5_000, "benchmark"
# What django-helpdesk's own command took for as many of 100,000 tickets, run beside this product on 2026-11-22.
HELPDESK = 43.8


def measure(report: Report, port: int) -> None:
    from tests.bench.world import session

    draw = Draw()
    report.add("orders: in the table", draw.total, "rows", beside=f"{draw.open:,} open")
    desk, ten, city = (Client(port, *session(name)) for name in (draw.desk, "bench-ten", "admin"))
    for name, paths in draw.lists_of_the_desk().items():
        say_pages(report, f"orders: desk's list, {name}", desk, paths, 100)
    for name, paths in draw.lists_of_the_city().items():
        say_pages(report, f"orders: list of all communities, {name}", city, paths, 100)
    say_pages(report, "orders: household tab", desk, draw.tabs(), 100)
    say_pages(report, "orders: page of an order", desk, draw.files(), 150)
    say_pages(report, "orders: board of one community", desk, [Asked(reverse("workorders:board"))], 200)
    say_pages(report, "orders: board, ten communities in turn", ten, draw.boards(), 200)
    _writing(report, desk, draw)
    _statistics(report, city, draw)
    _escalating(report)


def count_queries(report: Report, get: Callable[[str], int]) -> None:
    draw = Draw()
    for name, path in (
        ("order list", reverse(LIST)), ("page of an order", draw.files()[0].path), ("board", draw.boards()[0].path),
        ("statistics", reverse(REPORT)),
    ):  # fmt: skip
        report.add(f"orders: queries of one {name}", get(path), "queries", at_most=25)


def _writing(report: Report, desk: Client, draw: "Draw") -> None:
    """Each post is another order; it is answered with the way to its page."""
    times = asked_in_turn(desk, draw.calls(WARM + COUNTED), COUNTED, (302,))
    say(report, "orders: taking one in", times, 150)
    times = asked_in_turn(desk, draw.dispatches(WARM + COUNTED), COUNTED, (302,))
    say(report, "orders: dispatching one", times, 150)


def _statistics(report: Report, city: Client, draw: "Draw") -> None:
    from workorders.queries.reports import DIMENSIONS

    for days, name in ((30, "a month"), (365, "a year")):
        for row in DIMENSIONS:
            times = asked_in_turn(city, [draw.figures(row.code, days)], STATISTICS)
            say(report, f"orders: statistics of {name} by {row.code}", times, 500)
    one = asked_in_turn(city, [draw.figures("kind", 365, draw.community.pk)], STATISTICS)
    say(report, "orders: statistics of one community, a year, by kind", one, 500)


def _escalating(report: Report) -> None:
    """Orders that cannot wait, because the others would be told of in the morning when the benchmark runs at night."""
    from workorders.services.escalations import send_overdue_reminders

    send_overdue_reminders()  # what has fallen due since the last run
    taken = []
    for _turn in range(3):
        count = _fall_due()
        began = time.perf_counter()
        told = send_overdue_reminders()
        taken.append(time.perf_counter() - began)
        if told.steps < count:
            raise RuntimeError(f"{told.steps} of {count} steps were told")
    words = f"{min(taken):.2f}–{max(taken):.2f} s; django-helpdesk's escalate_tickets {HELPDESK} s (quoted, 2026-11-22)"
    report.add("orders: 5,000 fall overdue at once", sorted(taken)[1], "s", at_most=2, beside=words)
    report.add("orders: times as fast as escalate_tickets", HELPDESK / sorted(taken)[1], "x")


def _fall_due() -> int:
    """The deadline of so many orders passes now. What an earlier run has told is taken back, so that there are enough of them."""
    from django.utils import timezone

    from core.models import InboxItem
    from workorders.models import Escalation

    InboxItem.objects.filter(kind="workorders.deadline").delete()
    rows = Escalation.objects.filter(
        level="overdue", dropped_at__isnull=True, clock__clock="completion", clock__met_at__isnull=True,
        clock__order__status="working", clock__order__urgency__in=["urgent", "critical"],
    )  # fmt: skip
    keys = list(rows.order_by("at").values_list("pk", flat=True)[:AT_ONCE])
    return Escalation.objects.filter(pk__in=keys).update(at=timezone.now() - timedelta(seconds=1), told_at=None)


class Draw:
    """What is asked for, drawn from the orders themselves; everything of the desk in one community of more than middling size."""

    def __init__(self) -> None:
        from properties.models import Community
        from workorders.models import WorkOrder

        self.random = random.Random(7)
        self.orders = WorkOrder.objects
        self.total, self.open = self.orders.count(), self.orders.open().count()
        self.community = Community.objects.get(code="C048")
        self.desk = "bench-clerk_lead-c048"
        self.here = self._some(self.orders.filter(community=self.community))
        self.any = self._some(self.orders.filter(pk__gt=self.total * 0.5))

    def _some(self, rows) -> list:
        """Rows from all times: those of the last months are the ones people ask for, so half of them are."""
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        recent = keys[-len(keys) // 8 :]
        chosen = self.random.sample(recent, DRAWS // 2) + self.random.sample(keys, DRAWS // 2)
        return list(self.orders.filter(pk__in=chosen).select_related("unit__building", "place"))

    def lists_of_the_desk(self) -> dict[str, list[Asked]]:
        hands = self._repairers()
        return {
            "as it opens": [_list()],
            "overdue": [_list(group="over")],
            "by state": [_list(status=status) for status in ("waiting", "working", "archived", "done")],
            "by person": [_list(assignee=row) for row in hands],
            "by type": [_list(category=row.category_id) for row in self.here],
            "by building": [_list(building=row.building_id) for row in self.here if row.building_id],
            "by flat": [_list(unit=row.unit_id) for row in self.here if row.unit_id],
            "by days": [_list(reported_at_after=f"2026-{m:02}-01", reported_at_before=f"2026-{m:02}-20") for m in (3, 7, 10)],
        } | self._searches(self.here)  # fmt: skip

    def lists_of_the_city(self) -> dict[str, list[Asked]]:
        return (
            {
                "as it opens": [_list()],
                "all": [_list(group="all")],
                "overdue": [_list(group="over")],
                "by state": [_list(status=status) for status in ("waiting", "working", "archived", "done")],
                "by person": [_list(assignee=row) for row in self._repairers()],
                "by type": [_list(category=row.category_id) for row in self.any],
                "by urgency": [_list(urgency=word) for word in ("critical", "urgent", "normal")],
            }
            | self._panel()
            | self._searches(self.any)
        )

    def _panel(self) -> dict[str, list[Asked]]:
        """What stands behind 更多筛选 and is not asked above."""
        from workorders.models import Outage
        from workorders.states import Area, Clock, Source, Warranty

        words = {"source": Source, "area": Area, "warranty": Warranty, "missed": Clock}
        flags = {name: ["1", "0"] for name in ("late", "paid", "rework", "finished", "materials")}
        keys = {"kind": "kind_id", "cause": "cause_id", "place": "place_id", "team": "team_id"}
        found: dict[str, Any] = {name: list(members) for name, members in words.items()} | flags
        found |= {"rating": ["low", "high", "any", "none"], "blank": ["building", "team", "assignee"]}
        found |= {name: {getattr(row, column) for row in self.any} - {None} for name, column in keys.items()}
        found["outage"] = Outage.objects.order_by("-pk").values_list("pk", flat=True)[:DRAWS]
        asked = {f"by {name}": [_list(**{name: value}) for value in values] for name, values in found.items()}
        days = [(f"2026-{m:02}-01", f"2026-{m:02}-20") for m in (3, 7, 10)]
        asked["by days of completion"] = [_list(completed_at_after=a, completed_at_before=b) for a, b in days]
        return {name: paths for name, paths in asked.items() if paths}

    def _searches(self, rows: list) -> dict[str, list[Asked]]:
        flats = [row.unit for row in rows if row.unit]
        return {
            "number": [_list(q=row.number) for row in rows],
            "number of the day": [_list(q=row.number[:10]) for row in rows],
            "room": [_list(q=f"{unit.building.number}-{unit.entrance}-{unit.number}".replace("--", "-")) for unit in flats],
            "reporter": [_list(q=row.reporter_name) for row in rows],
            "surname": [_list(q=row.reporter_name[0]) for row in rows if row.unit],
            "word": [_list(q=word) for word in ("漏水", "跳闸", "路灯", "电梯", "门禁", "晚上", "修过", "地漏反味")],
            "word nobody said": [_list(q=word) for word in ("飞碟", "恐龙", "极光")],
        }  # fmt: skip

    def _repairers(self) -> list[int]:
        from workorders.models import Repairer

        return list(Repairer.objects.filter(community=self.community).values_list("pk", flat=True))

    def tabs(self) -> list[Asked]:
        return [Asked(reverse("workorders:unit_orders", args=[row.unit_id])) for row in self.here if row.unit_id]

    def files(self) -> list[Asked]:
        return [Asked(row.get_absolute_url()) for row in self.here]

    def boards(self) -> list[Asked]:
        from audit.models import User

        places = User.objects.get(username="bench-ten").grants.get().community_ids
        return [Asked(f"{reverse('workorders:board')}?community={pk}") for pk in places]

    def figures(self, by: str, days: int, community: int | str = "") -> Asked:
        from django.utils import timezone

        today = timezone.localdate()
        query = {"by": by, "start": today - timedelta(days=days - 1), "end": today, "community": community}
        return Asked(f"{reverse(REPORT)}?{urlencode(query)}")

    def calls(self, count: int) -> list[Asked]:
        from workorders.models import RepairRule

        flats = [row for row in self.here if row.unit_id and row.owner_id]
        kinds = list(RepairRule.objects.order_by("pk").values_list("kind_id", flat=True)[:20])
        return [
            Asked(reverse("workorders:workorder_create"), urlencode({
                "unit": flats[at % len(flats)].unit_id, "owner": flats[at % len(flats)].owner_id, "kind": kinds[at % len(kinds)],
                "source": "hotline", "description": f"厨房水槽下面一直滴水 {at}",
            })) for at in range(count)
        ]  # fmt: skip

    def dispatches(self, count: int) -> list[Asked]:
        """Waiting orders of the community, spread over its people."""
        from workorders.models import Repairer

        people = list(Repairer.objects.filter(community=self.community).values_list("user_id", flat=True))
        waiting = (
            self.orders.filter(community=self.community, status="waiting").order_by("pk").values_list("pk", flat=True)
        )
        return [
            Asked(reverse("workorders:workorder_dispatch", args=[pk]), urlencode({"to": people[at % len(people)], "reason": REASON}))
            for at, pk in enumerate(waiting[:count])
        ]  # fmt: skip


def _list(**query: object) -> Asked:
    return Asked(f"{reverse(LIST)}?{urlencode(query)}" if query else reverse(LIST))
