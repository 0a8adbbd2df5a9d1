"""常用语: the ready answers of the desk."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as lazy

from complaints.models import CannedReply
from core import changes, log
from properties.services import guards

CREATED = log.declare("complaints.cannedreply.created", lazy("登记了常用语"))
CHANGED = log.declare("complaints.cannedreply.changed", lazy("修改了常用语"))
DISABLED = log.declare("complaints.cannedreply.disabled", lazy("停用了常用语"))
RESTORED = log.declare("complaints.cannedreply.restored", lazy("恢复了常用语"))
CHANGE = "complaints.change_cannedreply"


@transaction.atomic
def create_reply(*, by: Any, **values: Any) -> CannedReply:
    """Raises BadValue, OutOfScope: a reply of all communities is kept by whose scope is everything."""
    row = CannedReply(**values)
    changes.save(row)
    guards.require_in_scope(row, by=by, permission="complaints.add_cannedreply")
    log.record(CREATED, row, by=by, changes=guards.named(values, row), community_id=row.community_id)
    return row


@transaction.atomic
def change_reply(row: CannedReply, *, by: Any, **values: Any) -> CannedReply:
    guards.require_in_scope(row, by=by, permission=CHANGE)
    guards.write_change(row, values, action=CHANGED, by=by)
    return row


def disable_reply(row: CannedReply, *, by: Any, reason: str = "") -> CannedReply:
    guards.stop(row, action=DISABLED, by=by, reason=reason)
    return row


def restore_reply(row: CannedReply, *, by: Any) -> CannedReply:
    guards.restart(row, action=RESTORED, by=by)
    return row
