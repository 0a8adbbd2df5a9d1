"""R36 on the owners' phones: where, what kind, what is known already, and the report itself."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import Attachment, InboxItem, LogEntry, RateBucket
from owners.models import OwnerSession
from tests.factories.calendars import WorkCalendarFactory
from tests.factories.owners import TenureFactory
from tests.factories.properties import CommunityFactory, PlaceFactory, UnitFactory
from tests.factories.workorders import OutageFactory, PriceItemFactory, WorkOrderFactory, desk, kind_of
from tests.portal.support import OTHER_PHONE, PHONE, picture, resident, signed_in_owner, text_of
from tests.support.cases import signed_in
from tests.support.races import race
from workorders.models import Outage, OutagePlace, RepairRule, WorkOrder
from workorders.queries.spots import public_spots, spot_by
from workorders.queries.visits import slot_by, visit_slots
from workorders.services import residents
from workorders.states import Source, Status, Urgency

pytestmark = pytest.mark.django_db
SAID = "洗菜池下面的阀门一直滴水，柜子底板泡坏了"


@pytest.fixture
def owner(db: None) -> Any:
    return resident()


@pytest.fixture
def phone(owner: Any) -> Client:
    return signed_in_owner()


def home_of(owner: Any) -> Any:
    return owner.tenures.order_by("pk").first().unit


def form_of(where: Any, code: str = "tap") -> str:
    key = where if isinstance(where, str) else f"u{where.pk}"
    return reverse("portal:repair_create", args=[key, kind_of(code).pk])


def filled(client: Client, url: str, **more: Any) -> dict[str, Any]:
    """The form as its page gave it out, filled in."""
    key = client.get(url).context["form"].initial["key"]
    return {"key": key, "description": SAID, "hurry": "", "detail": "厨房", "visit": "", "phone": ""} | more


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def broken_photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("说明.jpg", "不是照片，是一段文字".encode())


# --- Where ------------------------------------------------------------------------------------------------------------------
def test_he_chooses_among_his_own_flats_and_the_public_places_of_his_communities(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    second = TenureFactory(owner=owner, unit=UnitFactory(building__community=home.community, number="0301")).unit
    lobby = PlaceFactory(community=home.community, building=home.building, name="一楼大堂")
    garden = PlaceFactory(community=home.community, name="中心花园")
    elsewhere = PlaceFactory(name="别处大堂")
    page = text_of(phone.get(reverse("portal:repair_where")))
    for key in (f"u{home.pk}", f"u{second.pk}"):
        assert f"?where={key}" in page
    for key in (f"p{lobby.pk}", f"p{garden.pk}", f"b{home.building_id}"):
        assert f'value="{key}"' in page
    assert "别处大堂" not in page
    groups = dict(public_spots([home]))
    assert (f"p{lobby.pk}", str(lobby)) in groups[home.building.label]
    for key in (f"p{elsewhere.pk}", f"u{UnitFactory().pk}", f"b{elsewhere.pk}", "x1", "u", "p²", "u-1", "u" + "9" * 30):
        assert spot_by([home, second], key) is None, key
        if key.isascii() and "-" not in key and len(key) < 10:
            assert phone.get(form_of(key)).status_code == 404, key
    answer = phone.get(reverse("portal:repair_kind"), {"where": f"p{elsewhere.pk}"})
    assert answer.context["spot"].unit == home, "an address that names nothing of his shows the flat of this device"


def test_a_tenant_reports_for_the_flat_he_rents_and_a_former_one_does_not(owner: Any) -> None:
    home = home_of(owner)
    resident(OTHER_PHONE, name="赵租客", units=[])
    from owners.models import Owner

    tenant = Owner.objects.get(name="赵租客")
    TenureFactory(owner=tenant, unit=home, role="tenant")
    client = signed_in_owner(OTHER_PHONE)
    url = form_of(home)
    assert client.post(url, filled(client, url)).status_code == 302
    order = WorkOrder.objects.get()
    assert (order.owner, order.relation.code, order.reporter_name) == (tenant, "tenant", "赵租客")
    TenureFactory(owner=tenant, unit=UnitFactory())
    tenant.tenures.filter(unit=home).update(end=timezone.localdate() - timedelta(days=1), start=date(2020, 1, 1))
    assert client.get(url).status_code == 404
    assert client.post(url, {"description": SAID}).status_code == 404


def test_only_what_can_break_there_is_offered(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    place = PlaceFactory(community=home.community)
    at_home = text_of(phone.get(reverse("portal:repair_kind")))
    outside = text_of(phone.get(reverse("portal:repair_kind"), {"where": f"p{place.pk}"}))
    assert ("水龙头" in at_home, "路灯" in at_home) == (True, False)
    assert ("水龙头" in outside, "路灯" in outside) == (False, True)
    assert phone.get(form_of(home, "street_lamp")).status_code == 404
    assert phone.get(form_of(f"p{place.pk}", "tap")).status_code == 404


# --- The report -------------------------------------------------------------------------------------------------------------
def test_r36_what_he_sends_stands_at_the_desk_with_source_slot_and_photos(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    url = form_of(home, "tap")
    values = filled(phone, url)
    slot = phone.get(url).context["form"].fields["visit"].choices[1][1][0][0]
    answer = phone.post(
        url, values | {"visit": slot, "hurry": "hurry", "photos": [picture(), picture("2.jpg")]}, follow=True
    )
    order = WorkOrder.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("portal:repair", args=[order.pk])
    assert said(answer) == [f"已收到您的报修，工单号 {order.number}"]
    assert (order.unit, order.owner, order.source, order.status) == (home, owner, Source.APP, Status.WAITING)
    assert (order.reporter_name, order.reporter_phone, order.verified) == ("王建国", PHONE, True)
    assert (order.urgency, order.spot, order.relation.code) == (Urgency.URGENT, "厨房", "owner")
    assert (order.visit_from, order.visit_until) == slot_by(slot)
    entry = LogEntry.objects.get(action="workorders.workorder.created")
    assert (entry.actor_type, entry.actor_id, entry.object_id) == ("owner", owner.pk, order.pk)
    assert Attachment.objects.of(order).count() == 2
    clerk = signed_in(desk(home.community))
    page = text_of(clerk.get(order.get_absolute_url()))
    assert "业主端" in page and f"{timezone.localtime(order.visit_from):%Y-%m-%d %H:%M}" in page
    for file in Attachment.objects.of(order):
        assert clerk.get(file.get_absolute_url()).status_code == 200
    listed = text_of(clerk.get(reverse("workorders:workorder_list"), {"source": "app"}))
    assert order.number in listed


def test_the_desk_hears_of_it_by_its_bell(owner: Any, phone: Client) -> None:
    """Those who dispatch there, once each, however often it is sent; nobody of another community; louder when it is urgent."""
    home = home_of(owner)
    clerks, elsewhere = {desk(home.community), desk(home.community)}, desk(CommunityFactory())
    url = form_of(home, "tap")
    values = filled(phone, url)
    for _n in range(2):
        phone.post(url, values)
    order = WorkOrder.objects.get()
    rung = InboxItem.objects.filter(kind="workorders.came")
    assert {item.user for item in rung} == clerks and rung.count() == 2
    assert {(item.sentence, item.url, item.level) for item in rung} == {
        (f"业主在手机上报修：{order.headline}", order.get_absolute_url(), "warning")
    }
    assert elsewhere.pk not in rung.values_list("user", flat=True)
    phone.post(url, filled(phone, url) | {"hurry": "hurry"})
    assert InboxItem.objects.filter(kind="workorders.came", level="urgent").count() == 2


def test_the_kind_decides_the_urgency_and_hurry_only_raises_it(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    got = {}
    for code in ("tap", "pipe_leak", "shock", "wall_leak"):
        for hurry in ("", "hurry"):
            url = form_of(home, code)
            RateBucket.objects.all().delete()
            phone.post(url, filled(phone, url, hurry=hurry))
            got[code, hurry] = WorkOrder.objects.latest("pk").urgency
    assert got == {
        ("tap", ""): "normal", ("tap", "hurry"): "urgent", ("pipe_leak", ""): "urgent", ("pipe_leak", "hurry"): "urgent",
        ("shock", ""): "critical", ("shock", "hurry"): "critical", ("wall_leak", ""): "complex", ("wall_leak", "hurry"): "urgent",
    }  # fmt: skip


def test_a_public_place_and_a_building_can_be_reported(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    place = PlaceFactory(community=home.community, building=home.building, name="电梯厅")
    for key, code in ((f"p{place.pk}", "lamp"), (f"b{home.building_id}", "entrance_door")):
        url = form_of(key, code)
        assert "不收费" in text_of(phone.get(url))
        assert phone.post(url, filled(phone, url)).status_code == 302
    first, second = WorkOrder.objects.order_by("pk")
    assert (first.place, first.unit, first.paid, first.owner) == (place, None, False, owner)
    assert (second.building, second.place, second.unit) == (home.building, None, None)


def test_sent_twice_it_is_one_order(owner: Any, phone: Client) -> None:
    url = form_of(home_of(owner))
    values = filled(phone, url)
    first = phone.post(url, values)
    again = phone.post(url, values, follow=True)
    assert again.redirect_chain[-1][0] == first.url
    assert said(again)[-1] == "这次报修已经提交过了，没有重复提交"
    assert WorkOrder.objects.count() == 1
    phone.post(url, filled(phone, url))
    assert WorkOrder.objects.count() == 2, "another form is another report"


def test_the_key_of_somebody_else_leads_to_nothing_of_his(owner: Any, phone: Client) -> None:
    url = form_of(home_of(owner))
    values = filled(phone, url)
    phone.post(url, values)
    neighbour = resident(OTHER_PHONE, name="赵无关", units=[UnitFactory()])
    other = signed_in_owner(OTHER_PHONE)
    theirs = form_of(home_of(neighbour))
    answer = other.post(theirs, values)
    mine, foreign = WorkOrder.objects.order_by("pk")
    assert (answer.url, mine.owner, foreign.owner) == (reverse("portal:repair", args=[foreign.pk]), owner, neighbour)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_are_one_order(owner: Any) -> None:
    signed_in_owner()
    session = OwnerSession.objects.select_related("owner").get()
    spot = spot_by([home_of(owner)], f"u{home_of(owner).pk}")
    assert spot is not None
    wish = residents.Wish(spot, kind_of("tap"), SAID, key="pressed-once")
    outcomes = race(*(lambda: residents.report(wish, by=session) for _n in range(2)))
    assert WorkOrder.objects.count() == 1
    assert sorted(outcome.again for outcome in outcomes) == [False, True]
    assert outcomes[0].order == outcomes[1].order


# --- Photos -----------------------------------------------------------------------------------------------------------------
def test_nine_photos_are_kept_and_written_anew(owner: Any, phone: Client) -> None:
    url = form_of(home_of(owner))
    phone.post(url, filled(phone, url, photos=[picture(f"{n}.jpg") for n in range(9)]))
    order = WorkOrder.objects.get()
    files = Attachment.objects.of(order)
    assert files.count() == 9
    assert {file.created_by_id for file in files} == {None}
    page = text_of(phone.get(reverse("portal:repair", args=[order.pk])))
    assert "报修照片 9 张" in page and "<img" not in page
    progress = text_of(signed_in(desk(order.community)).get(order.get_absolute_url()))
    assert (progress.count("上传了附件"), "上传了附件 9 个" in progress) == (1, True), "sent together, one line"
    assert (
        phone.get(reverse("portal:repair_photo", args=[order.pk, files[0].pk])).headers["Content-Type"] == "image/jpeg"
    )


def test_ten_photos_are_refused_and_nothing_typed_is_lost(owner: Any, phone: Client) -> None:
    url = form_of(home_of(owner))
    answer = phone.post(url, filled(phone, url, photos=[picture(f"{n}.jpg") for n in range(10)]))
    page = text_of(answer)
    assert "最多 9 张" in page and SAID in page and "照片请重新选择" in page
    assert answer.context["form"]["detail"].value() == "厨房"
    assert not WorkOrder.objects.exists() and not Attachment.objects.exists()


def test_one_bad_photo_costs_nobody_the_report(owner: Any, phone: Client) -> None:
    """A text named .jpg, a broken picture and a document: a sentence for each; the order and the good ones are kept."""
    url = form_of(home_of(owner))
    good = picture("好.jpg")
    torn = SimpleUploadedFile("断.jpg", picture("x.jpg", size=(400, 300)).read()[:200])
    paper = SimpleUploadedFile("合同.pdf", b"%PDF-1.4\n%%EOF\n")
    answer = phone.post(url, filled(phone, url, photos=[broken_photo(), good, torn, paper]), follow=True)
    order = WorkOrder.objects.get()
    assert [file.name for file in Attachment.objects.of(order)] == ["好.jpg"]
    told = said(answer)[1:]
    assert [name in sentence for name, sentence in zip(("说明.jpg", "断.jpg", "合同.pdf"), told, strict=True)] == [
        True
    ] * 3
    assert all("没有保存" in sentence for sentence in told)
    assert "与扩展名不符" in told[0] and "已损坏" in told[1] and "不是照片" in told[2]


# --- Slots ------------------------------------------------------------------------------------------------------------------
def test_slots_follow_the_working_calendar_of_the_community() -> None:
    split = [[day, *span] for day in range(5) for span in ((510, 720), (810, 1050))]
    community = CommunityFactory(work_calendar=WorkCalendarFactory(weekly=split))
    monday = timezone.make_aware(datetime(2026, 11, 23, 9, 0))
    days = visit_slots(community, monday)
    assert [label for label, _slots in days] == [
        "今天 11-23 周一", "明天 11-24 周二", "后天 11-25 周三", "11-26 周四", "11-27 周五",
    ]  # fmt: skip
    assert [words for _value, words in days[0][1]] == ["今天 10:30–12:00", "今天 13:30–15:30", "今天 15:30–17:30"]
    assert [words for _value, words in days[1][1]] == [
        f"明天 {hours}" for hours in ("08:30–10:30", "10:30–12:00", "13:30–15:30", "15:30–17:30")
    ]
    assert days[3][1][0][1] == "11-26 08:30–10:30", "a closed list says the day as well"
    starts, ends = slot_by(days[0][1][0][0])
    assert (ends - starts, starts > monday) == (timedelta(minutes=90), True)
    always = CommunityFactory(work_calendar=WorkCalendarFactory(weekly=[], all_day=True))
    words = [words for _value, words in visit_slots(always, monday)[1][1]]
    assert (words[0], words[-1]) == ("明天 08:00–10:00", "明天 18:00–20:00"), "nobody comes at night by appointment"


@pytest.mark.parametrize("day", [-1, 30])
def test_a_slot_in_the_past_or_beyond_is_refused_in_words(owner: Any, phone: Client, day: int) -> None:
    url = form_of(home_of(owner))
    odd = f"{timezone.localdate() + timedelta(days=day)}T09:00/11:00"
    for value in (odd, "x/y", "2026-13-40T99:00/11:00"):
        answer = phone.post(url, filled(phone, url, visit=value))
        assert "这个时段已过或不能约，请另选" in text_of(answer)
    assert SAID in text_of(answer)
    assert not WorkOrder.objects.exists()


# --- Phone, words, limits ---------------------------------------------------------------------------------------------------
def test_his_number_is_shown_masked_and_kept_until_he_writes_another(owner: Any, phone: Client) -> None:
    url = form_of(home_of(owner))
    page = text_of(phone.get(url))
    assert "138****8000" in page and PHONE not in page
    phone.post(url, filled(phone, url, phone="139 0013 9000"))
    assert WorkOrder.objects.get().reporter_phone == "13900139000"
    answer = phone.post(url, filled(phone, url, phone="12"))
    assert WorkOrder.objects.count() == 1 and answer.context["form"].errors.keys() == {"phone"}


@pytest.mark.parametrize("words", ["", "漏", "水" * 501])
def test_the_description_has_a_beginning_and_an_end(owner: Any, phone: Client, words: str) -> None:
    url = form_of(home_of(owner))
    answer = phone.post(url, filled(phone, url, description=words))
    assert answer.context["form"].errors.keys() == {"description"}
    assert phone.post(url, filled(phone, url, description="水" * 500)).status_code == 302


def test_one_person_reports_so_often_an_hour(owner: Any, phone: Client) -> None:
    url = form_of(home_of(owner))
    for _n in range(residents.REPORTS):
        assert phone.post(url, filled(phone, url)).status_code == 302
    answer = phone.post(url, filled(phone, url))
    assert "您提交得太频繁" in text_of(answer) and SAID in text_of(answer)
    assert WorkOrder.objects.count() == residents.REPORTS
    resident(OTHER_PHONE, name="赵邻居", units=[home_of(owner)])
    other = signed_in_owner(OTHER_PHONE)
    assert other.post(url, filled(other, url)).status_code == 302, "the limit is one person's, not the flat's"


def test_no_page_of_it_costs_more_with_more_rows(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    addresses = [reverse("portal:repair_where"), reverse("portal:repair_kind"), form_of(home)]
    OutageFactory(community=home.community)
    WorkOrderFactory(unit=home, owner=owner)

    def counts() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert phone.get(address).status_code == 200
            found.append(len(captured))
        return found

    few = counts()
    for _n in range(4):
        PlaceFactory(community=home.community, building=home.building)
        OutageFactory(community=home.community)
        WorkOrderFactory(unit=home, owner=owner)
    assert counts() == few
    assert max(few) <= 15


# --- What it costs ----------------------------------------------------------------------------------------------------------
def test_what_is_paid_is_said_with_the_list_before_it_is_sent(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    PriceItemFactory(community=None, name="换水龙头", price="10.00")
    page = text_of(phone.get(form_of(home, "tap")))
    assert "有偿服务" in page and "换水龙头" in page and "10.00 元/个" in page and "您同意了再修" in page
    home.warranty_from = timezone.localdate() - timedelta(days=30)
    home.save()
    page = text_of(phone.get(form_of(home, "tap")))
    assert ("还在质保期内" in page, "换水龙头" in page) == (True, False)
    url = form_of(home, "tap")
    phone.post(url, filled(phone, url))
    assert WorkOrder.objects.get().paid is False
    RepairRule.objects.filter(kind=kind_of("tap")).update(paid=False, warranty_part="")
    assert "这类维修不收服务费" in text_of(phone.get(url))


# --- What is known already ----------------------------------------------------------------------------------------------------
def test_a_running_outage_is_told_before_anything_is_typed_and_can_be_joined(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    outage = OutageFactory(
        community=home.community,
        title="3栋停水",
        caller_text="水泵抢修中",
        expected_until=timezone.now() + timedelta(hours=3),
    )
    OutagePlace.objects.create(outage=outage, building=home.building)
    away = OutageFactory(community=home.community, title="别栋停电")
    OutagePlace.objects.create(outage=away, building=UnitFactory(building__community=home.community).building)
    foreign = OutageFactory(community=CommunityFactory(), title="别处停气")
    for address in (reverse("portal:repair_kind"), form_of(home)):
        page = text_of(phone.get(address))
        assert ("3栋停水" in page, "水泵抢修中" in page, "恢复" in page, "别栋停电" in page) == (
            True,
            True,
            True,
            False,
        )
    assert "不是同一件事，提交报修" in page
    join = reverse("portal:outage_join", args=[outage.pk])
    for _n in range(2):
        answer = phone.post(join, follow=True)
        assert "已记下您家也受影响" in text_of(answer)
    outage.refresh_from_db()
    assert (outage.calls, WorkOrder.objects.count()) == (1, 0), "once for each person, and no order"
    assert (outage.concerns.get().owner, outage.concerns.get().unit) == (owner, home)
    assert "恢复后通知您" in text_of(phone.get(reverse("portal:home")))
    again = text_of(phone.get(reverse("portal:repair_kind")))
    assert ("已记下您家也受影响，恢复后通知您" in again, join in again) == (True, False)
    entry = LogEntry.objects.get(action="workorders.outage.joined")
    assert (entry.actor_type, entry.actor_id) == ("owner", owner.pk)
    assert phone.post(reverse("portal:outage_join", args=[foreign.pk])).status_code == 404
    Outage.objects.filter(pk=outage.pk).update(ended_at=timezone.now())
    assert phone.post(join).status_code == 404
    assert "您家还有问题，请点这里报修" in text_of(phone.get(reverse("portal:home")))
    url = form_of(home)
    assert phone.post(url, filled(phone, url)).status_code == 302, "and he may still report"


def test_the_same_matter_is_shown_first_and_can_be_joined(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    mate = resident(OTHER_PHONE, name="李慧敏", units=[home])
    order = WorkOrderFactory(unit=home, owner=mate, reporter_name="李慧敏", status=Status.WORKING)
    for other in ({"code": "lock"}, {"status": Status.DONE}, {"reported_at": timezone.now() - timedelta(days=60)}):
        WorkOrderFactory(unit=home, **other)
    page = phone.get(form_of(home))
    assert [row.pk for row, _standing in page.context["similar"]] == [order.pk]
    assert "师傅处理中" in text_of(page)
    assert "李慧敏" not in text_of(page)
    join = reverse("portal:repair_join", args=[order.pk])
    answer = phone.post(join)
    assert answer.url == reverse("portal:repair", args=[order.pk])
    phone.post(join)
    assert LogEntry.objects.filter(action="workorders.workorder.joined", object_id=order.pk).count() == 1
    assert WorkOrder.objects.filter(kind=order.kind, reported_at__gte=order.reported_at).count() == 2


def test_a_public_place_reported_by_a_neighbour_is_joined_without_seeing_his_order(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    place = PlaceFactory(community=home.community, building=home.building)
    neighbour = resident(OTHER_PHONE, name="赵邻居", units=[UnitFactory(building=home.building)])
    order = WorkOrderFactory(unit=None, place=place, code="lamp", owner=neighbour, description="邻居写的话")
    page = text_of(phone.get(form_of(f"p{place.pk}", "lamp")))
    assert "这里已有人报过" in page and "邻居写的话" not in page and "赵邻居" not in page
    assert phone.post(reverse("portal:repair_join", args=[order.pk])).url == reverse("portal:home")
    assert phone.get(reverse("portal:repair", args=[order.pk])).status_code == 404
    flat = WorkOrderFactory(unit=home_of(neighbour), owner=neighbour)
    assert phone.post(reverse("portal:repair_join", args=[flat.pk])).status_code == 404
    elsewhere = WorkOrderFactory(unit=None, place=PlaceFactory(), code="lamp")
    assert phone.post(reverse("portal:repair_join", args=[elsewhere.pk])).status_code == 404


def test_a_new_holder_is_not_shown_what_the_one_before_reported(owner: Any) -> None:
    home = home_of(owner)
    old = WorkOrderFactory(unit=home, reported_at=timezone.now() - timedelta(days=3))
    new = resident(OTHER_PHONE, name="钱新主", units=[])
    TenureFactory(owner=new, unit=home, start=timezone.localdate())
    client = signed_in_owner(OTHER_PHONE)
    assert client.get(form_of(home)).context["similar"] == []
    assert client.post(reverse("portal:repair_join", args=[old.pk])).status_code == 404
    assert InboxItem.objects.count() == 0
