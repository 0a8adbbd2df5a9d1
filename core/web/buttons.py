"""What can be pressed on the page of one object, as data. Which buttons a person gets is decided by policies and permissions, never by
a template; templates/components/_buttons.html draws what is left."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

# How many stand beside the main one before the rest goes behind 更多.
SHOWN = 3


@dataclass(frozen=True)
class Button:
    """`url` is a URL name that takes the object's key. `dialog` opens it in place. `label` and `permission` are for what is no change of
    state; `open_only` keeps it to objects that are not finished, `working` to those in work and to whoever may do the work,
    `states` to those in one of them, `when(object, user)` to what only the app knows."""

    url: str
    icon: str
    style: str = ""
    dialog: bool = True
    label: Any = ""
    permission: str = ""
    open_only: bool = False
    working: bool = False
    states: frozenset[str] = frozenset()
    when: Callable[[Any, Any], bool] | None = None

    def shown(self, obj: Any, label: Any = "") -> dict[str, Any]:
        return {
            "label": label or self.label,
            "icon": self.icon,
            "url": reverse(self.url, args=[obj.pk]),
            "dialog": self.dialog,
            "danger": self.style == "danger",
            "quiet": self.style == "quiet",
        }


def arranged(acts: Iterable[dict[str, Any]], others: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """{"main": the filled button or None, "beside": […], "more": […]}. The page's main act is the first that destroys nothing and leads
    on; those that lead back are `quiet`."""
    acts = list(acts)
    main = next((act for act in acts if not act["danger"] and not act.get("quiet")), None)
    rest = [act for act in acts if act is not main]
    line = [*(act for act in rest if not act["danger"]), *others, *(act for act in rest if act["danger"])]
    return {"main": main, "beside": line[:SHOWN][::-1], "more": line[SHOWN:]}
