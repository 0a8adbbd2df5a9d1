"""The texts that vendors want registered beforehand: their names, their variables and a sample of each, as data.

Text messages and WeChat never carry free text: a message names one of these, and the setting of the channel says under which code
the vendor knows it. Floors above declare theirs in ready().
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from notices.channels.contract import Message


@dataclass(frozen=True)
class Template:
    """`sample` names the variables and shows a value of each; `token` and `url` of the personal link are always there. `channels`:
    where it is ever used, so that nobody is asked to register it elsewhere. `at_once`: somebody waits for it, so the channel's own
    rate does not hold it back."""

    name: str
    label: Any
    sample: Mapping[str, Any]
    channels: tuple[str, ...] = ("sms", "wechat")
    at_once: bool = False


_templates: dict[str, Template] = {}


def declare(
    name: str,
    label: Any,
    sample: Mapping[str, Any],
    *,
    channels: tuple[str, ...] = ("sms", "wechat"),
    at_once: bool = False,
) -> Template:
    return _templates.setdefault(name, Template(name, label, dict(sample), channels, at_once))


def declared(channel: str) -> tuple[Template, ...]:
    """Those a channel of the contract may be asked to send."""
    return tuple(template for template in _templates.values() if channel in template.channels)


def get(name: str) -> Template | None:
    return _templates.get(name)


def variables_of(message: Message) -> dict[str, str]:
    """What a registered text may be filled with. The link also comes as its last part alone, because vendors refuse addresses in
    variables and want the fixed part in the registered text."""
    link = {"url": message.url, "token": message.url.rstrip("/").rpartition("/")[2]} if message.url else {}
    return {**{name: str(value) for name, value in message.variables.items()}, **link}


declare("login_code", _("登录验证码"), {"code": "204816", "minutes": "5"}, channels=("sms",), at_once=True)
declare("notice", _("通知公告"), {"community": _("示例花园"), "title": _("停水通知"), "time": "2026-11-22 14:00"})
declare(
    "promotion",
    _("营销信息"),
    {
        "community": _("示例花园"), "title": _("空调清洗团购"), "time": "2026-11-22 14:00", "opt_out": "sample",
        "opt_out_url": "https://example.com/m/o/sample/",
    },
)  # fmt: skip
