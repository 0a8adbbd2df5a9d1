"""The tab 通知 of the household file and of a person's file."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from notices.models import Delivery
from notices.services import receipts
from notices.states import Outcome, Reason, Status
from tests.factories.audit import user_with
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.owners import OwnerFactory, TenureFactory
from tests.factories.properties import UnitFactory
from tests.notices.support import everything
from tests.support.cases import DetailCase, queries_of, signed_in


class TestUnitNotices(DetailCase):
    url_name, permission = "notices:unit_notices", "notices.view_delivery"

    def make(self, community: Any) -> Any:
        unit = UnitFactory(building__community=community)
        DeliveryFactory(notice=NoticeFactory(community=community, status=Status.PUBLISHED, title="停水通知"), unit=unit)
        return unit

    def shows(self, row: Any) -> list[str]:
        return ["停水通知", "短信", "成功"]


class TestOwnerNotices(DetailCase):
    url_name, permission = "notices:owner_notices", "notices.view_delivery"

    def make(self, community: Any) -> Any:
        unit = UnitFactory(building__community=community)
        owner = OwnerFactory(units=[unit])
        notice = NoticeFactory(community=community, status=Status.PUBLISHED, title="停水通知")
        DeliveryFactory(notice=notice, unit=unit, owner=owner)
        return owner

    def shows(self, row: Any) -> list[str]:
        return ["停水通知", row.tenures.get().unit.label]


@pytest.fixture
def unit(db: None) -> Any:
    return UnitFactory()


def test_r59_what_became_of_every_message_stands_beside_what_the_person_did(unit: Any) -> None:
    """Two channels, each with its own outcome; read, confirmed and told are one person's facts."""
    owner, clerk = OwnerFactory(name="王建国", units=[unit]), everything(unit.community, display_name="陈思雨")
    notice = NoticeFactory(community=unit.community, status=Status.PUBLISHED, title="停水通知", receipt_wanted=True)
    common = {"notice": notice, "unit": unit, "owner": owner}
    DeliveryFactory(**common, channel="wechat", status=Outcome.FAILED, reason=Reason.REFUSED)
    DeliveryFactory(**common, channel="sms", status=Outcome.UNKNOWN)
    url = f"/notices/units/{unit.pk}/"
    page = signed_in(clerk).get(url)
    line = page.context["lines"][0]
    assert [(item.channel, item.word, item.colour, item.reason) for item in line.sendings] == [
        ("微信", "失败", "red", "渠道拒绝"), ("短信", "未知", "orange", ""),
    ]  # fmt: skip
    assert (line.read_at, line.confirmed_at, line.told) == (None, None, None)
    assert "渠道拒绝" in page.content.decode()
    assert "未确认" in page.content.decode() and f"/notices/{notice.pk}/" in page.content.decode()
    receipts.tell_household(notice, by=clerk, unit=unit, way="visit")
    receipts.confirm(notice, owner=owner, via="link")
    page = signed_in(clerk).get(url)
    line = page.context["lines"][0]
    assert line.read_at == line.confirmed_at is not None
    text = page.content.decode()
    assert "上门告知" in text and "陈思雨" in text and "未确认" not in text
    assert len(page.context["lines"]) == 1


def test_the_file_of_the_new_household_says_nothing_of_the_former(unit: Any) -> None:
    today = timezone.localdate()
    sold = TenureFactory(
        unit=unit, owner=OwnerFactory(name="黄志远"), start=date(2020, 1, 1), end=today - timedelta(days=1)
    )
    new = TenureFactory(unit=unit, owner=OwnerFactory(name="王建国"), start=today)
    old, fresh = (
        NoticeFactory(community=unit.community, status=Status.PUBLISHED, title=t) for t in ("旧通知", "新通知")
    )
    before = DeliveryFactory(notice=old, unit=unit, owner=sold.owner)
    Delivery.objects.filter(pk=before.pk).update(created_at=timezone.now() - timedelta(days=30))
    DeliveryFactory(notice=fresh, unit=unit, owner=new.owner)
    text = signed_in(everything(unit.community)).get(f"/notices/units/{unit.pk}/").content.decode()
    assert ("新通知" in text, "旧通知" in text, "黄志远" in text) == (True, False, False)


def test_names_are_seen_as_the_reader_may_and_titles_link_for_whom_they_open(unit: Any) -> None:
    notice = NoticeFactory(community=unit.community, status=Status.PUBLISHED, title="停水通知")
    DeliveryFactory(notice=notice, unit=unit, owner=OwnerFactory(name="王建国", units=[unit]))
    reader = user_with("notices.view_delivery", communities=[unit.community], visibility="masked")
    text = signed_in(reader).get(f"/notices/units/{unit.pk}/").content.decode()
    assert ("停水通知" in text, "王建国" in text, "王*国" in text, f"/notices/{notice.pk}/" in text) == (
        True, False, True, False,
    )  # fmt: skip


def test_a_person_with_homes_elsewhere_is_shown_what_stands_in_the_readers_scope(unit: Any) -> None:
    elsewhere = UnitFactory()
    owner = OwnerFactory(units=[unit, elsewhere])
    for home, title in ((unit, "本项目通知"), (elsewhere, "外项目通知")):
        DeliveryFactory(
            notice=NoticeFactory(community=home.community, status=Status.PUBLISHED, title=title), unit=home, owner=owner
        )
    text = signed_in(everything(unit.community)).get(f"/notices/owners/{owner.pk}/").content.decode()
    assert ("本项目通知" in text, "外项目通知" in text) == (True, False)


def test_the_cost_does_not_grow_with_what_was_sent(unit: Any) -> None:
    client, url = signed_in(everything(unit.community)), f"/notices/units/{unit.pk}/"

    def add() -> None:
        notice = NoticeFactory(community=unit.community, status=Status.PUBLISHED)
        DeliveryFactory(notice=notice, unit=unit, owner=OwnerFactory(units=[unit]))

    add()
    queries_of(client, url)
    one = queries_of(client, url)
    add(), add()
    assert queries_of(client, url) == one <= 25


def test_an_empty_file_says_so(unit: Any) -> None:
    assert (
        "还没有向这一户发过通知"
        in signed_in(everything(unit.community)).get(f"/notices/units/{unit.pk}/").content.decode()
    )
