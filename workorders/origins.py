"""What led to an order, on its page: the floors above that turn things into orders say so, because this one does not know them."""

from collections.abc import Callable
from typing import Any

# (order, reader) -> [{"label", "value"}]: lines for the facts of its page, a link where the reader may open what it came from
Origin = Callable[[Any, Any], list[dict[str, Any]]]
_registered: list[Origin] = []


def register(origin: Origin) -> None:
    """Called in ready()."""
    if origin not in _registered:
        _registered.append(origin)


def lines(order: Any, user: Any) -> list[dict[str, Any]]:
    return [line for origin in _registered for line in origin(order, user)]
