"""How a channel describes itself: what has to be set, as data for the settings page, and how it is built from the settings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.masking import mask_tail
from notices.channels.contract import Channel

Kind = Literal["text", "choice", "number", "json", "lines", "secret"]
Recipient = Literal["", "user", "phone", "email", "openid"]
_LONG_NUMBER = re.compile(r"\d{7,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
REASON_LENGTH = 120


@dataclass(frozen=True)
class Setting:
    """One thing to fill in. Secrets are stored encrypted and never shown again."""

    name: str
    label: Any
    kind: Kind = "text"
    help: Any = ""
    default: str = ""
    required: bool = False
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Section:
    title: Any
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Config:
    """What a channel is built from: the values of one ChannelSetting. `templates` = {name: {"code", "text", "fields"}}."""

    base_url: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Spec:
    """One channel. `code` names the module's setting, `channel` what senders ask for: two providers may stand behind "sms".

    `registered`: what has to be told for each registered template ("code", "text", "fields"); empty where free text is carried.
    `disturbs`: it rings in somebody's pocket, so quiet hours apply. `recipient`: what kind of address it takes; decides where a test
    goes. `always_on`: inside the house, where there is nothing to set, to slow down or to remember.
    """

    code: str
    channel: str
    label: Any
    icon: str
    purpose: Any
    build: Callable[[Config], Channel]
    base_url: str | None = None
    sections: tuple[Section, ...] = ()
    registered: tuple[str, ...] = ()
    disturbs: bool = False
    recipient: Recipient = ""
    always_on: bool = False
    rate: str = "10"
    check: Callable[[Config], None] | None = None

    @property
    def settings(self) -> tuple[Setting, ...]:
        return tuple(setting for section in self.sections for setting in section.settings)

    @property
    def secrets(self) -> tuple[Setting, ...]:
        return tuple(setting for setting in self.settings if setting.kind == "secret")


def vendor_words(code: Any, words: Any, *hidden: str) -> str:
    """What a vendor says, fit to be kept: in one line, short, without the recipient or a long number in it."""
    text = f"{words or ''}（{code}）" if words else str(code)
    for value in hidden:
        text = text.replace(value, "***") if len(value) > 3 else text
    text = _CONTROL.sub(" ", text)
    return _LONG_NUMBER.sub(lambda match: mask_tail(match[0], 3, 2), text)[:REASON_LENGTH]
