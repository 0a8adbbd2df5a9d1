"""Ways out of the inbox. The floor that owns the channels registers which there are and the job that carries a message; until then a
message only stands in the inbox.

register(ways=notices.services.staff.ways, job="notices.carry_message")
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

EMAIL = "email"


@dataclass(frozen=True)
class Way:
    """`shared`: into a room that others read too; otherwise to the person's own address."""

    code: str
    label: Any
    shared: bool = False


def _none() -> Sequence[Way]:
    return ()


_ways: Callable[[], Sequence[Way]] = _none
_job = ""


def register(*, ways: Callable[[], Sequence[Way]], job: str) -> None:
    """`ways()` tells those that are set up at present; the job of kind `job` gets {"item": key, "ways": [codes]}."""
    global _ways, _job
    _ways, _job = ways, job


def available() -> list[Way]:
    return list(_ways())


def job() -> str:
    return _job
