"""Channels as an administrator has set them up."""

import json
from typing import Any

import factory

from core import blind_index
from notices.models import ChannelSetting, WechatBinding
from tests.factories.owners import OwnerFactory

TEXTS = {
    "login_code": {"code": "SMS_1", "text": "验证码{code}，{minutes}分钟内有效。", "fields": "thing1={code}"},
    "notice": {"code": "SMS_2", "text": "{community}：{title}，详情{url}", "fields": "thing1={title}\ntime2={time}"},
}
SECRETS = {
    "sms_gateway": {"secret": "s-gateway", "secret2": ""},
    "sms_aliyun": {"access_key_secret": "s-aliyun"},
    "email": {"password": "s-mail"},
    "wechat": {"app_secret": "s-wechat"},
    "wecom": {"key": "s-wecom"},
    "dingtalk": {"access_token": "s-dingtalk", "sign_secret": "SECsign"},
    "feishu": {"hook": "s-feishu", "sign_secret": "SECsign"},
}
OPTIONS: dict[str, dict[str, str]] = {
    "sms_gateway": {
        "path": "/sms/send",
        "account": "mulin",
        "success_path": "code",
        "success_values": "0",
        "id_path": "id",
    },
    "sms_aliyun": {"access_key_id": "LTAI", "sign_name": "睦邻"},
    "email": {"security": "none", "from_address": "service@mulin.test", "from_name": "睦邻"},
    "wechat": {"app_id": "wx1"},
}


def channel(code: str, base_url: str = "", *, enabled: bool = True, **values: Any) -> ChannelSetting:
    """The seeded row of a channel, set up against a base URL. `options` and `secrets` are added to the usual ones."""
    setting = ChannelSetting.objects.get(code=code)
    setting.enabled = enabled
    setting.base_url = base_url
    setting.rate_per_second = values.pop("rate_per_second", 100)
    setting.templates = values.pop("templates", TEXTS)
    setting.options = OPTIONS.get(code, {}) | values.pop("options", {})
    setting.secrets = json.dumps(SECRETS.get(code, {}) | values.pop("secrets", {}))
    assert not values, values
    setting.save()
    return setting


class WechatBindingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WechatBinding

    owner = factory.SubFactory(OwnerFactory)
    openid = factory.Sequence(lambda n: f"oOpenid{n:020}")
    openid_index = factory.LazyAttribute(lambda row: blind_index.whole("openid", row.openid))
