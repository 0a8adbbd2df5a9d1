"""Which accounts are locked after wrong passwords, and until when: two tiers (SECURITY 2, django-axes row)."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from audit.models import SignInEntry

# The second tier: so many failures for one account from anywhere within the window close it, whatever the addresses were.
ACCOUNT_FAILURES = 20
ACCOUNT_WINDOW = timedelta(hours=1)


def address_attempts(username: str, ip: str | None) -> tuple[int, datetime | None]:
    """Failures of this account from this address that still count, and when the last of them was."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(username=username, ip_address=ip, attempt_time__gt=since)
    total = rows.aggregate(total=Sum("failures_since_start"))["total"] or 0
    return total, rows.order_by("-attempt_time").values_list("attempt_time", flat=True).first()


def account_failures(username: str) -> list[datetime]:
    """When this account's passwords were wrong within the window, latest first; an unlock by an administrator wipes the slate."""
    since = timezone.now() - ACCOUNT_WINDOW
    rows = SignInEntry.objects.filter(username=username[:40], at__gt=since)
    unlocked = rows.filter(result=SignInEntry.Result.UNLOCKED).order_by("-id").values_list("at", flat=True).first()
    if unlocked:
        rows = rows.filter(at__gt=unlocked)
    failures = rows.filter(result=SignInEntry.Result.FAILURE).order_by("-id")
    return list(failures.values_list("at", flat=True)[:ACCOUNT_FAILURES])


def locked_until(username: str, ip: str | None) -> datetime | None:
    """When this account may be tried again from this address; None when it may be tried now."""
    total, last = address_attempts(username, ip)
    until = last + settings.AXES_COOLOFF_TIME if last and total >= settings.AXES_FAILURE_LIMIT else None
    failures = account_failures(username)
    if len(failures) == ACCOUNT_FAILURES:
        account_until = failures[-1] + ACCOUNT_WINDOW
        until = max(until, account_until) if until else account_until
    return until


def is_locked(username: str) -> bool:
    """Whether any address is locked out of this account, or the account as a whole."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(username=username, attempt_time__gt=since).values("ip_address")
    sums = rows.annotate(total=Sum("failures_since_start")).values_list("total", flat=True)
    at_an_address = any(total >= settings.AXES_FAILURE_LIMIT for total in sums)
    return at_an_address or len(account_failures(username)) == ACCOUNT_FAILURES
