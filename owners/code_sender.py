"""Who carries one-time codes to people. The floor that owns the channels registers itself in ready(); until then a code goes nowhere.

register(notices.services.channels.send_text_code)
"""

import logging
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings

logger = logging.getLogger(__name__)


class Sender(Protocol):
    def __call__(self, phone: str, code: str, *, request_id: UUID) -> Any: ...


def nobody(phone: str, code: str, *, request_id: UUID) -> None:
    """Says that there is no channel; neither the number nor the code may stand in a log."""
    level = logging.WARNING if settings.PRODUCTION else logging.INFO
    logger.log(level, "no channel carries one-time codes: request %s was not sent", request_id)


_sender: Sender = nobody


def register(sender: Sender) -> None:
    global _sender
    _sender = sender


def send(phone: str, code: str, *, request_id: UUID) -> Any:
    outcome = _sender(phone, code, request_id=request_id)
    if outcome is not None and type(outcome).__name__ != "Sent":
        # Busy, refused, unknown: the person asks again; whoever keeps the system should know. The reason stands with the channel.
        logger.warning("one-time code of request %s was not sent: %s", request_id, type(outcome).__name__)
    return outcome
