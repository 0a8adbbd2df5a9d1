"""What is said about an order without moving it: remarks of the desk, the household calling again, files."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.errors import BadValue, BusinessError
from core.services import attachments
from workorders.models import WorkOrder
from workorders.services.marks import note as note_on_file

NOTED = log.declare("workorders.workorder.noted", lazy("补充记录"))
CALLED_AGAIN = log.declare("workorders.workorder.called_again", lazy("住户再次来电"))
MOST_FILES = 9


@transaction.atomic
def add_note(order: WorkOrder, *, by: Any, text: str) -> WorkOrder:
    """A remark for colleagues; the household does not see it."""
    if not text.strip():
        raise BadValue(_("请填写内容"), field="text")
    log.record(NOTED, order, by=by, changes={"text": text})
    return order


@transaction.atomic
def record_call(order: WorkOrder, *, by: Any, text: str = "") -> WorkOrder:
    """The matter was reported a second time: it goes to the order that is there instead of making another."""
    if not order.is_open:
        raise BusinessError(_("工单已结束，请新建报修"))
    log.record(CALLED_AGAIN, order, by=by, changes={"text": text})
    note_on_file(order, _("再次来电催问 %(order)s") % {"order": order.number}, text)
    return order


@transaction.atomic
def attach_files(order: WorkOrder, *, by: Any, photos: Sequence[Any]) -> WorkOrder:
    if not photos:
        raise BadValue(_("请选择文件"), field="photos")
    if len(photos) > MOST_FILES:
        raise BadValue(_("一次最多 %(most)d 个") % {"most": MOST_FILES}, field="photos")
    for photo in photos:
        attachments.store(order, photo, by=by)
    return order
