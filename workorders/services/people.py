"""The people who are sent to repairs, and when they work (R39)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from core import changes, log
from core.errors import BadValue
from core.models import DictItem
from properties.models import Building, Community
from properties.services import guards
from workorders.hours import Span, show_hours
from workorders.models import DispatchSetting, Repairer, Shift, ShiftException

CREATED = log.declare("workorders.repairer.created", lazy("登记了维修人员"))
CHANGED = log.declare("workorders.repairer.changed", lazy("修改了维修人员"))
DISABLED = log.declare("workorders.repairer.disabled", lazy("停用了维修人员"))
RESTORED = log.declare("workorders.repairer.restored", lazy("恢复了维修人员"))
ROTA_CHANGED = log.declare("workorders.repairer.rota_changed", lazy("修改了排班"))
DAY_CHANGED = log.declare("workorders.repairer.day_changed", lazy("改了一天的排班"))
DAY_REMOVED = log.declare("workorders.repairer.day_removed", lazy("取消了一天的排班例外"))
SETTING_CHANGED = log.declare("workorders.dispatchsetting.changed", lazy("修改了派单设置"))
WEEKDAYS = (
    lazy("星期一"),
    lazy("星期二"),
    lazy("星期三"),
    lazy("星期四"),
    lazy("星期五"),
    lazy("星期六"),
    lazy("星期日"),
)


@transaction.atomic
def create_repairer(
    *, by: Any, user: User, community: Community, skills: Iterable[DictItem] = (), buildings: Iterable[Building] = (),
    automatic: bool = True,
) -> Repairer:  # fmt: skip
    """Raises BadValue, OutOfScope."""
    row = Repairer(user=user, community=community, automatic=automatic)
    changes.save(row)
    guards.require_in_scope(row, by=by, permission="workorders.add_repairer")
    row.skills.set(_skills(skills))
    row.buildings.set(_buildings(row, buildings))
    named = {"user": user, "community": community, "automatic": automatic}
    log.record(CREATED, row, by=by, changes=named | _words(row), community_id=community.pk)
    return row


@transaction.atomic
def change_repairer(
    row: Repairer, *, by: Any, skills: Iterable[DictItem], buildings: Iterable[Building], automatic: bool
) -> Repairer:  # fmt: skip
    before = _words(row)
    changed = changes.assign(row, {"automatic": automatic})
    if changed:
        changes.save(row, ["automatic"])
    row.skills.set(_skills(skills))
    row.buildings.set(_buildings(row, buildings))
    after = _words(row)
    changed |= {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        log.record(CHANGED, row, by=by, changes=changed)
    return row


def disable_repairer(row: Repairer, *, by: Any, reason: str = "") -> Repairer:
    """His open orders stay with him; he is only not sent to new ones."""
    guards.stop(row, action=DISABLED, by=by, reason=reason)
    return row


def restore_repairer(row: Repairer, *, by: Any, reason: str = "") -> Repairer:
    guards.restart(row, action=RESTORED, by=by, reason=reason)
    return row


@transaction.atomic
def set_week(row: Repairer, *, by: Any, week: Mapping[int, Sequence[Span]]) -> Repairer:
    """The whole weekly rota: {weekday from 0 for Monday: hours}; a day that is not named is free. Raises BadValue when a night
    shift runs into the next day's first."""
    Repairer.objects.select_for_update(of=("self",)).get(pk=row.pk)
    _check_nights(week)
    before = _week_words(row)
    row.shifts.all().delete()
    Shift.objects.bulk_create(
        Shift(repairer=row, weekday=weekday, starts=starts, ends=ends)
        for weekday, spans in sorted(week.items())
        for starts, ends in spans
    )
    after = _week_words(row)
    changed = {
        day: [before.get(day, ""), after.get(day, "")] for day in before | after if before.get(day) != after.get(day)
    }
    if changed:
        log.record(ROTA_CHANGED, row, by=by, changes=changed)
    return row


def _check_nights(week: Mapping[int, Sequence[Span]]) -> None:
    for weekday, spans in week.items():
        following = week.get((weekday + 1) % 7, ())
        if spans and following and spans[-1][1] - 1440 > following[0][0]:
            words = {"day": WEEKDAYS[weekday], "next": WEEKDAYS[(weekday + 1) % 7]}
            raise BadValue(_("%(day)s的夜班与%(next)s的班次重叠") % words, field=f"day_{weekday}")


@transaction.atomic
def set_day(row: Repairer, *, by: Any, day: date, hours: Sequence[Span], reason: str = "") -> ShiftException:
    """One day differs from the weekly rota: other hours, or none (休). Said again, the later word holds."""
    Repairer.objects.select_for_update(of=("self",)).get(pk=row.pk)
    found = row.exceptions.filter(day=day).first() or ShiftException(repairer=row, day=day)
    before = _day_words(found) if found.pk else ""
    found.hours = [minute for span in hours for minute in span]
    found.reason = reason
    changes.save(found)
    log.record(DAY_CHANGED, row, by=by, changes={str(day): [before, _day_words(found)]}, reason=reason)
    return found


@transaction.atomic
def remove_day(found: ShiftException, *, by: Any) -> Repairer:
    """The weekly rota holds again."""
    row, day, words = found.repairer, found.day, _day_words(found)
    found.delete()
    log.record(DAY_REMOVED, row, by=by, changes={formats.date_format(day, "Y-m-d"): [words, ""]})
    return row


@transaction.atomic
def change_setting(community: Community, *, by: Any, **values: Any) -> DispatchSetting:
    """How this community dispatches; the row is made with the first change. Raises BadValue unless the weights make 100."""
    Community.objects.select_for_update(of=("self",)).get(pk=community.pk)
    row = DispatchSetting.objects.filter(community=community).first() or DispatchSetting(community=community)
    changed = changes.assign(row, values)
    changes.save(row)
    if changed:
        log.record(SETTING_CHANGED, row, by=by, changes=changed, community_id=community.pk)
    return row


def _skills(items: Iterable[DictItem]) -> list[DictItem]:
    return sorted(items, key=lambda item: (item.sort, item.pk))


def _buildings(row: Repairer, buildings: Iterable[Building]) -> list[Building]:
    found = list(buildings)
    strangers = [place.label for place in found if place.community_id != row.community_id]
    if strangers:
        raise BadValue(_("%(places)s不在这个项目") % {"places": "、".join(strangers)}, field="buildings")
    return found


def _words(row: Repairer) -> dict[str, str]:
    skills = row.skills.order_by("sort", "pk")
    return {
        "skills": "、".join(str(skill) for skill in skills),
        "buildings": "、".join(place.label for place in row.buildings.order_by("sort_key", "pk")),
    }


def _week_words(row: Repairer) -> dict[str, str]:
    by_day: dict[int, list[Span]] = {}
    for shift in row.shifts.order_by("weekday", "starts"):
        by_day.setdefault(shift.weekday, []).append((shift.starts, shift.ends))
    return {str(WEEKDAYS[weekday]): show_hours(spans) for weekday, spans in by_day.items()}


def _day_words(found: ShiftException) -> str:
    spans = list(zip(found.hours[::2], found.hours[1::2], strict=True))
    return show_hours(spans) or _("休")
