"""在岗、外出、休息, said by the person or by somebody who leads: it holds instead of the rota until a time (R39)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import changes, log
from core.errors import BadValue, OutOfScope
from core.templatetags.mulin import moment
from workorders.models import DutyOverride, Repairer
from workorders.queries.duty import LONGEST

SET = log.declare("workorders.repairer.duty_set", lazy("设置了在岗状态"))
CLEARED = log.declare("workorders.repairer.duty_cleared", lazy("恢复按排班"))
SET_FOR = "workorders.set_duty_repairer"


@transaction.atomic
def set_duty(row: Repairer, *, by: Any, duty: str, until: datetime, note: str = "") -> DutyOverride:
    """What is set last holds. Raises BadValue, and OutOfScope for somebody who is neither the person nor allowed to."""
    _check_may(row, by)
    now = timezone.now()
    if until <= now:
        raise BadValue(_("请填以后的时间"), field="until")
    if until > now + LONGEST:
        raise BadValue(_("最长一个月"), _("更久的请改排班，或停用这位维修人员"), field="until")
    override = DutyOverride(repairer=row, duty=duty, until=until, note=note, set_by_id=by.actor_id, set_at=now)
    changes.save(override)
    words = {"duty": str(override.get_duty_display()), "until": moment(until)}
    log.record(SET, row, by=by, changes=words | ({"note": note} if note else {}), community_id=row.community_id)
    return override


@transaction.atomic
def clear_duty(row: Repairer, *, by: Any) -> Repairer:
    """The rota holds again from now on; nothing happens when nothing else held."""
    _check_may(row, by)
    now = timezone.now()
    if row.overrides.filter(until__gt=now).update(until=now):
        log.record(CLEARED, row, by=by, community_id=row.community_id)
    return row


def _check_may(row: Repairer, by: Any) -> None:
    mine = by.actor_type == "user" and by.actor_id == row.user_id
    if not mine and not Repairer.objects.visible_to(by, SET_FOR).filter(pk=row.pk).exists():
        raise OutOfScope(_("你没有做这件事的权限"))
