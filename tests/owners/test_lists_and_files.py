"""Lists, the household file and the file of a person: scope, masking, filters, counts of queries."""

import pytest
from django.urls import reverse

from core import blind_index
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import (
    ConsentFactory,
    EmergencyContactFactory,
    FamilyMemberFactory,
    OwnerFactory,
    OwnerTagFactory,
    TenureFactory,
    TimelineEntryFactory,
    VehicleFactory,
)
from tests.factories.properties import UnitFactory
from tests.owners.support import ID_NUMBER, VIEW, owner_in, unit_in
from tests.support.cases import DetailCase, ListCase, queries_of, signed_in


class TestOwnerList(ListCase):
    url_name, permission = "owners:owner_list", VIEW
    search = ("?q=wangjianguo", "?q=zzz")

    def make(self, community):
        return owner_in(community, name="王建国", phones=["13800138000"])


class TestTenureList(ListCase):
    url_name, permission = "owners:tenure_list", "owners.view_tenure"
    search = ("?q=wjg", "?q=zzz")

    def make(self, community):
        return TenureFactory(unit=unit_in(community), owner__name="王建国")


class TestVehicleList(ListCase):
    url_name, permission = "owners:vehicle_list", "owners.view_vehicle"
    search = ("?q=青A", "?q=京B")

    def make(self, community):
        return VehicleFactory(owner=owner_in(community))


class TestOwnerFile(DetailCase):
    url_name, permission = "owners:owner_file", VIEW

    def make(self, community):
        return owner_in(community, name="王建国", phones=["13800138000"], id_number="")

    def shows(self, row):
        return ["王建国", row.number, "138****8000"]


class TestUnitFile(DetailCase):
    url_name, permission = "owners:unit_file", VIEW

    def make(self, community):
        unit = unit_in(community, entrance="2", number="1502")
        OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        return unit

    def shows(self, row):
        return [row.label, "王建国", "138****8000", "产权沿革", "档案完整度"]


class TestUnitFilePrint(TestUnitFile):
    url_name = "owners:unit_file_print"

    def shows(self, row):
        return [row.label, "王建国", "138****8000", "产权沿革"]


