"""What follows by itself when an owner gives a repair few stars, by the rule of its community (DOMAIN 2.2; R43, R50): a complaint, or
whoever takes complaints in is asked to choose between 返工 and 转投诉. The call-back comes whatever the rule says (workorders)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from complaints.models import Complaint, ComplaintOrder, LowRatingRule
from complaints.queries.audience import Audience
from complaints.queries.low_ratings import rating_words, rule_of
from complaints.services.unhappy import raise_from_order
from complaints.states import LowAct, Source
from core import changes, inbox_kinds, locks, log
from core.actors import SYSTEM
from core.errors import BadValue, BusinessError
from core.models import InboxItem
from core.services import jobs
from core.services.inbox import Note, notify_many
from properties.services import guards
from workorders.models import Rating, WorkOrder
from workorders.policies import was_on

CREATED = log.declare("complaints.lowratingrule.created", lazy("登记了低分处理规则"))
CHANGED = log.declare("complaints.lowratingrule.changed", lazy("修改了低分处理规则"))
REMOVED = log.declare("complaints.lowratingrule.removed", lazy("删除了低分处理规则"))
RATED_LOW = log.declare("complaints.complaint.rated_low", lazy("业主给所投诉的工单打了低分"))
LOW = inbox_kinds.declare(
    "complaints.low_rating", lazy("业主给维修打了低分"), demands=True, permission="complaints.accept_complaint"
)
RAISE = "complaints.raise_from_rating"
CHANGE = "complaints.change_lowratingrule"


@transaction.atomic
def create_rule(*, by: Any, **values: Any) -> LowRatingRule:
    """One community's own; that of all is there from the beginning. Raises BadValue, OutOfScope."""
    if values.get("community") is None:
        raise BadValue(_("请选择项目，所有项目的规则已经有了"), field="community")
    row = LowRatingRule(**values)
    changes.save(row)
    guards.require_in_scope(row, by=by, permission=CHANGE)
    log.record(CREATED, row, by=by, changes=guards.named(values, row), community_id=row.community_id)
    return row


@transaction.atomic
def change_rule(row: LowRatingRule, *, by: Any, **values: Any) -> LowRatingRule:
    guards.require_in_scope(row, by=by, permission=CHANGE)
    guards.write_change(row, values, action=CHANGED, by=by)
    return row


@transaction.atomic
def remove_rule(row: LowRatingRule, *, by: Any) -> LowRatingRule:
    """Only a community's own: without it that of all communities holds again."""
    if row.community_id is None:
        raise BusinessError(_("所有项目的规则不能删除，只能修改"))
    guards.require_in_scope(row, by=by, permission=CHANGE)
    log.record(REMOVED, row, by=by, changes={"stars": row.stars, "act": row.get_act_display()})
    row.delete()
    return row


# --- what follows ------------------------------------------------------------------------------------------------------------


def after_rating(order: WorkOrder, rating: Rating) -> None:
    """The rating holds the order's row. A complaint takes its own lock before any row, so a job of its own raises it."""
    rule = rule_of(order.community_id)
    if rating.stars > rule.stars or rule.act == LowAct.CALL:
        return
    if rule.act == LowAct.COMPLAINT:
        title = _("低分转投诉 %(order)s") % {"order": order.number}
        jobs.enqueue(
            RAISE, by=SYSTEM, args={"rating": rating.pk}, dedup_key=f"{RAISE}:{rating.pk}", visible=False, title=title,
            community_id=order.community_id,
        )  # fmt: skip
        return
    words = {"n": rating.stars, "order": order.headline}
    _tell(
        rating, Audience().takers(order.community_id), _("业主评价 %(n)d 星，请返工或转投诉：%(order)s") % words,
        order.get_absolute_url(),
    )  # fmt: skip


@transaction.atomic
def raise_from_rating(rating_id: int) -> Complaint | None:
    """Once for each order, however often it runs; who takes complaints in is told. An order that belongs to a case already brings no
    second one: whoever has that case hears of the rating. None when the order has been begun anew meanwhile: that is what followed."""
    rating = Rating.objects.select_related("order__assignee").get(pk=rating_id)
    order = rating.order
    locks.hold("complaints.from_order", order.pk)
    link = ComplaintOrder.objects.filter(order=order).select_related("complaint__topic", "complaint__community").first()
    if link is not None:
        return _said_again(link.complaint, rating)
    if rating.round != order.rework_count:
        return None
    crew = {person.pk: person for person in (order.assignee, *order.helpers.all()) if person is not None}
    case = raise_from_order(
        order, by=SYSTEM, facts=rating_words(order, rating), source=Source.RATING, accused_people=list(crew.values())
    )
    people = [person for person in Audience().hands_of(case) if not was_on(person, order)]
    _tell(rating, people, _("业主评价 %(n)d 星，已登记投诉：%(case)s") % _words(rating, case), case.get_absolute_url())
    return case


def _said_again(case: Complaint, rating: Rating) -> Complaint:
    """A case the order has: of this very rating when the job runs a second time, else one that hears of it."""
    earlier = Rating.objects.filter(order=rating.order_id, pk__lt=rating.pk)
    if case.source == Source.RATING and not earlier.exists():
        return case
    sentence = _("所投诉的工单又被评价 %(n)d 星：%(case)s") % _words(rating, case)
    if _tell(rating, Audience().hands_of(case), sentence, case.get_absolute_url()):
        log.record(RATED_LOW, case, by=SYSTEM, changes={"stars": rating.stars, "text": rating.text, "why": rating.why})
    return case


def _words(rating: Rating, case: Complaint) -> dict[str, Any]:
    return {"n": rating.stars, "case": case.headline}


def _tell(rating: Rating, people: list[User], sentence: str, url: str) -> int:
    """At most once a rating for each of them; returns how many hear of it now."""
    key, level = f"complaints.low_rating:{rating.pk}", str(InboxItem.Level.WARNING)
    notes = [Note(person.pk, sentence, url, level, f"{key}:{person.pk}") for person in people]
    return notify_many(notes, kind=LOW.code)
