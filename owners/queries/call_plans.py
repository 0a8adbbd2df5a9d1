"""Whom a plan calls (回访计划): the same question for the preview and for the round, so that both say the same households."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from core.errors import BusinessError
from core.web.list_names import list_view
from owners.models import CallBackPlan, CallBackRound, CallBackTask, Owner, OwnerPhone, OwnerTag, Tenure, TenureRole
from owners.queries.people import SENSITIVE
from owners.states import COMPLETED, HAPPY, REACHED, CallBackStatus, PlanStatus
from owners.visibility import Eyes
from properties.models import Unit
from properties.models.units import UnitKind

OWNER_LIST = "owners:owner_list"
# Nobody is called about a parking space.
HOUSEHOLDS = (UnitKind.HOME, UnitKind.SHOP, UnitKind.OFFICE, UnitKind.OTHER)
_RANK = (
    TenureRole.OWNER, TenureRole.CO_OWNER, TenureRole.OCCUPIER, TenureRole.TENANT, TenureRole.CUSTODIAN, TenureRole.FAMILY,
)  # fmt: skip
SHOWN = 20
LEFT_OUT: dict[str, Any] = {
    "without_phone": _("没有登记电话"), "resting": _("近期回访过或正在等回访"), "same_person": _("同一人的其他房屋，只打一次"),
    "not_drawn": _("没有抽中"),
}  # fmt: skip


@dataclass(frozen=True)
class Pick:
    """One household and whom to call there."""

    unit_id: int
    building_id: int
    owner_id: int
    keeper_id: int | None


@dataclass
class Selection:
    """`matching` households fit; `picks` are called, in the order of the rooms; `left_out` counts the others by reason."""

    matching: int = 0
    picks: list[Pick] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def select(plan: CallBackPlan, number: int, today: date) -> Selection:
    """The households of one round. The draw goes by plan, round and room: asked again it is the same, and nobody can choose."""
    found, resting, called = Selection(), _resting(plan, today), set()
    for _unit, rows in groupby(_people(plan, today), key=lambda row: row["unit_id"]):
        found.matching += 1
        pick = _reachable(rows)
        if pick is None:
            found.left_out["without_phone"] += 1
        elif pick.unit_id in resting:
            found.left_out["resting"] += 1
        elif pick.owner_id in called:
            found.left_out["same_person"] += 1
        else:
            called.add(pick.owner_id)
            found.picks.append(pick)
    wanted = _wanted(plan, len(found.picks))
    found.left_out["not_drawn"] = len(found.picks) - wanted
    if wanted < len(found.picks):
        drawn = {pick.unit_id for pick in sorted(found.picks, key=lambda pick: _lot(plan, number, pick))[:wanted]}
        found.picks = [pick for pick in found.picks if pick.unit_id in drawn]
    found.left_out = +found.left_out
    return found


def _people(plan: CallBackPlan, today: date) -> Iterable[dict[str, Any]]:
    """Everybody who fits, room by room, the first to be asked first."""
    rows: Any = Tenure.objects.current(today).filter(
        community=plan.community_id,
        unit__disabled_at__isnull=True,
        unit__kind__in=HOUSEHOLDS,
        owner__disabled_at__isnull=True,
    )
    rows = rows.filter(_narrowed(plan, today))
    tags = list(plan.tags.values_list("pk", flat=True))
    if tags:
        in_force = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
        tagged = OwnerTag.objects.filter(in_force, owner=OuterRef("owner"), tag__in=tags, removed_at__isnull=True)
        rows = rows.filter(Exists(tagged))
    rank = Case(*(When(role=role, then=Value(place)) for place, role in enumerate(_RANK)), default=Value(len(_RANK)))
    rows = rows.annotate(
        rank=rank, reachable=Exists(OwnerPhone.objects.filter(owner=OuterRef("owner"))), keeper=F("owner__keeper")
    )
    ordered = rows.order_by("unit__sort_key", "unit_id", "-is_primary_contact", "rank", "owner_id")
    found: Iterable[dict[str, Any]] = ordered.values("unit_id", "unit__building_id", "owner_id", "keeper", "reachable")
    return found


def _narrowed(plan: CallBackPlan, today: date) -> Q:
    condition = Q()
    buildings = list(plan.buildings.values_list("pk", flat=True))
    if buildings:
        condition &= Q(unit__building__in=buildings)
    if plan.roles:
        condition &= Q(role__in=plan.roles)
    if plan.usages:
        condition &= Q(unit__usage__in=plan.usages)
    if plan.asks_a_view:
        condition &= Q(owner__in=view_rows(plan).order_by().values("pk"))
    if plan.age_from is not None:
        condition &= _born_by(today, plan.age_from)
    if plan.age_to is not None:
        condition &= Q(owner__birth_year__isnull=False) & ~_born_by(today, plan.age_to + 1)
    if plan.unverified_months is not None:
        since = months_after(today, -plan.unverified_months)
        condition &= Q(owner__verified_on__isnull=True) | Q(owner__verified_on__lt=since)
    return condition


def _born_by(today: date, age: int) -> Q:
    """Who is so old today. Of whom only the year is known, the whole year counts as his birthday."""
    year, there = today.year - age, "owner__birth_"
    day = Q(**{f"{there}day__isnull": True}) | Q(**{f"{there}day__lte": today.day})
    month = Q(**{f"{there}month__isnull": True}) | Q(**{f"{there}month__lt": today.month})
    had_it = month | (Q(**{f"{there}month": today.month}) & day)
    return Q(**{f"{there}year__lt": year}) | (Q(**{f"{there}year": year}) & had_it)


def view_rows(plan: CallBackPlan) -> QuerySet[Owner]:
    """Whom the saved view shows now to whoever chose it: the list itself is asked. Raises BusinessError when he may not open it any more."""
    try:
        view = list_view(OWNER_LIST, plan.view_by)
    except (Http404, PermissionDenied):
        words = {"who": plan.view_by, "view": plan.view_name}
        raise BusinessError(
            now("%(who)s已看不到住户列表，视图“%(view)s”选不出人") % words, now("请修改计划，重新选择视图")
        ) from None
    rows: QuerySet[Owner] = view.filtered(plan.view_by, QueryDict(plan.view_query)).qs
    return rows


def _reachable(rows: Any) -> Pick | None:
    for row in rows:
        if row["reachable"]:
            return Pick(row["unit_id"], row["unit__building_id"], row["owner_id"], row["keeper"])
    return None


def _resting(plan: CallBackPlan, today: date) -> set[int]:
    """Rooms that any plan has called lately, or has still to call: nobody is called for two plans at once."""
    since = timezone.make_aware(datetime.combine(today - timedelta(days=plan.rest_days), time()))
    again = Q(status=CallBackStatus.WAITING)
    if plan.rest_days:
        again |= Q(status__in=sorted(COMPLETED), closed_at__gte=since)
    rows = CallBackTask.objects.filter(again, community=plan.community_id, plan__isnull=False, unit__isnull=False)
    return set(rows.values_list("unit_id", flat=True))


def _wanted(plan: CallBackPlan, there: int) -> int:
    if plan.sample_percent is not None:
        return math.ceil(there * plan.sample_percent / 100)
    return there if plan.sample_number is None else min(there, plan.sample_number)


def _lot(plan: CallBackPlan, number: int, pick: Pick) -> bytes:
    return hashlib.sha256(f"{plan.pk}:{number}:{pick.unit_id}".encode()).digest()


# --- days ------------------------------------------------------------------------------------------------------------------


def months_after(day: date, months: int) -> date:
    """The same day so many months later (or earlier); the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def next_round(plan: CallBackPlan, after: date) -> date | None:
    """The first day of the plan's rhythm later than this one. Counted from its first day, so that the 31st stays the 31st."""
    if plan.first_on > after:
        return plan.first_on
    if not plan.every_months:
        return None
    passed = (after.year - plan.first_on.year) * 12 + after.month - plan.first_on.month
    turn = max(1, passed // plan.every_months)
    while (day := months_after(plan.first_on, turn * plan.every_months)) <= after:
        turn += 1
    return day


# --- pages -----------------------------------------------------------------------------------------------------------------


def listed(rows: QuerySet[CallBackPlan]) -> QuerySet[CallBackPlan]:
    return rows.select_related("community", "keeper", "created_by")


def page(plan: CallBackPlan, user: Any) -> dict[str, Any]:
    """Context of the page of a plan: what it says, who would be called next, how its rounds went."""
    asks = plan.status != PlanStatus.ENDED and (plan.next_on is not None or plan.status == PlanStatus.DRAFT)
    return {"plan": plan, "conditions": conditions(plan, user), "rounds": rounds(plan)} | (
        preview(plan, user) if asks else {}
    )


def preview(plan: CallBackPlan, user: Any) -> dict[str, Any]:
    """The next round as it would be today, with its first households as this person may see them."""
    try:
        found = select(plan, plan.rounds + 1, timezone.localdate())
    except BusinessError as error:
        return {"next_number": plan.rounds + 1, "cannot_select": error}
    first = found.picks[:SHOWN]
    units = Unit.objects.with_place().in_bulk([pick.unit_id for pick in first])
    people, eyes = Owner.objects.in_bulk([pick.owner_id for pick in first]), Eyes(user)
    return {
        "selection": found,
        "next_number": plan.rounds + 1,
        "left_out": [(LEFT_OUT[code], n) for code, n in found.left_out.items()],
        "first": [(units[pick.unit_id], eyes.owner_name(people[pick.owner_id])) for pick in first],
        "more": len(found.picks) - len(first),
    }


def rounds(plan: CallBackPlan) -> list[dict[str, Any]]:
    """Each round with how far it is."""
    figures: dict[int, Counter[str]] = {}
    for number, status in CallBackTask.objects.of_plan(plan).order_by().values_list("round", "status"):
        figures.setdefault(number, Counter())[status] += 1
    lines = []
    for row in CallBackRound.objects.filter(plan=plan):
        counts = figures.get(row.number, Counter())
        sums = {
            name: sum(counts[status] for status in group)
            for name, group in (("completed", COMPLETED), ("reached", REACHED), ("happy", HAPPY))
        }
        lines.append(
            {
                "row": row,
                "waiting": counts[CallBackStatus.WAITING],
                "unhappy": counts[CallBackStatus.UNSATISFIED],
                **sums,
            }
        )
    return lines


def waiting(plan: CallBackPlan) -> int:
    """Calls that have not been made yet."""
    return CallBackTask.objects.of_plan(plan).waiting().count()


def conditions(plan: CallBackPlan, user: Any) -> list[tuple[Any, str]]:
    """Whom it calls, in words; sensitive tags only to those who may see them."""
    tags = plan.tags.all() if user.has_perm(SENSITIVE) else [tag for tag in plan.tags.all() if not tag.sensitive]
    ages = f"{plan.age_from or ''}–{plan.age_to or ''}" if plan.age_from or plan.age_to else ""
    rows = [
        (_("楼栋"), "、".join(building.label for building in plan.buildings.all())),
        (_("住户标签"), "、".join(str(tag) for tag in tags)),
        (_("住户列表的视图"), plan.view_name),
        (_("人房关系"), "、".join(str(TenureRole(role).label) for role in plan.roles)),
        (_("使用状态"), "、".join(_usage_words(plan))),
        (_("年龄"), ages),
        (_("多久没有核验（月）"), str(plan.unverified_months or "")),
    ]
    return [(label, words) for label, words in rows if words]


def _usage_words(plan: CallBackPlan) -> list[str]:
    words = dict(Unit._meta.get_field("usage").flatchoices)
    return [str(words.get(code, code)) for code in plan.usages]