@pytest.mark.parametrize("name", ["unit_people", "unit_timeline", "unit_contacts", "unit_attachments", "unit_history"])
@pytest.mark.django_db
def test_fragments_of_a_foreign_unit_are_not_found(name):
    own, foreign = UnitFactory(), UnitFactory()
    client = signed_in(user_with(VIEW, "owners.view_contactrecord", communities=[own.community]))
    assert client.get(reverse(f"owners:{name}", args=[own.pk])).status_code == 200
    assert client.get(reverse(f"owners:{name}", args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize("name", ["owner_timeline", "owner_contacts", "owner_attachments", "owner_history"])
@pytest.mark.django_db
def test_fragments_of_a_foreign_owner_are_not_found(name):
    own, foreign = OwnerFactory(units=[UnitFactory()]), OwnerFactory(units=[UnitFactory()])
    communities = [own.tenures.get().community]
    client = signed_in(user_with(VIEW, "owners.view_contactrecord", communities=communities))
    assert client.get(reverse(f"owners:{name}", args=[own.pk])).status_code == 200
    assert client.get(reverse(f"owners:{name}", args=[foreign.pk])).status_code == 404


@pytest.mark.django_db
class TestFilters:
    @pytest.fixture
    def found(self):
        self.unit = UnitFactory(building__number="3", entrance="2", number="1502")
        self.owner = OwnerFactory(name="王建国", phones=["13800138000"], id_number=ID_NUMBER, units=[self.unit])
        OwnerFactory(name="王建国华", units=[UnitFactory(building__community=self.unit.community)])
        self.client = signed_in(user_with(VIEW, communities=[self.unit.community]))

        def ask(query):
            response = self.client.get(f"{reverse('owners:owner_list')}?{query}", follow=True)
            return [row.pk for row in response.context["table"]["rows"]]

        return ask

    @pytest.mark.parametrize(
        "query", ["name=王建国&name_match=exact", "room=3-2-1502", "room=3栋2单元1502", "q=8000", "completeness_min=75"]
    )
    def test_finds_only_the_one(self, found, query):
        assert found(query) == [self.owner.pk]

    @pytest.mark.parametrize(
        ("name", "text"),
        [("phone", "8000"), ("phone", "138 0013 8000"), ("id_number", "11010519491231002x"), ("id_number", ID_NUMBER)],
    )
    def test_posted_numbers_find_only_the_one(self, found, name, text):
        response = self.client.post(reverse("owners:owner_list"), {name: text})
        assert response.status_code == 302
        assert found(response.url.partition("?")[2]) == [self.owner.pk]

    def test_whole_numbers_in_an_address_find_nobody(self, found):
        assert found("q=13800138000") == found("phone=13800138000") == found(f"id_number={ID_NUMBER}") == []

    def test_fuzzy_name_finds_both(self, found):
        assert len(found("name=jianguo")) == 2

    def test_missing_data(self, found):
        assert self.owner.pk not in found("incomplete=any") and len(found("incomplete=phone")) == 1

    def test_r139_whole_numbers_do_not_stay_in_the_address(self, found):
        response = self.client.post(reverse("owners:owner_list"), {"phone": "13800138000"})
        assert response.status_code == 302
        assert "13800138000" not in response.url and blind_index.whole("phone", "13800138000").hex() in response.url
        text = self.client.get(response.url).content.decode()
        assert "13800138000" not in text and "138****8000" in text


@pytest.mark.django_db
class TestQueryCounts:
    def fill(self, unit, count):
        for number in range(count):
            owner = OwnerFactory(phones=[f"1380013{number:04}", f"1390013{number:04}"], units=[unit])
            OwnerTagFactory(owner=owner)
            FamilyMemberFactory(owner=owner, unit=unit)
            VehicleFactory(owner=owner)
            EmergencyContactFactory(owner=owner)
            ConsentFactory(owner=owner)
            TimelineEntryFactory(unit=unit, owner=owner)

    @pytest.mark.parametrize(
        "name", ["unit_file", "unit_file_print", "unit_people", "unit_timeline", "unit_contacts", "unit_history"]
    )
    def test_unit_pages_do_not_grow(self, name):
        unit = UnitFactory()
        client = signed_in(user_with(VIEW, "owners.view_contactrecord", communities=[unit.community]))
        url = reverse(f"owners:{name}", args=[unit.pk])
        self.fill(unit, 1)
        queries_of(client, url)
        with_one = queries_of(client, url)
        self.fill(unit, 3)
        assert queries_of(client, url) == with_one <= 25

    def test_owner_file_does_not_grow(self):
        unit = UnitFactory()
        owner = OwnerFactory(units=[unit])
        client = signed_in(user_with(VIEW, communities=[unit.community]))
        queries_of(client, owner.get_absolute_url())
        with_one = queries_of(client, owner.get_absolute_url())
        for number in range(4):
            TenureFactory(owner=owner, unit=UnitFactory(building=unit.building))
            VehicleFactory(owner=owner)
            ConsentFactory(owner=owner, version=str(number))
            EmergencyContactFactory(owner=owner)
            FamilyMemberFactory(owner=owner, unit=unit)
        assert queries_of(client, owner.get_absolute_url()) == with_one <= 25


@pytest.mark.django_db
def test_small_forms_open_as_dialogs_and_lead_back():
    unit = UnitFactory()
    owner = OwnerFactory(units=[unit])
    client = signed_in(user_with(VIEW, "owners.change_owner", communities=[unit.community]))
    url, back = reverse("owners:phone_create", args=[owner.pk]), reverse("owners:unit_file", args=[unit.pk])
    dialog = client.get(f"{url}?next={back}", headers={"HX-Request": "true"}).content.decode()
    assert "<dialog" in dialog and back in dialog
    assert client.post(url, {"number": "13800138000", "next": back}).url == back
    evil = client.post(url, {"number": "13900138000", "next": "https://example.com/"})
    assert evil.url == owner.get_absolute_url()


@pytest.mark.django_db
def test_timeline_pages_older_lines_and_segments():
    unit = UnitFactory()
    client = signed_in(user_with(VIEW, communities=[unit.community]))
    for number in range(25):
        TimelineEntryFactory(unit=unit, kind="repair" if number % 2 else "file", sentence=f"第{number}条")
    url = reverse("owners:unit_timeline", args=[unit.pk])
    response = client.get(url)
    assert "更早的 5 条" in response.content.decode()
    older = client.get(response.context["more_url"])
    assert sum(len(month["entries"]) for month in older.context["months"]) == 5
    repairs = client.get(f"{url}?kind=repair")
    assert sum(len(month["entries"]) for month in repairs.context["months"]) == 12


@pytest.mark.django_db
def test_yes_and_no_are_chosen_and_told_in_words():
    row = TenureFactory(unit=UnitFactory(), is_payer=True)
    client = signed_in(user_with("owners.view_tenure", communities=[row.unit.community]))
    response = client.get(f"{reverse('owners:tenure_list')}?is_payer=true")
    assert [(chip.label, chip.value) for chip in response.context["chips"]] == [("缴费人", "是")]
    assert "未知" not in response.content.decode()
    assert list(dict(response.context["filter_form"].fields["is_payer"].widget.choices).values()) == [
        "全部",
        "是",
        "否",
    ]


@pytest.mark.django_db
def test_r28_lines_of_the_history_lead_to_what_they_tell_of():
    unit = UnitFactory()
    line = TimelineEntryFactory(unit=unit, kind="repair", source_type="workorders.workorder", source_id=17)
    place = reverse("workorders:workorder_detail", args=[17])

    def links(*permissions):
        client = signed_in(user_with(VIEW, *permissions, communities=[unit.community]))
        months = client.get(reverse("owners:unit_timeline", args=[unit.pk])).context["months"]
        return [(entry["at"], entry["url"]) for month in months for entry in month["entries"]]

    assert links("workorders.view_workorder") == [(line.at, place)]
    assert links() == [(line.at, "")]


@pytest.mark.django_db
class TestWhatTheHistorySays:
    """What a line is about is read by whoever may open it there; everybody else reads that something was."""

    SOURCES = (
        ("complaints.complaint", "complaints.view_complaint", "投诉：装修噪声", "投诉"),
        ("complaints.enquiry", "complaints.view_enquiry", "在线咨询：停车月租", "在线咨询"),
        ("workorders.workorder", "workorders.view_workorder", "报修：水管漏水", "报修"),
        ("owners.contactrecord", "owners.view_contactrecord", "来电，咨询", "来电，咨询"),
    )

    @staticmethod
    def told(user, unit, owner):
        """What both pages of the history say, sentence and words."""
        found = set()
        for url in (reverse("owners:unit_timeline", args=[unit.pk]), reverse("owners:owner_timeline", args=[owner.pk])):
            months = signed_in(user).get(url).context["months"]
            found |= {
                (entry["text"].rpartition(" ")[2], entry["body"]) for month in months for entry in month["entries"]
            }
        return found

    @pytest.mark.parametrize(("source", "permission", "sentence", "bare"), SOURCES)
    def test_words_are_for_who_may_open_it_there(self, source, permission, sentence, bare):
        unit, other = UnitFactory(), UnitFactory()
        owner, facts = OwnerFactory(units=[unit]), "楼上中午也在打孔"
        values = {"sentence": sentence, "detail": facts, "source_type": source, "source_id": 17}
        TimelineEntryFactory(unit=unit, owner=owner, **values)
        reader = user_with(VIEW, permission, communities=[unit.community])
        assert self.told(reader, unit, owner) == {(sentence, facts)}
        without = user_with(VIEW, communities=[unit.community])
        elsewhere = user_with(VIEW, communities=[unit.community])
        grant_to(elsewhere, permission, communities=[other.community])
        for person in (without, elsewhere):
            assert self.told(person, unit, owner) == {(bare, "")}

    def test_a_line_of_the_file_itself_keeps_its_words(self):
        unit = UnitFactory()
        owner = OwnerFactory(units=[unit])
        values = {"sentence": "修改：电话", "detail": "本人来访", "source_type": "owners.owner"}
        TimelineEntryFactory(unit=None, owner=owner, **values)
        TimelineEntryFactory(unit=unit, owner=owner, **values)
        assert self.told(user_with(VIEW, communities=[unit.community]), unit, owner) == {("修改：电话", "本人来访")}


@pytest.mark.django_db
def test_somebody_new_is_written_down_from_the_file_beside_the_repair_button():
    unit = UnitFactory()
    rights = (VIEW, "owners.add_owner", "owners.add_tenure", "workorders.add_workorder")
    page = signed_in(user_with(*rights, communities=[unit.community])).get(reverse("owners:unit_file", args=[unit.pk]))
    assert f'href="{reverse("owners:owner_create")}?unit={unit.pk}"' in page.content.decode()
