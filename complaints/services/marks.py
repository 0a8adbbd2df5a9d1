"""What this floor writes downward about households: lines of their history."""

from typing import Any

from complaints.models import Complaint
from owners.models import TimelineEntry
from owners.services import timeline


def note(case: Complaint, sentence: Any, detail: str = "") -> None:
    """A line on the household's file. A confidential case leaves none: the file has more readers than the case."""
    if case.unit_id is not None and not case.confidential:
        timeline.note_unit(
            [case.unit_id], sentence, owner=case.owner, kind=TimelineEntry.Kind.COMPLAINT, detail=detail, source=case
        )
