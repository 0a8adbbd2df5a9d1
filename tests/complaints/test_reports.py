"""投诉统计 (R57, R53): the worked example of 每千户投诉, every figure against the list it leads to, who counts what."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from audit.models import User
from complaints.models import CityCase, Complaint, ComplaintClock
from complaints.queries.reports.asked import Asked
from complaints.queries.reports.course import over
from complaints.queries.reports.cross import cross
from complaints.queries.reports.dimensions import BY_CODE, DIMENSIONS
from complaints.queries.reports.lines import CLOCKS, lines
from complaints.queries.reports.overview import overview
from complaints.services.clocks import refresh
from complaints.states import CLOCK_BITS, Clock, Ending, Kind, Level, Outcome, Responsibility, Source, Status
from complaints.tables.reports import comparison, figures, row_of
from complaints.views.cases import ComplaintList
from core.web import searching
from core.web.periods import Period
from properties.models import Unit
from tests.factories.audit import UserFactory, grant_to, user_with
from tests.factories.complaints import ComplaintFactory
from tests.factories.owners import word
from tests.factories.properties import BuildingFactory, CommunityFactory, TeamFactory, UnitFactory

pytestmark = pytest.mark.django_db
REPORT, VIEW, SECRET = "complaints.report_complaint", "complaints.view_complaint", "complaints.view_confidential"
CODES = [row.code for row in DIMENSIONS]


@pytest.fixture
def community():
    return CommunityFactory(name="湖映花园")


@pytest.fixture
def reader(community):
    return user_with(REPORT, VIEW, communities=[community])


def period(days=31):
    today = timezone.localdate()
    return Period(today - timedelta(days=days), today)


def asked(community=None, kind="", days=31):
    return Asked(period(days), community, kind)


def whole(user, question):
    return over(user, question, [question.period])[question.period]


def case_in(community, **values):
    return ComplaintFactory(
        **{"unit": values.pop("unit", None) or UnitFactory(building__community=community), **values}
    )


def clock(case, which, *, late=False, met=True, round=0, dropped=False):
    now = timezone.now()
    due = now - timedelta(minutes=30)
    ComplaintClock.objects.create(
        complaint=case, clock=which, basis="round", amount=60, starts_at=now - timedelta(hours=2), due_at=due, warn_at=due,
        met_at=now if met else None, late=late, round=round, dropped_at=now if dropped else None,
    )  # fmt: skip
    refresh(case)


def world(community):
    """A little of everything: all kinds, levels, states and ends, known and unknown causes, kept, missed and owed deadlines."""
    now, one, two = timezone.now(), BuildingFactory(community=community), BuildingFactory(community=community)
    team, handler = TeamFactory(community=community), UserFactory(display_name="周敏")
    flat, other = UnitFactory(building=one), UnitFactory(building=two)
    over = {"status": Status.CLOSED, "handler": handler, "team": team, "first_answer_at": now - timedelta(minutes=20)}
    content = case_in(community, unit=flat, **over, cause=word("complaint_cause", "skill"))
    basically = case_in(
        community, unit=other, **over, ending=Ending.BASICALLY, redo_count=1, code="lift", level=Level.MINOR,
        responsibility=Responsibility.THIRD_PARTY, source=Source.CITY, received_at=now - timedelta(days=20),
    )  # fmt: skip
    silent = case_in(
        community, unit=flat, **over, ending=Ending.UNREACHED, repeat_count=1, cause=word("complaint_cause", "skill")
    )
    unhappy = case_in(
        community, unit=flat, status=Status.WORKING, redo_count=1, level=Level.MAJOR, responsibility=Responsibility.DEVELOPER,
        code="quality_leak", handler=handler, first_answer_at=now - timedelta(minutes=40),
    )  # fmt: skip
    new = case_in(community, unit=other)
    grave = ComplaintFactory(unit=None, community=community, anonymous=True, complainant="", level=Level.MAJOR)
    adopted = case_in(
        community, unit=flat, **over, kind=Kind.SUGGESTION, outcome=Outcome.ADOPTED, number="JY20261122-0001"
    )
    praised = case_in(community, unit=flat, kind=Kind.PRAISE, status=Status.CALLING, number="BY20261122-0001")
    taken_back = case_in(
        community,
        unit=other,
        status=Status.CLOSED,
        ending=Ending.WITHDRAWN,
        accepted_at=None,
        answered_at=None,
        responsibility="",
    )
    for case, late in ((content, False), (basically, True), (silent, False), (adopted, False)):
        for which in CLOCKS:
            clock(case, which, late=late)
    clock(unhappy, Clock.ACCEPT)
    clock(unhappy, Clock.COMPLETION)
    clock(unhappy, Clock.COMPLETION, met=False, round=1)
    clock(new, Clock.ACCEPT, met=False)
    clock(new, Clock.FIRST_ANSWER, met=False)
    clock(grave, Clock.ACCEPT, met=False)
    clock(taken_back, Clock.ACCEPT, met=False, dropped=True)
    clock(basically, Clock.SIGN)
    clock(basically, Clock.CITY_END, late=True)
    CityCase.objects.create(
        complaint=basically, external_number="12345-1", agency="区热线", sign_due_at=now, end_due_at=now, responded=True, resolved=False,
    )  # fmt: skip
    for person in User.objects.filter(pk__in=Complaint.objects.filter(handler__isnull=False).values("handler")):
        grant_to(person, VIEW, communities=[community])
    return content, basically, silent, unhappy, new, grave, adopted, praised, taken_back


def listed(user, url):
    """What the list shows behind a figure's address."""
    assert url
    filters = ComplaintList.filtered(user, QueryDict(urlsplit(url).query))
    assert filters.form.is_valid(), filters.form.errors
    return list(filters.qs)


