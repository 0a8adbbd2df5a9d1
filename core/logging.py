"""One JSON object per line on standard error; line breaks inside values are escaped by JSON, so nothing can forge a line."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from core import context

# A personal link's token is a key: 256 random bits as 43 characters. Whoever reads the log must not be able to open it.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII)


def hide_tokens(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Takes tokens out of addresses, in our own lines ("request") and in Django's ("Not Found: /m/o/…/")."""
    for key in ("event", "request"):
        if isinstance(event.get(key), str):
            event[key] = _TOKEN.sub("…", event[key])
    return event


def say_whose_request(**_signal: Any) -> None:
    """Receiver of bind_extra_request_metadata: id and address as the operation log has them, so that one is found by the other."""
    facts = context.current()
    structlog.contextvars.bind_contextvars(request_id=facts.request_id, ip=facts.ip)


_shared: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    hide_tokens,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=_shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
