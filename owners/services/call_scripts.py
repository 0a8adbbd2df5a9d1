"""话术 of call-backs: what is said, by cause."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import changes, log
from core.errors import BadValue, BusinessError
from owners.models import CallScript
from owners.queries.call_scripts import DEFAULTS, unknown_word
from properties.services import guards

CREATED = log.declare("owners.callscript.created", lazy("登记了回访话术"))
CHANGED = log.declare("owners.callscript.changed", lazy("修改了回访话术"))
REMOVED = log.declare("owners.callscript.removed", lazy("删除了回访话术"))
CHANGE = "owners.change_callscript"


@transaction.atomic
def create_script(*, by: Any, **values: Any) -> CallScript:
    """One community's own; those of all are there from the beginning. Raises BadValue, OutOfScope."""
    if values.get("community") is None:
        raise BadValue(_("请选择项目，所有项目的话术已经有了"), field="community")
    _check(values["text"])
    row = CallScript(**values)
    changes.save(row)
    guards.require_in_scope(row, by=by, permission=CHANGE)
    log.record(CREATED, row, by=by, changes=guards.named(values, row), community_id=row.community_id)
    return row


@transaction.atomic
def change_script(row: CallScript, *, by: Any, text: str) -> CallScript:
    guards.require_in_scope(row, by=by, permission=CHANGE)
    _check(text)
    guards.write_change(row, {"text": text}, action=CHANGED, by=by)
    return row


@transaction.atomic
def remove_script(row: CallScript, *, by: Any) -> CallScript:
    """Only a community's own: without it that of all communities is said again."""
    if row.community_id is None:
        raise BusinessError(_("所有项目的话术不能删除，只能修改"))
    guards.require_in_scope(row, by=by, permission=CHANGE)
    log.record(REMOVED, row, by=by, changes={"text": row.text})
    row.delete()
    return row


def seed_scripts() -> None:
    """Words for every cause that has none yet; what people have changed stays."""
    there = set(CallScript.objects.filter(community__isnull=True).values_list("cause", flat=True))
    CallScript.objects.bulk_create(
        [CallScript(cause=cause, text=str(text)) for cause, text in DEFAULTS.items() if cause not in there],
        ignore_conflicts=True,
    )


def _check(text: str) -> None:
    if word := unknown_word(text):
        raise BadValue(word, field="text")
