"""Codes that hang in places and open the repair form there (R36): made, made anew, stopped; and what comes in through them."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log, rate_limit
from core.actors import SYSTEM
from core.errors import BadValue, BusinessError
from core.models import DictItem
from properties.models import Place, Unit
from workorders.models import ReportCode, WorkOrder
from workorders.services.arrivals import tell_desk
from workorders.services.intake import create_order
from workorders.states import Source

MADE = log.declare("workorders.reportcode.created", lazy("生成了报修码"))
STOPPED = log.declare("workorders.reportcode.stopped", lazy("停用了报修码"))
PHOTOS = 3
# One person reports one thing a few times; a place rarely more than this in an hour.
PER_ADDRESS, PER_CODE = 6, 30


@transaction.atomic
def make_codes(*, by: Any, places: Iterable[Place] = (), units: Iterable[Unit] = ()) -> list[ReportCode]:
    """One for each place and flat. One that was stopped gets a new code: the old picture stays dead."""
    codes = [_made({"place": place}, place.community_id, by) for place in places]
    codes += [_made({"unit": unit}, unit.community_id, by) for unit in units]
    if not codes:
        raise BadValue(_("请选择公共区域或房屋"), field="places")
    return codes


def _made(where: dict[str, Any], community_id: int, by: Any) -> ReportCode:
    found = ReportCode.objects.select_for_update(of=("self",)).filter(**where).first()
    if found is not None and found.disabled_at is None:
        return found
    row = found or ReportCode(community_id=community_id, **where)
    row.code, row.disabled_at = secrets.token_urlsafe(15), None
    row.save()
    log.record(MADE, row, by=by)
    return row


@transaction.atomic
def stop_code(code: ReportCode, *, by: Any, reason: str = "") -> ReportCode:
    stopped = ReportCode.objects.filter(pk=code.pk, disabled_at__isnull=True).update(disabled_at=timezone.now())
    if not stopped:
        raise BusinessError(_("这个报修码已经停用"))
    log.record(STOPPED, code, by=by, reason=reason)
    code.refresh_from_db()
    return code


def report(
    code: ReportCode, *, ip: str | None, kind: DictItem, description: str, reporter_name: str = "",
    reporter_phone: str = "", photos: Sequence[Any] = (),
) -> WorkOrder:  # fmt: skip
    """What somebody reports in front of the code. The limits hold even when the report itself is refused."""
    rate_limit.require(f"report:ip:{ip}", capacity=PER_ADDRESS, seconds=3600, sentence=_("提交太频繁"))
    rate_limit.require(f"report:code:{code.pk}", capacity=PER_CODE, seconds=3600, sentence=_("提交太频繁"))
    with transaction.atomic():
        order = create_order(
            by=SYSTEM, kind=kind, unit=code.unit, place=code.place, reporter_name=reporter_name or _("扫码报事人"),
            reporter_phone=reporter_phone, description=description, photos=photos, source=Source.QR,
        )  # fmt: skip
        tell_desk(order)
    return order
