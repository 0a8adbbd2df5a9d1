"""From a code to a channel that may be used: `get("sms").send(message)`."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from notices.channels.contract import Channel, Message, Outcome, Refused


class Absent:
    """A channel nobody has set up: it refuses, so that the sender takes the next one."""

    def __init__(self, code: str) -> None:
        self.code = self.label = code

    def send(self, message: Message) -> Outcome:
        return Refused(_("这个渠道没有启用"))

    def query(self, request_id: UUID, *, to: str = "", sent_on: date | None = None) -> Outcome | None:
        return None


def get(code: str) -> Channel:
    return Absent(code)


def enabled_codes() -> set[str]:
    """The codes that can send at present."""
    return set()
