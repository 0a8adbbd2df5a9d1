"""Roles: bundles of permissions x data scope x field visibility; changed one by one or all together on the matrix."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.access import PROTECTED_FIELDS
from audit.models import DataScope, FieldVisibility, Grant, Role, User
from audit.permission_labels import PermissionFacts, all_permissions
from audit.policies import can_change_role, conflicts_in, conflicts_of_person
from core import changes, log
from core.errors import BusinessError

CREATED = log.declare("audit.role.created", gettext_lazy("新建了角色"), sensitive=True)
CHANGED = log.declare("audit.role.changed", gettext_lazy("修改了角色"), sensitive=True)
PERMISSIONS_CHANGED = log.declare("audit.role.permissions_changed", gettext_lazy("修改了角色权限"), sensitive=True)
DISABLED = log.declare("audit.role.disabled", gettext_lazy("停用了角色"), sensitive=True)
RESTORED = log.declare("audit.role.restored", gettext_lazy("恢复了角色"), sensitive=True)

SETTINGS = ("data_scope", *(f"{name}_visibility" for name in PROTECTED_FIELDS))


@transaction.atomic
def create_role(*, by: Any, copy_of: Role | None = None, **fields: Any) -> Role:
    """Makes a role; with `copy_of` it starts with that role's permissions."""
    role = Role(code=f"role-{get_random_string(8).lower()}", sort=_next_sort(), **fields)
    changes.save(role)
    if copy_of is not None:
        role.permissions.set(copy_of.permissions.all())
    shown = {"name": role.name, "data_scope": role.get_data_scope_display()}
    log.record(CREATED, role, by=by, changes=shown | ({"copy_of": copy_of.name} if copy_of else {}))
    return role


def _next_sort() -> int:
    last = Role.objects.order_by("-sort").values_list("sort", flat=True).first()
    return (last or 0) + 10


def _guard(role: Role, by: Any) -> None:
    allowed = can_change_role(by, role)
    if not allowed:
        raise BusinessError(allowed.reason)


@transaction.atomic
def update_role(role: Role, *, by: Any, **fields: Any) -> Role:
    """Changes name, scope or field visibility; the grants of the role keep their places."""
    _guard(role, by)
    changed = changes.assign(role, fields)
    if changed:
        changes.save(role, list(changed))
        log.record(CHANGED, role, by=by, changes=changed)
    return role


@transaction.atomic
def disable_role(role: Role, *, by: Any, reason: str) -> Role:
    """Stops a role: its grants give nothing from the next request on."""
    _guard(role, by)
    if not Role.objects.filter(pk=role.pk, disabled_at__isnull=True).update(disabled_at=timezone.now()):
        raise BusinessError(_("这个角色已经停用"))
    role.refresh_from_db()
    log.record(DISABLED, role, by=by, reason=reason)
    return role


@transaction.atomic
def restore_role(role: Role, *, by: Any) -> Role:
    """Puts a stopped role and its grants in force again, unless that would join duties that must stay apart."""
    _guard(role, by)
    if not Role.objects.filter(pk=role.pk, disabled_at__isnull=False).update(disabled_at=None):
        raise BusinessError(_("这个角色没有停用"))
    role.refresh_from_db()
    _check_holders([role])
    log.record(RESTORED, role, by=by)
    return role


# --- The matrix ------------------------------------------------------------------------------------------------------


@dataclass
class MatrixInput:
    """What the page sends back: the ticked (role id, permission id) pairs and the settings by role id."""

    ticked: set[tuple[int, int]]
    settings: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


def held_pairs(roles: Iterable[Role]) -> set[tuple[int, int]]:
    rows = Role.permissions.through.objects.filter(role__in=[role.pk for role in roles])
    return set(rows.values_list("role_id", "permission_id"))


