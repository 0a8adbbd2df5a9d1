"""What the house says to a vendor and what it hears back. One small contract, a module for each channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Message:
    """One message to one address. `request_id` is the delivery's own id: a vendor that knows it already sends nothing twice."""

    request_id: UUID
    to: str
    template: str
    variables: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Sent:
    """The vendor has taken it."""

    vendor_id: str = ""


@dataclass(frozen=True)
class Refused:
    """The vendor will not send it; `permanent` means that trying again is useless."""

    reason: str
    permanent: bool


@dataclass(frozen=True)
class Busy:
    """Too fast: nothing was sent, try again later."""

    retry_after_seconds: float


@dataclass(frozen=True)
class Unknown:
    """The request left and no answer came: nobody knows."""

    reason: str


Outcome = Sent | Refused | Busy | Unknown


class Channel(Protocol):
    code: str
    label: str

    def send(self, message: Message) -> Outcome: ...

    def query(self, request_id: UUID) -> Outcome | None: ...
