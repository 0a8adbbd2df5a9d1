"""R58, R59 on the owners' phones: the list, one announcement, its receipt, its files, and what waits on the first page."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.actors import SYSTEM
from core.models import LogEntry
from core.services import attachments
from notices.models import Delivery, Notice
from notices.queries.contents import near_period
from notices.queries.portal import PAGE
from notices.states import Outcome, Reason, Status
from tests.factories.notices import AudienceRuleFactory, DeliveryFactory, NoticeFactory
from tests.factories.properties import UnitFactory
from tests.portal.support import OTHER_PHONE, PHONE, resident, signed_in_owner, text_of
from tests.portal.test_pages import MOST_BYTES, first_load

pytestmark = pytest.mark.django_db
LIST = "/m/notices/"


@pytest.fixture
def owner(db: None) -> Any:
    return resident()


@pytest.fixture
def phone(owner: Any) -> Client:
    return signed_in_owner()


def sent(owner: Any, unit: Any = None, *, outcome: str = Outcome.SENT, **fields: Any) -> Notice:
    unit = unit or owner.tenures.order_by("pk").first().unit
    notice = NoticeFactory(community_ids=[unit.community_id], **{"status": Status.PUBLISHED} | fields)
    DeliveryFactory(notice=notice, unit=unit, owner=owner, channel="in_app", status=outcome)
    return notice


def titles(page: Any) -> list[str]:
    return [line.notice.title for line in page.context["lines"]]


def url(notice: Notice, name: str = "notice") -> str:
    return reverse(f"portal:{name}", args=[notice.pk])


# --- The list -------------------------------------------------------------------------------------------------------------
def test_an_empty_list_says_what_comes_here(phone: Client) -> None:
    assert "还没有通知" in text_of(phone.get(LIST))


def test_unread_comes_first_then_pinned_then_the_newest_and_what_is_over_last(owner: Any, phone: Client) -> None:
    now = timezone.now()
    for title, days, fields in (
        ("读过的旧通知", 9, {}), ("读过的新通知", 2, {}), ("读过的置顶", 20, {"pinned": True}), ("没读的", 5, {}),
        ("没读的置顶", 6, {"pinned": True}), ("撤回的", 1, {"status": Status.WITHDRAWN}),
        ("过期的", 3, {"status": Status.EXPIRED}), ("刚到期的", 4, {"expires_at": now - timedelta(minutes=1)}),
    ):  # fmt: skip
        notice = sent(owner, title=title, published_at=now - timedelta(days=days), **fields)
        if title.startswith("读过"):
            Delivery.objects.filter(source_id=notice.pk).update(read_at=now)
    page = phone.get(LIST)
    assert titles(page) == [
        "没读的置顶", "没读的", "读过的置顶", "读过的新通知", "读过的旧通知", "撤回的", "过期的", "刚到期的",
    ]  # fmt: skip
    assert [line.word for line in page.context["lines"]] == ["未读", "未读", "", "", "", "已撤回", "已过期", "已过期"]
    assert text_of(page).count("置顶</span>") == 2


def test_pages_of_twenty_at_the_same_cost(owner: Any, phone: Client) -> None:
    sent(owner)
    phone.get(LIST)
    with CaptureQueriesContext(connection) as one:
        assert "下一页" not in text_of(phone.get(LIST))
    for _n in range(PAGE):
        sent(owner)
    with CaptureQueriesContext(connection) as many:
        first = phone.get(LIST)
    assert len(one) == len(many) <= 10
    second = phone.get(f"{LIST}?page=2")
    assert (len(titles(first)), len(titles(second))) == (PAGE, 1)
    assert ("下一页" in text_of(first), "上一页" in text_of(second), "下一页" in text_of(second)) == (True, True, False)
    for odd in ("0", "-1", "x", "9" * 30, "501"):
        assert titles(phone.get(f"{LIST}?page={odd}")) == titles(first)


def test_which_unit_is_said_only_when_it_could_be_another(owner: Any, phone: Client) -> None:
    home = owner.tenures.get().unit
    notice = sent(owner, title="停水")
    assert [line.places for line in phone.get(LIST).context["lines"]] == [""]
    second = UnitFactory(building__community=home.community, building__number="9", entrance="1", number="0101")
    both = resident("13700137000", name="李两套", units=[home, second])
    DeliveryFactory(notice=notice, unit=home, owner=both, channel="in_app")
    DeliveryFactory(notice=notice, unit=second, owner=both, channel="in_app", lead=False)
    elsewhere = UnitFactory()
    sent(both, second, title="只关第二套")
    client = signed_in_owner("13700137000")
    places = {line.notice.title: line.places for line in client.get(LIST).context["lines"]}
    assert places == {"停水": f"{home.label}、{second.label}", "只关第二套": second.label}
    assert f"{home.label}、{second.label}" in text_of(client.get(url(notice)))
    from tests.factories.owners import TenureFactory

    TenureFactory(owner=both, unit=elsewhere)
    places = {line.notice.title: line.places for line in client.get(LIST).context["lines"]}
    assert places["只关第二套"] == f"{second.community.name} {second.label}"


def test_what_was_not_meant_for_me_is_not_mine(owner: Any, phone: Client) -> None:
    """A neighbour's, a draft, one nobody got, one that never left, and advertising for those who want none."""
    neighbour = resident(OTHER_PHONE, name="赵无关", units=[owner.tenures.get().unit])
    foreign = [
        sent(neighbour),
        sent(owner, status=Status.DRAFT),
        NoticeFactory(community_ids=owner.community_ids, status=Status.PUBLISHED),
        sent(owner, outcome=Outcome.SKIPPED, kind="promotion"),
    ]
    Delivery.objects.filter(status=Outcome.SKIPPED).update(reason=Reason.OPTED_OUT)
    assert titles(phone.get(LIST)) == []
    for notice in foreign:
        file = attachments.store(notice, SimpleUploadedFile("内部.pdf", b"%PDF-1.4\n%%EOF\n"), by=SYSTEM)
        assert phone.get(url(notice)).status_code == 404
        assert phone.post(url(notice, "notice_confirm")).status_code == 404
        assert phone.get(reverse("portal:notice_file", args=[notice.pk, file.pk])).status_code == 404
    assert not Delivery.objects.exclude(read_at=None, confirmed_at=None).exists()