def version_of(roles: Iterable[Role]) -> str:
    """A fingerprint of the whole matrix: two people who edit at once must not overwrite each other unseen."""
    roles = list(roles)
    state = [sorted(held_pairs(roles)), [[role.pk, *(getattr(role, name) for name in SETTINGS)] for role in roles]]
    return hashlib.sha256(repr(state).encode()).hexdigest()[:32]


@transaction.atomic
def save_matrix(wanted: MatrixInput, *, by: Any, version: str) -> int:
    """Saves all changed cells in one transaction, one log entry for each changed role that lists its cells (one batch for all).
    Roles the actor holds himself are left as they are. Returns how many cells changed."""
    roles = list(Role.objects.select_for_update().filter(disabled_at__isnull=True))
    if version_of(roles) != version:
        raise BusinessError(_("您打开页面后，矩阵已被他人修改"), _("请刷新页面后重新改动"))
    facts = {row.id: row for row in all_permissions()}
    held, batch, count, touched = held_pairs(roles), uuid.uuid4(), 0, []
    for role in roles:
        # The page does not send the columns of one's own roles, so their silence must not count as clearing them.
        cells = _cells(role, wanted, held, facts) if can_change_role(by, role) else {}
        if not cells:
            continue
        _store(role, wanted, facts)
        log.record(PERMISSIONS_CHANGED, role, by=by, changes=cells, batch=batch)
        count += len(cells)
        touched.append(role)
    _check_roles(touched, facts)
    _check_holders(touched)
    return count


def _cells(
    role: Role, wanted: MatrixInput, held: set[tuple[int, int]], facts: Mapping[int, PermissionFacts]
) -> dict[str, list[str]]:
    """{label: [old word, new word]} of the cells of one role that differ."""
    cells: dict[str, list[str]] = {}
    for name, value in wanted.settings.get(role.pk, {}).items():
        choices = dict(DataScope.choices if name == "data_scope" else FieldVisibility.choices)
        if name in SETTINGS and value in choices and value != getattr(role, name):
            cells[name] = [str(choices[getattr(role, name)]), str(choices[value])]
    for pk, row in facts.items():
        before, after = (role.pk, pk) in held, (role.pk, pk) in wanted.ticked
        if before != after:
            cells[f"{row.app_name} / {row.label}"] = [_word(before), _word(after)]
    return cells


def _word(on: bool) -> str:
    return _("可用") if on else _("不可用")


def _store(role: Role, wanted: MatrixInput, facts: Mapping[int, PermissionFacts]) -> None:
    values = {name: value for name, value in wanted.settings.get(role.pk, {}).items() if name in SETTINGS}
    changed = changes.assign(role, values)
    if changed:
        changes.save(role, list(changed))
    ours = {pk for role_id, pk in wanted.ticked if role_id == role.pk and pk in facts}
    others = role.permissions.exclude(pk__in=facts)  # of apps that are not installed now: not on the page, not touched
    role.permissions.set(Permission.objects.filter(pk__in=ours | set(others.values_list("pk", flat=True))))


def _check_roles(roles: Iterable[Role], facts: Mapping[int, PermissionFacts]) -> None:
    for role in roles:
        held = {facts[pk].name for _role, pk in held_pairs([role]) if pk in facts}
        for conflict in conflicts_in(held):
            raise BusinessError(_("“%(role)s”含有互斥的权限：%(why)s") % {"role": role, "why": conflict.sentence})


def _check_holders(roles: Iterable[Role]) -> None:
    """People with several roles must not come to hold conflicting duties through a wider role."""
    holders = Grant.objects.in_force().filter(role__in=[role.pk for role in roles]).values("user")
    several = Grant.objects.in_force().filter(user__in=holders).values_list("user_id", flat=True)
    counts = list(several)
    for user in User.objects.filter(pk__in={pk for pk in counts if counts.count(pk) > 1}):
        for conflict in conflicts_of_person(user):
            raise BusinessError(
                _("%(person)s 的角色合起来会互斥：%(why)s") % {"person": user, "why": conflict.sentence}
            )
