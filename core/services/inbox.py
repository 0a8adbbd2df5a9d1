"""The staff inbox: one list of everything the system wants to tell a person."""

from typing import Any

from django.utils import timezone

from core.models import InboxItem


def notify(
    user: Any, sentence: str, *, url: str = "", level: str = InboxItem.Level.INFO, dedup_key: str | None = None
) -> None:
    """Puts one item into a person's inbox; with a dedup key at most once ever."""
    InboxItem.objects.bulk_create(
        [InboxItem(user_id=user.pk, sentence=sentence[:200], url=url, level=level, dedup_key=dedup_key)],
        ignore_conflicts=dedup_key is not None,
    )


def mark_read(user: Any, *, item_id: int | None = None) -> int:
    """Marks one item, or all of them, as read; returns how many changed."""
    unread = InboxItem.objects.filter(user_id=user.pk, read_at__isnull=True)
    return (unread.filter(pk=item_id) if item_id else unread).update(read_at=timezone.now())
