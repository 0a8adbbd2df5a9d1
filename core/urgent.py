"""What any floor hands up to the workbench's table 先处理这些: one line each, sorted there by the time left."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Step:
    """The one next act: where it is asked, and whether in a dialog."""

    label: Any
    url: str
    dialog: bool = False


@dataclass(frozen=True)
class Urgent:
    """`at` is the deadline it is sorted by, `due` the time left as lists show it, `mark` how urgent, `status` word and colour."""

    at: datetime
    due: SafeString
    mark: SafeString | str
    matter: str
    url: str
    place: str
    cares: tuple[str, ...]
    status: tuple[str, str]
    hands: str
    step: Step
