"""What goes to the SMS vendors, and how their answers are read."""

import json
from typing import Any
from uuid import UUID

import pytest

from core.errors import BadValue
from core.uid import uuid7
from notices.channels import http, registry, sms_aliyun, sms_gateway
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent, Unknown
from notices.channels.spec import Config
from notices.models import ChannelRequest
from notices.services.channels import send_text_code
from tests.factories.channels import channel
from tests.support.vendor import FakeVendor, Seen, hang_up, json_answer, silence, status_answer

PHONE = "13800138000"
NOTICE = {"community": "示例花园", "title": '停水"通知\n', "time": "14:00"}


def send(template: str = "notice", **values: Any) -> Outcome:
    given = {"variables": NOTICE, "text": "自由文字", "url": "https://mulin.test/n/tok3n/"} | values
    return registry.get("sms").send(Message(given.pop("request_id", None) or uuid7(), PHONE, template, **given))


# --- The configurable gateway ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_gateway_body_is_filled_and_values_stay_values(vendor: FakeVendor) -> None:
    channel("sms_gateway", vendor.url, options={"headers": "Authorization: Bearer {secret}"})
    vendor.answers("/sms/send", json_answer({"code": 0}))
    request_id = uuid7()
    assert send(request_id=request_id) == Sent()
    (seen,) = vendor.seen
    assert seen.headers["authorization"] == "Bearer s-gateway"
    assert seen.json == {
        "account": "mulin",
        "password": "s-gateway",
        "mobile": PHONE,
        "content": '示例花园：停水"通知\n，详情https://mulin.test/n/tok3n/',
        "msgid": str(request_id),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_gateway_speaks_forms_and_query_strings(vendor: FakeVendor, method: str) -> None:
    body = '{"to": "{to}", "tpl": "{code}", "p": "{variables}", "link": "{token}", "t": "{var.title}"}'
    channel("sms_gateway", f"{vendor.url}/v2", options={"method": method, "encoding": "form", "body": body})
    vendor.answers("/v2/sms/send", json_answer({"code": 0}))
    assert send(variables={"title": "a&b=c"}) == Sent()
    (seen,) = vendor.seen
    got = seen.query if method == "GET" else seen.form
    assert (seen.method, got["to"], got["tpl"], got["link"], got["t"]) == (method, PHONE, "SMS_2", "tok3n", "a&b=c")
    assert json.loads(got["p"]) == {"title": "a&b=c", "url": "https://mulin.test/n/tok3n/", "token": "tok3n"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"result": {"state": True, "no": 7}}, Sent("7")),
        ({"result": {"state": "again", "no": 7}}, Sent("7")),
        ({"result": {"state": "slow"}}, Busy(60)),
        ({"result": {"state": "bad number"}, "why": "空号"}, Refused("空号（bad number）", permanent=True)),
        ({"result": {"state": "poor"}, "why": "余额不足"}, Refused("余额不足（poor）")),
        ([], Refused("HTTP 200")),
    ],
)
def test_gateway_answer_is_read_by_the_settings(vendor: FakeVendor, said: Any, expected: Outcome) -> None:
    rules = {
        "success_path": "result.state",
        "success_values": "true，OK",
        "id_path": "result.no",
        "reason_path": "why",
        "duplicate_values": "again",
        "busy_values": "slow",
        "permanent_values": "bad number",
    }
    channel("sms_gateway", vendor.url, options=rules)
    vendor.answers("/sms/send", json_answer(said))
    assert send() == expected


@pytest.mark.django_db
def test_gateway_without_a_rule_goes_by_the_status(vendor: FakeVendor) -> None:
    channel("sms_gateway", vendor.url, options={"success_path": ""})
    vendor.answers("/sms/send", status_answer(202), status_answer(403))
    assert send() == Sent()
    assert isinstance(send(), Refused)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["sms_gateway", "sms_aliyun"])
