"""What complaints and conversations leave to the next shift (交接班): who has not been answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Enquiry
from complaints.policies import VIEW
from complaints.queries.cases import read_by
from properties.models import Community
from workorders.queries.shifts import MOST, Line


def unanswered_lines(user: Any, community: Community, now: datetime) -> Iterable[Line]:
    """Cases by their deadline, within what this person may read; the questions of the inbox as one figure. The words are kept and read
    by whoever takes over, so that no confidential case is among them: those have a handler of their own."""
    if user.has_perm(VIEW):
        rows = read_by(user).filter(community=community, confidential=False).unanswered()  # type: ignore[attr-defined]
        found = rows.select_related("community", "topic").order_by(F("next_due_at").asc(nulls_last=True), "pk")
        for case in found[:MOST]:
            yield Line(_words(case), case.get_absolute_url(), "message-report")
        if (more := rows.count() - MOST) > 0:
            url = f"{reverse('complaints:complaint_list')}?group=unanswered&community={community.pk}"
            yield Line(_("另有 %(n)d 件没有回音") % {"n": more}, url, "dots")
    if user.has_perm("complaints.view_enquiry"):
        waiting = Enquiry.objects.visible_to(user, "complaints.view_enquiry").waiting().filter(community=community)
        if count := waiting.count():
            url = f"{reverse('complaints:enquiry_list')}?group=waiting&community={community.pk}"
            yield Line(_("在线咨询 %(n)d 个待答复") % {"n": count}, url, "messages")


def _words(case: Any) -> str:
    """As in a list of one community."""
    matter = f"{case.address or ''} {case.topic}".strip()
    due = _("时限 %(at)s") % {"at": f"{timezone.localtime(case.next_due_at):%m-%d %H:%M}"} if case.next_due_at else ""
    return "，".join(filter(None, [matter, case.status_word, due]))
