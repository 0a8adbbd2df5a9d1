"""The door with its vendors, played by real servers on loopback: the code by SMS, WeChat bound and let go."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from core.models import LogEntry
from notices.models import WechatBinding
from notices.services.channels import send_text_code
from owners import code_sender
from tests.factories.channels import WechatBindingFactory, channel
from tests.notices.conftest import outbound, vendor  # noqa: F401  fixtures
from tests.portal.support import PHONE, ask, enter, resident, shown_code, signed_in_owner, text_of
from tests.support.vendor import FakeVendor, json_answer, status_answer

pytestmark = pytest.mark.django_db
EXCHANGE = "/sns/oauth2/access_token"
OPENID = "oOpenid00000000000001"


def test_the_channels_carry_the_codes() -> None:
    assert code_sender._sender is send_text_code


def test_a_code_goes_out_by_sms_and_only_to_a_known_number(vendor: FakeVendor) -> None:  # noqa: F811
    channel("sms_gateway", vendor.url)
    vendor.answers("/sms/send", json_answer({"code": 0, "id": "77"}))
    resident()
    client = Client()
    ask(Client(), "13900139000")
    assert vendor.seen == []
    ask(client)
    code = shown_code(client)
    assert len(vendor.seen) == 1
    assert PHONE.encode() in vendor.seen[0].body
    assert code.encode() in vendor.seen[0].body
    assert enter(client, code).status_code == 302


def test_a_vendor_who_refuses_changes_nothing_for_the_asker(vendor: FakeVendor, caplog: Any) -> None:  # noqa: F811
    """Told to whoever keeps the system, without number or code; the page stays the same, or it would tell who is registered."""
    channel("sms_gateway", vendor.url)
    vendor.answers("/sms/send", status_answer(500))
    resident()
    client = Client()
    response = ask(client)
    assert (response.status_code, response.url) == (302, reverse("portal:code"))
    assert "was not sent" in caplog.text
    assert [word for word in (PHONE, shown_code(client)) if word in caplog.text] == []


# --- WeChat --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def account(vendor: FakeVendor) -> FakeVendor:  # noqa: F811
    channel("wechat", vendor.url)
    vendor.answers(EXCHANGE, json_answer({"openid": OPENID, "access_token": "user"}))
    return vendor


def state_of(phone: Client) -> str:
    response = phone.get(reverse("portal:wechat_go"))
    assert response.status_code == 302
    asked = parse_qs(urlsplit(response.url).query)
    assert asked["redirect_uri"] == [f"http://testserver{reverse('portal:wechat_back')}"]
    return asked["state"][0]


def test_wechat_is_bound_by_a_button_and_let_go(account: FakeVendor) -> None:
    owner = resident()
    phone = signed_in_owner()
    assert reverse("portal:wechat_go") in text_of(phone.get(reverse("portal:wechat")))
    given = {"code": "c0de", "state": state_of(phone)}
    for _preview in range(2):
        assert "确认绑定" in text_of(phone.get(reverse("portal:wechat_back"), given))
    assert not WechatBinding.objects.exists(), "coming back from WeChat alone binds nothing"
    assert "已绑定微信" in text_of(phone.post(reverse("portal:wechat_back"), given, follow=True))
    binding = WechatBinding.objects.get(owner=owner)
    assert (binding.openid, binding.unbound_at) == (OPENID, None)
    entry = LogEntry.objects.get(action="notices.wechat.bound")
    assert (entry.actor_type, entry.actor_id) == ("owner", owner.pk)
    assert "已解绑" in text_of(phone.post(reverse("portal:wechat_end"), follow=True))
    assert not WechatBinding.objects.filter(unbound_at__isnull=True).exists()


def test_a_strangers_code_does_not_end_up_on_ones_file(account: FakeVendor) -> None:
    """The state belongs to one session: one made elsewhere, by somebody else or by himself, binds nothing."""
    resident()
    resident("13900139000", name="赵无关")
    mine, theirs = signed_in_owner(), signed_in_owner("13900139000")
    for state in (state_of(theirs), "", "00ff"):
        answer = mine.post(reverse("portal:wechat_back"), {"code": "c0de", "state": state}, follow=True)
        assert "绑定请求已失效" in text_of(answer)
    assert account.to(EXCHANGE) == []
    assert not WechatBinding.objects.exists()


def test_a_shared_wechat_moves_only_when_the_person_says_so(account: FakeVendor) -> None:
    owner = resident()
    WechatBindingFactory(openid=OPENID)
    phone = signed_in_owner()
    given = {"code": "c0de", "state": state_of(phone)}
    assert "已绑定另一位住户" in text_of(phone.post(reverse("portal:wechat_back"), given, follow=True))
    assert "已绑定微信" in text_of(phone.post(reverse("portal:wechat_back"), given | {"move": "1"}, follow=True))
    assert WechatBinding.objects.get(unbound_at__isnull=True).owner_id == owner.pk


def test_without_an_official_account_the_page_says_so(db: None) -> None:
    resident()
    phone = signed_in_owner()
    assert "还没有开通公众号" in text_of(phone.get(reverse("portal:wechat")))
    response = phone.get(reverse("portal:wechat_go"))
    assert (response.status_code, "公众号没有启用" in text_of(response), "po-say" in text_of(response)) == (
        409,
        True,
        True,
    )
