"""R36, R61: an owner binds his WeChat, an announcement reaches him there by the real worker, its link opens without signing in, and
我知道了 is on record. The vendor is a server on loopback that gives the tokens, knows the openid and takes the messages."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core.models import LogEntry
from notices.models import Delivery, Notice
from notices.services import notices as service
from notices.services.audience import add_rule
from notices.states import Outcome
from properties.models import Community
from tests.factories.channels import channel
from tests.factories.owners import word
from tests.notices.conftest import outbound, vendor  # noqa: F401  fixtures
from tests.notices.support import everything
from tests.portal.support import resident, signed_in_owner, text_of
from tests.support.processes import background, wait_for
from tests.support.vendor import FakeVendor, Seen, json_answer

pytestmark = pytest.mark.django_db(transaction=True)
EXCHANGE, TOKEN, SEND = "/sns/oauth2/access_token", "/cgi-bin/stable_token", "/cgi-bin/message/template/send"
OPENID, TITLE = "oOpenid00000000000001", "3栋爆管抢修通知"


@pytest.fixture
def account(vendor: FakeVendor) -> FakeVendor:  # noqa: F811
    """The official account, as WeChat plays it: a code works once, a message needs the token."""
    codes = ["c0de"]

    def exchange(seen: Seen) -> Any:
        known = seen.query["code"] in codes and seen.query["secret"] == "s-wechat"
        codes.clear()
        return json_answer({"openid": OPENID} if known else {"errcode": 40029, "errmsg": "invalid code"})

    def take(seen: Seen) -> Any:
        return json_answer({"errcode": 0 if seen.query.get("access_token") == "T1" else 40001, "msgid": 7})

    channel("wechat", vendor.url)
    vendor.answers(EXCHANGE, exchange)
    vendor.answers(TOKEN, json_answer({"access_token": "T1", "expires_in": 7200}))
    vendor.answers(SEND, take)
    return vendor


def bind(phone: Client) -> str:
    """There and back as WeChat leads, then the button."""
    asked = parse_qs(urlsplit(phone.get(reverse("portal:wechat_go")).url).query)
    given = {"code": "c0de", "state": asked["state"][0]}
    assert "确认绑定" in text_of(phone.get(urlsplit(asked["redirect_uri"][0]).path, given))
    return text_of(phone.post(reverse("portal:wechat_back"), given, follow=True))


def publish(unit: Any, title: str) -> Notice:
    """Written by one, approved by another. Urgent: it leaves at any hour."""
    community = Community.objects.get(pk=unit.community_id)
    author, reviewer = everything(community), everything(community)
    notice = service.create_notice(
        by=author, communities=[community], title=title, body="请关好水龙头。", notice_type=word("notice_type", "emergency"),
        urgency="urgent", channels=["wechat", "in_app"], receipt_wanted=True,
    )  # fmt: skip
    add_rule(notice, by=author, kind="building", building=unit.building)
    service.submit_notice(notice, by=author)
    service.approve_notice(notice, by=reviewer)
    return service.publish_notice(notice, by=reviewer)


def test_from_binding_to_i_know(account: FakeVendor, broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANNEL_HOSTS", "127.0.0.1")
    monkeypatch.setenv("PUBLIC_URL", "https://owners.mulin.test")
    owner = resident()
    unit = owner.tenures.get().unit
    phone = signed_in_owner()
    assert "已绑定微信" in bind(phone)
    with background(broker):
        notice = publish(unit, TITLE)
        wait_for(lambda: Delivery.objects.filter(status=Outcome.SENT).exists())
        row = Delivery.objects.get(source_id=notice.pk)
        assert (row.channel, row.owner_id, row.vendor_id, row.read_at) == ("wechat", owner.pk, "7", None)
        (message,) = (seen.json for seen in account.to(SEND))
        assert message["touser"] == OPENID and message["template_id"] == "SMS_2"
        assert message["data"]["thing1"] == {"value": TITLE}

        # Let go, the next one comes to his pages instead: nobody writes to an account that is not his any more.
        phone.post(reverse("portal:wechat_end"))
        second = publish(unit, "3栋恢复供水")
        wait_for(lambda: Delivery.objects.filter(source_id=second.pk, channel="in_app", status=Outcome.SENT).exists())
    assert len(account.to(SEND)) == 1
    assert not LogEntry.objects.filter(changes__icontains=OPENID).exists()

    found = re.fullmatch(r"https://owners\.mulin\.test(/n/[\w-]{43}/)", message["url"])
    assert found is not None
    stranger = Client(headers={"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.50"})
    page = text_of(stranger.get(found[1]))
    assert ("请关好水龙头" in page, "我知道了" in page, owner.name in page) == (True, True, False)
    assert settings.OWNER_COOKIE_NAME not in stranger.cookies, "the link opens this and nothing else"
    assert stranger.get("/m/notices/").status_code == 302
    row.refresh_from_db()
    assert (row.read_at, row.confirmed_at) == (None, None)
    assert "确认知道" in text_of(stranger.post(f"{found[1]}confirm", follow=True))
    row.refresh_from_db()
    assert row.confirmed_at is not None and row.read_via == "link"
    assert [line.notice.title for line in phone.get("/m/notices/").context["lines"]] == ["3栋恢复供水", TITLE]
