"""From a code to a channel that may be used: `get("sms").send(message)`.

What comes back keeps the channel's rate, remembers request ids and turns every failure of a module into an answer.
"""

import math
from datetime import date
from uuid import UUID

import structlog
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import rate_limit
from notices.channels import (
    console,
    dingtalk,
    feishu,
    in_app,
    mail,
    memory,
    sms_aliyun,
    sms_gateway,
    templates,
    wechat,
    wecom,
)
from notices.channels.contract import Busy, Channel, Message, Outcome, Refused, Sent, Unknown
from notices.channels.spec import Config, Spec
from notices.models import ChannelRequest, ChannelSetting

logger = structlog.get_logger(__name__)

SPECS: tuple[Spec, ...] = (
    in_app.SPEC,
    sms_aliyun.SPEC,
    sms_gateway.SPEC,
    wechat.SPEC,
    mail.SPEC,
    wecom.SPEC,
    dingtalk.SPEC,
    feishu.SPEC,
    console.SPEC,
)
_BY_CODE = {spec.code: spec for spec in SPECS}


def spec_of(code: str) -> Spec:
    """The description of a setting's code ("sms_aliyun")."""
    return _BY_CODE[code]


def to_be_set(rows: QuerySet[ChannelSetting]) -> QuerySet[ChannelSetting]:
    """Without those where there is nothing to set."""
    return rows.filter(code__in=[spec.code for spec in SPECS if not spec.always_on])


def config_of(setting: ChannelSetting) -> Config:
    return Config(setting.base_url, setting.options, setting.secret_values, setting.templates)


class Absent:
    """A channel nobody has set up: it refuses, so that the sender takes the next one."""

    def __init__(self, code: str) -> None:
        self.code = self.label = code

    def send(self, message: Message) -> Outcome:
        return Refused(_("这个渠道没有启用"))

    def query(self, request_id: UUID, *, to: str = "", sent_on: date | None = None) -> Outcome | None:
        return None


class Guarded:
    """A channel with its rate and its memory."""

    def __init__(self, setting: ChannelSetting) -> None:
        self.spec = spec_of(setting.code)
        self.code = self.spec.channel
        self.label = str(self.spec.label)
        # Messages a second; 0 where nothing has to be slowed down.
        self.rate = 0.0 if self.spec.always_on else float(setting.rate_per_second)
        self.channel: Channel = self.spec.build(config_of(setting))

    def send(self, message: Message) -> Outcome:
        if self.spec.always_on:
            return self._send(message)
        if not self._in_time(message):
            return Busy(math.ceil(1 / self.rate))
        before = memory.claim(self.spec.code, message)
        if before is not None:
            return before
        outcome = self._send(message)
        memory.settle(message.request_id, outcome)
        return outcome

    def _in_time(self, message: Message) -> bool:
        """Whether the rate lets it pass. A person who stands at the door and waits for a code does not queue behind an announcement
        to thousands; what he may ask for is limited where he asks."""
        template = templates.get(message.template)
        if template is not None and template.at_once:
            return True
        burst = max(self.rate, 1.0)
        return rate_limit.take(f"channel:{self.spec.code}", capacity=burst, seconds=burst / self.rate)

    def _send(self, message: Message) -> Outcome:
        try:
            return self.channel.send(message)
        except Exception as error:
            # The text of an error may hold a phone or a key; its kind and place are enough to find the mistake.
            logger.error("channel_failed", channel=self.spec.code, error=type(error).__name__)
            return Unknown(_("渠道内部出错（%(what)s）") % {"what": type(error).__name__})

    def query(self, request_id: UUID, *, to: str = "", sent_on: date | None = None) -> Outcome | None:
        """Our own memory first: a worker may have died after the vendor had answered. Then the vendor, if it can be asked."""
        if self.spec.always_on:
            return self.channel.query(request_id, to=to, sent_on=sent_on)
        row = ChannelRequest.objects.filter(uid=request_id).first()
        if row is not None and row.state in {ChannelRequest.State.SENT, ChannelRequest.State.REFUSED}:
            return memory.recalled(row)
        if row is not None:
            to, sent_on = row.to, timezone.localdate(row.at)
        found = self.channel.query(request_id, to=to, sent_on=sent_on)
        if isinstance(found, (Sent, Refused)):
            memory.settle(request_id, found)
        return found


def get(code: str) -> Channel:
    """The channel that sends for a code of the contract ("sms", "wechat", …) by the settings of this moment."""
    setting = ChannelSetting.objects.filter(channel=code, enabled=True).first()
    return Guarded(setting) if setting is not None else Absent(code)


def enabled_codes() -> set[str]:
    """The codes that can send at present."""
    return set(ChannelSetting.objects.filter(enabled=True).values_list("channel", flat=True))


def disturbs(code: str) -> bool:
    """Whether quiet hours apply to a channel of the contract."""
    return any(spec.disturbs for spec in SPECS if spec.channel == code)
