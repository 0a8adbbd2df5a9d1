"""Lines of the household's history. Services of every floor write them through here, in their own transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from owners.models import Owner, Tenure, TimelineEntry


def current_unit_ids(owner: Owner) -> list[int]:
    """The units an owner has to do with today."""
    return list(
        Tenure.objects.filter(owner=owner).current().order_by("unit_id").values_list("unit_id", flat=True).distinct()
    )


def note_unit(
    unit_ids: Iterable[int],
    sentence: Any,
    *,
    owner: Owner | None = None,
    kind: str = TimelineEntry.Kind.FILE,
    detail: str = "",
    source: models.Model | None = None,
    at: datetime | None = None,
) -> None:
    """One line on each unit (and on the owner's file when there is one). Sentences name no person and no number: the page adds
    the name as its reader may see it."""
    moment = at or timezone.now()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            unit_id=unit_id,
            owner=owner,
            at=moment,
            kind=kind,
            sentence=str(sentence)[:200],
            detail=detail[:300],
            source_type=source._meta.label_lower if source is not None else "",
            source_id=source.pk if source is not None else None,
        )
        for unit_id in unit_ids
    )


def note_owner(owner: Owner, sentence: Any, *, kind: str = TimelineEntry.Kind.FILE, detail: str = "") -> None:
    """A line about a person: on his file and on every unit he has to do with today. The source tells the copies on the units from
    what happened there (queries.history.owner_lines)."""
    units: list[int | None] = [None, *current_unit_ids(owner)]
    note_unit(units, sentence, owner=owner, kind=kind, detail=detail, source=owner)  # type: ignore[arg-type]
