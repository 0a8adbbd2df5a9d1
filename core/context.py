"""Who is asking, for code that writes the log: set by the middleware per request, by the task skeleton per job."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestFacts:
    request_id: str = ""
    ip: str | None = None


_NONE = RequestFacts()
_facts: ContextVar[RequestFacts] = ContextVar("request_facts", default=_NONE)


def current() -> RequestFacts:
    return _facts.get()


@contextmanager
def facts(value: RequestFacts) -> Iterator[None]:
    token = _facts.set(value)
    try:
        yield
    finally:
        _facts.reset(token)