# --- One announcement -------------------------------------------------------------------------------------------------------
def test_opening_it_is_the_receipt_and_nothing_else_is_written(owner: Any, phone: Client) -> None:
    """The named exception: a GET that writes 已读, once, and only this."""
    notice = sent(owner, title="停水通知", body="请储水。\n\n<b>谢谢</b>")
    logged = LogEntry.objects.count()
    with CaptureQueriesContext(connection) as captured:
        page = text_of(phone.get(url(notice)))
    writes = [row["sql"] for row in captured if not row["sql"].startswith("SELECT")]
    assert [sql.split()[:2] for sql in writes] == [["UPDATE", '"notices_delivery"']]
    assert len(captured) <= 15
    row = Delivery.objects.get()
    assert (row.read_via, row.confirmed_at) == ("portal", None)
    first = row.read_at
    assert first is not None
    assert "<p>请储水。</p>" in page and "&lt;b&gt;谢谢&lt;/b&gt;" in page
    with CaptureQueriesContext(connection) as captured:
        phone.get(url(notice))
    assert [row["sql"] for row in captured if not row["sql"].startswith("SELECT")] == []
    row.refresh_from_db()
    assert row.read_at == first
    assert LogEntry.objects.count() == logged


def test_what_nobody_looked_at_is_not_read(owner: Any, phone: Client) -> None:
    notice = sent(owner)
    phone.head(url(notice))
    phone.get(url(notice), headers={"Sec-Purpose": "prefetch;prerender"})
    assert Client().get(url(notice)).status_code == 302
    assert Delivery.objects.get().read_at is None


