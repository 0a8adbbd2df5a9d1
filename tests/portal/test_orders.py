"""R42, R43 on the owners' phones: which orders are his, one of them as he reads it, and what he may do with it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.actors import SYSTEM
from core.models import Attachment, InboxItem, LogEntry
from core.services import attachments, links
from notices.models import Delivery
from tests.factories.owners import TenureFactory, word
from tests.factories.properties import PlaceFactory, UnitFactory
from tests.factories.workorders import MaterialFactory, PriceItemFactory, WorkOrderFactory, desk, kind_of, repairer
from tests.portal.support import OTHER_PHONE, picture, resident, signed_in_owner, text_of
from tests.support.cases import signed_in
from workorders.models import Rating, WorkOrder
from workorders.queries.residents import PAGE
from workorders.services import after, dispatch, intake, materials, messages, notes, pausing, work
from workorders.services.messages import FOLLOW
from workorders.states import ConfirmWay, MessageKind, Source, Status

pytestmark = pytest.mark.django_db
LIST = "/m/repairs/"
ACTS = ("repair_rate", "repair_remark", "repair_cancel", "repair_rework")


@pytest.fixture
def owner(db: None) -> Any:
    return resident()


@pytest.fixture
def phone(owner: Any) -> Client:
    return signed_in_owner()


def home_of(owner: Any) -> Any:
    return owner.tenures.order_by("pk").first().unit


def url(order: Any, name: str = "repair") -> str:
    return reverse(f"portal:{name}", args=[order.pk])


def reported(owner: Any, code: str = "lamp", **values: Any) -> WorkOrder:
    """By the services, so that clocks, log and messages are there."""
    fields = {"source": Source.APP, "reporter_name": owner.name, "description": "客厅灯不亮", "paid": False} | values
    return intake.create_order(by=SYSTEM, unit=home_of(owner), owner=owner, kind=kind_of(code), **fields)


def handed(order: WorkOrder) -> Any:
    person = repairer(order.community, "electric", "plumbing")
    person.display_name = "刘志明"
    person.save()
    dispatch.dispatch_order(order, by=desk(order.community), to=person)
    dispatch.accept_order(order, by=person)
    order.refresh_from_db()
    order.checks.update(done_at=timezone.now())
    return person


def finished(owner: Any, **values: Any) -> tuple[WorkOrder, Any]:
    order = reported(owner, **values)
    person = handed(order)
    work.complete_order(order, by=person, finish=work.Finish("换了灯管，试亮正常", confirm_way=ConfirmWay.PHONE))
    order.refresh_from_db()
    return order, person


# --- Which are his ------------------------------------------------------------------------------------------------------------
def test_his_are_what_he_reported_and_what_concerns_the_flats_he_holds(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    mate = resident(OTHER_PHONE, name="李慧敏", units=[home])
    lobby = PlaceFactory(community=home.community)
    mine = [
        WorkOrderFactory(unit=home, owner=owner), WorkOrderFactory(unit=home, owner=mate), WorkOrderFactory(unit=home),
        WorkOrderFactory(unit=None, place=lobby, owner=owner),
    ]  # fmt: skip
    foreign = [
        WorkOrderFactory(unit=UnitFactory(building=home.building)), WorkOrderFactory(unit=None, place=lobby, owner=mate),
    ]  # fmt: skip
    assert {line.order.pk for line in phone.get(LIST).context["lines"]} == {order.pk for order in mine}
    assert {phone.get(url(order)).status_code for order in mine} == {200}
    photo = attachments.store(foreign[0], picture(), by=SYSTEM)
    for order in foreign:
        assert phone.get(url(order)).status_code == 404
        for act in ACTS:
            assert (
                phone.post(url(order, act), {"stars": "5", "text": "x", "detail": "x", "reason": "x"}).status_code
                == 404
            )
    assert phone.get(reverse("portal:repair_photo", args=[foreign[0].pk, photo.pk])).status_code == 404
    assert phone.get(url(foreign[0], "repair_photos")).status_code == 404
    assert phone.get(reverse("portal:repair_photo", args=[mine[0].pk, photo.pk])).status_code == 404
    assert not Rating.objects.exists() and not LogEntry.objects.filter(action__startswith="workorders.").exists()


def test_who_has_moved_out_sees_nothing_that_came_after_and_who_moved_in_nothing_from_before(
    owner: Any, phone: Client
) -> None:
    home, now = home_of(owner), timezone.now()
    before = WorkOrderFactory(unit=home, owner=owner, reported_at=now - timedelta(days=40))
    owner.tenures.update(
        start=timezone.localdate() - timedelta(days=400), end=timezone.localdate() - timedelta(days=20)
    )
    TenureFactory(owner=owner, unit=UnitFactory())
    later = WorkOrderFactory(unit=home, reported_at=now - timedelta(days=5))
    buyer = resident(OTHER_PHONE, name="钱新主", units=[])
    TenureFactory(owner=buyer, unit=home, start=timezone.localdate() - timedelta(days=19))
    assert [line.order.pk for line in phone.get(LIST).context["lines"]] == [before.pk], (
        "what he reported himself stays his"
    )
    assert phone.get(url(later)).status_code == 404
    theirs = signed_in_owner(OTHER_PHONE)
    assert [line.order.pk for line in theirs.get(LIST).context["lines"]] == [later.pk]
    assert theirs.get(url(before)).status_code == 404


# --- The list -----------------------------------------------------------------------------------------------------------------
def test_open_ones_come_first_in_pages_at_the_same_cost(owner: Any, phone: Client) -> None:
    home = home_of(owner)
    assert "还没有报修" in text_of(phone.get(LIST))
    done = WorkOrderFactory(unit=home, owner=owner, status=Status.DONE)
    gone = WorkOrderFactory(unit=home, owner=owner, status=Status.CANCELLED)
    with CaptureQueriesContext(connection) as few:
        page = phone.get(LIST)
    assert [(line.order.pk, line.word) for line in page.context["lines"]] == [
        (gone.pk, "已取消"),
        (done.pk, "已完成，待评价"),
    ]
    opened = [WorkOrderFactory(unit=home, status=Status.WORKING) for _n in range(PAGE)]
    with CaptureQueriesContext(connection) as many:
        page = phone.get(LIST)
    assert len(few) == len(many) <= 10
    assert [line.order.pk for line in page.context["lines"]] == [order.pk for order in reversed(opened)]
    assert "下一页" in text_of(page)
    second = phone.get(f"{LIST}?page=2")
    assert [line.order.pk for line in second.context["lines"]] == [gone.pk, done.pk]


# --- One order ----------------------------------------------------------------------------------------------------------------
def test_the_page_says_how_far_it_is_and_nothing_that_is_not_meant_for_him(owner: Any, phone: Client) -> None:
    order = reported(owner)
    page = text_of(phone.get(url(order)))
    assert "已受理，正在安排师傅" in page and "前安排师傅" in page and "前修好" in page
    person = handed(order)
    work.arrive(order, by=person)
    notes.add_note(order, by=desk(order.community), text="业主态度不好，注意")
    pausing.await_parts(
        order, by=person, part="T8 灯管", expected_on=timezone.localdate() + timedelta(days=1), reason="库房没货"
    )
    page = text_of(phone.get(url(order)))
    assert "正在等配件（T8 灯管），预计 明天 到货后继续" in page
    assert "前修好" not in page, "while the clocks stand still nothing is promised"
    for hidden in ("业主态度不好", "库房没货", str(person), person.username):
        assert hidden not in page, hidden
    pausing.parts_arrived(order, by=person)
    order.refresh_from_db()
    signed = {"confirm_way": ConfirmWay.SIGNATURE, "signature": picture("业主签字.png", "PNG")}
    work.complete_order(
        order, by=person, finish=work.Finish("换了灯管，试亮正常", photos=[picture("修后.jpg")], **signed)
    )
    answer = phone.get(url(order))
    assert [step["label"] for step in answer.context["steps"] if step["at"]] == [
        "已受理",
        "已派单",
        "已接单",
        "已到场",
        "已完工",
    ]
    page = text_of(answer)
    assert "换了灯管，试亮正常" in page and "完工时已签字确认" in page
    assert [event.said for event in answer.context["events"]] == [
        "已完成", "配件到货，继续处理", "缺配件，已去备料", "师傅已到场", "师傅已接单", f"已派给{str(person)[:1]}师傅", "物业已受理",
    ]  # fmt: skip
    assert [row.name for row in answer.context["after"]] == ["修后.jpg"], "nobody's signature hangs there"
    signature = Attachment.objects.of(order).get(name__startswith="业主签字")
    assert phone.get(reverse("portal:repair_photo", args=[order.pk, signature.pk])).status_code == 404


def test_files_of_the_desk_are_the_desks(owner: Any, phone: Client) -> None:
    order = reported(owner, photos=[picture("报修.jpg")])
    person = handed(order)
    attachments.store(order, picture("内部.jpg"), by=desk(order.community))
    attachments.store(order, SimpleUploadedFile("报价.pdf", b"%PDF-1.4\n%%EOF\n"), by=person)
    attachments.store(order, picture("漏点.jpg"), by=person)
    answer = phone.get(url(order))
    assert [row.name for row in answer.context["before"]] == ["报修.jpg"]
    assert [row.name for row in answer.context["after"]] == ["漏点.jpg"]
    for name, status in (("报修.jpg", 200), ("漏点.jpg", 200), ("内部.jpg", 404), ("报价.pdf", 404)):
        file = Attachment.objects.of(order).get(name=name)
        assert phone.get(reverse("portal:repair_photo", args=[order.pk, file.pk])).status_code == status, name
    pictures = text_of(phone.get(url(order, "repair_photos")))
    assert pictures.count("<img") == 2 and "<img" not in text_of(answer), "the order itself stays light"


def test_what_it_costs_is_what_he_agreed_to(owner: Any, phone: Client) -> None:
    order = reported(owner, paid=True)
    person = handed(order)
    item = PriceItemFactory(name="换灯具", price=Decimal("15.00"), measure="盏")
    materials.agree_prices(
        order, by=person, lines={item: Decimal(2)}, how="现场签字", signature=picture("签.png", "PNG")
    )
    materials.use_material(
        order,
        by=person,
        material=MaterialFactory(name="LED 灯管", spec="T8", price=Decimal("22.00")),
        quantity=Decimal(2),
    )
    answer = phone.get(url(order))
    page = text_of(answer)
    assert answer.context["total"] == Decimal("74.00")
    assert "换灯具 × 2 盏" in page and "30.00" in page and "74.00" in page and "现场签字同意价目" in page
    free = reported(owner)
    assert phone.get(url(free)).context["lines"] == []


def test_a_deadline_that_has_passed_is_owned_up_to(owner: Any, phone: Client) -> None:
    order = reported(owner)
    order.clocks.update(due_at=timezone.now() - timedelta(hours=1), warn_at=timezone.now() - timedelta(hours=2))
    assert phone.get(url(order)).context["promises"] == ["已经超过承诺的时间，很抱歉，我们正在催办"]


def test_the_page_costs_the_same_however_much_has_happened(owner: Any, phone: Client) -> None:
    order, _person = finished(owner)
    with CaptureQueriesContext(connection) as few:
        phone.get(url(order))
    for _n in range(5):
        attachments.store(order, picture(), by=SYSTEM)
        notes.add_note(order, by=SYSTEM, text="说明")
    with CaptureQueriesContext(connection) as many:
        phone.get(url(order))
    assert len(few) == len(many) <= 17


# --- Acts ---------------------------------------------------------------------------------------------------------------------
def test_he_adds_words_and_photos_while_it_is_open(owner: Any, phone: Client) -> None:
    order = reported(owner)
    person = handed(order)
    text = SimpleUploadedFile("说明.jpg", "文字".encode())
    answer = phone.post(
        url(order, "repair_remark"), {"text": "晚上六点后在家", "photos": [picture("又漏.jpg"), text]}, follow=True
    )
    page = text_of(answer)
    assert "已补充，师傅能看到" in page and "照片“说明.jpg”没有保存" in page and "晚上六点后在家" in page
    assert [row.name for row in answer.context["before"]] == ["又漏.jpg"]
    assert InboxItem.objects.filter(user=person, sentence__startswith="住户补充了说明").count() == 1
    assert LogEntry.objects.get(action="workorders.workorder.remarked").actor_type == "owner"
    answer = phone.post(url(order, "repair_remark"), {"text": " "})
    assert "请写几句，或选择照片" in text_of(answer)
    work.complete_order(order, by=person, finish=work.Finish("好了"))
    assert "补充说明或照片" not in text_of(phone.get(url(order)))
    assert "不能再补充" in text_of(phone.post(url(order, "repair_remark"), {"text": "还有"}))


@pytest.mark.parametrize("status", [Status.WAITING, Status.DISPATCHED])
def test_he_takes_back_what_nobody_is_at_yet(owner: Any, phone: Client, status: str) -> None:
    order = reported(owner)
    person = repairer(order.community, "electric")
    if status == Status.DISPATCHED:
        dispatch.dispatch_order(order, by=desk(order.community), to=person)
    assert "取消报修" in text_of(phone.get(url(order)))
    assert phone.get(url(order, "repair_cancel")).status_code == 200
    assert phone.post(url(order, "repair_cancel"), {"detail": ""}).context["form"].errors.keys() == {"detail"}
    assert phone.post(url(order, "repair_cancel"), {"detail": "自己修好了"}).url == url(order)
    order.refresh_from_db()
    assert (order.status, order.end_reason) == (Status.CANCELLED, "业主撤销：自己修好了")
    entry = LogEntry.objects.get(action="workorders.workorder.cancelled")
    assert (entry.actor_type, entry.actor_id) == ("owner", owner.pk)
    told = InboxItem.objects.filter(user=person, sentence__startswith="业主取消了报修").count()
    assert told == (1 if status == Status.DISPATCHED else 0)
    assert phone.post(url(order, "repair_cancel"), {"detail": "再来"}).status_code == 409


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.WAITING, Status.DISPATCHED}))
def test_nothing_else_can_be_taken_back(owner: Any, phone: Client, status: str) -> None:
    order = WorkOrderFactory(unit=home_of(owner), owner=owner, status=status)
    assert "取消报修" not in text_of(phone.get(url(order)))
    assert phone.post(url(order, "repair_cancel"), {"detail": "不要了"}).status_code == 409
    order.refresh_from_db()
    assert order.status == status


def test_what_somebody_else_of_the_flat_reported_he_may_read_and_nothing_more(owner: Any, phone: Client) -> None:
    mate = resident(OTHER_PHONE, name="李慧敏", units=[home_of(owner)])
    waiting = WorkOrderFactory(unit=home_of(owner), owner=mate)
    done = WorkOrderFactory(unit=home_of(owner), owner=mate, status=Status.DONE)
    page = text_of(phone.get(url(done)))
    assert "请评价这次维修" not in page and "要求返工" not in page
    assert phone.post(url(waiting, "repair_cancel"), {"detail": "x"}).status_code == 409
    assert phone.post(url(done, "repair_rework"), {"reason": "x"}).status_code == 409
    assert "由报修的人评价" in text_of(phone.post(url(done, "repair_rate"), {"stars": "1", "why": "慢"}))
    assert not Rating.objects.exists()


def test_he_judges_once_and_says_why_when_it_was_bad(owner: Any, phone: Client) -> None:
    order, _person = finished(owner)
    page = text_of(phone.get(url(order)))
    assert "请评价这次维修" in page and "checked" not in page, "no star is chosen for him"
    assert "请选择" in text_of(phone.post(url(order, "repair_rate"), {}))
    answer = phone.post(url(order, "repair_rate"), {"stars": "2", "text": "等了太久"})
    assert "两星及以下请说明原因" in text_of(answer) and "等了太久" in text_of(answer)
    assert f'name="next" value="{url(order)}"' in text_of(answer), "large type leads back to a page that can be opened"
    assert not Rating.objects.exists()
    tag = word("rating_tag", "late")
    assert phone.post(url(order, "repair_rate"), {"stars": "2", "why": "来得晚", "tags": [tag.pk]}).url == url(order)
    rating = Rating.objects.get()
    assert (rating.stars, rating.via, rating.recorded_by) == (2, "portal", None)
    assert LogEntry.objects.get(action="workorders.workorder.rated").actor_type == "owner"
    page = text_of(phone.get(url(order)))
    assert "2 星" in page and "请评价这次维修" not in page
    assert "已经评价过了" in text_of(phone.post(url(order, "repair_rate"), {"stars": "5"}))


def test_he_has_it_done_again_with_new_deadlines(owner: Any, phone: Client) -> None:
    order, person = finished(owner)
    assert phone.post(url(order, "repair_rework"), {"reason": "又不亮了"}).url == url(order)
    order.refresh_from_db()
    assert (order.status, order.rework_count) == (Status.WORKING, 1)
    assert InboxItem.objects.filter(user=person, sentence__startswith="业主要求返工").count() == 1
    page = text_of(phone.get(url(order)))
    assert "第 1 次返工" in page and "又不亮了" in page and "前修好" in page
    order.checks.update(done_at=timezone.now())
    work.complete_order(order, by=person, finish=work.Finish("换了镇流器"))
    after.archive_order(WorkOrder.objects.get(pk=order.pk), by=SYSTEM)
    assert phone.post(url(order, "repair_rework"), {"reason": "又坏了"}).status_code == 409


# --- What waits, and the ways that lead here ------------------------------------------------------------------------------------
def test_the_first_page_names_who_comes_today_and_what_wants_a_word(owner: Any, phone: Client) -> None:
    home, now = home_of(owner), timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    page = text_of(phone.get("/m/"))
    assert "请评价" not in page and 'class="main"' in page
    WorkOrderFactory(unit=home, visit_from=now, visit_until=now + timedelta(hours=2))
    WorkOrderFactory(
        unit=home,
        owner=owner,
        code="lock",
        visit_from=now + timedelta(days=1),
        visit_until=now + timedelta(days=1, hours=2),
    )
    done = WorkOrderFactory(unit=home, owner=owner, code="lamp", status=Status.DONE)
    page = text_of(phone.get("/m/"))
    assert "今天 12:00–14:00 上门：水龙头" in page and "请评价：灯具" in page and "锁具" not in page
    Rating.objects.create(order=done, stars=5, via="link")
    assert "请评价" not in text_of(phone.get("/m/"))


def test_a_message_leads_to_his_own_page_where_he_is_signed_in(owner: Any, phone: Client) -> None:
    order = reported(owner)
    messages.tell_owner(order, MessageKind.DISPATCHED)
    link = links.create(Delivery.objects.get(), FOLLOW, by=SYSTEM, valid=timedelta(days=1))
    address = reverse("workorders:public_order", args=[link])
    assert phone.get(address).url == url(order)
    stranger = Client().get(address)
    assert stranger.status_code == 200 and "报修进度" in text_of(stranger)
    resident(OTHER_PHONE, name="赵无关", units=[UnitFactory()])
    assert signed_in_owner(OTHER_PHONE).get(address).status_code == 200, "a link that was passed on stays what it is"


def test_the_staff_read_what_the_household_added(owner: Any, phone: Client) -> None:
    order = reported(owner)
    phone.post(url(order, "repair_remark"), {"text": "狗已拴好"})
    page = text_of(signed_in(desk(order.community)).get(order.get_absolute_url()))
    assert "住户补充了说明" in page and "狗已拴好" in page
