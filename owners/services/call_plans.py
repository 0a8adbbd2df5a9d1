"""回访计划 (R72): making and changing them, and starting, pausing and ending."""

from collections.abc import Iterable
from datetime import date, timedelta
from types import EllipsisType
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.states import move
from core import changes, log
from core.errors import BadValue, BusinessError, OutOfScope
from core.models import DictItem, SavedView
from core.services import jobs
from owners.models import CallBackPlan
from owners.queries.call_backs import CALL
from owners.queries.call_plans import OWNER_LIST, next_round
from owners.queries.people import SENSITIVE
from owners.services.call_backs import hold_call_backs, withdraw_call_backs
from owners.states import PLAN_TRANSITIONS, PlanAction, PlanStatus
from properties.models import Building
from properties.services import guards

CREATED = log.declare("owners.callbackplan.created", lazy("建立了回访计划"))
CHANGED = log.declare("owners.callbackplan.changed", lazy("修改了回访计划"))
STARTED = log.declare("owners.callbackplan.started", lazy("启用了回访计划"))
PAUSED = log.declare("owners.callbackplan.paused", lazy("暂停了回访计划"))
RESUMED = log.declare("owners.callbackplan.resumed", lazy("恢复了回访计划"))
ENDED = log.declare("owners.callbackplan.ended", lazy("结束了回访计划"))
BEGIN = "owners.begin_call_rounds"
ADD, CHANGE = "owners.add_callbackplan", "owners.change_callbackplan"


@transaction.atomic
def create_plan(
    *, by: Any, buildings: Iterable[Building] = (), tags: Iterable[DictItem] = (), view: SavedView | None = None,
    **values: Any,
) -> CallBackPlan:  # fmt: skip
    """A draft: it calls nobody before it is started. Raises BadValue, OutOfScope."""
    values |= _view_values(view, None, by)
    plan = CallBackPlan(**values, created_by_id=by.pk)
    changes.save(plan)
    guards.require_in_scope(plan, by=by, permission=ADD)
    _check(plan, by, buildings, tags)
    plan.buildings.set(buildings)
    plan.tags.set(tags)
    log.record(CREATED, plan, by=by, changes=_told(guards.named(values, plan)))
    return plan


@transaction.atomic
def change_plan(
    plan: CallBackPlan, *, by: Any, buildings: Iterable[Building] = (), tags: Iterable[DictItem] = (),
    view: SavedView | EllipsisType | None = ..., **values: Any,
) -> CallBackPlan:  # fmt: skip
    """For the rounds to come; calls that are waiting stay as they are. Sensitive tags that the actor may not see are kept, and so is what a
    view said unless another one, or none, is chosen."""
    plan = CallBackPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.status == PlanStatus.ENDED:
        raise BusinessError(_("计划已结束，不能修改"), _("请另建一个"))
    if view is not ...:
        values |= _view_values(view, plan, by)
    found = changes.assign(plan, values)
    hidden = [] if by.has_perm(SENSITIVE) else [tag for tag in plan.tags.all() if tag.sensitive]
    _check(plan, by, buildings, tags)
    for name, rows in (("buildings", list(buildings)), ("tags", [*tags, *hidden])):
        before = sorted(str(row) for row in getattr(plan, name).all())
        getattr(plan, name).set(rows)
        after = sorted(str(row) for row in rows)
        if before != after:
            found[name] = ["、".join(before), "、".join(after)]
    if plan.status == PlanStatus.RUNNING:
        plan.next_on = _next(plan)
    if found:
        changes.save(plan)
        log.record(CHANGED, plan, by=by, changes=_told(found))
    guards.require_in_scope(plan, by=by, permission=CHANGE)
    return plan


@transaction.atomic
def start_plan(plan: CallBackPlan, *, by: Any) -> CallBackPlan:
    """启用. Its first round begins on its day, at once when that is today or over. Raises OutOfScope, InvalidTransition."""
    return _go_on(plan, PlanAction.START, STARTED, by)


@transaction.atomic
def resume_plan(plan: CallBackPlan, *, by: Any) -> CallBackPlan:
    """恢复. Rounds that fell into the pause are not made up for: their days are over."""
    return _go_on(plan, PlanAction.RESUME, RESUMED, by)


@transaction.atomic
def pause_plan(plan: CallBackPlan, *, by: Any, reason: str) -> CallBackPlan:
    """暂停: no new rounds. Calls that are waiting can still be made."""
    change = move(plan, PlanAction.PAUSE, by=by, transitions=PLAN_TRANSITIONS, next_on=None)
    log.record(PAUSED, plan, by=by, changes=change, reason=reason)
    return plan


@transaction.atomic
def end_plan(plan: CallBackPlan, *, by: Any, reason: str) -> CallBackPlan:
    """结束: no new rounds, and calls that are waiting need not be made any more."""
    hold_call_backs(plan)
    change = move(plan, PlanAction.END, by=by, transitions=PLAN_TRANSITIONS, next_on=None, end_reason=reason[:200])
    dropped = withdraw_call_backs(plan)
    log.record(ENDED, plan, by=by, changes=change | {"withdrawn": dropped}, reason=reason)
    return plan


def _go_on(plan: CallBackPlan, action: str, code: str, by: Any) -> CallBackPlan:
    plan = CallBackPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    day = _next(plan)
    change = move(plan, action, by=by, transitions=PLAN_TRANSITIONS, next_on=day)
    log.record(code, plan, by=by, changes=change | {"next_on": day})
    if day is not None and day <= timezone.localdate():
        jobs.enqueue(BEGIN, by=by, dedup_key=BEGIN, visible=False, title=str(plan))
    return plan


def _next(plan: CallBackPlan) -> date | None:
    """The day of the next round as things stand: the first one is made even when its day is over, later ones only from today on."""
    today = timezone.localdate()
    if not plan.rounds:
        return max(plan.first_on, today)
    done_today = plan.round_rows.filter(planned_on__gte=today).exists()
    return next_round(plan, today if done_today else today - timedelta(days=1))


def _view_values(view: SavedView | None, plan: CallBackPlan | None, by: Any) -> dict[str, Any]:
    """The view as it is now, seen by whoever chooses it; chosen again unchanged it stays with whose eyes it was."""
    if view is None:
        return {"view": None, "view_name": "", "view_query": "", "view_by": None}
    if view.list_name != OWNER_LIST or not SavedView.objects.usable_by(by).filter(pk=view.pk).exists():
        raise BadValue(_("只能选自己能用的住户列表视图"), field="view")
    chosen = {"view": view, "view_name": view.name, "view_query": view.query, "view_by": by}
    if plan is not None and plan.view_id == view.pk and plan.view_query == view.query and plan.view_by is not None:
        chosen["view_by"] = plan.view_by
    return chosen


def _told(found: dict[str, Any]) -> dict[str, Any]:
    """What a view asks for may be somebody's name: the log keeps its own name."""
    return {name: value for name, value in found.items() if name not in {"view", "view_query"}}


def _check(plan: CallBackPlan, by: Any, buildings: Iterable[Building], tags: Iterable[DictItem]) -> None:
    if any(building.community_id != plan.community_id for building in buildings):
        raise BadValue(_("楼栋不在这个项目里"), field="buildings")
    if any(tag.sensitive for tag in tags) and not by.has_perm(SENSITIVE):
        raise OutOfScope(_("你不能使用敏感标签"))
    keeper = plan.keeper
    if not keeper.has_perm(CALL) or not keeper.access.scope(CALL).covers_community(plan.community_id):
        raise BadValue(_("%(who)s在这个项目不能登记回访") % {"who": keeper}, field="keeper")
