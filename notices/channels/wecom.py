"""The robot of a WeCom room. Twenty messages a minute are allowed."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as lazy

from notices.channels.robot import Robot
from notices.channels.spec import Section, Setting, Spec


class WecomRobot(Robot):
    code = "wecom"
    label = lazy("企业微信机器人")
    busy = {45009: 60, 45033: 10}

    def address(self) -> str:
        return f"{self.url('/cgi-bin/webhook/send')}?{urlencode({'key': self.config.secrets.get('key', '')})}"

    def body(self, text: str) -> Any:
        return {"msgtype": "text", "text": {"content": text}}


SPEC = Spec(
    code="wecom",
    channel="wecom",
    label=lazy("企业微信机器人"),
    icon="message-circle",
    purpose=lazy("员工群提醒：新通知待审核、发送异常等"),
    build=WecomRobot,
    base_url="https://qyapi.weixin.qq.com",
    rate="0.3",
    sections=(
        Section(
            lazy("机器人"),
            (Setting("key", lazy("机器人 key"), "secret", required=True, help=lazy("Webhook 地址里 key= 之后的部分")),),
        ),
    ),
)
