"""What staff are told: of announcements, and by which ways besides their bell. Owners are told through deliveries, never through here."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import holders_of
from core import inbox_kinds, inbox_ways
from core.actors import SYSTEM
from core.errors import BusinessError
from core.models import InboxAddress, InboxItem
from core.services import inbox, jobs
from notices.channels import registry
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent
from notices.models import ChannelSetting, Delivery, Notice
from notices.queries.owners import SOURCE
from notices.states import FROZEN
from notices.states import Outcome as Status

CARRY = "notices.carry_message"
ROBOTS = ("wecom", "dingtalk", "feishu")
MOST_TRIES = 3
RETRY = timedelta(minutes=2)
APPROVE, RESOLVE = "notices.approve_notice", "notices.resend_delivery"

REVIEW = inbox_kinds.declare(
    "notices.review", lazy("待我审核的通知"), demands=True, permission=APPROVE,
    help=lazy("包括未经审核已紧急发布的"),
)  # fmt: skip
REVIEWED = inbox_kinds.declare("notices.reviewed", lazy("我的通知的审核结果"), permission="notices.add_notice")
TROUBLE = inbox_kinds.declare(
    "notices.trouble", lazy("通知没有发出或没有送到"), demands=True, permission="notices.view_notice",
    help=lazy("没有按时发布、送达失败、结果未知"),
)  # fmt: skip


def tell(
    person: Any, notice: Notice, sentence: str, key: str, kind: str, level: str = InboxItem.Level.INFO
) -> InboxItem | None:
    """One message about an announcement; the key makes it come once."""
    url = notice.get_absolute_url()
    return inbox.notify(person, sentence, url=url, level=level, dedup_key=_key(notice, key), kind=kind)


def _key(notice: Notice, key: str) -> str:
    return f"notice:{notice.pk}:{key}"


def reviewers(notice: Notice, *, but: int | None = None) -> Iterable[Any]:
    """Whoever may approve in all its communities."""
    return holders_of(APPROVE, notice.community_ids).exclude(pk=but or 0)


def tell_not_published(notice: Notice, error: BusinessError) -> None:
    """A schedule that could not be kept: the author may have lost the right to send there and cannot mend it, so those who
    approve in that community are told as well."""
    words = {"title": notice.title, "why": error.sentence}
    sentence = _("“%(title)s”没有按时发布：%(why)s") % words
    for person in {notice.author, *reviewers(notice)}:
        tell(person, notice, sentence, "not-published", TROUBLE.code, InboxItem.Level.WARNING)


# ---- what became of the deliveries ----
SETTLED_AFTER = timedelta(hours=1)
LOOK_BACK = timedelta(days=7)


def tell_troubles(now: datetime | None = None) -> int:
    """Failed and unknown deliveries of announcements that have been out for an hour and wait for nothing any more: once to whoever wrote
    it, and the unknown ones once a day to those who may decide about them. Returns how many messages are new."""
    now = now or timezone.now()
    found = Notice.objects.filter(
        status__in=FROZEN, household_count__isnull=False, published_at__range=(now - LOOK_BACK, now - SETTLED_AFTER)
    )
    return sum(_tell_trouble(notice, now) for notice in found.select_related("author"))


def _tell_trouble(notice: Notice, now: datetime) -> int:
    rows = Delivery.objects.filter(source_type=SOURCE, source_id=notice.pk)
    unknown = rows.filter(status=Status.UNKNOWN).count()
    if not unknown and InboxItem.objects.filter(user=notice.author_id, dedup_key=_key(notice, "sent")).exists():
        return 0
    open_ = Count("pk", Q(status__in=[Status.WAITING, Status.SENDING]))
    counts = rows.aggregate(failed=Count("pk", Q(status=Status.FAILED)), open=open_)
    if counts["open"] or not counts["failed"] + unknown:
        return 0
    words = {"title": notice.title, "failed": f"{counts['failed']:,}", "unknown": f"{unknown:,}"}
    known = (counts["failed"], _("%(failed)s 条没有送到")), (unknown, _("%(unknown)s 条结果未知"))
    words["found"] = "，".join(text % words for count, text in known if count)
    sentence = _("“%(title)s”已发完：%(found)s") % words
    told = [tell(notice.author, notice, sentence, "sent", TROUBLE.code, InboxItem.Level.WARNING)]
    if unknown:
        sentence = _("“%(title)s”有 %(unknown)s 条结果未知，请核实后认定") % words
        day = timezone.localdate(now).isoformat()
        for person in holders_of(RESOLVE, notice.community_ids):
            told.append(tell(person, notice, sentence, f"unknown:{day}", TROUBLE.code, InboxItem.Level.WARNING))
    return sum(item is not None for item in told)


# ---- by other ways than the bell ----
def ways() -> list[inbox_ways.Way]:
    """E-mail and the robots of staff rooms, those that are enabled."""
    on = ChannelSetting.objects.filter(enabled=True, channel__in=[inbox_ways.EMAIL, *ROBOTS])
    return [
        inbox_ways.Way(row.channel, str(registry.spec_of(row.code).label), shared=row.channel in ROBOTS)
        for row in on.order_by("pk")
    ]


def request_id(item: InboxItem, way: str) -> UUID:
    """The same for every attempt, so that the memory of the channels lets one message through."""
    return uuid5(NAMESPACE_URL, f"mulin:inbox:{item.pk}:{way}")


def carry(item: InboxItem, way: str) -> Outcome:
    """One message by one way. Into a room it names the person it is for."""
    to, sentence = "", item.sentence
    if way == inbox_ways.EMAIL:
        address = InboxAddress.objects.filter(user=item.user_id).first()
        to = str(address.email) if address else ""
        if not to:
            return Refused(_("没有填写邮箱"), permanent=True)
    else:
        sentence = f"{item.user.display_name}：{sentence}"
    url = settings.PUBLIC_URL.rstrip("/") + item.url if item.url.startswith("/") else ""
    message = Message(request_id(item, way), to, "staff", subject=sentence, text=_("登录后处理"), url=url)
    return registry.get(way).send(message)


def carry_item(item_id: int, codes: list[str], attempt: int) -> list[str]:
    """Carries a message by these ways and notes what became of each; a way that was busy, or has refused for the moment, gets a job of
    its own for later. Returns the ways that are done. An answer that did not come is noted as unknown and not asked for again."""
    item = InboxItem.objects.select_related("user").filter(pk=item_id).first()
    if item is None or not item.user.is_active:
        return []
    done, later, wait = [], [], RETRY
    for code in codes:
        outcome = carry(item, code)
        again = isinstance(outcome, Busy) or (isinstance(outcome, Refused) and not outcome.permanent)
        if again and attempt < MOST_TRIES:
            later.append(code)
            wait = max(wait, timedelta(seconds=getattr(outcome, "retry_after_seconds", 0)))
            continue
        result = (
            "sent" if isinstance(outcome, Sent) else "failed" if isinstance(outcome, (Refused, Busy)) else "unknown"
        )
        inbox.note_carried(item, code, result)
        done.append(code)
    if later:
        args = {"item": item_id, "ways": later, "attempt": attempt + 1}
        jobs.enqueue(CARRY, by=SYSTEM, args=args, visible=False, title=CARRY, next_at=timezone.now() + wait)
    return done
