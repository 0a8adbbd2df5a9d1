"""Signed links: 256 random bits whose SHA-256 alone is stored, bound to one purpose and one object (SECURITY 9.*)."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from core.actors import user_id
from core.models import SignedLink

KEEP_EXPIRED = timedelta(days=30)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def create(source: models.Model, purpose: str, *, by: Any, valid: timedelta) -> str:
    """The token for the address; it cannot be had again."""
    token = secrets.token_urlsafe(32)
    SignedLink.objects.create(
        token_hash=_digest(token),
        purpose=purpose,
        source_type=source._meta.label_lower,
        source_id=source.pk,
        created_by_id=user_id(by),
        expires_at=timezone.now() + valid,
    )
    return token


def resolve(token: str, purpose: str) -> SignedLink | None:
    """The link if it is for this purpose, in time and not revoked. Reading it never uses it up: messengers fetch previews."""
    found = SignedLink.objects.filter(token_hash=_digest(token[:100]), purpose=purpose, revoked_at__isnull=True)
    return found.filter(expires_at__gt=Now()).first()


def use(link: SignedLink) -> bool:
    """Marks a link that works once as used; False when somebody else was first. Only ever called by a POST."""
    return bool(
        SignedLink.objects.filter(pk=link.pk, used_at__isnull=True, revoked_at__isnull=True).update(used_at=Now())
    )


def revoke(source: models.Model, purpose: str = "") -> int:
    """Ends all links on an object (of one purpose); returns how many were open."""
    open_links = SignedLink.objects.filter(
        source_type=source._meta.label_lower, source_id=source.pk, revoked_at__isnull=True
    )
    return (open_links.filter(purpose=purpose) if purpose else open_links).update(revoked_at=Now())


def purge_expired() -> int:
    return SignedLink.objects.filter(expires_at__lt=timezone.now() - KEEP_EXPIRED).delete()[0]
