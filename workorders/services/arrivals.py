"""What nobody of the house has taken in himself: the desk hears of it by its bell, since nobody looks at a list all day (R36, R46)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import holders_of
from core import inbox_kinds
from core.models import InboxItem
from core.services.inbox import Note, notify_many
from workorders.models import WorkOrder
from workorders.services.clocks import ROUND_THE_CLOCK
from workorders.states import Source

DISPATCH = "workorders.dispatch_workorder"
CAME = inbox_kinds.declare("workorders.came", lazy("业主在手机上或扫码提交的报修"), demands=True, permission=DISPATCH)


def tell_desk(order: WorkOrder) -> None:
    """Everybody who may dispatch it, once; louder when it cannot wait until tomorrow."""
    scanned = order.source == Source.QR
    sentence = _("有人扫码报修：%(order)s") if scanned else _("业主在手机上报修：%(order)s")
    words, url = sentence % {"order": order.headline}, order.get_absolute_url()
    level = InboxItem.Level.URGENT if order.urgency in ROUND_THE_CLOCK else InboxItem.Level.WARNING
    people = holders_of(DISPATCH, [order.community_id])
    notify_many(
        [Note(person.pk, words, url, level, f"workorders.came:{order.pk}:{person.pk}") for person in people],
        kind=CAME.code,
    )
