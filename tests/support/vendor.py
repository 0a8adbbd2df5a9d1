"""The vendors of a test run, over real HTTP and SMTP on loopback. They answer what a test has told them to, and keep what came in.

    vendor.answers("/sms/send", json_answer({"code": 0}), status_answer(429), silence())

Answers are used up one after the other; the last one stays.
"""

import json
import socketserver
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0
    hang_up: bool = False


Answer = Reply | Callable[[Seen], Reply]


def json_answer(data: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(data).encode(), {"Content-Type": "application/json"})


def status_answer(status: int, body: bytes = b"", **headers: str) -> Reply:
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def silence(seconds: float = 1.0) -> Reply:
    """Takes the request and says nothing for longer than anybody waits."""
    return Reply(body=b"{}", wait=seconds)


def hang_up() -> Reply:
    return Reply(hang_up=True)


def redirect(to: str) -> Reply:
    return Reply(302, b"", {"Location": to})


class FakeVendor:
    """One HTTP server for all vendors of a test; `seen` holds the requests in order."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._answers: dict[str, list[Answer]] = defaultdict(list)
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                vendor.serve(self)

            do_GET = do_POST = do_PUT = _serve

            def log_message(self, *_args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def answers(self, path: str, *replies: Answer) -> None:
        self._answers[path] = list(replies)

    def to(self, path: str) -> list[Seen]:
        return [request for request in self.seen if request.path == path]

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Seen(str(handler.command), parts.path, query, headers, body)
        self.seen.append(request)
        queue = self._answers.get(parts.path) or [status_answer(404)]
        chosen = queue.pop(0) if len(queue) > 1 else queue[0]
        self._reply(handler, chosen(request) if callable(chosen) else chosen)

    @staticmethod
    def _reply(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        time.sleep(reply.wait)
        handler.close_connection = True
        if reply.hang_up:
            return
        try:
            handler.send_response(reply.status)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(reply.body)))
            handler.end_headers()
            handler.wfile.write(reply.body)
        except OSError:
            pass  # the caller did not wait


@contextmanager
def running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class FakeMailServer:
    """SMTP as far as one message needs it. `replies` = {command: line} replaces an answer; None hangs up, a float is silence."""

    ORDINARY = {"EHLO": "250 ready", "HELO": "250 ready", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on"}

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.replies: dict[str, str | float | None] = {}
        mail_server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                mail_server.talk(self)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def talk(self, handler: socketserver.StreamRequestHandler) -> None:
        if not self._say(handler, "CONNECT", "220 loopback"):
            return
        while line := handler.rfile.readline():
            command = line.split(maxsplit=1)[0].decode().upper() if line.strip() else ""
            if not self._say(handler, command, self.ORDINARY.get(command, "250 ok")) or command == "QUIT":
                return
            if command == "DATA" and "DATA" not in self.replies and not self._take(handler):
                return

    def _take(self, handler: socketserver.StreamRequestHandler) -> bool:
        lines = []
        while (line := handler.rfile.readline()) and line != b".\r\n":
            lines.append(line)
        self.mails.append(b"".join(lines))
        return self._say(handler, "END", "250 queued")

    def _say(self, handler: socketserver.StreamRequestHandler, command: str, ordinary: str) -> bool:
        reply = self.replies.get(command, ordinary)
        if isinstance(reply, float):
            time.sleep(reply)
        if not isinstance(reply, str):
            return False
        handler.wfile.write(f"{reply}\r\n".encode())
        return True
