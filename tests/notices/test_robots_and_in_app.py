"""Robots of staff rooms, the bell, the console, and what the registry says."""

import base64
import hmac
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.models import InboxItem, Job
from core.uid import uuid7
from notices.channels import dingtalk, feishu, registry
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent, Unknown
from notices.models import ChannelRequest
from notices.services.channels import purge_requests
from tests.factories.audit import UserFactory
from tests.factories.channels import channel
from tests.support.vendor import FakeVendor, json_answer

PATHS = {
    "wecom": "/cgi-bin/webhook/send",
    "dingtalk": "/robot/send",
    "feishu": "/open-apis/bot/v2/hook/s-feishu",
}


def send(code: str, to: str = "", request_id: Any = None) -> Outcome:
    message = Message(request_id or uuid7(), to, "", subject="待审核", text="3 号楼停水", url="https://mulin.test/x/")
    return registry.get(code).send(message)


@pytest.mark.django_db
def test_wecom_text(vendor: FakeVendor) -> None:
    channel("wecom", vendor.url)
    vendor.answers(PATHS["wecom"], json_answer({"errcode": 0}))
    assert send("wecom") == Sent()
    (seen,) = vendor.seen
    assert seen.query == {"key": "s-wecom"}
    assert seen.json == {"msgtype": "text", "text": {"content": "待审核\n3 号楼停水\nhttps://mulin.test/x/"}}


@pytest.mark.django_db
@pytest.mark.parametrize("signed", [True, False])
def test_dingtalk_text_and_signature(vendor: FakeVendor, signed: bool) -> None:
    channel("dingtalk", vendor.url, secrets={"sign_secret": "SECsign" if signed else ""})
    vendor.answers(PATHS["dingtalk"], json_answer({"errcode": 0}))
    assert send("dingtalk") == Sent()
    (seen,) = vendor.seen
    assert seen.query.pop("access_token") == "s-dingtalk"
    if signed:
        text = f"{seen.query['timestamp']}\nSECsign".encode()
        assert seen.query["sign"] == base64.b64encode(hmac.digest(b"SECsign", text, "sha256")).decode()
        assert abs(int(seen.query["timestamp"]) / 1000 - timezone.now().timestamp()) < 60
        assert dingtalk.sign("SECsign", int(seen.query["timestamp"])) == seen.query["sign"]
    else:
        assert seen.query == {}


@pytest.mark.django_db
@pytest.mark.parametrize("signed", [True, False])
def test_feishu_text_and_signature(vendor: FakeVendor, signed: bool) -> None:
    channel("feishu", vendor.url, secrets={"sign_secret": "SECsign" if signed else ""})
    vendor.answers(PATHS["feishu"], json_answer({"code": 0}))
    assert send("feishu") == Sent()
    body = vendor.seen[0].json
    assert body["content"] == {"text": "待审核\n3 号楼停水\nhttps://mulin.test/x/"}
    if signed:
        key = f"{body['timestamp']}\nSECsign".encode()
        assert body["sign"] == base64.b64encode(hmac.digest(key, b"", "sha256")).decode()
        assert feishu.sign("SECsign", int(body["timestamp"])) == body["sign"]
    else:
        assert "sign" not in body


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        ("wecom", {"errcode": 45009}, Busy(60)),
        ("dingtalk", {"errcode": 130101}, Busy(60)),
        ("feishu", {"code": 9499}, Busy(60)),
        ("feishu", {"code": 11232}, Busy(60)),
        ("wecom", {"ok": 1}, Unknown("对方的回答里没有结果码")),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, Refused("sign not match（310000）")),
    ],
)
def test_robot_answers(vendor: FakeVendor, code: str, said: Any, expected: Outcome) -> None:
    channel(code, vendor.url)
    vendor.answers(PATHS[code], json_answer(said))
    assert send(code) == expected


@pytest.mark.django_db
def test_the_bell_rings_once_for_a_message() -> None:
    user, request_id = UserFactory(), uuid7()
    assert registry.get("in_app").query(request_id) is None
    for _time in range(2):
        assert send("in_app", f"user:{user.pk}", request_id) == Sent()
    item = InboxItem.objects.get(user=user)
    assert (item.sentence, item.url) == ("待审核", "https://mulin.test/x/")
    assert registry.get("in_app").query(request_id) == Sent()


@pytest.mark.django_db
def test_in_app_recipients() -> None:
    assert send("in_app", "owner:7") == Sent()
    for nobody in ("user:0", "user:x", "", f"guest:{UserFactory().pk}"):
        assert send("in_app", nobody) == Refused("没有这个收件人", permanent=True)
    assert not InboxItem.objects.exists()


@pytest.mark.django_db
def test_what_nobody_has_set_up_refuses() -> None:
    assert send("sms") == Refused("这个渠道没有启用")
    assert registry.get("sms").query(uuid7()) is None
    assert send("console") == Sent("console")
    assert registry.enabled_codes() == {"in_app", "console"}
    disturbing = {spec.channel for spec in registry.SPECS if registry.disturbs(spec.channel)}
    assert disturbing == {"sms", "wechat", "email"}


@pytest.mark.django_db
def test_old_requests_are_forgotten() -> None:
    from notices.tasks import purge_requests as task

    old = ChannelRequest.objects.create(uid=uuid7(), code="wecom", at=timezone.now() - timedelta(days=31))
    new = ChannelRequest.objects.create(uid=uuid7(), code="wecom", at=timezone.now())
    assert purge_requests() == 1
    assert list(ChannelRequest.objects.all()) == [new]
    assert purge_requests() == 0
    assert task.name == "notices.purge_requests"
    assert old.pk
    assert not Job.objects.exists()
