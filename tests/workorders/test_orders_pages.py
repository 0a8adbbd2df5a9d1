"""The list of orders and the page of one (R36–R47, UX 4, 18, 19)."""

from datetime import timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from audit.models import FieldVisibility
from core.services import attachments
from core.web.paging import count
from tests.factories.audit import user_with
from tests.factories.owners import word
from tests.factories.properties import PlaceFactory, UnitFactory, UnitMarkFactory
from tests.factories.workorders import MaterialFactory, WorkOrderFactory, desk, kind_of, repairer
from tests.portal.support import picture
from tests.support.cases import ActionCase, DetailCase, FormCase, ListCase, queries_of, signed_in
from workorders.due import due_of, span
from workorders.models import Rating, WorkOrder
from workorders.queries.search import number_of
from workorders.services import dispatch, intake, materials, notes, pausing, work
from workorders.signatures import signed
from workorders.states import Status
from workorders.views.orders import WorkOrderList

VIEW = "workorders.view_workorder"
CHANGE = "workorders.change_workorder"


def order_in(community, **values):
    return WorkOrderFactory(unit=UnitFactory(building__community=community), **values)


def taken(community=None, unit=None, code="tap", **values):
    unit = unit or UnitFactory(**({"building__community": community} if community else {}))
    fields = {"source": "hotline", "reporter_name": "王建国", "description": "厨房水龙头漏水"} | values
    return intake.create_order(by=desk(unit.community), unit=unit, kind=kind_of(code), **fields)


class TestOrderList(ListCase):
    url_name, permission = "workorders:workorder_list", VIEW

    def make(self, community):
        return order_in(community)

    @property
    def search(self):
        return f"?q={self.own_row.number}", "?q=BX20250101-0001"

    def test_without_a_question_it_holds_what_is_not_finished(self, permitted):
        over = order_in(self.own, status=Status.ARCHIVED)
        assert over.pk not in self.pks(permitted)
        assert over.pk in self.pks(permitted, "?group=all")
        assert over.pk in self.pks(permitted, f"?unit={over.unit_id}")

    def test_what_is_finished_stands_newest_first(self, permitted):
        done = [order_in(self.own, status=Status.ARCHIVED).pk for _ in range(3)]
        shown = [row.pk for row in permitted.get(self.url(None) + "?status=archived").context["table"]["rows"]]
        assert shown == done[::-1]

    def test_ux18_remaining_time_and_order(self, permitted):
        now = timezone.now()
        for number, (minutes, warn) in enumerate([(60, 40), (-35, -60), (10, 5)], start=1):
            WorkOrder.objects.filter(pk=order_in(self.own, number=f"BX20261122-100{number}").pk).update(
                next_due_at=now + timedelta(minutes=minutes, seconds=30), next_clock="response",
                next_warn_at=now + timedelta(minutes=warn),
            )  # fmt: skip
        with time_machine.travel(now, tick=False):
            response = permitted.get(self.url(None))
            text = response.content.decode()
            shown = [row.pk for row in response.context["table"]["rows"]][:3]
            dated = WorkOrder.objects.filter(next_due_at__isnull=False).order_by("next_due_at")
            assert shown == list(dated.values_list("pk", flat=True))
            assert "超时 34分" in text
            assert "剩 10分" in text
            late = permitted.get(self.url(None) + "?group=over").context["table"]["rows"]
            soon = permitted.get(self.url(None) + "?group=soon").context["table"]["rows"]
        assert len(late) == 1
        assert len(soon) == 1

    def test_paused_orders_are_neither_late_nor_counted(self, permitted):
        order = order_in(self.own, status=Status.PARTS)
        WorkOrder.objects.filter(pk=order.pk).update(
            next_due_at=timezone.now() - timedelta(days=2), next_clock="arrival"
        )
        assert self.pks(permitted, "?group=over") == []
        assert "暂停中" in permitted.get(self.url(None)).content.decode()

    def test_export_names_the_community_in_the_number(self):
        response = signed_in(desk(self.own)).post(self.export_url(), {"reason": "核对"})
        assert response.status_code == 200
        assert self.own_row.full_number.startswith("OWN-BX")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [("?urgency=normal", True), ("?urgency=critical", False), ("?late=1", False), ("?paid=0", True), ("?source=hotline", True),
     ("?rating=none", False), ("?rework=1", False), ("?q=王建", True), ("?q=漏水", True), ("?q=电梯", False), ("?group=waiting", True)],
)  # fmt: skip
def test_r46_filters_of_the_list(query, found):
    order = WorkOrderFactory()
    shown = signed_in(desk(order.community)).get(reverse("workorders:workorder_list") + query)
    assert (order.pk in [row.pk for row in shown.context["table"]["rows"]]) is found