def test_i_know_is_asked_for_when_wanted_and_kept_apart_from_reading(owner: Any, phone: Client) -> None:
    plain, wanted = sent(owner), sent(owner, receipt_wanted=True)
    assert "我知道了" not in text_of(phone.get(url(plain)))
    page = text_of(phone.get(url(wanted)))
    assert "我知道了" in page and "只用于统计送达" in page and "<script" not in page
    assert [line.word for line in phone.get(LIST).context["lines"]] == ["待确认", ""]
    assert phone.get(url(wanted, "notice_confirm")).status_code == 405
    answer = phone.post(url(wanted, "notice_confirm"))
    assert (answer.status_code, answer.url) == (302, url(wanted))
    row = Delivery.objects.get(source_id=wanted.pk)
    assert row.read_at < row.confirmed_at
    page = text_of(phone.get(url(wanted)))
    assert ("确认知道" in page, "我知道了" in page) == (True, False)
    first = row.confirmed_at
    phone.post(url(wanted, "notice_confirm"))
    row.refresh_from_db()
    assert row.confirmed_at == first


def test_a_withdrawn_one_says_so_shows_nothing_and_takes_no_receipt(owner: Any, phone: Client) -> None:
    notice = sent(owner, body="请储水。", receipt_wanted=True)
    file = attachments.store(notice, SimpleUploadedFile("资质.pdf", b"%PDF-1.4\n%%EOF\n"), by=SYSTEM)
    Notice.objects.filter(pk=notice.pk).update(status=Status.WITHDRAWN, withdraw_reason="内部原因")
    page = text_of(phone.get(url(notice)))
    assert ("已撤回" in page, "请储水" in page, "资质.pdf" in page, "我知道了" in page) == (True, False, False, False)
    assert "内部原因" not in page
    assert phone.get(reverse("portal:notice_file", args=[notice.pk, file.pk])).status_code == 404
    answer = phone.post(url(notice, "notice_confirm"))
    assert (answer.status_code, "已撤回" in text_of(answer)) == (409, True)
    assert Delivery.objects.get().read_at is None


def test_what_is_over_stays_readable_and_says_so(owner: Any, phone: Client) -> None:
    notice = sent(owner, status=Status.EXPIRED, body="请储水。")
    page = text_of(phone.get(url(notice)))
    assert "已过期" in page and "请储水" in page


def test_time_and_buildings_are_said_but_never_what_kind_of_people(owner: Any, phone: Client) -> None:
    unit = owner.tenures.get().unit
    start = timezone.now() + timedelta(hours=20)
    notice = sent(owner, status=Status.DRAFT, affected_from=start, affected_until=start + timedelta(hours=6))
    AudienceRuleFactory(notice=notice, kind="entrance", building=unit.building, entrance="2")
    AudienceRuleFactory(notice=notice, kind="building", building=UnitFactory().building, exclude=True)
    from tests.factories.owners import word

    AudienceRuleFactory(notice=notice, kind="tag", tag=word("owner_tag", "living_alone"))
    Notice.objects.filter(pk=notice.pk).update(status=Status.PUBLISHED, published_at=timezone.now())
    page = phone.get(url(notice))
    assert page.context["area"] == "3栋2单元"
    assert f"{timezone.localtime(start):%Y-%m-%d %H:%M}" in text_of(page)
    assert "独居" not in text_of(page)


def test_a_correction_is_linked_from_what_it_corrects_and_back(owner: Any, phone: Client) -> None:
    wrong = sent(owner, title="停水通知")
    right = sent(owner, title="更正：停水通知", correction_of=wrong)
    assert url(right) in text_of(phone.get(url(wrong)))
    assert url(wrong) in text_of(phone.get(url(right)))
    other = resident(OTHER_PHONE, name="李慧敏", units=[owner.tenures.get().unit])
    DeliveryFactory(notice=right, unit=owner.tenures.get().unit, owner=other, channel="in_app")
    page = text_of(signed_in_owner(OTHER_PHONE).get(url(right)))
    assert url(wrong) not in page and "更正的是" not in page


def test_files_open_for_whom_the_announcement_reached(owner: Any, phone: Client) -> None:
    notice = sent(owner)
    upload = SimpleUploadedFile("资质.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    paper = attachments.store(notice, upload, by=SYSTEM)
    picture = attachments.store(notice, SimpleUploadedFile("现场.png", _png(), "image/png"), by=SYSTEM)
    page = text_of(phone.get(url(notice)))
    assert "资质.pdf" in page and "现场.png" in page

    def at(file: Any) -> str:
        return reverse("portal:notice_file", args=[notice.pk, file.pk])

    answer = phone.get(at(paper))
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    answer = phone.get(at(picture))
    assert answer["Content-Disposition"].startswith("inline")
    assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
        "nosniff", "default-src 'none'; sandbox",
    )  # fmt: skip
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    resident(OTHER_PHONE, name="赵无关", units=[UnitFactory()])
    assert signed_in_owner(OTHER_PHONE).get(at(paper)).status_code == 404
    assert Client().get(at(paper)).status_code == 302
    attachments.remove_attachment(paper, by=SYSTEM)
    assert phone.get(at(paper)).status_code == 404
    assert phone.get(reverse("portal:notice_file", args=[sent(owner).pk, picture.pk])).status_code == 404


