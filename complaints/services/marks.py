"""What this floor writes downward about households: lines of their history."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from audit.models import User
from complaints.models import Complaint
from core.actors import SYSTEM
from core.models import InboxItem
from owners.models import CallBackTask, TimelineEntry
from owners.services import contacts, timeline
from owners.services.call_assigning import take_from


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
    lines, calls to be made their names, and those it is about the messages they had of it and the calls they were to make. What was said in
    calls that were made stays for whoever may open the case."""
    source = {"source_type": case._meta.label_lower, "source_id": case.pk}
    TimelineEntry.objects.filter(**source).delete()
    calls = CallBackTask.objects.filter(**source)
    contacts.hand_over(calls, to=case)
    calls.update(title=case.headline, unit=None, owner=None)
    about = Q(accusing_complaints=case)
    if case.accused_team_id is not None:
        about |= Q(teams=case.accused_team_id) | Q(led_teams=case.accused_team_id)
    people = User.objects.filter(about).values("pk")
    for task in calls.waiting().filter(assignee__in=people).select_related("assignee"):
        take_from(task, by=SYSTEM)
    urls = [case.get_absolute_url(), *(task.get_absolute_url() for task in calls)]
    InboxItem.objects.filter(user__in=people, url__in=urls).delete()
