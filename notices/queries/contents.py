"""What is said about an announcement over the channels."""

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from notices.models import Notice
from notices.sources import Content
from notices.states import Status
from properties.models import Community

PURPOSE = "notice"


def content_of(notice_id: int) -> Content | None:
    """None once it is withdrawn or over: what has not left then does not leave any more."""
    notice = Notice.objects.filter(pk=notice_id).first()
    if notice is None or notice.status != Status.PUBLISHED or notice.is_over:
        return None
    places = "、".join(Community.objects.filter(pk__in=notice.community_ids).values_list("name", flat=True)[:3])
    variables = {"community": places[:20], "title": notice.title, "time": period(notice) or _moment(notice.published_at)}
    text = "\n\n".join(part for part in (notice.body, period(notice), places) if part)
    return Content(
        template="notice",
        variables=variables,
        subject=notice.title,
        text=text,
        purpose=PURPOSE,
        address="notices:public_notice",
    )


def period(notice: Notice) -> str:
    """影响时段 in words; "" when there is none."""
    if notice.affected_from is None or notice.affected_until is None:
        return ""
    start, end = timezone.localtime(notice.affected_from), timezone.localtime(notice.affected_until)
    if start.date() == end.date():
        return _("%(from)s 至 %(until)s") % {"from": _moment(start), "until": f"{end:%H:%M}"}
    return _("%(from)s 至 %(until)s") % {"from": _moment(start), "until": _moment(end)}


def _moment(at: object) -> str:
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""  # type: ignore[arg-type]


