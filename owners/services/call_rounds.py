"""Rounds of the call-back plans (R72): each is begun once, whatever the scheduler does twice, late, or in two places."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from core import inbox_kinds, log
from core.actors import SYSTEM
from core.changes import save
from core.errors import BusinessError
from core.models import InboxItem
from core.services.inbox import Note, notify, notify_many
from owners.models import CallBackPlan, CallBackRound, CallBackTask
from owners.queries.call_backs import CALL, reaches
from owners.queries.call_plans import Pick, next_round, select
from owners.services.call_assigning import GIVEN, mine_url
from owners.services.call_plans import end_plan, pause_plan
from owners.states import PlanHands, PlanStatus

BEGUN = log.declare("owners.callbackplan.round_begun", lazy("开始了一轮回访"))
ROUND = inbox_kinds.declare("owners.call_plan", lazy("回访计划开始新一轮"), permission="owners.view_callbackplan")


def begin_due_rounds() -> dict[str, int]:
    """Begins what is due and ends what is finished. After a standstill a plan makes one round, not one for each day it missed: nobody
    is asked three times what he was to be asked once."""
    today = timezone.localdate()
    due = list(CallBackPlan.objects.due(today).order_by("next_on", "pk").values_list("pk", flat=True))
    begun = [row for pk in due if (row := begin_round(pk, today=today)) is not None]
    return {"rounds": len(begun), "households": sum(row.households for row in begun), "ended": end_finished()}


@transaction.atomic
def begin_round(plan_id: int, *, today: date) -> CallBackRound | None:
    """The next round of a plan with all its calls, or None when somebody else begins it or has begun it."""
    plan = (
        CallBackPlan.objects.due(today)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("community", "keeper")
        .filter(pk=plan_id)
        .first()
    )
    if plan is None or plan.next_on is None:
        return None
    number = plan.rounds + 1
    try:
        found = select(plan, number, today)
    except BusinessError as error:
        _give_up(plan, error)
        return None
    row = CallBackRound(
        plan=plan, number=number, planned_on=plan.next_on, matching=found.matching, households=len(found.picks),
        left_out=dict(found.left_out),
    )  # fmt: skip
    save(row)
    tasks = CallBackTask.objects.bulk_create(_tasks(plan, number, found.picks), batch_size=1000)
    plan.rounds, plan.next_on = number, next_round(plan, today)
    plan.save(update_fields=["rounds", "next_on"])
    log.record(BEGUN, plan, by=SYSTEM, changes={"round": number, "households": row.households})
    _tell(plan, row, tasks)
    return row


def _give_up(plan: CallBackPlan, error: BusinessError) -> None:
    """Nobody can say any more whom it calls: neither everybody nor nobody would be right, so it waits for its keeper."""
    pause_plan(plan, by=SYSTEM, reason=error.sentence)
    said = _("“%(plan)s”已暂停：%(why)s") % {"plan": plan, "why": error.sentence}
    notify(plan.keeper, said, kind=ROUND.code, url=plan.get_absolute_url(), level=InboxItem.Level.WARNING)


def _tasks(plan: CallBackPlan, number: int, picks: list[Pick]) -> list[CallBackTask]:
    start, end = hours(plan, timezone.now())
    tasks = [
        CallBackTask(
            community_id=plan.community_id, building_id=pick.building_id, unit_id=pick.unit_id, owner_id=pick.owner_id,
            source_type=CallBackPlan._meta.label_lower, source_id=plan.pk, round=number, plan=plan, title=plan.name,
            cause=plan.cause, planned_at=start, due_at=start, late_at=end,
        )
        for pick in picks
    ]  # fmt: skip
    _share_out(plan, tasks, {pick.unit_id: pick.keeper_id for pick in picks})
    return tasks


def hours(plan: CallBackPlan, now: datetime) -> tuple[datetime, datetime]:
    """From when a round is called and until when: the plan's hours, from today on or, when those are over, tomorrow."""
    local = timezone.localtime(now).replace(second=0, microsecond=0)
    start = local.replace(hour=plan.window_from.hour, minute=plan.window_from.minute)
    end = local.replace(hour=plan.window_until.hour, minute=plan.window_until.minute)
    if local >= end:
        start, end = start + timedelta(days=1), end + timedelta(days=1)
    return max(start, local), end + timedelta(days=plan.days - 1)


def _share_out(plan: CallBackPlan, tasks: list[CallBackTask], keepers: dict[int, int | None]) -> None:
    """To the plan's keeper, or to those who keep the files; who may not call there gets nothing, and everybody may take it."""
    if plan.hands == PlanHands.KEEPER:
        keepers = dict.fromkeys(keepers, plan.keeper_id)
    if plan.hands == PlanHands.POOL:
        return
    staff = User.objects.filter(is_active=True).in_bulk({pk for pk in keepers.values() if pk})
    for task in tasks:
        person = staff.get(keepers.get(task.unit_id or 0) or 0)
        if person is not None and reaches(person, CALL, task):
            task.assignee = person


def _tell(plan: CallBackPlan, row: CallBackRound, tasks: list[CallBackTask]) -> None:
    counts: dict[int, int] = {}
    for task in tasks:
        if task.assignee_id is not None:
            counts[task.assignee_id] = counts.get(task.assignee_id, 0) + 1
    url, level = mine_url(), str(InboxItem.Level.INFO)
    given = [
        Note(
            pk, _("“%(plan)s”分配给您 %(n)d 户回访") % {"plan": plan, "n": n}, url, level, f"owners.round:{row.pk}:{pk}"
        )
        for pk, n in counts.items()
    ]
    notify_many(given, kind=GIVEN.code)
    said = _("“%(plan)s”第 %(round)d 轮开始，应回访 %(n)d 户") % {
        "plan": plan,
        "round": row.number,
        "n": row.households,
    }
    notify_many([Note(plan.keeper_id, said, plan.get_absolute_url(), level, f"owners.round:{row.pk}")], kind=ROUND.code)


def end_finished() -> int:
    """A plan of a single round is over when nobody is left to be called."""
    once: Any = CallBackPlan.objects.filter(status=PlanStatus.RUNNING, next_on__isnull=True, rounds__gt=0)
    ended = 0
    for plan in once:
        if not CallBackTask.objects.of_plan(plan).waiting().exists():
            end_plan(plan, by=SYSTEM, reason=_("全部回访完成"))
            ended += 1
    return ended