@pytest.mark.django_db
def test_a_phone_number_finds_its_orders_and_stands_in_no_address():
    order = taken(reporter_phone="13800138620")
    client = signed_in(desk(order.community))
    answer = client.post(reverse("workorders:workorder_list"), {"phone": "13800138620"})
    assert answer.status_code == 302
    assert "13800138620" not in answer.url
    assert [row.pk for row in client.get(answer.url).context["table"]["rows"]] == [order.pk]


def test_spellings_of_a_number():
    with time_machine.travel("2026-11-25", tick=False):
        assert number_of("BX20261123-0018") == ("", "BX20261123-0018")
        assert number_of("hyh-bx20261123-0018") == ("HYH", "BX20261123-0018")
        assert number_of("1123-0018") == ("", "BX20261123-0018")
        assert number_of("bx20261123") == ("", "BX20261123")
        assert number_of("1502") is None
        assert number_of("3-2-1502") is None


def test_spans_read_as_people_count():
    assert [span(timedelta(minutes=n)) for n in (0, 35, 60, 80, 1560, 2880, 3000)] == [
        "0分", "35分", "1时", "1时20分", "26时", "2天0时", "2天2时",
    ]  # fmt: skip


class TestOrderPage(DetailCase):
    url_name, permission = "workorders:workorder_detail", VIEW

    def make(self, community):
        return taken(community)

    def shows(self, row):
        return [row.number, row.address, "响应", "到场", "完成", "为什么是", "厨房水龙头漏水", "登记了报修"]

    def test_query_count_does_not_grow_with_what_happened(self, permitted):
        queries_of(permitted, self.url(self.own_row))
        before = queries_of(permitted, self.url(self.own_row))
        for _n in range(5):
            notes.add_note(self.own_row, by=desk(self.own), text="已联系业主")
        assert queries_of(permitted, self.url(self.own_row)) == before


@pytest.mark.django_db
class TestOneOrder:
    def worked(self):
        """An order with everything on it: dispatched, arrived, waited for a part, materials."""
        order = taken(reporter_phone="13800138620", paid=False)
        person, clerk = repairer(order.community, "plumbing"), desk(order.community)
        dispatch.dispatch_order(order, by=clerk, to=person)
        dispatch.accept_order(order, by=person)
        work.arrive(order, by=person)
        pausing.await_parts(order, by=person, part="角阀", expected_on=timezone.localdate(), reason="缺角阀")
        order.refresh_from_db()
        pausing.parts_arrived(order, by=person)
        materials.use_material(order, by=person, material=MaterialFactory(), quantity=2)
        return order, person, clerk

    def test_ux19_everything_stands_on_one_page(self):
        order, _person, clerk = self.worked()
        url = reverse("workorders:workorder_detail", args=[order.pk])
        client = signed_in(clerk)
        queries_of(client, url)
        assert queries_of(client, url) <= 25
        text = client.get(url).content.decode()
        for words in ("派了单", "接了单", "到了现场", "缺料，等备件", "待派单", "缺角阀", "37.00", "138****8620"):
            assert words in text, words
        assert "13800138620" not in text

    def test_who_may_do_what_the_reader_may_not(self):
        order, person, _clerk = self.worked()
        reader = user_with(VIEW, communities=[order.community])
        text = signed_in(reader).get(order.get_absolute_url()).content.decode()
        assert f"由处理人{person}操作" in text
        assert reverse("workorders:workorder_cancel", args=[order.pk]) not in text
        assert reverse("workorders:workorder_update", args=[order.pk]) not in text

    def test_buttons_are_those_the_state_allows(self):
        order = taken()
        page = signed_in(desk(order.community)).get(order.get_absolute_url()).content.decode()
        assert reverse("workorders:workorder_cancel", args=[order.pk]) in page
        assert reverse("workorders:workorder_archive", args=[order.pk]) not in page

    def test_names_are_masked_for_who_may_not_see_them(self):
        order = taken()
        reader = user_with(VIEW, communities=[order.community], visibility={"name": FieldVisibility.MASKED})
        text = signed_in(reader).get(order.get_absolute_url()).content.decode()
        assert "王*国" in text
        assert "王建国" not in text

    def test_similar_order_is_pointed_out(self):
        unit = UnitFactory()
        first, second = taken(unit=unit), taken(unit=unit)
        text = signed_in(desk(unit.community)).get(second.get_absolute_url()).content.decode()
        assert "近期同类工单" in text
        assert first.get_absolute_url() in text

    def test_the_progress_can_be_narrowed(self):
        order = taken()
        notes.add_note(order, by=desk(order.community), text="钥匙在物业")
        client = signed_in(desk(order.community))
        assert "钥匙在物业" not in client.get(order.get_absolute_url() + "?show=state").content.decode()
        assert "钥匙在物业" in client.get(order.get_absolute_url() + "?show=talk").content.decode()


