"""The same message at once from two workers, on two real connections."""

import pytest

from core.actors import SYSTEM
from core.uid import uuid7
from notices.channels import registry
from notices.channels.contract import Message, Sent
from notices.models import ChannelRequest, WechatBinding
from notices.services.wechat import bind_wechat
from tests.factories.channels import channel
from tests.factories.owners import OwnerFactory
from tests.support.races import race
from tests.support.vendor import FakeVendor, json_answer


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_with_one_request_id_one_sends(vendor: FakeVendor) -> None:
    channel("sms_gateway", vendor.url)
    vendor.answers("/sms/send", json_answer({"code": 0, "id": "m-1"}))
    message = Message(uuid7(), "13800138000", "login_code", {"code": "204816", "minutes": "5"})
    outcomes = race(*[lambda: registry.get("sms").send(message)] * 6)
    assert len(vendor.seen) == 1
    assert Sent("m-1") in outcomes
    assert ChannelRequest.objects.get().state == ChannelRequest.State.SENT


@pytest.mark.django_db(transaction=True)
def test_the_rate_holds_across_workers(vendor: FakeVendor) -> None:
    channel("sms_gateway", vendor.url, rate_per_second=3)
    vendor.answers("/sms/send", json_answer({"code": 0}))
    sent = race(*[lambda: registry.get("sms").send(Message(uuid7(), "13800138000", "notice", {"title": "停水"}))] * 6)
    assert (
        3 <= sum(isinstance(outcome, Sent) for outcome in sent) <= 4
    )  # one more when the race takes a third of a second


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_bind_one_wechat_one_has_it() -> None:
    owners = [OwnerFactory(), OwnerFactory()]
    outcomes = race(*[lambda owner=owner: bind_wechat(owner, by=SYSTEM, openid="oSame") for owner in owners])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BusinessError", "WechatBinding"]
    assert WechatBinding.objects.filter(unbound_at__isnull=True).count() == 1