def _png() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(out, "PNG")
    return out.getvalue()


def test_long_pages_stay_light(owner: Any, phone: Client) -> None:
    notice = sent(owner, body="水" * 5_000, receipt_wanted=True)
    for _n in range(PAGE):
        sent(owner, title="长" * 50)
    for page in (LIST, url(notice), "/m/"):
        assert sum(size for _name, size in first_load(text_of(phone.get(page)))) < MOST_BYTES, page


# --- The first page ---------------------------------------------------------------------------------------------------------
def test_home_shows_what_waits_until_it_is_read(owner: Any, phone: Client) -> None:
    assert "目前没有需要您处理的事情" in text_of(phone.get("/m/"))
    notice = sent(owner, title="公共收益公示")
    home = text_of(phone.get("/m/"))
    assert "公共收益公示" in home and url(notice) in home
    phone.get(url(notice))
    assert "公共收益公示" not in text_of(phone.get("/m/"))


def test_an_outage_warns_until_it_is_over_and_an_unanswered_one_keeps_asking(owner: Any, phone: Client) -> None:
    start = timezone.now() + timedelta(hours=3)
    water = sent(owner, title="明天停水", affected_from=start, affected_until=start + timedelta(hours=2))
    asks = sent(owner, title="请回执", receipt_wanted=True)
    phone.get(url(water)), phone.get(url(asks))
    home = text_of(phone.get("/m/"))
    assert 0 < home.index("明天停水") < home.index("请回执")
    assert "请点开确认" in home
    phone.post(url(asks, "notice_confirm"))
    Delivery.objects.update(read_at=timezone.now())
    home = text_of(phone.get("/m/"))
    assert ("明天停水" in home, "请回执" in home) == (True, False)
    later = sent(
        owner, title="下月停电", affected_from=start + timedelta(days=20), affected_until=start + timedelta(days=21)
    )
    phone.get(url(later))
    assert "下月停电" not in text_of(phone.get("/m/"))


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ((0, 20), (0, 22), "今天 20:00–22:00"),
        ((1, 9), (1, 15), "明天 09:00–15:00"),
        ((2, 9), (2, 15), "后天 09:00–15:00"),
        ((3, 9), (3, 15), "2026-11-28 09:00 至 15:00"),
        ((1, 23), (2, 5), "2026-11-26 23:00 至 2026-11-27 05:00"),
    ],
)
def test_the_first_page_says_it_as_people_do(start: Any, end: Any, said: str) -> None:
    today = datetime(2026, 11, 25, tzinfo=timezone.get_default_timezone())

    def at(when: Any) -> datetime:
        return today + timedelta(days=when[0], hours=when[1])

    notice = Notice(affected_from=at(start), affected_until=at(end))
    with time_machine.travel(at((0, 14)), tick=False):
        assert near_period(notice) == said


def test_home_shows_three_and_counts_the_rest_and_advertising_waits_for_nobody(owner: Any, phone: Client) -> None:
    sent(owner, title="团购", kind="promotion")
    assert "团购" not in text_of(phone.get("/m/"))
    assert titles(phone.get(LIST)) == ["团购"]
    for n in range(5):
        sent(owner, title=f"提示{n}")
    home = text_of(phone.get("/m/"))
    assert [f"提示{n}" in home for n in range(5)] == [False, False, True, True, True]
    assert "还有 2 条通知" in home and LIST in home


def test_the_door_leads_to_the_announcement_that_was_wanted(owner: Any) -> None:
    notice = sent(owner)
    answer = Client().get(url(notice))
    assert answer.url == f"/m/sign-in/?next={url(notice).replace('/', '%2F')}" or url(notice) in answer.url
    assert PHONE not in answer.url
