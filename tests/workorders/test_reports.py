"""Statistics: the worked example C9, every figure against the list it leads to, who sees what, Excel."""

import io
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import LogEntry
from tests.factories.audit import grant_to, user_with
from tests.factories.properties import CommunityFactory, TeamFactory, UnitFactory
from tests.factories.workorders import WorkOrderFactory, repairer
from tests.support.cases import assert_sent_to_sign_in, queries_of, signed_in
from workorders.models import OrderClock, WorkOrder
from workorders.queries.reports import BY_CODE, DIMENSIONS, Asked, report
from workorders.services.clocks import refresh
from workorders.states import Clock, Status
from workorders.tables.reports import row_of
from workorders.views.orders import WorkOrderList

pytestmark = pytest.mark.django_db
REPORT, VIEW, EXPORT = "workorders.report_workorder", "workorders.view_workorder", "workorders.export_workorder"
URL = "workorders:report"


@pytest.fixture
def community():
    return CommunityFactory(name="湖映花园")


@pytest.fixture
def reader(community):
    return user_with(REPORT, VIEW, communities=[community])


def asked(by="category", community=None, days=31):
    today = timezone.localdate()
    return Asked(BY_CODE[by], today - timedelta(days=days), today, community)


def order_in(community, **values):
    return WorkOrderFactory(unit=UnitFactory(building__community=community), **values)


def clock(order, which=Clock.COMPLETION, *, late=False, met=True, round=0):
    now = timezone.now()
    due = now - timedelta(hours=1)
    OrderClock.objects.create(
        order=order, clock=which, basis="round", minutes=60, starts_at=now - timedelta(hours=2), due_at=due, warn_at=due,
        met_at=now if met else None, late=late, round=round,
    )  # fmt: skip
    refresh(order)


def world(community):
    """A little of everything, in two buildings and two hands."""
    team, person = TeamFactory(community=community), repairer(community, "plumbing")
    done = [
        order_in(community, status=Status.ARCHIVED, stars=stars, assignee=person, materials_fee=Decimal("37.00"))
        for stars in (5, 4, 2)
    ]
    silent = order_in(community, status=Status.DONE, code="lamp", rework_count=1, team=team, assignee=None)
    waiting = order_in(community, status=Status.WAITING, code="lamp")
    cancelled = order_in(community, status=Status.CANCELLED)
    for order, late in zip((*done, silent), (False, False, True, False), strict=True):
        clock(order, late=late)
    clock(waiting, met=False)
    clock(waiting, Clock.RESPONSE, met=False)
    clock(cancelled, met=False)
    clock(silent, round=1, late=True)
    return done, silent, waiting, cancelled


def listed(user, url: str) -> list[WorkOrder]:
    """What the list shows behind a figure's address."""
    return list(WorkOrderList.filtered(user, QueryDict(urlsplit(url).query)).qs)


def test_c9_who_was_not_asked_is_not_content(community, reader):
    """1,260 rated, 1,184 of them four or five stars, 40 unrated: 93.97%."""
    first = order_in(community, status=Status.DONE)
    fields = {field.attname: getattr(first, field.attname) for field in WorkOrder._meta.concrete_fields}
    rows = []
    for number in range(1300):
        stars = None if number < 40 else 5 if number < 40 + 1184 else 3
        own = {"id": None, "uid": None, "number": f"T{number}", "stars": stars}
        rows.append(WorkOrder(**{name: value for name, value in (fields | own).items() if name not in {"id", "uid"}}))
    WorkOrder.objects.all().delete()
    WorkOrder.objects.bulk_create(rows)
    whole = report(reader, asked()).whole
    assert (whole.rated, whole.satisfied, whole.unrated, whole.satisfaction) == (1260, 1184, 40, Decimal("93.97"))


def test_figures_of_a_little_world(community, reader):
    world(community)
    whole = report(reader, asked()).whole
    assert (whole.total, whole.finished, whole.reworked, whole.done_once) == (6, 4, 1, 4)
    assert (whole.rated, whole.satisfied, whole.unrated, whole.satisfaction) == (3, 2, 1, Decimal("66.67"))
    assert whole.materials == Decimal("111.00")
    assert whole.rework_rate == Decimal("25.00")
    assert (whole.decided[Clock.COMPLETION], whole.missed[Clock.COMPLETION]) == (5, 3), "the cancelled one owes nothing"
    assert whole.on_time(Clock.COMPLETION) == Decimal("40.00")
    assert whole.on_time(Clock.ARRIVAL) is None
    assert whole.p50 == pytest.approx(60, abs=1)


@pytest.mark.parametrize("by", [row.code for row in DIMENSIONS])
def test_every_figure_opens_the_list_that_adds_up_to_it(community, by):
    reader = user_with(REPORT, VIEW, communities=[community])
    world(community)
    found = report(reader, asked(by))
    assert sum(line.total for line in found.lines) == found.whole.total == 6
    for line in [*found.lines, found.whole]:
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row_of(line))
        opened = [[listed(reader, unescape(url)) for url in re.findall(r'href="([^"]*)"', cell)] for cell in cells]
        *counted, materials = opened
        assert [[len(rows) for rows in cell] for cell in counted] == doors_of(line), line.label
        assert sum(order.materials_fee for rows in materials for order in rows) == line.materials