class TestOrderUpdate(FormCase):
    url_name, permission = "workorders:workorder_update", CHANGE
    log_action = "workorders.workorder.changed"
    invalid_field = "visit_slot"

    def make(self, community):
        return taken(community)

    def valid(self):
        return {
            "kind": str(kind_of("trip").pk), "urgency": "urgent", "area": "indoor", "description": "一开空调就跳闸",
            "reporter_name": "王建国", "source": "counter", "visit_day": "2026-12-01", "visit_slot": "14:00-16:00",
        }  # fmt: skip

    def invalid(self):
        return self.valid() | {"visit_slot": ""}

    def check(self, row):
        assert (row.kind, row.urgency, row.source) == (kind_of("trip"), "urgent", "counter")
        assert timezone.localtime(row.visit_from).hour == 14


class _Act(ActionCase):
    status = Status.WAITING

    def make(self, community):
        return order_in(community, status=self.status)


class TestCancel(_Act):
    url_name, permission = "workorders:workorder_cancel", "workorders.cancel_workorder"
    more_permissions = (VIEW,)
    log_action, invalid_field = "workorders.workorder.cancelled", "reason"

    def valid(self):
        self.original = order_in(self.own)
        return {"reason": word("cancel_reason", "duplicate").pk, "duplicate_of": self.original.pk, "detail": "同一件事"}

    def check(self, row):
        assert row.status == Status.CANCELLED
        assert row.duplicate_of == self.original

    def test_a_foreign_original_is_refused(self, permitted):
        data = self.valid() | {"duplicate_of": self.foreign_row.pk}
        assert permitted.post(self.url(self.own_row), data).status_code == 200
        self.own_row.refresh_from_db()
        assert self.own_row.status == Status.WAITING


class TestRework(_Act):
    url_name, permission = "workorders:workorder_rework", "workorders.rework_workorder"
    log_action, status, invalid_field = "workorders.workorder.reworked", Status.DONE, "reason"

    def valid(self):
        return {"reason": "第二天又漏了"}

    def check(self, row):
        assert (row.status, row.rework_count) == (Status.WORKING, 1)


class TestArchive(_Act):
    url_name, permission = "workorders:workorder_archive", "workorders.archive_workorder"
    log_action, status = "workorders.workorder.archived", Status.DONE

    def check(self, row):
        assert (row.status, row.stars) == (Status.ARCHIVED, None)


class TestClose(_Act):
    url_name, permission = "workorders:workorder_close", "workorders.close_workorder"
    log_action, status, invalid_field = "workorders.workorder.closed", Status.WORKING, "told"

    def valid(self):
        return {"reason": word("close_reason", "repair_fund").pk, "detail": "须走维修资金", "told": "on"}

    def invalid(self):
        return self.valid() | {"told": ""}

    def check(self, row):
        assert row.status == Status.CLOSED


class TestNote(_Act):
    url_name, permission, log_action = "workorders:workorder_note", CHANGE, "workorders.workorder.noted"
    invalid_field = "text"

    def valid(self):
        return {"text": "业主下午在家"}


class TestCalledAgain(_Act):
    url_name, permission, log_action = "workorders:workorder_call", CHANGE, "workorders.workorder.called_again"

    def valid(self):
        return {"text": "问什么时候来"}