def doors(row):
    """The numbers of a drawn line with their addresses."""
    line = row["line"]
    found = [
        (row["url"], line.total),
        *((row[name]["url"], row[name]["n"]) for name in ("waiting", "major", "answered")),
    ]
    for rate in row["rates"]:
        found += [(rate[part]["url"], rate[part]["n"]) for part in ("of", "base")]
    return found


def assert_lead_there(user, pairs):
    for url, count in pairs:
        if count:
            assert len(listed(user, url)) == count, url
        else:
            assert url == ""


# --- the worked example ------------------------------------------------------------------------------------------------------------


def test_r57_38_complaints_of_3200_households_are_11_88_per_thousand(community, reader):
    first = case_in(community)
    unit = first.unit
    names = [field.attname for field in Unit._meta.concrete_fields if field.attname not in {"id", "uid"}]
    values = {name: getattr(unit, name) for name in names}
    Unit.objects.bulk_create(Unit(**values | {"number": f"W{n}", "code": f"W{n}"}) for n in range(3199))
    parking, stopped = (UnitFactory(building=unit.building) for _one in range(2))
    Unit.objects.filter(pk=parking.pk).update(kind="parking")
    Unit.objects.filter(pk=stopped.pk).update(disabled_at=timezone.now())
    names = [field.attname for field in Complaint._meta.concrete_fields if field.attname not in {"id", "uid"}]
    values = {name: getattr(first, name) for name in names}
    Complaint.objects.bulk_create(Complaint(**values | {"number": f"T{n}"}) for n in range(37))
    case_in(community, unit=unit, kind=Kind.SUGGESTION)
    line = whole(reader, asked(kind=Kind.COMPLAINT))
    assert (line.complaints, line.households, line.density) == (38, 3200, Decimal("11.88"))
    of_all = lines(reader, asked(), BY_CODE["community"])
    assert (of_all.whole.density, of_all.lines[0].density) == (Decimal("11.88"), Decimal("11.88"))


# --- what is counted ---------------------------------------------------------------------------------------------------------------


def test_figures_of_a_little_world(community, reader):
    world(community)
    line = whole(reader, asked())
    assert (line.total, line.complaints, line.waiting, line.major) == (9, 7, 3, 2)
    assert {which: (line.kept(which), line.decided[which]) for which in CLOCKS} == {
        Clock.ACCEPT: (4, 7), Clock.FIRST_ANSWER: (3, 5), Clock.COMPLETION: (3, 5),
    }, "what was taken back owes nothing; a second round that is late is late"  # fmt: skip
    assert (line.repeated, line.repeat_rate) == (1, Decimal("14.29"))
    # Of nine, four have been asked and answered: two content, one of them after a second try; one still is not.
    assert (line.content, line.unhappy, line.satisfaction) == (3, 1, Decimal("75.00"))
    assert line.answered == 5


def test_the_first_answer_is_measured_from_the_first_word(community, reader):
    now = timezone.now()
    for minutes in (10, 20, 30, 40, 100):
        case_in(community, received_at=now - timedelta(minutes=minutes), first_answer_at=now)
    line = whole(reader, asked())
    assert (line.p50, line.p90) == (pytest.approx(30), pytest.approx(76))
    by = lines(reader, asked(), BY_CODE["category"])
    assert (by.lines[0].p50, by.whole.p90) == (pytest.approx(30), pytest.approx(76))


def test_nothing_is_no_rate(reader):
    line = whole(reader, asked())
    assert [line.on_time(which) for which in CLOCKS] == [None, None, None]
    assert (line.repeat_rate, line.satisfaction, line.density, line.p50, line.p90) == (None, None, None, None, None)
    assert lines(reader, asked(), BY_CODE["category"]).lines == []
    assert cross(reader, asked(), BY_CODE["category"], BY_CODE["level"]).total == 0


