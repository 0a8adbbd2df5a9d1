"""The robot of a DingTalk room, signed with the time (加签). Twenty messages a minute are allowed."""

import base64
import hmac
import time
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as lazy

from notices.channels.robot import Robot
from notices.channels.spec import Section, Setting, Spec


def sign(secret: str, milliseconds: int) -> str:
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), text, "sha256").digest()).decode()


class DingtalkRobot(Robot):
    code = "dingtalk"
    label = lazy("钉钉机器人")
    busy = {130101: 60, 302033: 60}

    def address(self) -> str:
        asked = {"access_token": self.config.secrets.get("access_token", "")}
        if secret := self.config.secrets.get("sign_secret", ""):
            now = time.time_ns() // 1_000_000
            asked |= {"timestamp": str(now), "sign": sign(secret, now)}
        return f"{self.url('/robot/send')}?{urlencode(asked)}"

    def body(self, text: str) -> Any:
        return {"msgtype": "text", "text": {"content": text}}


SPEC = Spec(
    code="dingtalk",
    channel="dingtalk",
    label=lazy("钉钉机器人"),
    icon="message-circle",
    purpose=lazy("员工群提醒：新通知待审核、发送异常等"),
    build=DingtalkRobot,
    base_url="https://oapi.dingtalk.com",
    rate="0.3",
    sections=(
        Section(
            lazy("机器人"),
            (
                Setting(
                    "access_token",
                    "access_token",
                    "secret",
                    required=True,
                    help=lazy("Webhook 地址里 access_token= 之后的部分"),
                ),
                Setting("sign_secret", lazy("加签密钥"), "secret", help=lazy("机器人安全设置选“加签”时填写，SEC 开头")),
            ),
        ),
    ),
)