def doors_of(line):
    """How many orders are behind the doors of each cell but the last; where nothing is there is no door."""
    late = [[line.missed[clock]] if line.missed.get(clock) else [] for clock in Clock]
    rated = [line.satisfied, line.rated] if line.rated else []
    reworked, unrated = ([figure] if figure else [] for figure in (line.reworked, line.unrated))
    return [[line.total], [line.total], [line.finished], *late, [], [], reworked, [], rated, [], unrated]


def test_the_largest_are_those_of_all(community, reader):
    """The page asks for a hundred lines: those that would come first of all of them, whichever of equals; the rest is only counted."""
    rooms = [UnitFactory(building__community=community) for _room in range(5)]
    for count, room in zip((1, 3, 2, 2, 1), rooms, strict=True):
        for _order in range(count):
            WorkOrderFactory(unit=room)
    every = report(reader, asked("building"))
    for most in range(1, 7):
        found = report(reader, asked("building"), most)
        assert [line.label for line in found.lines] == [line.label for line in every.lines[:most]]
        assert (found.more, found.whole) == (max(0, 5 - most), every.whole)


def test_the_period_is_that_of_the_day_it_was_received(community, reader):
    today = timezone.localdate()
    midnight = timezone.make_aware(timezone.datetime.combine(today, timezone.datetime.min.time()))
    order_in(community, reported_at=midnight)
    order_in(community, reported_at=midnight - timedelta(seconds=1))
    found = report(reader, Asked(BY_CODE["month"], today, today))
    assert found.whole.total == len(listed(reader, found.whole.url())) == 1


class TestPage:
    def page(self, user, **query):
        return signed_in(user).get(reverse(URL), query)

    def test_it_needs_its_permission(self, community):
        assert_sent_to_sign_in(Client().get(reverse(URL)))
        assert self.page(user_with(VIEW, communities=[community])).status_code == 403

    def test_only_what_one_may_see_is_counted(self, community, reader):
        order_in(community)
        order_in(CommunityFactory())
        assert self.page(reader).context["found"].whole.total == 1

    def test_who_sees_figures_in_fewer_places_than_orders_is_asked_for_one(self, community):
        other = CommunityFactory()
        order_in(community), order_in(other)
        user = user_with(REPORT, communities=[community])
        grant_to(user, VIEW, communities=[community, other])
        found = self.page(user).context["found"]
        assert (found.asked.community, found.whole.total) == (community, 1)
        assert self.page(user, community=other.pk).context["found"] is None

    def test_queries_do_not_grow_with_the_lines(self, community, reader):
        client, url = signed_in(reader), reverse(URL)
        order_in(community)
        queries_of(client, url)
        before = queries_of(client, url)
        world(community)
        assert queries_of(client, url) == before <= 25

    @pytest.mark.parametrize(
        "query",
        [{"start": "2026-13-01"}, {"start": "2026-02-01", "end": "2026-01-01"}, {"start": "2020-01-01"}, {"by": "x"}],
    )
    def test_a_wrong_question_is_told(self, reader, query):
        page = self.page(reader, **query)
        assert (page.status_code, page.context["found"]) == (200, None)

    def test_a_year_can_be_asked_for(self, reader):
        assert self.page(reader, start="2026-01-01", end="2026-12-31", by="month").context["found"] is not None


class TestExport:
    def post(self, user, **query):
        today = timezone.localdate()
        query = {"by": "category", "start": today - timedelta(days=3), "end": today, "community": ""} | query
        return signed_in(user).post(reverse("workorders:report_export"), query)

    def test_it_holds_the_table(self, community):
        world(community)
        user = user_with(REPORT, VIEW, EXPORT, communities=[community])
        answer = self.post(user)
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
        rows = list(sheet.iter_rows(values_only=True))
        assert (rows[0][:3], len(rows)) == (("一级类型", "受理", "完工"), 4)
        assert rows[-1][:3] == ("合计", 6, 4)
        entry = LogEntry.objects.get(action="workorders.report.exported")
        assert (entry.actor_id, entry.changes["rows"]) == (user.pk, 3)

    def test_the_page_and_the_table_round_a_stretch_of_time_alike(self, community):
        now = timezone.now()
        order_in(community, reported_at=now - timedelta(minutes=149, seconds=30), completed_at=now, status=Status.DONE)
        user = user_with(REPORT, VIEW, EXPORT, communities=[community])
        assert "2时30分" in row_of(report(user, asked()).whole)
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(self.post(user).streaming_content))).active
        rows = list(sheet.iter_rows(values_only=True))
        told = dict(zip(rows[0], rows[-1], strict=True))
        assert (told["用时中位数（分钟）"], told["九成用时（分钟）"]) == (150, 150)

    def test_both_rights_are_needed(self, community):
        assert self.post(user_with(REPORT, VIEW, communities=[community])).status_code == 403
        assert self.post(user_with(EXPORT, VIEW, communities=[community])).status_code == 403
        assert not LogEntry.objects.filter(action="workorders.report.exported").exists()

    def test_figures_of_places_one_may_not_export_from_stay(self, community):
        other = CommunityFactory(name="湖滨苑")
        user = user_with(REPORT, VIEW, communities=[community, other])
        grant_to(user, EXPORT, communities=[community])
        for where, offered in (("", False), (other.pk, False), (community.pk, True)):
            assert self.post(user, community=where).status_code == (200 if offered else 403)
            page = signed_in(user).get(reverse(URL), {"community": where})
            assert ("导出 Excel" in page.content.decode()) is offered
        assert LogEntry.objects.filter(action="workorders.report.exported").count() == 1
