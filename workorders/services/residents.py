"""What a household does about repairs by itself, signed in on its own pages (R36, R43): reports, says that it is concerned too, adds, takes
back, has it done again, judges. `by` is the owner's session, and the log names the person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import locks, log, rate_limit
from core.errors import BadValue, BusinessError
from core.models import Attachment, DictItem, LogEntry
from core.services import attachments
from core.services.inbox import notify
from core.uid import keyed_uuid
from workorders.models import Rating, WorkOrder
from workorders.queries.audience import Audience
from workorders.queries.residents import relation_of
from workorders.queries.spots import Spot, urgency_of
from workorders.services import after
from workorders.services.arrivals import tell_desk
from workorders.services.calls import first_phone
from workorders.services.intake import MOST_PHOTOS, create_order, rule_of
from workorders.services.marks import note
from workorders.states import Level, Source

REMARKED = log.declare("workorders.workorder.remarked", lazy("住户补充了说明"))
JOINED = log.declare("workorders.workorder.joined", lazy("住户反映同一件事"))
# What one person sends in an hour: a bad day has several faults, a broken machine has hundreds.
REPORTS, REMARKS = 6, 20
MOST_OWN_PHOTOS = 27
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Wish:
    """What somebody has filled in. `key` belongs to the form he opened: sent twice it is one order."""

    spot: Spot
    kind: DictItem
    description: str
    key: str
    hurry: bool = False
    phone: str = ""
    detail: str = ""
    visit: tuple[datetime, datetime] | None = None
    photos: Sequence[Any] = ()


@dataclass(frozen=True)
class Reported:
    """`refused` has a sentence for each photo that could not be kept; the order is there without it."""

    order: WorkOrder
    refused: list[str] = field(default_factory=list)
    again: bool = False


def report(wish: Wish, *, by: Any) -> Reported:
    """A repair from the owners' pages. The limit holds even when the report itself is refused; what was sent before costs nothing."""
    uid = keyed_uuid("workorders.report", f"{by.owner.pk}:{wish.key}")
    found = WorkOrder.objects.filter(uid=uid).first()
    if found is not None:
        return Reported(found, again=True)
    if len(wish.photos) > MOST_PHOTOS:
        raise BadValue(_("照片最多 %(most)d 张") % {"most": MOST_PHOTOS}, field="photos")
    rate_limit.require(f"report:owner:{by.owner.pk}", capacity=REPORTS, seconds=3600, sentence=_("您提交得太频繁"))
    photos, refused = attachments.check_photos(wish.photos)
    with transaction.atomic():
        locks.hold("workorders.report", by.owner.pk)
        found = WorkOrder.objects.filter(uid=uid).first()
        if found is not None:
            return Reported(found, again=True)
        return Reported(_made(wish, uid, photos, by), refused)


def _made(wish: Wish, uid: UUID, photos: Sequence[Any], by: Any) -> WorkOrder:
    owner, (starts, ends) = by.owner, wish.visit or (None, None)
    relation = relation_of(owner, wish.spot.unit)
    order = create_order(
        by=by, uid=uid, kind=wish.kind, **wish.spot.where, owner=owner, reporter_name=str(owner.name)[:30],
        reporter_phone=wish.phone or first_phone(owner), description=wish.description, spot=wish.detail, photos=photos,
        urgency=urgency_of(rule_of(wish.kind), hurry=wish.hurry), visit_from=starts, visit_until=ends, verified=True,
        relation=DictItem.objects.of("reporter_relation").filter(code=relation).first() if relation else None,
        source=Source.APP,
    )  # fmt: skip
    tell_desk(order)
    return order


# --- Not once more, but this one -----------------------------------------------------------------------------------------------


@transaction.atomic
def join_order(order: WorkOrder, *, by: Any) -> WorkOrder:
    """The same matter is reported already: it is said on that order instead of making another. Once for each person."""
    locks.hold("workorders.join", by.owner.pk)
    if not order.is_open:
        raise BusinessError(_("这张工单已结束，请重新报修"))
    if not _said_before(JOINED, order, by):
        log.record(JOINED, order, by=by)
        note(order, _("住户在线反映同一件事：%(order)s") % {"order": order.number})
    return order


def _said_before(action: str, obj: models.Model, by: Any) -> bool:
    rows = LogEntry.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk, action=action)
    return rows.filter(actor_type=by.actor_type, actor_id=by.actor_id).exists()


# --- Afterwards ------------------------------------------------------------------------------------------------------------------


def add_remark(order: WorkOrder, *, by: Any, text: str = "", photos: Sequence[Any] = ()) -> list[str]:
    """More words or pictures while the order is open; returns a sentence for each picture that could not be kept."""
    if not text.strip() and not photos:
        raise BadValue(_("请写几句，或选择照片"), field="text")
    if len(photos) > MOST_PHOTOS:
        raise BadValue(_("照片最多 %(most)d 张") % {"most": MOST_PHOTOS}, field="photos")
    rate_limit.require(f"remark:owner:{by.owner.pk}", capacity=REMARKS, seconds=3600, sentence=_("您提交得太频繁"))
    kept, refused = attachments.check_photos(photos)
    if not kept and not text.strip():
        raise BadValue("；".join(refused), field="photos")
    with transaction.atomic():
        locked = WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if not locked.is_open:
            raise BusinessError(_("工单已结束，不能再补充"))
        own = Attachment.objects.of(locked).filter(created_by__isnull=True, removed_at__isnull=True).count()
        if own + len(kept) > MOST_OWN_PHOTOS:
            raise BadValue(_("这张工单的照片已经够多了，请致电物业"), field="photos")
        for photo in kept:
            attachments.store(locked, photo, by=by)
        log.record(REMARKED, locked, by=by, changes={"text": text, "photos": len(kept)})
        note(locked, _("住户补充说明"), text)
        _tell_hands(locked, _("住户补充了说明：%(order)s"))
    return refused


@transaction.atomic
def cancel(order: WorkOrder, *, by: Any, detail: str = "") -> WorkOrder:
    """Only what he reported himself, and before somebody is at it: the table of states says so."""
    reason = DictItem.objects.of("cancel_reason").get(code=WITHDRAWN)
    hands = _hands_of(order)
    done = after.cancel_order(order, by=by, reason=reason, detail=detail)
    _tell(hands, done, _("业主取消了报修：%(order)s"))
    return done


@transaction.atomic
def ask_rework(order: WorkOrder, *, by: Any, reason: str) -> WorkOrder:
    done = after.rework_order(order, by=by, reason=reason)
    _tell_hands(done, _("业主要求返工：%(order)s"))
    return done


def rate(order: WorkOrder, *, by: Any, **said: Any) -> Rating:
    """As by the personal link; only whoever reported judges."""
    if order.owner_id != by.actor_id:
        raise BusinessError(_("由报修的人评价"))
    return after.rate_order(order, by=by, via="portal", **said)


def _hands_of(order: WorkOrder) -> list[Any]:
    """Whoever has it in hand, else those who dispatch there."""
    return Audience().of(order, Level.REMIND)


def _tell_hands(order: WorkOrder, sentence: str) -> None:
    _tell(_hands_of(order), order, sentence)


def _tell(people: Iterable[Any], order: WorkOrder, sentence: str) -> None:
    words = {"order": order.headline}
    for person in people:
        notify(person, sentence % words, url=order.get_absolute_url())
