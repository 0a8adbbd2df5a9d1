"""One chain of middleware for all clients and servers of a worker.

Each `Client()` builds a chain of its own, and WhiteNoise looks at every static file again each time: longer than many a page takes.
A process of the product builds one chain and keeps it; so do we, until a test changes a setting.
"""

from typing import Any

from django.core.handlers.base import BaseHandler
from django.core.signals import setting_changed

_PARTS = ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain")
_kept: dict[str, Any] = {}
_load = BaseHandler.load_middleware


def _load_once(self: BaseHandler, is_async: bool = False) -> None:
    if is_async:
        _load(self, is_async)
        return
    if not _kept:
        _load(self)
        _kept.update({name: getattr(self, name) for name in _PARTS})
    for name, part in _kept.items():
        setattr(self, name, part)


def _forget(**_change: Any) -> None:
    _kept.clear()


def share() -> None:
    BaseHandler.load_middleware = _load_once  # type: ignore[method-assign]
    setting_changed.connect(_forget)
