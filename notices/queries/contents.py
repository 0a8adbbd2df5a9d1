"""What is said about an announcement over the channels."""

from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from notices.models import Notice
from notices.seeds import MARKETING, PLANNED
from notices.sources import Content
from notices.states import Status
from properties.models import Community

PURPOSE = "notice"
LEAD = timedelta(hours=24)


def content_of(notice_id: int) -> Content | None:
    """None once it is withdrawn or over: what has not left then does not leave any more."""
    notice = Notice.objects.select_related("notice_type").filter(pk=notice_id).first()
    if notice is None or notice.status != Status.PUBLISHED or notice.is_over:
        return None
    places = "、".join(Community.objects.filter(pk__in=notice.community_ids).values_list("name", flat=True)[:3])
    variables = {
        "community": places[:20],
        "title": notice.title,
        "time": period(notice) or _moment(notice.published_at),
    }
    text = "\n\n".join(part for part in (notice.body, period(notice), places) if part)
    marketing = bool(notice.notice_type.attribute(MARKETING))
    return Content(
        # Vendors want advertising registered as such, and with the way to end it.
        template="promotion" if marketing else "notice",
        variables=variables,
        subject=notice.title,
        text=text,
        purpose=PURPOSE,
        address="notices:public_notice",
        marketing=marketing,
    )


def period(notice: Notice) -> str:
    """影响时段 in words; "" when there is none."""
    if notice.affected_from is None or notice.affected_until is None:
        return ""
    start, end = timezone.localtime(notice.affected_from), timezone.localtime(notice.affected_until)
    if start.date() == end.date():
        return _("%(from)s 至 %(until)s") % {"from": _moment(start), "until": f"{end:%H:%M}"}
    return _("%(from)s 至 %(until)s") % {"from": _moment(start), "until": _moment(end)}


def near_period(notice: Notice) -> str:
    """As people say it on the day before: 明天 09:00–15:00; further off as period()."""
    if notice.affected_from is None or notice.affected_until is None:
        return ""
    start, end = timezone.localtime(notice.affected_from), timezone.localtime(notice.affected_until)
    day = {0: _("今天"), 1: _("明天"), 2: _("后天")}.get((start.date() - timezone.localdate()).days)
    return f"{day} {start:%H:%M}–{end:%H:%M}" if day and start.date() == end.date() else period(notice)


def _moment(at: object) -> str:
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""  # type: ignore[arg-type]


def short_lead(notice: Notice, *, at: datetime | None = None) -> str:
    """The warning of DOMAIN 2.4: a planned outage published less than 24 hours ahead; "" when there is nothing to warn of."""
    if not notice.notice_type.attribute(PLANNED) or notice.affected_from is None:
        return ""
    lead = notice.affected_from - (notice.published_at or notice.publish_at or at or timezone.now())
    if lead >= LEAD:
        return ""
    if lead <= timedelta():
        return _("发布时影响已经开始，请确认时间")
    hours, minutes = divmod(int(lead.total_seconds()) // 60, 60)
    words = {"hours": hours, "minutes": minutes}
    return _("距影响开始只有 %(hours)d 小时 %(minutes)d 分，不足 24 小时，请确认住户来得及准备") % words
