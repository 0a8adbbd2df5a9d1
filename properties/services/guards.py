"""Checks every write of this app makes: the row stays inside the actor's scope, and stopping happens once."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import changes, log
from core.errors import BusinessError, OutOfScope


def require_in_scope(obj: models.Model, *, by: Any, permission: str) -> None:
    """Refuses a row that the actor could not see under the permission he wrote it with: made in, or moved to, a foreign place.

    Called after the write, inside its transaction, so that the row itself is asked and not what the caller believes of it."""
    if by.actor_type != "user":
        return
    rows = type(obj)._default_manager.visible_to(by, permission)  # type: ignore[attr-defined]
    if not rows.filter(pk=obj.pk).exists():
        raise OutOfScope(_("%(object)s不在您的数据范围内") % {"object": obj}, _("请选择您负责的项目或楼栋"))


def named(values: dict[str, Any], obj: models.Model) -> dict[str, Any]:
    """What a new row's log entry keeps: the filled fields, choices by their words."""
    shown = {}
    for name, value in values.items():
        if value is None or value == "":
            continue
        display = getattr(obj, f"get_{name}_display", None)
        shown[name] = str(display()) if display else value
    return shown


@transaction.atomic
def write_change(obj: Any, values: dict[str, Any], *, action: str, by: Any, reason: str = "") -> dict[str, list[Any]]:
    """Assigns, validates, saves and logs what differs; nothing happens when nothing differs."""
    changed = changes.assign(obj, values)
    if changed:
        changes.save(obj)
        log.record(action, obj, by=by, changes=changed, reason=reason)
    return changed


@transaction.atomic
def stop(obj: Any, *, action: str, by: Any, reason: str = "") -> Any:
    """Sets `disabled_at` if nobody did before."""
    return _switch(obj, timezone.now(), action, by, reason, _("%(object)s已经停用"))


@transaction.atomic
def restart(obj: Any, *, action: str, by: Any, reason: str = "") -> Any:
    return _switch(obj, None, action, by, reason, _("%(object)s已经是启用状态"))


def _switch(obj: Any, moment: datetime | None, action: str, by: Any, reason: str, already: str) -> Any:
    rows = type(obj)._default_manager.filter(pk=obj.pk, disabled_at__isnull=moment is not None)
    if rows.update(disabled_at=moment) != 1:
        raise BusinessError(already % {"object": obj}, _("请刷新页面"))
    obj.disabled_at = moment
    log.record(action, obj, by=by, reason=reason)
    return obj
