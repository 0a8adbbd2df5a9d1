"""The contract every channel keeps: one message in, one of four answers out. Nothing else of a vendor is visible above."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True)
class Message:
    """One message to one recipient.

    `request_id` is the identity of the sending: a repeated one gets the first answer, never a second message. `to` is a phone, an
    address, an openid, "user:12" or "owner:34" for the in-app channel, "" for a robot's room. Text messages and WeChat use
    `template` (a name of notices.channels.templates) and `variables`; `subject` and `text` are for channels that carry free text.
    """

    request_id: UUID
    to: str
    template: str
    variables: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    text: str = ""
    url: str = ""


@dataclass(frozen=True)
class Sent:
    """The vendor has taken it; `vendor_id` is what it calls the message."""

    vendor_id: str = ""


@dataclass(frozen=True)
class Refused:
    """It was not sent. `permanent`: trying this recipient here again is pointless; otherwise another try may succeed."""

    reason: str
    permanent: bool = False


@dataclass(frozen=True)
class Busy:
    """Not sent, because there are too many just now."""

    retry_after_seconds: int


@dataclass(frozen=True)
class Unknown:
    """It left the house and nobody knows what became of it: to be asked by `query` or settled by hand, never blindly repeated."""

    reason: str


Outcome = Sent | Refused | Busy | Unknown


class Channel(Protocol):
    code: str
    label: Any

    def send(self, message: Message) -> Outcome:
        """Hands a message over; call it outside a transaction, with the row of the sending committed. Never raises."""

    def query(self, request_id: UUID, *, to: str = "", sent_on: date | None = None) -> Outcome | None:
        """What became of a message; None = the vendor cannot tell. Channels that are asked by recipient know him by themselves;
        `to` and `sent_on` help after their memory of 30 days."""
