"""Calls to vendors: only to named hosts, never along a redirect, with an end in time and in size, and without a trace in the log.

The caller must know one thing of a failure: had the request left the house? `NotSent` says no, `NoAnswer` says perhaps.
"""

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from notices.channels.contract import Busy, Outcome, Refused, Unknown

MOST_BYTES = 64 * 1024
CONNECT_SECONDS = 3.0
BUSY_SECONDS = 60
LONGEST_WAIT = 3600
# The vendors' public interfaces, each the default of its channel; over https only. Every other host stands in CHANNEL_HOSTS.
VENDOR_HOSTS = frozenset(
    {"dysmsapi.aliyuncs.com", "api.weixin.qq.com", "qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn"}
)


class NotSent(Exception):
    """Nothing has left: the message may be tried again."""


class NoAnswer(Exception):
    """The request left and no answer that can be read came back."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; an unreadable one is no answer, unless the status has said no already."""
        try:
            return json.loads(self.body)
        except ValueError:
            if 400 <= self.status < 500:
                raise NotSent(_("对方拒绝（HTTP %(status)d）") % {"status": self.status}) from None
            raise NoAnswer(_("对方的回答不是 JSON")) from None


def allowed(host: str, port: int | None, *, plain: bool = False) -> bool:
    """Whether this host may be called. `plain`: without TLS, which is only for hosts the operator has named (gateways in the LAN)."""
    named = {entry.lower() for entry in settings.CHANNEL_HOSTS}
    host = host.lower()
    return host in named or f"{host}:{port}" in named or (not plain and host in VENDOR_HOSTS and port in {None, 443})


def check(url: str) -> SplitResult:
    """The parts of an address that may be called; raises NotSent with the reason otherwise."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotSent(_("接口地址无法识别")) from None
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        raise NotSent(_("接口地址须以 http:// 或 https:// 开头"))
    if not allowed(host, port, plain=parts.scheme == "http"):
        raise NotSent(_("主机 %(host)s 不在允许外呼的名单里（CHANNEL_HOSTS）") % {"host": host})
    return parts


def _connect(parts: SplitResult) -> http.client.HTTPConnection:
    host, within = parts.hostname or "", min(CONNECT_SECONDS, settings.CHANNEL_TIMEOUT_SECONDS)
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=within, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=within)
    try:
        connection.connect()
    except (OSError, ssl.SSLError, UnicodeError) as error:
        connection.close()
        raise NotSent(_("连接不上对方（%(what)s）") % {"what": type(error).__name__}) from None
    return connection


def _read(response: http.client.HTTPResponse, connection: http.client.HTTPConnection, until: float) -> bytes:
    """A vendor that drips a byte a second meets the same end as one that says nothing."""
    parts, size = [], 0
    while chunk := response.read1(8192):
        parts.append(chunk)
        size += len(chunk)
        left = until - time.monotonic()
        if size > MOST_BYTES:
            raise NoAnswer(_("对方的回答过大"))
        if left <= 0:
            raise NoAnswer(_("对方没有在限定时间内答完"))
        if connection.sock:
            connection.sock.settimeout(left)
    return b"".join(parts)


def call(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
    """One request, one answer of any status. Raises NotSent or NoAnswer."""
    parts = check(url)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection = _connect(parts)
    until = time.monotonic() + settings.CHANNEL_TIMEOUT_SECONDS
    try:
        if connection.sock:
            connection.sock.settimeout(settings.CHANNEL_TIMEOUT_SECONDS)
        connection.request(method, target, body or None, {"Connection": "close", **(headers or {})})
        response = connection.getresponse()
        return Answer(response.status, dict(response.headers.items()), _read(response, connection, until))
    except TimeoutError:
        raise NoAnswer(_("对方没有在限定时间内回答")) from None
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(_("连接中断（%(what)s）") % {"what": type(error).__name__}) from None
    except (
        ValueError,
        UnicodeError,
    ):  # a header or an address with characters that HTTP cannot carry: nothing was written
        raise NotSent(_("请求头或地址里有不能发送的字符")) from None
    finally:
        connection.close()


def post_json(url: str, data: Any) -> Answer:
    body = json.dumps(data, ensure_ascii=False).encode()
    return call("POST", url, headers={"Content-Type": "application/json; charset=utf-8"}, body=body)


def verdict(answer: Answer) -> Outcome | None:
    """What the status alone decides; None when the body has to be read."""
    if answer.status in {429, 503}:
        return Busy(_wait(answer))
    if 300 <= answer.status < 400:
        return Refused(_("对方要求转到别的地址，没有跟随"))
    if answer.status >= 500:
        return Unknown(_("对方出错（HTTP %(status)d）") % {"status": answer.status})
    return None


def _wait(answer: Answer) -> int:
    text = {name.lower(): value for name, value in answer.headers.items()}.get("retry-after", "")
    return min(max(int(text), 1), LONGEST_WAIT) if text.isdecimal() and len(text) < 8 else BUSY_SECONDS
