"""What is over: cases of the last fourteen months as the services would have left them (their log cannot be written for days gone by).
No two communities tell the same story: what is complained of, how often and how fast it is dealt with comes from their own dice."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Answer, CityCase, ClockStandard, Complaint, ComplaintClock
from complaints.queries.classes import category_of
from complaints.seeding.stories import ELSEWHERE, HISTORY, IMPROVEMENTS, PRAISE, SUGGESTIONS
from complaints.services import clocks, improvements, intake
from complaints.services.marks import note
from complaints.states import Basis, CityClass, Clock, Ending, Kind, Level, Responsibility, Source, Status
from complaints.working import after
from core.services.numbering import daily_number
from owners.seeding.hours import afternoon, by_day
from owners.seeding.past_calls import called
from owners.states import CallBackCause, CallBackOutcome

DESK, LEAD, ENGINEER, MANAGER = "kefu", "kefu_zg", "gongcheng", "jingli"
DAYS, CASES, SPREAD = 425, 76, 16
# Times as long as usual: a fortnight at the quickest, which is late for every level.
FORGOTTEN = 200
_SOURCES = (
    Source.PHONE, Source.PHONE, Source.PHONE, Source.COUNTER, Source.WECHAT, Source.APP, Source.CALL_BACK, Source.COMMITTEE,
    Source.CITY,
)  # fmt: skip
# How it ended, and whether the customer was unhappy once before: a deck of twenty, shuffled, dealt, and dealt again.
_FATES = (
    *[(Ending.SATISFIED, 0)] * 11, (Ending.SATISFIED, 1), *[(Ending.BASICALLY, 0)] * 5, (Ending.BASICALLY, 1), *[(Ending.UNREACHED, 0)] * 2,
)  # fmt: skip
_HEARD: dict[str, str] = {
    Ending.SATISFIED: CallBackOutcome.SATISFIED, Ending.BASICALLY: CallBackOutcome.BASICALLY, Ending.UNREACHED: CallBackOutcome.NO_ANSWER,
}  # fmt: skip
_WORDS: dict[str, tuple[str, ...]] = {
    CallBackOutcome.SATISFIED: ("", "", "处理得及时", "答复很清楚", "已经解决了"),
    CallBackOutcome.BASICALLY: ("希望再快一点", "这次解决了，希望不再出现", ""), CallBackOutcome.NO_ANSWER: ("",),
}  # fmt: skip
_SAID = ((True, True, True), (True, True, True), (True, True, False), (True, False, False), (True, True, None))


class Past:
    """Writes with the dice, the flats and the people of a community's writer."""

    def __init__(self, writer: Any) -> None:
        self.writer, self.random = writer, writer.random
        self.numbers = self.ended = 0
        self.fates = list(_FATES)
        self.random.shuffle(self.fates)
        self.standards = {(row.level, row.clock): row for row in ClockStandard.objects.filter(kind="")}
        self.told_of: list[tuple[int, int, tuple[str, ...]]] = []

    def write(self) -> None:
        count = CASES + self.random.randrange(-SPREAD, SPREAD + 1)
        days = sorted((self.random.randrange(2, DAYS) for _case in range(count)), reverse=True)
        # Some matters trouble one community more than another.
        stories = [*HISTORY, *self.random.choices(HISTORY, k=12)]
        for day, pace in zip(days, self._paces(count), strict=True):
            self._complaint(day, stories, pace)
        for number in range(2 * len(SUGGESTIONS)):
            topic, said, outcome, reason, done = SUGGESTIONS[number % len(SUGGESTIONS)]
            row = (topic, said, "", done, "other")
            self._case(300 - number * 47, row, kind=Kind.SUGGESTION, outcome=outcome, outcome_reason=reason)
        for number, said in enumerate(PRAISE):
            self._case(20 - number * 8, ("other", said, "", "已转告本人并在例会表扬", ""), kind=Kind.PRAISE)

    def _paces(self, count: int) -> list[int]:
        """How many times as long as usual each case took: shares of a company that is nearly always in time, whatever the dice say. One
        was forgotten for weeks, long enough ago to be over."""
        lying, slow = count // 25, count // 12
        paces = [9] * lying + [4] * slow + [1] * (count - lying - slow - 1)
        self.random.shuffle(paces)
        paces.insert(count // 2, FORGOTTEN)
        return paces

    def _complaint(self, day: int, stories: list[tuple[str, ...]], pace: int) -> None:
        recent = [row for row in self.told_of if row[0] - day <= 60]
        if recent and self.random.random() < 0.12:  # the same flat complains of the same again
            _day, flat, story = self.random.choice(recent)
        else:
            flat, story = self.random.randrange(200), self.random.choice(stories)
        self.told_of.append((day, flat, story))
        self._case(day, story, flat=flat, pace=pace)

    def _case(
        self,
        days_ago: int,
        story: tuple[str, ...],
        *,
        flat: int = -1,
        pace: int = 1,
        kind: str = Kind.COMPLAINT,
        **values: Any,
    ) -> None:
        topic, said, demand, done, cause = story
        writer, staff = self.writer, self.writer.staff
        start = timezone.localtime(writer.now).replace(hour=9, minute=5, second=0, microsecond=0)
        at = start - timedelta(days=days_ago) + timedelta(minutes=self.random.randint(0, 400))
        unit = writer.unit(flat if flat >= 0 else self.random.randrange(200))
        case = Complaint(
            **intake.standing(unit=unit), **writer.person(unit), kind=kind,
            number=daily_number(intake.PREFIXES[kind], timezone.localdate(at), community_id=writer.community.pk),
            source=self.random.choice(_SOURCES) if kind == Kind.COMPLAINT else Source.APP, topic=writer.topics[topic],
            category=category_of(writer.topics[topic]), facts=said, demand=demand, level=self._level(kind), received_at=at,
            recorded_by=staff[DESK], responsibility=ELSEWHERE.get(topic, Responsibility.PROPERTY),
        )  # fmt: skip
        case.repeat_count = intake.repeats_of(case)
        case.save()
        moments = self._moments(at, pace, quick=case.is_major)
        whichever = (Clock.ACCEPT, Clock.FIRST_ANSWER, Clock.COMPLETION)
        met = [self._clock(case, *pair) for pair in zip(whichever, (moments[0], moments[1], moments[3]), strict=True)]
        self._told(case, moments[1], "已收到，马上安排人去看", final=False)
        self._told(case, moments[3], done, final=True)
        if case.source == Source.CITY:
            met += self._city(case, moments)
        ComplaintClock.objects.bulk_create(met)
        self._end(case, done, cause, moments, values)

    def _level(self, kind: str) -> str:
        if kind != Kind.COMPLAINT:
            return Level.NORMAL
        return str(self.random.choices([Level.MINOR, Level.NORMAL, Level.MAJOR], [5, 12, 1])[0])

    def _moments(self, at: datetime, pace: int, *, quick: bool) -> list[datetime]:
        """受理, first answer, the department's report, the answer, the end; what is grave (`quick`) within the quarter of an hour it has,
        at the usual pace."""
        begins = ((3, 12), (4, 14)) if quick else ((4, 24), (20, 70))
        steps = [self.random.randint(*span) * pace for span in (*begins, (60, 600), (30, 90))]
        latest = self.writer.now - timedelta(hours=2)
        found = [at]
        for minutes in steps:
            found.append(min(by_day(found[-1] + timedelta(minutes=minutes)), latest))
        return [*found[1:], min(afternoon(found[-1] + timedelta(days=1, minutes=30)), self.writer.now)]

    def _clock(self, case: Complaint, clock: str, met_at: datetime) -> ComplaintClock:
        """A clock that ran and was met; nobody was told of its steps."""
        standard, at = self.standards[case.level, clock], case.received_at
        due_at, warn_at = (after(case.community, standard.basis, at, standard.amount, share) for share in (1.0, 0.8))
        return ComplaintClock(
            complaint=case, clock=clock, basis=standard.basis, amount=standard.amount, starts_at=at, due_at=due_at, warn_at=warn_at,
            met_at=met_at, late=met_at > due_at,
        )  # fmt: skip

    def _given(self, case: Complaint, clock: str, due_at: datetime, met_at: datetime) -> ComplaintClock:
        return ComplaintClock(
            complaint=case, clock=clock, basis=Basis.ROUND, amount=0, given_at=due_at, starts_at=case.received_at, due_at=due_at,
            warn_at=due_at, met_at=met_at, late=met_at > due_at,
        )  # fmt: skip

    def _city(self, case: Complaint, moments: list[datetime]) -> list[ComplaintClock]:
        """A case of the hotline, signed for and finished; of some the city has not said everything yet."""
        self.numbers += 1
        at = case.received_at
        responded, resolved, satisfied = self.random.choice(_SAID)
        row = CityCase.objects.create(
            complaint=case, external_number=f"{timezone.localtime(at):%Y%m%d}{self.writer.community.pk:02}9{self.numbers:03}",
            agency="区政务热线中心", city_class=CityClass.PLAIN,
            sign_due_at=at + timedelta(hours=2), end_due_at=at + timedelta(days=7), signed_at=moments[0],
            signed_by=self.writer.staff[DESK], finished_at=moments[3], responded=responded, resolved=resolved, satisfied=satisfied,
        )  # fmt: skip
        return [
            self._given(case, Clock.SIGN, row.sign_due_at, moments[0]), self._given(case, Clock.CITY_END, row.end_due_at, moments[3]),
        ]  # fmt: skip

    def _end(self, case: Complaint, done: str, cause: str, moments: list[datetime], values: dict[str, Any]) -> None:
        writer, staff = self.writer, self.writer.staff
        for name, value in values.items():
            setattr(case, name, value)
        accepted, first, reported, answered, closed = moments
        case.accepted_at, case.accepted_by, case.assigned_at = accepted, staff[LEAD], accepted
        case.handler = staff[self.random.choice([DESK, ENGINEER, ENGINEER])]
        case.team = self.random.choice([*writer.teams, None])
        case.first_answer_at, case.reported_at, case.answered_at = first, reported, answered
        case.result, case.cause = done, writer.causes.get(cause)
        case.status, case.closed_at, case.closed_by = Status.CLOSED, closed, staff[MANAGER if case.is_major else LEAD]
        case.ending, unhappy = self.fates[self.ended % len(self.fates)]
        case.redo_count = unhappy if case.kind == Kind.COMPLAINT else 0
        self.ended += 1
        self._improve(case, cause)
        case.save()
        clocks.refresh(case)
        improvements.plan(case, before=None)
        note(case, f"{case.get_kind_display()}：{case.topic}", case.facts, at=case.received_at)
        note(case, _("已反馈处理结果"), done, at=answered)
        note(case, _("已关闭：%(ending)s") % {"ending": case.get_ending_display()}, at=closed)
        self._called(case)

    def _called(self, case: Complaint) -> None:
        """Everybody is called back by somebody who did not handle it; whoever was unhappy once, once more."""
        assert case.answered_at is not None
        assert case.closed_at is not None
        staff = self.writer.staff
        facts: dict[str, Any] = {
            "title": case.headline, "cause": CallBackCause.COMPLAINT, "handlers": [case.handler_id],
            "by": staff[LEAD] if case.handler == staff[DESK] else staff[DESK],
        }  # fmt: skip
        if case.redo_count:
            half = case.received_at + (case.answered_at - case.received_at) / 2
            before = min(by_day(half), case.answered_at - timedelta(minutes=5))
            called(case, at=before, outcome=CallBackOutcome.UNSATISFIED, text="又出现了，没有彻底解决", **facts)
        outcome = _HEARD[case.ending]
        text = self.random.choice(_WORDS[outcome])
        called(case, at=case.closed_at, outcome=outcome, text=text, round=case.round, **facts)

    def _improve(self, case: Complaint, cause: str) -> None:
        """A good quarter of the causes led to something; most of it has been done, the rest is due now or overdue."""
        assert case.closed_at is not None
        if cause not in IMPROVEMENTS or self.random.random() > 0.28:
            return
        due, today = timezone.localdate(case.closed_at) + timedelta(days=14), timezone.localdate(self.writer.now)
        case.improvement, case.improvement_due = IMPROVEMENTS[cause], due
        if due < today - timedelta(days=20):
            case.improved_on = due - timedelta(days=self.random.randint(-3, 9))

    def _told(self, case: Complaint, at: datetime, text: str, *, final: bool) -> None:
        staff = self.writer.staff[DESK]
        Answer.objects.create(complaint=case, at=at, by=staff, way="phone", text=text, final=final)