def test_few_are_marked(community, reader):
    for late in (False, True):
        clock(case_in(community), Clock.ACCEPT, late=late)
    found = overview(reader, asked())
    marked = {row["label"]: row["now"]["few"] for row in comparison(found)}
    assert marked["及时受理率"] is True
    assert "样本不足" in figures(found)[2]["sub"]
    assert marked["投诉件数"] is False, "a count is no sample"
    names = [field.attname for field in Complaint._meta.concrete_fields if field.attname not in {"id", "uid"}]
    values = {name: getattr(Complaint.objects.first(), name) for name in names} | {
        "met_clocks": CLOCK_BITS[Clock.ACCEPT]
    }
    Complaint.objects.bulk_create(Complaint(**values | {"number": f"T{n}"}) for n in range(28))
    assert {row["label"]: row["now"]["few"] for row in comparison(overview(reader, asked()))}["及时受理率"] is False


def test_the_period_is_that_of_the_day_it_was_taken_in(community, reader):
    today = timezone.localdate()
    midnight = timezone.make_aware(timezone.datetime.combine(today, timezone.datetime.min.time()))
    case_in(community, received_at=midnight)
    case_in(community, received_at=midnight - timedelta(seconds=1))
    line = whole(reader, Asked(Period(today, today), None, ""))
    assert line.total == len(listed(reader, line.url())) == 1


def test_what_was_met_and_missed_stands_on_the_case(community):
    case = case_in(community)
    clock(case, Clock.ACCEPT)
    clock(case, Clock.COMPLETION, late=True)
    clock(case, Clock.PROGRESS, met=False)
    case.refresh_from_db()
    both = CLOCK_BITS[Clock.ACCEPT] | CLOCK_BITS[Clock.COMPLETION]
    assert (case.met_clocks, case.late_clocks, case.late) == (both, CLOCK_BITS[Clock.COMPLETION], True)


@pytest.mark.parametrize("limit", [10_000, 0], ids=["gathered", "looked through"])
def test_deadlines_are_kept_missed_or_neither(community, reader, monkeypatch, limit):
    """However they are found: of every clock what the list says is what the clocks themselves say."""
    monkeypatch.setattr(searching, "EXACT_LIMIT", limit)
    world(community)
    now, sets = timezone.now(), {}
    for which in Clock:
        rows = ComplaintClock.objects.filter(clock=which, complaint__community=community)
        late = rows.filter(Q(late=True) | Q(met_at__isnull=True, dropped_at__isnull=True, due_at__lt=now))
        missed = set(late.values_list("complaint", flat=True))
        kept = set(rows.filter(met_at__isnull=False).values_list("complaint", flat=True)) - missed
        for name, wanted in (("kept", kept), ("missed", missed), ("decided", kept | missed)):
            url = f"?{name}={which}&group=all"
            sets[name, which] = {case.pk for case in listed(reader, url)}
            assert sets[name, which] == wanted, (name, which)
    assert sets["missed", Clock.CITY_END] and sets["kept", Clock.SIGN] and sets["decided", Clock.ACCEPT]


# --- every figure opens the list that adds up to it ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "total"), [("", 9), (Kind.COMPLAINT, 7)])
def test_every_figure_of_every_dimension_opens_its_list(community, reader, kind, total):
    world(community)
    opened = set()  # the line of the whole stands under every dimension
    for code in CODES:
        found = lines(reader, asked(kind=kind), BY_CODE[code])
        assert sum(line.total for line in found.lines) == found.whole.total == total, code
        for line in [*found.lines, found.whole]:
            assert line.label, code
            opened.update(doors(row_of(line)))
    assert_lead_there(reader, opened)
    for which in CLOCKS:
        line = found.whole
        assert len(listed(reader, line.url(missed=which.value))) == line.missed[which]


def test_every_cell_of_two_dimensions_opens_its_list(community, reader):
    """Each dimension as rows and as columns, beside two others."""
    world(community)
    opened = set()  # each dimension is the rows of some tables and the columns of others
    for down, across in [*pairwise([*CODES, CODES[0]]), *zip(CODES, CODES[3:], strict=False)]:
        found = cross(reader, asked(), BY_CODE[down], BY_CODE[across])
        assert found.total == 9 == len(listed(reader, found.url))
        assert sum(row.head.total for row in found.rows) == sum(head.total for head in found.columns) == 9
        for row in found.rows:
            assert sum(cell.count for cell in row.cells) == row.head.total, (down, across)
            opened.update([(row.head.url, row.head.total), *((cell.url, cell.count) for cell in row.cells)])
        opened.update((head.url, head.total) for head in found.columns)
    assert_lead_there(reader, opened)


