"""Looking at a masked value in full: purpose, quota, log (R139; GB/T 35273: masks are the rule)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import revealable
from audit.models import FieldVisibility
from core import locks, log
from core.errors import BadValue, QuotaExceeded
from core.models import LogEntry

REVEALED = log.declare("audit.value.revealed", gettext_lazy("查看了完整号码"), sensitive=True)
DAILY_LIMIT = 30


class Purpose(models.TextChoices):
    DISPATCH = "dispatch", gettext_lazy("派工联系")
    CALL_BACK = "call_back", gettext_lazy("回访")
    VERIFY = "verify", gettext_lazy("档案核验")
    DUNNING = "dunning", gettext_lazy("催缴")
    OTHER = "other", gettext_lazy("其他")


def used_today(actor_id: int | None) -> int:
    """Looks since midnight, counted from the log itself: a counter beside it could disagree."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return LogEntry.objects.filter(actor_type="user", actor_id=actor_id, action=REVEALED, at__gte=start).count()


def left_today(actor: Any) -> int:
    return max(DAILY_LIMIT - used_today(actor.actor_id), 0)


def may_ask(user: Any, item: revealable.Revealable) -> bool:
    """Whether there is anything this person may look at: the permission, from a role that does not hide the field."""
    grants = user.access.reasons(item.permission)
    return any(grant.visibility[item.protects] != FieldVisibility.HIDDEN for grant in grants)


def may_reveal(user: Any, item: revealable.Revealable, obj: models.Model) -> bool:
    """The permission for this row, with the field visible where the row stands."""
    return bool(user.access.may_look(item.permission, item.protects, revealable.communities_of(obj)))


@transaction.atomic
def reveal(obj: models.Model, field: str, *, by: Any, purpose: str) -> str:
    """The plaintext of one registered field, counted and logged. Raises PermissionDenied, BadValue (no purpose), QuotaExceeded.

    `obj` must come from visible_to(): this function checks the right to look in its communities, not the building or team."""
    item = revealable.find(obj._meta.label_lower, field)
    if item is None or not may_reveal(by, item, obj):
        raise PermissionDenied(field)
    if purpose not in Purpose.values:
        raise BadValue(_("请选择查看用途"), field="purpose")
    # Two looks at once would both count 29: the lock of this person lasts until the transaction has written its line.
    locks.hold("audit.reveal", by.actor_id)
    if used_today(by.actor_id) >= DAILY_LIMIT:
        raise QuotaExceeded(
            _("今天已查看 %(count)d 次，达到上限") % {"count": DAILY_LIMIT}, _("明天再看，或请主管查看")
        )
    word = Purpose(purpose).label
    log.record(REVEALED, item.parent(obj), by=by, changes={"field": str(item.label)}, reason=str(word))
    return item.value(obj)
