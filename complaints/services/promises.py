"""The day 地产公司 or a third party had promised an answer by is over (DOMAIN 2.3): whoever has the case hears of it at work, once for each
day that was promised, so that he asks them again. What they owe is no clock of ours: nothing is late by it.

Each run claims rows with SKIP LOCKED and writes in one transaction: two workers never tell the same twice.
"""

from collections.abc import Callable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint
from complaints.queries.audience import Audience
from complaints.queries.partners import days_over, overdue
from complaints.working import service_clock
from core import inbox_kinds, log
from core.actors import SYSTEM
from core.models import InboxItem
from core.services.inbox import Note, notify_many

BROKEN = log.declare("complaints.complaint.partner_reminded", lazy("发出对方逾期提醒"))
REMINDER = inbox_kinds.declare(
    "complaints.partner", lazy("对方答复逾期"), demands=True, permission="complaints.view_complaint"
)
BATCH = 200


def send_reminders(*, hold: Callable[[], None] = lambda: None) -> int:
    """Tells of every promised day that is over; returns of how many cases."""
    today, told = timezone.localdate(), 0
    keys = list(_untold(today).order_by("pk").values_list("pk", flat=True))
    audience = Audience()
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            hold()
            told += _tell(keys[start : start + BATCH], audience, today)
    return told


def _untold(today: date) -> QuerySet[Complaint]:
    found: QuerySet[Complaint] = overdue(Complaint.objects.all(), today)
    return found.exclude(partner_told__isnull=False, partner_told=F("partner_due"))


def _tell(keys: Sequence[int], audience: Audience, today: date) -> int:
    now = timezone.now()
    rows = _untold(today).filter(pk__in=keys).select_for_update(of=("self",), skip_locked=True).order_by("pk")
    rows = rows.select_related("community__work_calendar", "topic", "handler", "team__leader").prefetch_related(
        "team__members"
    )
    cases = [case for case in rows if service_clock(case.community).next_working_moment(now) <= now]
    notes, lines = [], []
    for case in cases:
        people = audience.hands_of(case)
        sentence = _("对方答复已逾期 %(n)d 天，请催办：%(case)s") % {"n": days_over(case, today), "case": case.headline}
        url, key = case.get_absolute_url(), f"complaints.partner:{case.pk}:{case.partner_due}"
        notes += [Note(person.pk, sentence, url, InboxItem.Level.WARNING, key) for person in people]
        told = "、".join(person.display_name for person in people)
        lines.append((case, {"partner_due": case.partner_due, "told": told}))
    notify_many(notes, kind=REMINDER.code)
    log.record_many(BROKEN, lines, by=SYSTEM)
    Complaint.objects.filter(pk__in=[case.pk for case in cases]).update(partner_told=F("partner_due"))
    return len(cases)
