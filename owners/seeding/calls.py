"""Sample call-back plans of a community, one in every state, with calls by the demo's staff. What is long over is made today by the
services and then set back, together with what it left on the files (its log stays of today)."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.models import User
from core.actors import SYSTEM
from core.models import DictItem
from owners.models import CallBackAttempt, CallBackPlan, CallBackRound, CallBackTask, ContactRecord, TimelineEntry
from owners.queries.call_plans import months_after
from owners.services.call_assigning import assign_call_backs
from owners.services.call_backs import record_call_back
from owners.services.call_plans import create_plan, end_plan, pause_plan, start_plan
from owners.services.call_rounds import begin_round
from owners.states import CallBackCause, CallBackOutcome, CallWay, PlanHands
from properties.models import Community

DESK, LEAD = "kefu", "kefu_zg"
LONG_AGO = timedelta(days=41)
# Result, what was said; as often as they stand here.
_SAID = (
    (CallBackOutcome.SATISFIED, ""), (CallBackOutcome.SATISFIED, "保洁比以前勤快，电梯间很干净"), (CallBackOutcome.SATISFIED, ""),
    (CallBackOutcome.BASICALLY, "希望夜里多巡逻几次"), (CallBackOutcome.NO_ANSWER, ""), (CallBackOutcome.SATISFIED, "管家很负责"),
    (CallBackOutcome.BASICALLY, "地库灯有几盏不亮"), (CallBackOutcome.UNSATISFIED, "楼道堆物说了两次没有人清"),
    (CallBackOutcome.REFUSED, ""), (CallBackOutcome.SATISFIED, ""),
)  # fmt: skip
_CHECKED = (
    (CallBackOutcome.CONFIRMED, ""), (CallBackOutcome.CONFIRMED, ""), (CallBackOutcome.CHANGED, "换了手机号，车也换了"),
    (CallBackOutcome.NO_ANSWER, ""), (CallBackOutcome.CONFIRMED, ""),
)  # fmt: skip


def load(seed: int, now: datetime | None = None) -> dict[str, int]:
    """{community code: calls planned}. A community that has plans is left alone. Raises LookupError without the demo's staff."""
    staff = {user.username: user for user in User.objects.filter(username__in=[DESK, LEAD])}
    if len(staff) < 2:
        raise LookupError("没有演示账号，请先运行 create_demo_accounts")
    written = {}
    for community in Community.objects.order_by("pk"):
        if not CallBackPlan.objects.filter(community=community).exists():
            with transaction.atomic():
                written[community.code] = Writer(community, staff, seed).write()
    return written


class Writer:
    def __init__(self, community: Community, staff: dict[str, User], seed: int) -> None:
        self.community, self.desk, self.lead = community, staff[DESK], staff[LEAD]
        self.random = Random(f"calls {community.code} {seed}")  # noqa: S311  a sample, no secret
        self.today = timezone.localdate()

    def write(self) -> int:
        self._over()
        self._paused()
        self._running()
        elders = list(DictItem.objects.filter(type__code="owner_tag", code="elder"))
        self._plan(
            "春节前上门关怀", CallBackCause.CARE, months_after(self.today.replace(day=1), 2), tags=elders, hands=PlanHands.FILE,
            days=14,
        )  # fmt: skip
        return CallBackTask.objects.filter(community=self.community, plan__isnull=False).count()

    def _plan(self, name: str, cause: str, first_on: date, **values: Any) -> CallBackPlan:
        settings: dict[str, Any] = {"rest_days": 30, "days": 7, "hands": PlanHands.POOL} | values
        return create_plan(
            by=self.lead, community=self.community, name=name, cause=cause, first_on=first_on, keeper=self.lead,
            window_from=time(9, 30), window_until=time(19, 30), **settings,
        )  # fmt: skip

    def _begin(self, plan: CallBackPlan) -> list[CallBackTask]:
        start_plan(plan, by=self.lead)
        begin_round(plan.pk, today=self.today)
        return list(CallBackTask.objects.of_plan(plan).order_by("pk"))

    def _call(self, tasks: list[CallBackTask], said: tuple[tuple[str, str], ...]) -> None:
        CallBackTask.objects.filter(pk__in=[task.pk for task in tasks]).update(due_at=timezone.now())
        for number, task in enumerate(tasks):
            outcome, text = said[number % len(said)]
            way = CallWay.VISIT if self.random.random() < 0.15 else CallWay.PHONE
            record_call_back(task, by=self.desk, outcome=outcome, text=text, way=way)

    def _running(self) -> None:
        plan = self._plan("季度客户回访", CallBackCause.PERIODIC, self.today, every_months=3, sample_percent=8)
        tasks = self._begin(plan)
        half = len(tasks) * 3 // 5
        self._call(tasks[:half], _SAID)
        assign_call_backs(tasks[half : half + 3], by=self.lead, to=self.desk)

    def _paused(self) -> None:
        plan = self._plan(
            "档案信息核验", CallBackCause.VERIFY, self.today, every_months=1, unverified_months=12, sample_number=12
        )
        tasks = self._begin(plan)
        self._call(tasks[:5], _CHECKED)
        plan.refresh_from_db()
        pause_plan(plan, by=self.lead, reason="正在开展入户登记，完成后再继续")

    def _over(self) -> None:
        plan = self._plan("秋季客户回访", CallBackCause.PERIODIC, self.today, sample_number=14)
        tasks = self._begin(plan)
        self._call(tasks, tuple(row for row in _SAID if row[0] != CallBackOutcome.NO_ANSWER))
        plan.refresh_from_db()
        end_plan(plan, by=SYSTEM, reason="全部回访完成")
        _set_back(plan, tasks)


def _set_back(plan: CallBackPlan, tasks: list[CallBackTask]) -> None:
    """Forty days ago, wherever its day is written."""
    ids = [task.pk for task in tasks]
    moments = {name: F(name) - LONG_AGO for name in ("planned_at", "due_at", "late_at", "created_at", "closed_at")}
    CallBackTask.objects.filter(pk__in=ids).update(**moments)
    CallBackAttempt.objects.filter(task__in=ids).update(at=F("at") - LONG_AGO)
    contacts = ContactRecord.objects.filter(source_type=CallBackTask._meta.label_lower, source_id__in=ids)
    said = list(contacts.values_list("pk", flat=True))
    contacts.update(at=F("at") - LONG_AGO)
    lines = TimelineEntry.objects.filter(source_type=ContactRecord._meta.label_lower, source_id__in=said)
    lines.update(at=F("at") - LONG_AGO)
    CallBackRound.objects.filter(plan=plan).update(
        planned_on=F("planned_on") - LONG_AGO, started_at=F("started_at") - LONG_AGO
    )
    CallBackPlan.objects.filter(pk=plan.pk).update(first_on=F("first_on") - LONG_AGO)
