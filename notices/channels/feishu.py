"""The robot of a Feishu room, signed with the time (签名校验). Its signature is over nothing, keyed with time and secret."""

import base64
import hmac
import time
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as lazy

from notices.channels.robot import Robot
from notices.channels.spec import Section, Setting, Spec


def sign(secret: str, seconds: int) -> str:
    return base64.b64encode(hmac.new(f"{seconds}\n{secret}".encode(), b"", "sha256").digest()).decode()


class FeishuRobot(Robot):
    code = "feishu"
    label = lazy("飞书机器人")
    number_path = "code"
    words_path = "msg"
    busy = {9499: 60, 11232: 60}

    def address(self) -> str:
        return self.url(f"/open-apis/bot/v2/hook/{quote(self.config.secrets.get('hook', ''), safe='')}")

    def body(self, text: str) -> Any:
        message: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if secret := self.config.secrets.get("sign_secret", ""):
            now = int(time.time())
            message |= {"timestamp": str(now), "sign": sign(secret, now)}
        return message


SPEC = Spec(
    code="feishu",
    channel="feishu",
    label=lazy("飞书机器人"),
    icon="message-circle",
    purpose=lazy("员工群提醒：新通知待审核、发送异常等"),
    build=FeishuRobot,
    base_url="https://open.feishu.cn",
    rate="1.5",
    sections=(
        Section(
            lazy("机器人"),
            (
                Setting("hook", lazy("Webhook 编号"), "secret", required=True, help=lazy("Webhook 地址最后一段")),
                Setting("sign_secret", lazy("签名密钥"), "secret", help=lazy("机器人安全设置选“签名校验”时填写")),
            ),
        ),
    ),
)
