"""A vendor that writes down what it is asked, and answers as told."""

import itertools
import os
import signal
from pathlib import Path
from typing import Any

from notices.channels import registry
from notices.channels.contract import Sent


class Vendor:
    """Keeps what it was sent in a file, so that a process that is killed leaves its trace. `answers` maps an address to answers in
    turn; `kill_after` ends the asking process at that message, after it has left and before anybody has written it down."""

    def __init__(self, path: Path, code: str = "sms") -> None:
        self.path, self.code, self.label = path, code, code
        self.answers: dict[str, list[Any]] = {}
        self.known: dict[Any, Any] = {}
        self.messages: list[Any] = []
        self.kill_after = 0
        self._numbers = itertools.count(1)

    def send(self, message: Any) -> Any:
        with self.path.open("a") as log:
            log.write(f"{message.request_id} {message.to}\n")
            log.flush()
            os.fsync(log.fileno())
        self.messages.append(message)
        number = next(self._numbers)
        if number == self.kill_after:
            os.kill(os.getpid(), signal.SIGKILL)
        waiting = self.answers.get(message.to)
        return waiting.pop(0) if waiting else Sent(f"v{number}")

    def query(self, request_id: Any, *, to: str = "", sent_on: Any = None) -> Any:
        return self.known.get(request_id)

    def asked(self) -> list[tuple[str, str]]:
        if not self.path.exists():
            return []
        return [tuple(line.split()) for line in self.path.read_text().splitlines()]  # type: ignore[misc]

    def install(self, monkeypatch: Any, *codes: str) -> "Vendor":
        monkeypatch.setattr(registry, "get", lambda code: self)
        monkeypatch.setattr(registry, "enabled_codes", lambda: set(codes or ("in_app", "sms", "email", "wechat")))
        return self
