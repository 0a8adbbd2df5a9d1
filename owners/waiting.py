"""What waits for an owner: one list on the first of his pages, filled by the floors that want something from him.

register("bills", lambda owner, unit: [Waiting(_("待缴账单 2,438.49 元"), _("12-31 前"), "portal:bill_list", icon="receipt-2")])
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Waiting:
    """One card: a title, one line below, and the page it leads to (URL name and arguments). `level` "warn" stands out and comes
    first; the others keep the order in which their floors registered."""

    title: Any
    text: Any = ""
    url: str = ""
    args: tuple[Any, ...] = ()
    icon: str = "info-circle"
    level: str = ""

    @property
    def address(self) -> str:
        return reverse(self.url, args=self.args)


Source = Callable[[Any, Any], Iterable[Waiting]]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Called by apps in ready(); `source(owner, unit)` costs at most one or two queries."""
    _sources[name] = source


def sources() -> dict[str, Source]:
    return dict(_sources)


def waiting_for(owner: Any, unit: Any) -> list[Waiting]:
    found = [item for source in _sources.values() for item in source(owner, unit)]
    return sorted(found, key=lambda item: item.level != "warn")
