"""Taking a case in at the desk (R48, R52, R55)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import FieldVisibility
from complaints.models import Complaint
from complaints.states import Level, Status
from core.models import LogEntry
from owners.models import TimelineEntry
from tests.complaints.test_states import complain
from tests.factories.audit import user_with
from tests.factories.complaints import ComplaintFactory, clerk, topic_of
from tests.factories.owners import OwnerFactory
from tests.factories.properties import PlaceFactory, UnitFactory
from tests.support.cases import CreateCase, signed_in

ADD = "complaints.add_complaint"
NEEDED = ("owners.view_owner", "complaints.view_complaint", "workorders.view_workorder")


def fields(**values):
    return {
        "kind": "complaint", "topic": str(topic_of("noise_fitout").pk), "facts": "楼上装修，中午也在打孔", "source": "phone",
        "complainant": "王建国",
    } | values  # fmt: skip


class TestIntake(CreateCase):
    url_name, permission, model = "complaints:complaint_create", ADD, Complaint
    more_permissions = NEEDED
    log_action, invalid_field = "complaints.complaint.created", "topic"

    def make(self, community):
        self.units = {**getattr(self, "units", {}), community.pk: UnitFactory(building__community=community)}
        return ComplaintFactory(unit=self.units[community.pk])

    def valid(self):
        return fields(unit=self.units[self.own.pk].pk)

    def invalid(self):
        return self.valid() | {"topic": ""}

    def foreign_data(self):
        return fields(unit=self.units[self.foreign.pk].pk)

    def check(self, row):
        assert (row.status, str(row.category), str(row.topic)) == (Status.NEW, "噪音", "装修噪音")
        assert row.clocks.count() == 3


@pytest.mark.django_db
class TestTaken:
    def post(self, here, **values):
        client = signed_in(user_with(ADD, *NEEDED, communities=[here.community]))
        return client.post(reverse("complaints:complaint_create"), fields(**values))

    def test_name_and_number_of_the_file_need_not_be_typed(self):
        unit = UnitFactory()
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        self.post(unit, unit=unit.pk, complainant="", owner=owner.pk)
        case = Complaint.objects.get()
        assert (case.owner, case.complainant, case.phone) == (owner, "王建国", "13800138000")
        assert TimelineEntry.objects.filter(unit=unit, kind="complaint").exists()

    def test_what_is_taken_reads_no_household_and_the_calendar_once(self):
        unit = UnitFactory()
        OwnerFactory(phones=["13800138000"], units=[unit])
        with CaptureQueriesContext(connection) as asked:
            assert self.post(unit, unit=unit.pk).status_code == 302
        read = [row["sql"] for row in asked.captured_queries]
        assert not [sql for sql in read if 'FROM "owners_tenure"' in sql or 'FROM "owners_contactrecord"' in sql]
        assert len([sql for sql in read if 'FROM "core_workcalendar"' in sql]) == 1

    def test_what_is_refused_is_shown_with_its_household(self):
        unit = UnitFactory()
        owner = OwnerFactory(phones=["13800138000"], units=[unit])
        page = self.post(unit, unit=unit.pk, owner=owner.pk, facts="")
        assert page.status_code == 200 and [one.owner for one in page.context["form"].household.people] == [owner]
        assert "来自住户档案" in page.content.decode()

    def test_an_anonymous_case_keeps_neither_name_nor_number_nor_flat(self):
        unit = UnitFactory()
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        self.post(unit, unit=unit.pk, owner=owner.pk, phone="13800138000", anonymous="on")
        case = Complaint.objects.get()
        assert (case.anonymous, case.unit, case.owner, case.complainant, case.phone) == (True, None, None, "", "")
        assert case.building == unit.building

    def test_somebody_has_to_complain_or_be_anonymous(self):
        unit = UnitFactory()
        assert "complainant" in self.post(unit, unit=unit.pk, complainant="").context["form"].errors
        assert "unit" in self.post(unit).context["form"].errors
        assert self.post(unit, community=unit.community.pk).status_code == 302
        place = PlaceFactory(community=unit.community)
        assert self.post(unit, place=f"p{place.pk}").status_code == 302
        assert Complaint.objects.order_by("-pk").first().place == place

    def test_a_place_of_another_community_is_refused(self):
        answer = self.post(UnitFactory(), place=f"p{PlaceFactory().pk}")
        assert "place" in answer.context["form"].errors

    def test_confidential_from_whom_has_to_be_said(self):
        unit = UnitFactory()
        answer = self.post(unit, unit=unit.pk, confidential="on")
        assert "confidential" in answer.context["form"].errors

    def test_a_12345_case_has_its_number_and_deadlines_and_a_second_call_is_grave(self):
        unit = UnitFactory()
        assert "external_number" in self.post(unit, unit=unit.pk, source="city").context["form"].errors
        city = {
            "external_number": "20261123001", "agency": "区热线中心", "sign_due_at": "2026-11-25 10:00",
            "end_due_at": "2026-12-01 18:00",
        }  # fmt: skip
        assert self.post(unit, unit=unit.pk, source="city", **city).status_code == 302
        case = Complaint.objects.get()
        assert (case.level, case.major_reasons, case.city.first) == (Level.MAJOR, ["exposed"], False)
        assert {"sign", "city_end"} <= set(case.clocks.values_list("clock", flat=True))
        again = self.post(unit, unit=unit.pk, source="city", **city)
        assert "external_number" in again.context["form"].errors

    def test_the_class_of_a_12345_case_fills_a_deadline_left_blank(self):
        unit = UnitFactory(building__community__city="北京市")
        city = {"source": "city", "external_number": "20261123002", "agency": "区热线中心", "first": "on"}
        missing = self.post(unit, unit=unit.pk, **city)
        assert "请选诉求类型" in str(missing.context["form"].errors["end_due_at"])
        assert self.post(unit, unit=unit.pk, city_class="utility", **city).status_code == 302
        case = Complaint.objects.get()
        assert case.city.end_due_at - case.received_at == timedelta(hours=24)
        typed = city | {"external_number": "20261123003", "city_class": "utility", "end_due_at": "2099-12-01 18:00"}
        assert self.post(unit, unit=unit.pk, **typed).status_code == 302
        row = Complaint.objects.exclude(pk=case.pk).get()
        assert timezone.localtime(row.city.end_due_at).isoformat()[:16] == "2099-12-01T18:00"
        elsewhere = UnitFactory(building__community__city="无锡市")
        answer = self.post(
            elsewhere, unit=elsewhere.pk, city_class="plain", **city | {"external_number": "20261123004"}
        )
        assert "请填写办结时限" in str(answer.context["form"].errors["end_due_at"])

    def test_the_same_flat_and_class_within_90_days_counts_as_repeated(self):
        unit = UnitFactory()
        complain(unit)
        self.post(unit, unit=unit.pk)
        assert Complaint.objects.order_by("-pk").first().repeat_count == 1


@pytest.mark.django_db
class TestCaller:
    def test_r55_the_number_that_calls_brings_the_household_and_what_it_complained_of(self):
        unit = UnitFactory()
        OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        before = complain(unit)
        client = signed_in(clerk_of(unit))
        page = client.post(
            reverse("complaints:intake_call"), {"phone": "13800138000"}, headers={"HX-Request": "true"}
        ).content.decode()
        assert unit.label in page
        assert before.number in page
        assert LogEntry.objects.filter(action="workorders.call.looked_up").count() == 1

    def test_a_chosen_place_fills_in_who_lives_there_masked(self):
        unit = UnitFactory()
        OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        client = signed_in(clerk_of(unit, visibility={"name": FieldVisibility.MASKED, "phone": FieldVisibility.MASKED}))
        page = client.get(
            reverse("complaints:intake_who") + f"?unit={unit.pk}", headers={"HX-Request": "true"}
        ).content.decode()
        assert "王建国" not in page
        assert "13800138000" not in page
        assert "王*" in page

    def test_places_are_offered_under_the_right_to_take_cases_in(self):
        place = PlaceFactory(name="地下车库")
        url = reverse("complaints:spot_picker") + "?q=车库"
        found = signed_in(clerk(place.community)).get(url).json()["results"]
        assert [row["id"] for row in found] == [f"p{place.pk}"]
        assert signed_in(user_with()).get(url).status_code == 403


def clerk_of(unit, **options):
    return user_with(ADD, *NEEDED, communities=[unit.community], **options)
