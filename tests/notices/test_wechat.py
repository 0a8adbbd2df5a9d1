"""The official account: token, answers by number, and whose WeChat is whose."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import BadValue, BusinessError
from core.models import LogEntry
from core.uid import uuid7
from notices.channels import registry
from notices.channels.contract import Busy, Message, Outcome, Refused, Sent
from notices.models import AccessToken, WechatBinding
from notices.services import wechat
from tests.factories.channels import WechatBindingFactory, channel
from tests.factories.owners import OwnerFactory
from tests.support.vendor import FakeVendor, json_answer, silence, status_answer

SEND, TOKEN, EXCHANGE = "/cgi-bin/message/template/send", "/cgi-bin/stable_token", "/sns/oauth2/access_token"
OPENID = "oOpenid00000000000001"


@pytest.fixture
def account(db: None, vendor: FakeVendor) -> FakeVendor:
    channel("wechat", vendor.url)
    vendor.answers(TOKEN, json_answer({"access_token": "T1", "expires_in": 7200}))
    vendor.answers(SEND, json_answer({"errcode": 0, "msgid": 7}))
    return vendor


def send(**values: Any) -> Outcome:
    given = {"title": "停水通知，请各位住户提前储水并关好阀门以免跑水", "time": "14:00"}
    return registry.get("wechat").send(
        Message(uuid7(), OPENID, "notice", given, url="https://mulin.test/n/t/", **values)
    )


def test_template_message_and_its_token(account: FakeVendor) -> None:
    assert send() == Sent("7")
    asked, sent = account.seen
    assert asked.json == {
        "grant_type": "client_credential",
        "appid": "wx1",
        "secret": "s-wechat",
        "force_refresh": False,
    }
    assert sent.query == {"access_token": "T1"}
    assert sent.json["touser"] == OPENID
    assert sent.json["template_id"] == "SMS_2"
    assert sent.json["url"] == "https://mulin.test/n/t/"
    assert sent.json["data"] == {
        "thing1": {"value": "停水通知，请各位住户提前储水并关好阀门…"},
        "time2": {"value": "14:00"},
    }
    assert len(sent.json["data"]["thing1"]["value"]) == 20
    assert len(sent.json["client_msg_id"]) == 32


def test_token_is_shared_until_it_expires_and_rests_encrypted(account: FakeVendor) -> None:
    send(), send()
    assert len(account.to(TOKEN)) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM notices_accesstoken")
        assert cursor.fetchone()[0].startswith("v1:")
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    send()
    assert len(account.to(TOKEN)) == 2


@pytest.mark.parametrize("number", [40001, 42001, 40014])
def test_stale_token_is_renewed_once(account: FakeVendor, number: int) -> None:
    account.answers(
        TOKEN,
        json_answer({"access_token": "T1", "expires_in": 7200}),
        json_answer({"access_token": "T2", "expires_in": 7200}),
    )
    account.answers(SEND, json_answer({"errcode": number}), json_answer({"errcode": 0, "msgid": 8}))
    assert send() == Sent("8")
    assert [request.query["access_token"] for request in account.to(SEND)] == ["T1", "T2"]
    assert account.to(TOKEN)[1].json["force_refresh"] is True


def test_a_token_that_stays_stale_is_a_refusal(account: FakeVendor) -> None:
    account.answers(SEND, json_answer({"errcode": 40001, "errmsg": "invalid credential"}))
    assert send() == Refused("invalid credential（40001）")
    assert len(account.to(SEND)) == 2


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (43004, Refused("对方没有关注公众号", permanent=True)),
        (40003, Refused("no（40003）", permanent=True)),
        (47003, Refused("no（47003）")),
        (45009, Busy(3600)),
        (45011, Busy(60)),
        (-1, Busy(10)),
        (45065, Sent("")),
    ],
)
def test_answers_by_number(account: FakeVendor, number: int, expected: Outcome) -> None:
    account.answers(SEND, json_answer({"errcode": number, "errmsg": "no"}))
    assert send() == expected


@pytest.mark.parametrize(
    "reply", [silence(), status_answer(500), json_answer({"errcode": 40013, "errmsg": "bad appid"})]
)
def test_without_a_token_nothing_leaves(account: FakeVendor, reply: Any) -> None:
    account.answers(TOKEN, reply)
    answer = send()
    assert isinstance(answer, Refused)
    assert not answer.permanent
    assert account.to(SEND) == []


# --- Binding -----------------------------------------------------------------------------------------------------------


def test_oauth_from_the_address_to_the_binding(account: FakeVendor) -> None:
    owner = OwnerFactory()
    url = wechat.authorize_url(owner, redirect_uri="https://mulin.test/m/wechat/?a=1", session="s1")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert url.endswith("#wechat_redirect")
    assert (asked["appid"], asked["scope"], asked["redirect_uri"]) == (
        "wx1",
        "snsapi_base",
        "https://mulin.test/m/wechat/?a=1",
    )
    assert asked["state"].isalnum()
    assert len(asked["state"]) <= 128
    account.answers(EXCHANGE, json_answer({"openid": OPENID, "access_token": "user"}))
    binding = wechat.bind_by_code(owner, by=SYSTEM, code="c0de", state=asked["state"], session="s1")
    assert account.to(EXCHANGE)[0].query == {
        "appid": "wx1",
        "secret": "s-wechat",
        "code": "c0de",
        "grant_type": "authorization_code",
    }
    assert (binding.openid, wechat.openids_of([owner.pk])) == (OPENID, {owner.pk: OPENID})
    assert LogEntry.objects.filter(action="notices.wechat.bound", object_id=owner.pk).count() == 1
    assert not LogEntry.objects.filter(changes__icontains=OPENID).exists()


def test_state_is_for_this_owner_this_session_and_ten_minutes(account: FakeVendor, monkeypatch: Any) -> None:
    owner, other = OwnerFactory(), OwnerFactory()
    state = wechat.state_of(owner, "s1")
    wechat.check_state(state, owner, "s1")
    flipped = f"{int(state[0], 16) ^ 1:x}{state[1:]}"
    for bad, who, session in [
        (state, other, "s1"),
        (state, owner, "s2"),
        (flipped, owner, "s1"),
        (state[:-2], owner, "s1"),
        ("", owner, "s1"),
        ("zz", owner, "s1"),
    ]:
        with pytest.raises(BadValue):
            wechat.bind_by_code(who, by=SYSTEM, code="c", state=bad, session=session)
    later = timezone.now().timestamp() + wechat.STATE_SECONDS + 2
    monkeypatch.setattr("notices.services.wechat.time.time", lambda: later)
    with pytest.raises(BadValue):
        wechat.check_state(state, owner, "s1")
    assert account.seen == []


def test_a_code_that_wechat_does_not_know_binds_nothing(account: FakeVendor) -> None:
    owner = OwnerFactory()
    for reply in (json_answer({"errcode": 40029, "errmsg": "invalid code"}), silence()):
        account.answers(EXCHANGE, reply)
        with pytest.raises(BusinessError):
            wechat.bind_by_code(owner, by=SYSTEM, code="c", state=wechat.state_of(owner, "s"), session="s")
    assert not WechatBinding.objects.exists()


@pytest.mark.django_db
def test_one_openid_belongs_to_one_owner_at_a_time() -> None:
    first, second = OwnerFactory(), OwnerFactory()
    binding = wechat.bind_wechat(first, by=SYSTEM, openid=OPENID)
    assert wechat.bind_wechat(first, by=SYSTEM, openid=OPENID) == binding
    with pytest.raises(BusinessError) as told:
        wechat.bind_wechat(second, by=SYSTEM, openid=OPENID)
    assert told.value.field == "move"
    wechat.bind_wechat(second, by=SYSTEM, openid=OPENID, move=True)
    assert wechat.openids_of([first.pk, second.pk]) == {second.pk: OPENID}
    binding.refresh_from_db()
    assert binding.ended_by == WechatBinding.Ended.MOVED
    with pytest.raises(IntegrityError), transaction.atomic():
        WechatBindingFactory(owner=first, openid=OPENID)


@pytest.mark.django_db
def test_another_openid_replaces_the_former_and_unbinding_ends_it() -> None:
    owner = OwnerFactory()
    wechat.bind_wechat(owner, by=SYSTEM, openid=OPENID)
    wechat.bind_wechat(owner, by=SYSTEM, openid="oOther")
    assert wechat.openids_of([owner.pk]) == {owner.pk: "oOther"}
    assert wechat.unbind_wechat(owner, by=SYSTEM) is True
    assert wechat.unbind_wechat(owner, by=SYSTEM) is False
    assert wechat.openids_of([owner.pk]) == {}
    codes = list(LogEntry.objects.filter(object_id=owner.pk).order_by("pk").values_list("action", flat=True))
    assert codes == [f"notices.wechat.{word}" for word in ("bound", "unbound", "bound", "unbound")]


@pytest.mark.django_db
def test_without_an_account_there_is_nothing_to_bind() -> None:
    with pytest.raises(BusinessError):
        wechat.authorize_url(OwnerFactory(), redirect_uri="https://mulin.test/m/", session="s")