@pytest.mark.django_db
class TestSlips:
    def test_r42_one_order_on_paper_with_its_code(self):
        order = taken(reporter_phone="13800138620")
        text = (
            signed_in(desk(order.community)).get(reverse("workorders:workorder_slip", args=[order.pk])).content.decode()
        )
        assert order.full_number in text
        assert "<svg" in text
        assert "维修派工单" in text
        assert "13800138620" not in text

    def test_r44_a_finished_one_on_paper_says_what_came_of_it(self):
        order = WorkOrderFactory(
            status="done", result="换角阀", confirm_way="signature", arrived_at=timezone.now(), rework_count=1,
        )  # fmt: skip
        for turn, stars in ((0, 1), (1, 4)):
            Rating.objects.create(order=order, round=turn, stars=stars, text=f"第 {turn} 次", why="又漏了", via="link")
        clerk = desk(order.community)
        upload = picture("x.jpg")
        image = attachments.store(order, signed(upload), by=clerk)
        text = signed_in(clerk).get(reverse("workorders:workorder_slip", args=[order.pk])).content.decode()
        for words in ("维修完工单", "换角阀", "现场签字", "4 星，第 1 次", f'src="{image.get_absolute_url()}"'):
            assert words in text, words
        assert "1 星" not in text
        assert f"完工时间<b>{timezone.localtime(order.completed_at):%Y-%m-%d %H:%M}</b>" in text

    def test_many_at_once_and_none_of_another_community(self):
        order, foreign = taken(), taken()
        client = signed_in(desk(order.community))
        answer = client.post(reverse("workorders:workorder_slips"), {"ids": [order.pk, foreign.pk], "size": "a4"})
        assert [slip["order"].pk for slip in answer.context["slips"]] == [order.pk]
        everything = client.post(reverse("workorders:workorder_slips"), {"all": "1", "filter": "group=open"})
        assert [slip["order"].pk for slip in everything.context["slips"]] == [order.pk]


@pytest.mark.django_db
def test_orders_stand_on_the_files_and_the_card():
    unit = UnitFactory()
    UnitMarkFactory(unit=unit, kind="care")
    order = taken(unit=unit)
    client = signed_in(desk(unit.community))
    for name in ("workorders:unit_orders", "workorders:unit_card"):
        assert order.number in client.get(reverse(name, args=[unit.pk])).content.decode()
    stranger = signed_in(desk(UnitFactory().community))
    assert stranger.get(reverse("workorders:unit_orders", args=[unit.pk])).status_code == 404


@pytest.mark.django_db
def test_ux2_the_global_search_finds_a_number():
    order = taken(unit=UnitFactory())
    PlaceFactory(community=order.community)
    client = signed_in(desk(order.community))
    answer = client.post(reverse("core:search"), {"q": order.number}, headers={"HX-Request": "true"})
    assert order.get_absolute_url() in answer.content.decode()


def test_nothing_owed_has_no_remaining_time():
    assert due_of(WorkOrder()) is None


@pytest.mark.django_db
class TestSearch:
    """Few matches are put in order by their keys, very many are looked through in the order of the list: the same rows either way."""

    @pytest.mark.parametrize("limit", [1, 10_000])
    def test_each_part_finds_alone_and_together(self, monkeypatch, limit):
        unit = UnitFactory(building__number="3", entrance="2", number="1502", sort_key="x")
        reader = user_with("workorders.view_workorder", communities=[unit.community])
        by_name = WorkOrderFactory(unit=unit, reporter_name="周漏", description="灯不亮")
        by_word = WorkOrderFactory(unit=unit, reporter_name="王强", description="漏了一地")
        both = WorkOrderFactory(unit=unit, reporter_name="漏师傅", description="天花漏")
        WorkOrderFactory(description="漏水")
        monkeypatch.setattr("core.web.searching.EXACT_LIMIT", limit)
        monkeypatch.setattr("core.web.paging.EXACT_LIMIT", limit)
        filters = WorkOrderList.filtered(reader, QueryDict("q=漏&group=all"))
        assert set(filters.qs) == {by_word, both}
        total = count(filters.qs)
        assert (total.number, total.more) == ((1, True) if limit == 1 else (2, False))
        assert set(WorkOrderList.filtered(reader, QueryDict("q=周&group=all")).qs) == {by_name}
        assert set(WorkOrderList.filtered(reader, QueryDict("q=漏&group=all&status=done")).qs) == set()
