"""R61: the right message at the right time over the right channel to the right person. What advertises goes only to whom wants it, says
how to end it, and has ended the moment somebody says so."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import BadValue
from notices.channels import templates
from notices.models import Delivery, Notice
from notices.queries import audience
from notices.services import fallback, sending
from notices.services import notices as service
from notices.services.materialising import materialise
from notices.services.messages import send
from notices.states import Status
from owners.models import Owner
from owners.services import consents
from portal.queries import marketing
from tests.factories.channels import WechatBindingFactory, channel
from tests.factories.notices import NoticeFactory
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.notices.support import everything, writer
from tests.notices.vendor import Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.setattr(sending, "_quiet", lambda: False)
    return Vendor(tmp_path / "vendor.log").install(monkeypatch)


@pytest.fixture
def community() -> Any:
    return CommunityFactory()


def person(community: Any, last: int, *, likes: str = "", bound: bool = False, wants: bool = True) -> Owner:
    owner: Owner = OwnerFactory(units=[UnitFactory(building__community=community)], phones=[f"1380013800{last}"])
    owner.marketing_consent = wants
    owner.preferred_channel = word("contact_channel", likes) if likes else None
    owner.save()
    if bound:
        WechatBindingFactory(owner=owner)
    return owner


def published(community: Any, **values: Any) -> Notice:
    values = {"status": Status.PUBLISHED, "author": writer(community), "kind": "promotion"} | values
    notice: Notice = NoticeFactory(community=community, **values)
    materialise(notice)
    # At night rows wait for the morning; the test runs at any hour.
    Delivery.objects.filter(status="waiting").update(send_after=timezone.now())
    return notice


def channels_of(notice: Notice) -> dict[int, str]:
    return dict(Delivery.objects.filter(source_id=notice.pk).values_list("owner_id", "channel"))


class TestChannel:
    def test_r61_of_the_channels_that_ring_the_one_he_likes_comes_first(self, community: Any) -> None:
        texts, either = person(community, 1, likes="sms", bound=True), person(community, 2, bound=True)
        unbound, calls = person(community, 3, likes="wechat"), person(community, 4, likes="phone", bound=True)
        found = channels_of(published(community, kind="reminder", channels=["wechat", "sms"]))
        assert found == {texts.pk: "sms", either.pk: "wechat", unbound.pk: "sms", calls.pk: "wechat"}

    def test_what_stays_in_the_house_is_not_jumped_and_what_is_not_chosen_not_used(self, community: Any) -> None:
        texts = person(community, 1, likes="sms", bound=True)
        assert channels_of(published(community, kind="reminder", channels=["in_app", "sms"])) == {texts.pk: "in_app"}
        assert channels_of(published(community, kind="reminder", channels=["wechat"])) == {texts.pk: "wechat"}

    def test_who_has_not_read_is_followed_over_what_he_likes_and_then_over_the_rest(self, community: Any) -> None:
        texts, other = person(community, 1, likes="sms", bound=True), person(community, 2, bound=True)
        notice = published(community, kind="reminder", channels=["in_app", "wechat", "sms"], fallback_hours=12)
        tried = []
        for _wait in range(3):
            Delivery.objects.update(status="sent", sent_at=timezone.now() - timedelta(hours=13))
            fallback.fall_back(notice)
            rows = Delivery.objects.filter(status="waiting").values_list("owner_id", "channel")
            tried.append(dict(rows))
        assert tried == [{texts.pk: "sms", other.pk: "wechat"}, {texts.pk: "wechat", other.pk: "sms"}, {}]

    def test_whom_his_channel_has_passed_the_first_one_by_gets_that_afterwards(self, community: Any) -> None:
        texts = person(community, 1, likes="sms", bound=True)
        notice = published(community, kind="reminder", channels=["wechat", "sms"], fallback_hours=12)
        assert channels_of(notice) == {texts.pk: "sms"}
        Delivery.objects.update(status="failed")
        assert fallback.fall_back(notice) == 1
        assert set(Delivery.objects.values_list("channel", flat=True)) == {"wechat", "sms"}

    def test_messages_of_other_floors_follow_it_too(self, community: Any) -> None:
        for code in ("sms_gateway", "wechat"):
            channel(code, "https://sms.example.com")
        texts, other = person(community, 1, likes="sms", bound=True), person(community, 2, bound=True)
        notice = NoticeFactory(community=community)
        send(notice, unit=texts.tenures.get().unit, owners=[texts, other])
        assert channels_of(notice) == {texts.pk: "sms", other.pk: "wechat"}


class TestMarketing:
    def test_r61_whoever_says_no_overnight_gets_nothing_in_the_morning(self, community: Any, vendor: Vendor) -> None:
        stays, leaves = person(community, 1), person(community, 2)
        notice = published(community, channels=["sms"])
        consents.withdraw_purpose(leaves, by=SYSTEM, purpose=marketing())
        for _row in range(3):
            sending.deliver_next("sms", vendor)
        found = Delivery.objects.filter(source_id=notice.pk).values_list("owner_id", "status", "reason")
        assert set(found) == {(stays.pk, "sent", ""), (leaves.pk, "skipped", "opted_out")}
        assert len(vendor.asked()) == 1

    def test_a_service_notice_goes_to_everybody(self, community: Any, vendor: Vendor) -> None:
        person(community, 1, wants=False)
        published(community, kind="outage", channels=["sms"])
        assert sending.deliver_next("sms", vendor).status == "sent"

    @pytest.mark.parametrize("by_hand", [False, True])
    def test_nobody_is_followed_who_has_said_no_since(self, community: Any, by_hand: bool) -> None:
        stays, leaves = person(community, 1), person(community, 2)
        notice = published(community, channels=["in_app", "sms"], fallback_hours=1)
        Delivery.objects.update(sent_at=timezone.now() - timedelta(hours=2))
        consents.withdraw_purpose(leaves, by=SYSTEM, purpose=marketing())
        if by_hand:
            fallback.resend(notice, by=everything(community), channel="sms")
        else:
            fallback.fall_back(notice)
        assert list(Delivery.objects.filter(channel="sms").values_list("owner_id", flat=True)) == [stays.pk]

    def test_nor_is_he_tried_again_where_a_channel_failed(self, community: Any) -> None:
        leaves = person(community, 1)
        notice = published(community, channels=["sms"])
        Delivery.objects.update(status="failed")
        consents.withdraw_purpose(leaves, by=SYSTEM, purpose=marketing())
        assert fallback.resend(notice, by=everything(community), channel="sms") == 0

    def test_its_message_says_how_to_end_it_and_the_link_does_without_signing_in(
        self, community: Any, vendor: Vendor, settings: Any
    ) -> None:
        settings.PUBLIC_URL = "https://crm.example.com"
        owner = person(community, 1)
        published(community, channels=["sms"])
        row = sending.claim("sms")
        assert row is not None
        words = sending.content(row.source_type, row.source_id)
        assert words is not None
        message = sending.message_for(row, words, "13800138001")
        assert message.template == "promotion" and set(message.variables) == set(templates.get("promotion").sample)  # type: ignore[union-attr]
        found = re.search(r"https://crm\.example\.com(/m/o/[\w-]{43}/)", message.text)
        assert found is not None and message.variables["opt_out_url"].endswith(found[1])
        page = Client()
        assert "不再接收营销信息" in page.get(found[1]).content.decode()
        assert Owner.objects.get().marketing_consent, "looking ends nothing: messengers fetch previews"
        page.post(found[1])
        assert not Owner.objects.get(pk=owner.pk).marketing_consent

    def test_a_service_notice_has_no_such_line(self, community: Any, settings: Any) -> None:
        person(community, 1)
        notice = published(community, kind="outage", channels=["sms"])
        row = Delivery.objects.select_related("owner").get()
        message = sending.message_for(row, sending.content("notices.notice", notice.pk), "13800138001")  # type: ignore[arg-type]
        assert message.template == "notice" and "/m/o/" not in message.text and "opt_out" not in message.variables

    def test_the_preview_says_how_many_are_left_out(self, community: Any) -> None:
        person(community, 1), person(community, 2, wants=False)
        author = writer(community)
        for kind, refusing, reachable in (("promotion", 1, 1), ("outage", 0, 2)):
            found = audience.figures(NoticeFactory(community=community, author=author, kind=kind, channels=["sms"]))
            assert (found.persons, found.refusing, found.reachable) == (2, refusing, {"sms": reachable})


class TestOffer:
    def test_both_parts_or_none(self, community: Any) -> None:
        notice = NoticeFactory(community=community)
        with pytest.raises(BadValue) as refused:
            service.change_notice(notice, by=everything(community), offer_title="空调清洗团购")
        assert refused.value.field == "offer"

    def test_it_is_frozen_with_the_text_and_a_correction_sells_nothing(self, community: Any) -> None:
        notice = published(community, kind="reminder", offer_title="空调清洗团购", offer="89 元一台。")
        with pytest.raises(Error, match="frozen"), transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(offer="99 元一台。")
        assert service.correct_notice(notice, by=everything(community)).offer == ""

    def test_no_message_carries_it(self, community: Any) -> None:
        notice = published(
            community, kind="reminder", offer_title="空调清洗团购", offer="89 元一台。", channels=["sms"]
        )
        words = sending.content("notices.notice", notice.pk)
        assert words is not None and "89 元" not in f"{words.text}{words.variables}"