def test_every_figure_of_the_overview_opens_its_list(community, reader):
    world(community)
    case_in(community, received_at=timezone.now() - timedelta(days=40))
    case_in(community, received_at=timezone.now() - timedelta(days=380))
    found = overview(reader, asked())
    assert (found.now.total, found.before.total, found.year_ago.total) == (7, 1, 1)
    for row in comparison(found):
        seen = [row[name] for name in ("now", "before", "year_ago")]
        parts = [part for one in seen for part in (one["of"], one["base"]) if part]
        assert_lead_there(reader, [(part["url"], part["n"]) for part in parts if part["n"] != found.now.households])
    shares = [*found.responsibilities, *found.causes, *found.suggestions, *found.kinds]
    assert all(len(listed(reader, row.url)) == row.count for row in shares)
    assert sum(row.count for row in found.responsibilities) == 7
    assert [row.label for row in found.causes] == ["技能不足", "未分析"]
    assert {row.label: row.count for row in found.suggestions} == {"采纳": 1}
    assert len(found.months) == 12
    assert all(len(listed(reader, row.url)) == row.count for row in found.months)
    assert sum(row.count for row in found.months) == 8


def test_the_three_rates_of_the_city_count_what_the_city_has_said(community, reader):
    world(community)
    city = overview(reader, asked()).city
    found = {row.name: (row.count, row.whole, row.rate) for row in [*city.rates, *city.clocks]}
    assert found == {
        "responded": (1, 1, Decimal("100.00")), "resolved": (0, 1, Decimal("0.00")), "satisfied": (0, 0, None),
        Clock.SIGN: (1, 1, Decimal("100.00")), Clock.CITY_END: (0, 1, Decimal("0.00")),
    }  # fmt: skip
    assert city.total == len(listed(reader, city.url)) == 1
    for row in [*city.rates, *city.clocks]:
        assert (len(listed(reader, row.url)), len(listed(reader, row.whole_url))) == (row.count, row.whole)


# --- who counts what ---------------------------------------------------------------------------------------------------------------


def test_confidential_cases_count_for_those_who_see_them(community):
    """The same figures as the list, for whoever may see such cases, may not, handles one, or is the one it is about."""
    handler, accused = (user_with(REPORT, VIEW, communities=[community]) for _one in range(2))
    trusted = user_with(REPORT, VIEW, SECRET, communities=[community])
    trusted_but_accused = user_with(REPORT, VIEW, SECRET, communities=[community])
    in_the_team = user_with(REPORT, VIEW, SECRET, communities=[community])
    outsider = user_with(REPORT, VIEW, communities=[community])
    team = TeamFactory(community=community)
    team.members.add(in_the_team)
    case_in(community)
    case_in(
        community, confidential=True, status=Status.WORKING, handler=handler, accused_people=[accused, trusted_but_accused],
        accused_team=team,
    )  # fmt: skip
    seen = {trusted: 2, handler: 2, outsider: 1, accused: 1, trusted_but_accused: 1, in_the_team: 1}
    for person, count in seen.items():
        found = overview(person, asked())
        assert found.now.total == len(listed(person, found.now.url())) == count
        for code in CODES:
            by = lines(person, asked(), BY_CODE[code])
            assert by.whole.total == sum(line.total for line in by.lines) == count, code
        assert cross(person, asked(), BY_CODE["status"], BY_CODE["handler"]).total == count
        assert sum(row.count for row in found.responsibilities) == count


def test_other_communities_do_not_count(community, reader):
    case_in(community), case_in(CommunityFactory())
    assert whole(reader, asked()).total == 1
    assert len(lines(reader, asked(), BY_CODE["community"]).lines) == 1
    assert overview(reader, asked()).now.households == 1


def test_who_sees_one_building_counts_its_cases_and_homes(community):
    here, there = UnitFactory(building__community=community), UnitFactory(building__community=community)
    case_in(community, unit=here), case_in(community, unit=there)
    person = user_with(REPORT, VIEW, buildings=[here.building])
    line = whole(person, asked())
    assert (line.total, line.households) == (1, 1)


def test_a_team_out_of_reach_has_no_list(community):
    """A case of one's own may name a team of which one sees nothing: its figure is told, and opens nothing that says more."""
    case = case_in(community, team=TeamFactory(community=CommunityFactory()))
    person = user_with(REPORT, VIEW, communities=[community])
    found = lines(person, asked(), BY_CODE["team"])
    assert [(line.label, line.total, line.url()) for line in found.lines] == [(case.team.name, 1, "")]
