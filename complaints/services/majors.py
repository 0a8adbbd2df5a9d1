"""重大 goes up at once (DOMAIN 2.3): the project manager hears of a case the moment it is judged so, whatever the hour."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint
from complaints.queries.audience import Audience
from core import inbox_kinds
from core.models import InboxItem
from core.services.inbox import Note, notify_many

MAJOR = inbox_kinds.declare(
    "complaints.major", lazy("重大投诉上报"), demands=True, permission="complaints.view_complaint"
)


def tell_managers(case: Complaint) -> int:
    """Once a round; whoever knows of it already is not told again."""
    sentence = _("重大投诉，请确认知悉：%(case)s") % {"case": case.headline}
    key = f"complaints.major:{case.pk}:{case.round}"
    people = Audience().managers_of(case)
    url, urgent = case.get_absolute_url(), InboxItem.Level.URGENT
    return notify_many(
        [Note(person.pk, sentence, url, urgent, f"{key}:{person.pk}") for person in people], kind=MAJOR.code
    )
