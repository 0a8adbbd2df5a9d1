"""What this floor writes downward about households: lines of their history."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from audit.models import User
from complaints.models import Complaint
from core.models import InboxItem
from owners.models import CallBackTask, TimelineEntry
from owners.services import contacts, timeline


def note(case: Complaint, sentence: Any, detail: str = "", *, at: datetime | None = None) -> None:
    """A line on the household's file. A confidential case leaves none: the file has more readers than the case."""
    if case.unit_id is not None and not case.confidential:
        timeline.note_unit(
            [case.unit_id],
            sentence,
            owner=case.owner,
            kind=TimelineEntry.Kind.COMPLAINT,
            detail=detail,
            source=case,
            at=at,
        )


def hide(case: Complaint) -> None:
    """A case that has become confidential: what was written of it where more people read is taken back. The household's file loses its
    lines, calls to be made their names, and those it is about the messages they had of it. What was said in calls that were made stays for
    whoever may open the case."""
    source = {"source_type": case._meta.label_lower, "source_id": case.pk}
    TimelineEntry.objects.filter(**source).delete()
    contacts.hand_over(CallBackTask.objects.filter(**source), to=case)
    CallBackTask.objects.filter(**source).update(title=case.headline, unit=None, owner=None)
    about = Q(accusing_complaints=case)
    if case.accused_team_id is not None:
        about |= Q(teams=case.accused_team_id) | Q(led_teams=case.accused_team_id)
    people = User.objects.filter(about)
    InboxItem.objects.filter(user__in=people.values("pk"), url=case.get_absolute_url()).delete()
