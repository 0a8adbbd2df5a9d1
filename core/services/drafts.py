"""Form drafts: what was typed survives a lost session for 24 hours, encrypted (UX 8; nothing personal rests in the browser)."""

import json
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from core.models import FormDraft

KEEP = timedelta(hours=24)
NEVER_KEPT = {"csrfmiddlewaretoken", "password", "password1", "password2", "old_password"}


def save_draft(user: Any, path: str, title: str, fields: QueryDict) -> FormDraft:
    """Keeps the latest state of one form of one person."""
    values = {name: fields.getlist(name) for name in fields if name not in NEVER_KEPT}
    draft = FormDraft.objects.filter(user_id=user.pk, path=path).first() or FormDraft(user_id=user.pk, path=path)
    draft.title = title[:80]
    draft.payload = json.dumps(values)
    draft.updated_at = timezone.now()
    draft.save()
    return draft


def find(user: Any, path: str) -> FormDraft | None:
    return FormDraft.objects.filter(user_id=user.pk, path=path, updated_at__gte=timezone.now() - KEEP).first()


def latest(user: Any) -> FormDraft | None:
    """The draft the sign-in page offers back."""
    return (
        FormDraft.objects.filter(user_id=user.pk, updated_at__gte=timezone.now() - KEEP).order_by("-updated_at").first()
    )


def content(draft: FormDraft) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, values in json.loads(draft.payload).items():
        query.setlist(name, values)
    return query


def offer(draft: FormDraft, path: str) -> dict[str, Any]:
    """What the form page shows about a draft."""
    return {
        "at": draft.updated_at,
        "restore_url": f"{path}?draft",
        "discard_url": reverse("core:draft_discard", args=[draft.pk]),
    }


def discard(user: Any, path: str) -> None:
    FormDraft.objects.filter(user_id=user.pk, path=path).delete()


def purge_expired() -> int:
    """Deletes drafts older than 24 hours; returns how many."""
    return FormDraft.objects.filter(updated_at__lt=timezone.now() - KEEP).delete()[0]
