"""Codes that hang in places, and the form behind them (R36)."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import InboxItem, LogEntry
from tests.factories.audit import user_with
from tests.factories.properties import PlaceFactory, UnitFactory
from tests.factories.workorders import ReportCodeFactory, desk, kind_of
from tests.support.cases import ActionCase, CreateCase, ListCase, signed_in
from workorders.models import ReportCode, WorkOrder
from workorders.services import codes

MANAGE = "workorders.manage_reportcode"


def code_in(community):
    return ReportCodeFactory(place=PlaceFactory(community=community, name="地下车库"))


class TestCodeList(ListCase):
    url_name, permission = "workorders:code_list", MANAGE
    search = ("?q=地下", "?q=屋顶")

    def make(self, community):
        place = PlaceFactory(community=community, name=f"地下车库{ReportCode.objects.count()}")
        return ReportCodeFactory(place=place)


class TestCodeCreate(CreateCase):
    url_name, permission, model = "workorders:code_create", MANAGE, ReportCode
    log_action, invalid_field = "workorders.reportcode.created", "places"

    def make(self, community):
        self.spots = {**getattr(self, "spots", {}), community.pk: PlaceFactory(community=community)}
        return code_in(community)

    def valid(self):
        return {"places": [self.spots[self.own.pk].pk]}

    def foreign_data(self):
        return {"places": [self.spots[self.foreign.pk].pk]}

    def check(self, row):
        assert row.place == self.spots[self.own.pk]
        assert len(row.code) == 20


class TestCodeStop(ActionCase):
    url_name, permission, log_action = "workorders:code_stop", MANAGE, "workorders.reportcode.stopped"

    def make(self, community):
        return code_in(community)

    def check(self, row):
        assert row.disabled_at is not None


@pytest.mark.django_db
class TestMaking:
    def test_one_for_each_place_and_a_new_one_after_a_stop(self):
        place = PlaceFactory()
        user = user_with(MANAGE, communities=[place.community])
        (first,) = codes.make_codes(by=user, places=[place])
        (same,) = codes.make_codes(by=user, places=[place])
        assert (same.pk, same.code) == (first.pk, first.code)
        codes.stop_code(same, by=user)
        (renewed,) = codes.make_codes(by=user, places=[place])
        assert renewed.pk == first.pk
        assert renewed.code != first.code

    def test_signs_are_printed_for_own_places_only(self):
        own, foreign = code_in(PlaceFactory().community), code_in(PlaceFactory().community)
        client = signed_in(user_with(MANAGE, communities=[own.community]))
        answer = client.post(reverse("workorders:code_print"), {"ids": [own.pk, foreign.pk]})
        assert [sign["code"] for sign in answer.context["signs"]] == [own]
        assert "<svg" in answer.content.decode()


@pytest.mark.django_db
class TestPublicForm:
    def fields(self, **values):
        return {"kind": kind_of("street_lamp").pk, "description": "车库入口的灯不亮"} | values

    def url(self, code):
        return reverse("workorders:public_report", args=[code.code])

    def test_a_passer_by_reports_without_signing_in(self):
        code = code_in(PlaceFactory().community)
        client = Client(enforce_csrf_checks=False)
        assert client.get(self.url(code)).status_code == 200
        answer = client.post(self.url(code), self.fields(reporter_phone="138 0013 8000"))
        order = WorkOrder.objects.get()
        assert (order.place, order.source, order.reporter_phone, order.status) == (
            code.place, "qr", "13800138000", "waiting",
        )  # fmt: skip
        text = answer.content.decode()
        assert order.number in text
        assert "13800138000" not in text
        assert LogEntry.objects.get(action="workorders.workorder.created").actor_type == "system"

    def test_the_desk_hears_of_it_by_its_bell(self):
        code = ReportCodeFactory(place=PlaceFactory(name="大堂"))
        clerk = desk(code.community)
        order = codes.report(code, ip="10.0.0.9", kind=kind_of("lamp"), description="灯不亮")
        item = InboxItem.objects.get(kind="workorders.came")
        assert (item.user, item.sentence) == (clerk, f"有人扫码报修：{order.headline}")

    def test_it_shows_nothing_of_anybody(self):
        unit = UnitFactory()
        code = ReportCodeFactory(unit=unit)
        Client().post(self.url(code), self.fields(kind=kind_of("tap").pk, reporter_name="王建国"))
        text = Client().get(self.url(code)).content.decode()
        assert WorkOrder.objects.get().unit == unit
        assert "王建国" not in text
        assert WorkOrder.objects.get().number not in text

    def test_a_stopped_or_unknown_code_is_nothing(self):
        code = code_in(PlaceFactory().community)
        codes.stop_code(code, by=user_with(MANAGE, communities=[code.community]))
        assert Client().get(self.url(code)).status_code == 404
        assert Client().get(reverse("workorders:public_report", args=["x" * 40])).status_code == 404

    def test_mistakes_are_told_beside_the_field(self):
        code = code_in(PlaceFactory().community)
        answer = Client().post(self.url(code), self.fields(description="", reporter_phone="12"))
        assert set(answer.context["form"].errors) == {"description", "reporter_phone"}
        assert not WorkOrder.objects.exists()

    def test_one_address_is_limited(self):
        code = code_in(PlaceFactory().community)
        client = Client()
        for _n in range(codes.PER_ADDRESS):
            assert client.post(self.url(code), self.fields()).context["number"]
        refused = client.post(self.url(code), self.fields())
        assert "提交太频繁" in refused.content.decode()
        assert WorkOrder.objects.count() == codes.PER_ADDRESS
