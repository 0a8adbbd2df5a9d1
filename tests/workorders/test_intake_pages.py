"""Taking a repair in at the desk (R36, R45, UX 4 and 5)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import FieldVisibility
from core.models import Attachment, LogEntry
from owners.models import TimelineEntry
from properties.models import UnitMark
from properties.services.marks import rebuild_marks, sources
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import PlaceFactory, UnitFactory
from tests.factories.workorders import OutageFactory, WorkOrderFactory, desk, kind_of
from tests.support.cases import CreateCase, signed_in
from workorders.models import WorkOrder
from workorders.services.marks import SOURCE

ADD = "workorders.add_workorder"
NEEDED = ("owners.view_owner", "workorders.view_workorder", "workorders.view_outage", "workorders.change_workorder")
# The smallest PNG there is.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def fields(**values):
    return {
        "kind": str(kind_of("tap").pk), "description": "厨房水龙头漏水", "source": "hotline", "reporter_name": "王建国",
    } | values  # fmt: skip


class TestIntake(CreateCase):
    url_name, permission, model = "workorders:workorder_create", ADD, WorkOrder
    more_permissions = NEEDED
    log_action, invalid_field = "workorders.workorder.created", "kind"

    def make(self, community):
        self.units = {**getattr(self, "units", {}), community.pk: UnitFactory(building__community=community)}
        return WorkOrderFactory(unit=self.units[community.pk])

    def valid(self):
        return fields(unit=self.units[self.own.pk].pk)

    def invalid(self):
        return self.valid() | {"kind": ""}

    def foreign_data(self):
        return fields(unit=self.units[self.foreign.pk].pk)

    def check(self, row):
        assert (row.kind, row.urgency, row.status) == (kind_of("tap"), "normal", "waiting")
        assert row.clocks.count() == 3


@pytest.mark.django_db
class TestTaken:
    def post(self, community, **values):
        client = signed_in(user_with(ADD, *NEEDED, communities=[community]))
        return client.post(reverse("workorders:workorder_create"), fields(**values))

    def test_name_and_number_of_the_file_need_not_be_typed(self):
        unit = UnitFactory()
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        self.post(unit.community, unit=unit.pk, reporter_name="", owner=owner.pk)
        order = WorkOrder.objects.get()
        assert (order.owner, order.reporter_name, order.reporter_phone) == (owner, "王建国", "13800138000")
        assert TimelineEntry.objects.filter(unit=unit, kind="repair").exists()

    def test_somebody_has_to_report(self):
        unit = UnitFactory()
        answer = self.post(unit.community, unit=unit.pk, reporter_name="")
        assert "reporter_name" in answer.context["form"].errors

    def test_flat_or_place_and_not_both(self):
        unit = UnitFactory()
        place = PlaceFactory(community=unit.community)
        both = self.post(unit.community, unit=unit.pk, place=f"p{place.pk}")
        assert "unit" in both.context["form"].errors
        assert "unit" in self.post(unit.community).context["form"].errors
        assert self.post(unit.community, place=f"p{place.pk}").status_code == 302
        assert WorkOrder.objects.get().place == place
        assert self.post(unit.community, place=f"b{unit.building_id}").status_code == 302
        assert WorkOrder.objects.order_by("-pk").first().building == unit.building

    def test_a_place_of_another_community_is_refused(self):
        answer = self.post(UnitFactory().community, place=f"p{PlaceFactory().pk}")
        assert "place" in answer.context["form"].errors

    def test_up_to_nine_photos(self):
        def photos(count):
            return [SimpleUploadedFile(f"{n}.png", PIXEL, "image/png") for n in range(count)]

        unit = UnitFactory()
        many = self.post(unit.community, unit=unit.pk, photos=photos(10))
        assert "photos" in many.context["form"].errors
        assert self.post(unit.community, unit=unit.pk, photos=photos(2)).status_code == 302
        assert Attachment.objects.filter(source_type="workorders.workorder").count() == 2

    def test_an_order_of_an_outage_counts_as_a_call(self):
        unit = UnitFactory()
        outage = OutageFactory(community=unit.community)
        self.post(unit.community, unit=unit.pk, outage=outage.pk)
        outage.refresh_from_db()
        assert (WorkOrder.objects.get().outage, outage.calls) == (outage, 1)

    def test_an_appointment_needs_day_and_slot(self):
        unit = UnitFactory()
        half = self.post(unit.community, unit=unit.pk, visit_day="2026-12-01")
        assert "visit_slot" in half.context["form"].errors
        self.post(unit.community, unit=unit.pk, visit_day="2026-12-01", visit_slot="14:00-16:00")
        order = WorkOrder.objects.get()
        assert (order.visit_until - order.visit_from).total_seconds() == 7200


@pytest.mark.django_db
class TestWhoCalls:
    def setup_method(self):
        self.url = reverse("workorders:intake_call")

    def call(self, user, number, **headers):
        return signed_in(user).post(self.url, {"phone": number}, headers={"HX-Request": "true"} | headers)

    def clerk(self, community, **options):
        return user_with(
            ADD, *NEEDED, "owners.view_contactrecord", "properties.view_unit", communities=[community], **options
        )

    def test_ux4_one_household_fills_the_form(self):
        unit = UnitFactory()
        OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        order = WorkOrderFactory(unit=unit)
        outage = OutageFactory(community=unit.community)
        answer = self.call(self.clerk(unit.community), "138 0013 8000")
        text = answer.content.decode()
        for words in (unit.label, "王建国", order.number, outage.caller_text):
            assert words in text
        assert answer.context["form"].initial["unit"] == unit.pk
        assert LogEntry.objects.get(action="workorders.call.looked_up").changes["phone"] == "138****8000"

    def test_the_number_of_the_file_is_never_sent(self):
        unit = UnitFactory()
        OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        user = self.clerk(unit.community, visibility={"phone": FieldVisibility.MASKED, "name": FieldVisibility.MASKED})
        page = signed_in(user).get(reverse("workorders:workorder_create") + f"?unit={unit.pk}").content.decode()
        assert "13800138000" not in page
        assert "王建国" not in page
        assert "138****8000" in page

    def test_of_several_households_one_is_chosen(self):
        first = UnitFactory()
        second = UnitFactory(building=first.building)
        OwnerFactory(phones=["13800138000"], units=[first, second])
        answer = self.call(self.clerk(first.community), "8000")
        assert answer.content.decode().count("data-choice") == 2
        assert "unit" not in answer.context["form"].initial

    def test_an_unknown_number_stays_in_the_form(self):
        unit = UnitFactory()
        answer = self.call(self.clerk(unit.community), "13900139000")
        assert answer.context["form"].initial == {"reporter_phone": "13900139000"}
        assert "没有登记" in answer.content.decode()

    def test_nonsense_is_told(self):
        answer = self.call(self.clerk(UnitFactory().community), "12")
        assert answer.status_code == 200
        assert "note-red" in answer.content.decode()

    def test_households_elsewhere_are_not_found(self):
        OwnerFactory(phones=["13800138000"], units=[UnitFactory()])
        answer = self.call(self.clerk(UnitFactory().community), "13800138000")
        assert answer.context["found"].callers == []

    def test_without_a_script_the_whole_page_comes(self):
        unit = UnitFactory()
        answer = signed_in(self.clerk(unit.community)).post(self.url, {"phone": "13900139000"})
        assert b"<html" in answer.content

    def test_a_chosen_place_brings_its_orders(self):
        place = PlaceFactory()
        order = WorkOrderFactory(unit=None, place=place, area="public")
        client = signed_in(self.clerk(place.community))
        url = f"{reverse('workorders:intake_who')}?place=p{place.pk}"
        assert order.number in client.get(url, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.django_db
class TestPickers:
    def found(self, user, name, text):
        answer = signed_in(user).post(reverse(name), {"q": text})
        assert answer.status_code == 200
        return [item["text"] for item in answer.json()["results"]]

    def test_places_and_buildings_together(self):
        unit = UnitFactory()
        PlaceFactory(community=unit.community, name="地下车库")
        PlaceFactory(name="地下车库")
        user = user_with(ADD, communities=[unit.community])
        assert self.found(user, "workorders:spot_picker", "地下") == ["地下车库"]
        assert unit.building.label in self.found(user, "workorders:spot_picker", unit.building.number)

    def test_orders_and_outages_stay_in_scope(self):
        order, foreign = WorkOrderFactory(), WorkOrderFactory()
        OutageFactory(community=order.community, title="停水")
        OutageFactory(community=foreign.community, title="停水")
        user = desk(order.community)
        assert self.found(user, "workorders:workorder_picker", order.number) == [order.number]
        assert self.found(user, "workorders:workorder_picker", foreign.number) == []
        assert self.found(user, "workorders:outage_picker", "停") == ["停水"]


@pytest.mark.django_db
def test_marks_of_open_orders_can_be_written_anew():
    assert SOURCE in sources()
    unit = UnitFactory()
    client = signed_in(user_with(ADD, *NEEDED, communities=[unit.community]))
    for _n in range(2):
        client.post(reverse("workorders:workorder_create"), fields(unit=unit.pk))
    before = list(UnitMark.objects.values_list("unit", "kind", "source", "count"))
    assert before == [(unit.pk, "open_orders", SOURCE, 2)]
    rebuild_marks(SOURCE)
    assert list(UnitMark.objects.values_list("unit", "kind", "source", "count")) == before


@pytest.mark.django_db
def test_relations_are_filled_in_from_the_file():
    unit = UnitFactory()
    OwnerFactory(units=[unit])
    client = signed_in(user_with(ADD, *NEEDED, communities=[unit.community]))
    form = client.get(reverse("workorders:workorder_create") + f"?unit={unit.pk}").context["form"]
    assert form.initial["relation"] == word("reporter_relation", "owner").pk


@pytest.mark.django_db
def test_whoever_lives_there_is_taken_to_be_calling():
    unit = UnitFactory()
    owner = OwnerFactory(name="李淑芬", phones=["13900139000"], units=[unit])
    client = signed_in(user_with(ADD, *NEEDED, communities=[unit.community]))
    url = f"{reverse('workorders:intake_who')}?unit={unit.pk}"
    answer = client.get(url, headers={"HX-Request": "true"})
    assert f'name="owner" value="{owner.pk}"' in answer.content.decode()
