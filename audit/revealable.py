"""Which protected values may be looked at in full. The app that owns a field registers it in ready():

revealable.register("owners.ownerphone", "number", permission="owners.reveal_owner", label=_("手机号"), protects="phone")
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Revealable:
    """`protects` names the field visibility that must not be 不可见; `value` reads the plaintext (default: the attribute);
    `parent` gives the object the log names (default: the object itself)."""

    model: str
    field: str
    permission: str
    label: Any
    protects: str
    value: Callable[[Any], str]
    parent: Callable[[Any], Any]


_registry: dict[tuple[str, str], Revealable] = {}


def register(
    model: str,
    field: str,
    *,
    permission: str,
    label: Any,
    protects: str = "phone",
    value: Callable[[Any], str] | None = None,
    parent: Callable[[Any], Any] | None = None,
) -> None:
    """`model` is the label in lower case ("owners.owner")."""
    read = value or (lambda obj: str(getattr(obj, field) or ""))
    _registry[model, field] = Revealable(model, field, permission, label, protects, read, parent or (lambda obj: obj))


def communities_of(obj: Any) -> frozenset[int]:
    """Where a row stands, by the `scope_path` of its model ("unit__community", "owner__community_ids")."""
    value: Any = obj
    for name in obj.scope_path.split("__"):
        value = getattr(value, name)
    if isinstance(value, (list, tuple)):
        return frozenset(value)
    return frozenset([getattr(value, "pk", value)])


def find(model: str, field: str) -> Revealable | None:
    return _registry.get((model, field))


def registered() -> list[Revealable]:
    return list(_registry.values())
