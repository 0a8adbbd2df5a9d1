"""What every channel behind HTTP promises, shown for each against a fake vendor on loopback."""

from typing import Any
from uuid import UUID

import pytest

from core.uid import uuid7
from notices.channels import registry
from notices.channels.contract import Busy, Channel, Message, Outcome, Refused, Sent, Unknown
from notices.models import ChannelRequest
from tests.factories.channels import SECRETS, channel
from tests.support.vendor import FakeVendor, Reply, hang_up, json_answer, redirect, silence, status_answer

PHONE = "13800138000"


@pytest.mark.django_db
class VendorCase:
    """Data of a channel: `code` of its setting, `path` of its call, what a vendor says to take or to refuse a message."""

    code: str
    asked = "sms"
    path: str
    taken: Any
    taken_id = ""
    refused: Any
    to = PHONE

    @pytest.fixture(autouse=True)
    def set_up(self, vendor: FakeVendor) -> None:
        self.vendor = vendor
        channel(self.code, vendor.url)
        vendor.answers(self.path, json_answer(self.taken))
        self.prepare()

    def prepare(self) -> None:
        """More answers of the vendor, where a message needs them."""

    def channel(self) -> Channel:
        return registry.get(self.asked)

    def message(self, request_id: UUID | None = None) -> Message:
        return Message(
            request_id or uuid7(),
            self.to,
            "notice",
            {"community": "示例花园", "title": "停水通知", "time": "14:00"},
            subject="停水通知",
            text="明天停水",
            url="https://mulin.test/n/tok3n/",
        )

    def send(self, *replies: Any, request_id: UUID | None = None) -> Outcome:
        if replies:
            self.vendor.answers(self.path, *replies)
        return self.channel().send(self.message(request_id))

    def calls(self) -> int:
        return len(self.vendor.to(self.path))

    def test_success(self) -> None:
        assert self.send() == Sent(self.taken_id)
        assert self.calls() == 1

    def test_refusal(self) -> None:
        answer = self.send(json_answer(self.refused))
        assert isinstance(answer, Refused)
        assert answer.reason
        assert PHONE not in answer.reason

    def test_time_out_leaves_the_outcome_unknown_and_is_not_repeated(self) -> None:
        request_id = uuid7()
        assert isinstance(self.send(silence(), request_id=request_id), Unknown)
        assert isinstance(self.send(json_answer(self.taken), request_id=request_id), Unknown)
        assert self.calls() == 1

    def test_duplicate_gets_the_first_answer_and_no_second_message(self) -> None:
        request_id = uuid7()
        assert self.send(request_id=request_id) == Sent(self.taken_id)
        assert self.send(request_id=request_id) == Sent(self.taken_id)
        assert self.calls() == 1

    def test_429_is_busy_and_may_leave_again(self) -> None:
        request_id = uuid7()
        assert self.send(status_answer(429, Retry_After="7"), request_id=request_id) == Busy(7)
        assert self.send(json_answer(self.taken), request_id=request_id) == Sent(self.taken_id)

    @pytest.mark.parametrize("reply", [Reply(body=b"<html>ok"), hang_up(), status_answer(500, b"oops")])
    def test_an_answer_nobody_can_read_is_unknown(self, reply: Reply) -> None:
        assert isinstance(self.send(reply), Unknown)

    def test_an_endless_answer_is_unknown(self) -> None:
        assert isinstance(self.send(Reply(body=b'{"a": "' + b"x" * 70_000 + b'"}')), Unknown)

    def test_redirects_are_not_followed(self) -> None:
        self.vendor.answers("/elsewhere", json_answer(self.taken))
        answer = self.send(redirect(f"{self.vendor.url}/elsewhere"))
        assert isinstance(answer, Refused)
        assert not answer.permanent
        assert self.vendor.to("/elsewhere") == []

    def test_a_host_that_is_not_named_is_not_called(self, settings: Any) -> None:
        settings.CHANNEL_HOSTS = []
        answer = self.send()
        assert isinstance(answer, Refused)
        assert self.vendor.seen == []

    def test_nobody_there_is_a_refusal_that_may_be_tried_again(self) -> None:
        channel(self.code, "http://127.0.0.1:9")
        answer = self.send()
        assert isinstance(answer, Refused)
        assert not answer.permanent
        assert ChannelRequest.objects.get().state == ChannelRequest.State.OPEN

    def test_nothing_personal_and_no_secret_is_logged(self, capfd: Any, caplog: Any) -> None:
        for reply in (json_answer(self.taken), json_answer(self.refused), hang_up(), status_answer(500)):
            self.send(reply)
        written = "".join(capfd.readouterr()) + caplog.text
        for hidden in (self.to, "停水通知", "tok3n", *SECRETS[self.code].values()):
            assert not hidden or hidden not in written

    def test_recipient_rests_encrypted(self) -> None:
        self.send()
        stored = ChannelRequest.objects.extra(select={"raw": '"to"'}).values_list("raw", flat=True).get()
        assert stored.startswith("v1:" if self.to else "")
        assert ChannelRequest.objects.get().to == self.to

    def test_own_rate_is_kept(self) -> None:
        channel(self.code, self.vendor.url, rate_per_second=1)
        answers = [self.send() for _n in range(2)]
        assert answers == [Sent(self.taken_id), Busy(1)]
        assert self.calls() == 1


class TestGateway(VendorCase):
    code, path = "sms_gateway", "/sms/send"
    taken, taken_id, refused = {"code": 0, "id": "m-1"}, "m-1", {"code": 9, "message": f"{PHONE} 余额不足"}


class TestAliyun(VendorCase):
    code, path = "sms_aliyun", "/"
    taken, taken_id = {"Code": "OK", "Message": "OK", "BizId": "9006^0"}, "9006^0"
    refused = {"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": f"账户余额不足 {PHONE}"}


class TestWechat(VendorCase):
    code, asked, path, to = "wechat", "wechat", "/cgi-bin/message/template/send", "oOpenid00000000001"
    taken, taken_id, refused = {"errcode": 0, "errmsg": "ok", "msgid": 200228332}, "200228332", {"errcode": 47003}

    def prepare(self) -> None:
        self.vendor.answers("/cgi-bin/stable_token", json_answer({"access_token": "T1", "expires_in": 7200}))


class TestWecom(VendorCase):
    code, asked, path, to = "wecom", "wecom", "/cgi-bin/webhook/send", ""
    taken, refused = {"errcode": 0, "errmsg": "ok"}, {"errcode": 93000, "errmsg": "invalid webhook url"}


class TestDingtalk(VendorCase):
    code, asked, path, to = "dingtalk", "dingtalk", "/robot/send", ""
    taken, refused = {"errcode": 0, "errmsg": "ok"}, {"errcode": 310000, "errmsg": "sign not match"}


class TestFeishu(VendorCase):
    code, asked, path, to = "feishu", "feishu", "/open-apis/bot/v2/hook/s-feishu", ""
    taken, refused = {"code": 0, "msg": "success"}, {"code": 19021, "msg": "sign match fail"}
