"""Sends nothing: one line on standard error that a message would have gone, without a word of what is in it."""

from datetime import date
from uuid import UUID

import structlog
from django.utils.translation import gettext_lazy as lazy

from notices.channels.contract import Message, Outcome, Sent
from notices.channels.spec import Config, Spec

logger = structlog.get_logger(__name__)


class ConsoleChannel:
    code = "console"
    label = lazy("控制台")

    def __init__(self, config: Config) -> None:
        self.config = config

    def send(self, message: Message) -> Outcome:
        logger.warning(
            "message", request_id=str(message.request_id), template=message.template, variables=len(message.variables)
        )
        return Sent("console")

    def query(self, request_id: UUID, *, to: str = "", sent_on: date | None = None) -> Outcome | None:
        return None


SPEC = Spec(
    code="console",
    channel="console",
    label=lazy("控制台"),
    icon="device-desktop",
    purpose=lazy("只在服务器日志留一行，不发给任何人；用于演示和调试"),
    build=ConsoleChannel,
    always_on=True,
)