def test_what_is_not_registered_is_never_sent(vendor: FakeVendor, code: str) -> None:
    channel(code, vendor.url, templates={})
    answer = send()
    assert isinstance(answer, Refused)
    assert vendor.seen == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"body": "{not json"}, "body"),
        ({"body": "[]"}, "body"),
        ({"body": '{"a": "{password}"}'}, "body"),
        ({"headers": "no colon"}, "headers"),
        ({"headers": "X-A: {nobody}"}, "body"),
    ],
)
def test_gateway_settings_that_cannot_work_are_told(options: dict[str, str], field: str) -> None:
    with pytest.raises(BadValue) as told:
        sms_gateway.check(Config(options=options))
    assert told.value.field == field


@pytest.mark.django_db
def test_a_header_cannot_be_injected(vendor: FakeVendor) -> None:
    channel("sms_gateway", vendor.url, options={"headers": "X-Title: {var.title}"})
    assert isinstance(send(variables={"title": "a\r\nX-Evil: 1"}), Refused)
    assert vendor.seen == []


# --- Aliyun ------------------------------------------------------------------------------------------------------------


def test_signature_is_that_of_the_vendors_example() -> None:
    """The fixed example of the vendor's description of signature version 3."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": sms_aliyun.EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = sms_aliyun.query_string(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    signed = sms_aliyun.authorization(
        "POST", "/", query, headers, key_id="YourAccessKeyId", secret="YourAccessKeySecret"
    )
    assert signed.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")
    assert (
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version," in signed
    )


@pytest.mark.django_db
def test_aliyun_gets_template_variables_and_token_but_no_free_text(vendor: FakeVendor) -> None:
    channel("sms_aliyun", vendor.url)
    vendor.answers("/", json_answer({"Code": "OK", "BizId": "1"}))
    request_id = uuid7()
    assert send(request_id=request_id) == Sent("1")
    (seen,) = vendor.seen
    assert json.loads(seen.query.pop("TemplateParam")) == {**NOTICE, "token": "tok3n"}
    assert seen.query == {
        "PhoneNumbers": PHONE,
        "SignName": "睦邻",
        "TemplateCode": "SMS_2",
        "OutId": str(request_id),
    }
    sent = {
        name: seen.headers[name] for name in ("host", *(name for name in seen.headers if name.startswith("x-acs-")))
    }
    expected = sms_aliyun.authorization(
        "POST",
        "/",
        sms_aliyun.query_string(
            {**seen.query, "TemplateParam": json.dumps({**NOTICE, "token": "tok3n"}, ensure_ascii=False)}
        ),
        sent,
        key_id="LTAI",
        secret="s-aliyun",
    )
    assert seen.headers["authorization"] == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "status", "expected"),
    [
        ({"Code": "isv.BUSINESS_LIMIT_CONTROL"}, 200, Busy(60)),
        ({"Code": "Throttling.User"}, 400, Busy(60)),
        ({"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "号码"}, 200, None),
        ({"Code": "SignatureDoesNotMatch", "Message": "sign"}, 400, Refused("sign（SignatureDoesNotMatch）")),
        ({"RequestId": "1"}, 200, Unknown("对方的回答里没有结果码")),
    ],
)
def test_aliyun_answers(vendor: FakeVendor, said: Any, status: int, expected: Outcome | None) -> None:
    channel("sms_aliyun", vendor.url)
    vendor.answers("/", json_answer(said, status))
    assert send() == (expected or Refused("号码（isv.MOBILE_NUMBER_ILLEGAL）", permanent=True))


def _details(request_id: UUID, status: int, others: int = 0) -> Any:
    rows = [{"OutId": f"other-{n}", "SendStatus": 3} for n in range(others)]
    return {
        "Code": "OK",
        "SmsSendDetailDTOs": {"SmsSendDetailDTO": [*rows, {"OutId": str(request_id), "SendStatus": status}]},
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "expected"), [(3, Sent()), (1, Sent()), (2, Refused("2"))])
def test_aliyun_is_asked_what_became_of_a_message_without_answer(
    vendor: FakeVendor, status: int, expected: Outcome
) -> None:
    channel("sms_aliyun", vendor.url)
    request_id = uuid7()
    vendor.answers("/", silence())
    assert isinstance(send(request_id=request_id), Unknown)
    first_page = {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": [{"OutId": "x"}] * 50}}

    def details(request: Seen) -> Any:
        return json_answer(first_page if request.query["CurrentPage"] == "1" else _details(request_id, status))

    vendor.answers("/", details)
    assert registry.get("sms").query(request_id) == expected
    asked = vendor.seen[-1]
    assert (asked.headers["x-acs-action"], asked.query["PhoneNumber"]) == ("QuerySendDetails", PHONE)
    assert len(asked.query["SendDate"]) == 8


@pytest.mark.django_db
def test_aliyun_query_that_finds_nothing_stays_unknown(vendor: FakeVendor) -> None:
    channel("sms_aliyun", vendor.url)
    vendor.answers(
        "/", json_answer({"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": []}}), status_answer(403, b"{}")
    )
    query = registry.get("sms").query
    assert query(uuid7()) is None
    assert isinstance(query(uuid7(), to=PHONE), Unknown)
    assert isinstance(query(uuid7(), to=PHONE), Unknown)


# --- Both --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_worker_that_died_in_flight_finds_unknown_and_then_the_answer(vendor: FakeVendor) -> None:
    """F3: the row of the message was committed before the call; nobody is sent it twice."""
    channel("sms_gateway", vendor.url)
    vendor.answers("/sms/send", json_answer({"code": 0, "id": "m-1"}))
    request_id = uuid7()
    ChannelRequest.objects.create(uid=request_id, code="sms_gateway", to=PHONE)
    assert isinstance(send(request_id=request_id), Unknown)
    assert registry.get("sms").query(request_id) is None  # a gateway cannot be asked: by hand
    assert vendor.seen == []
    done = uuid7()
    assert send(request_id=done) == Sent("m-1")
    assert registry.get("sms").query(done) == Sent("m-1")  # the caller died, our memory has not


@pytest.mark.django_db
def test_login_code_goes_by_text_message(vendor: FakeVendor) -> None:
    channel("sms_gateway", vendor.url)
    vendor.answers("/sms/send", json_answer({"code": 0, "id": "c"}))
    assert send_text_code(PHONE, "204816", request_id=uuid7()) == Sent("c")
    assert vendor.seen[0].json["content"] == "验证码204816，5分钟内有效。"


@pytest.mark.django_db
def test_login_code_does_not_queue_behind_an_announcement(vendor: FakeVendor) -> None:
    channel("sms_gateway", vendor.url, rate_per_second=1)
    vendor.answers("/sms/send", json_answer({"code": 0}))
    assert [send(), send()] == [Sent(), Busy(1)]
    assert send_text_code(PHONE, "204816", request_id=uuid7()) == Sent()


@pytest.mark.django_db
def test_login_code_without_provider(settings: Any, caplog: Any) -> None:
    assert send_text_code(PHONE, "204816", request_id=uuid7()) == Sent("console")
    assert "204816" not in caplog.text
    assert PHONE not in caplog.text
    settings.PRODUCTION = True
    assert isinstance(send_text_code(PHONE, "204816", request_id=uuid7()), Refused)


def test_only_named_hosts_and_tls_for_vendors(settings: Any) -> None:
    settings.CHANNEL_HOSTS = ["gateway.lan", "10.0.0.8:8080"]
    allowed = [
        "https://api.weixin.qq.com/x",
        "http://gateway.lan/x",
        "https://gateway.lan:8443/x",
        "http://10.0.0.8:8080/",
    ]
    refused = [
        "http://api.weixin.qq.com/x",
        "https://api.weixin.qq.com:8443/x",
        "http://10.0.0.8/",
        "http://169.254.169.254/latest",
        "http://2130706433/",
        "https://api.weixin.qq.com@evil.test/",
        "https://a:b@gateway.lan/",
        "https://api.weixin.qq.com.evil.test/",
        "ftp://gateway.lan/",
        "http://gateway.lan:99999/",
        "//gateway.lan/",
        "",
    ]
    for url in allowed:
        http.check(url)
    for url in refused:
        with pytest.raises(http.NotSent):
            http.check(url)


@pytest.mark.django_db
def test_a_broken_module_is_an_unknown_outcome(vendor: FakeVendor, caplog: Any) -> None:
    channel("sms_gateway", vendor.url, options={"body": "{broken"})
    vendor.answers("/sms/send", hang_up())
    assert isinstance(send(), Unknown)
    assert PHONE not in caplog.text
