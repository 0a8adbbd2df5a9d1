"""Pages of people, relations, vehicles and files: scope, masking, log, counts of queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core import blind_index, log
from core.models import Attachment, LogEntry
from owners.models import Owner, Tenure, Vehicle
from owners.services import files, phones, tenures
from properties.models import UnitMark
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import (
    ConsentFactory,
    ContactRecordFactory,
    EmergencyContactFactory,
    FamilyMemberFactory,
    OwnerFactory,
    OwnerTagFactory,
    TenureFactory,
    TimelineEntryFactory,
    VehicleFactory,
    word,
)
from tests.factories.properties import BuildingFactory, UnitFactory, UnitMarkFactory
from tests.support.cases import (
    ActionCase,
    CreateCase,
    DetailCase,
    FormCase,
    ListCase,
    make_community,
    queries_of,
    signed_in,
)

VIEW = "owners.view_owner"
ID_NUMBER = "11010519491231002X"


def unit_in(community, **fields):
    return UnitFactory(building=BuildingFactory(community=community), **fields)


def owner_in(community, **fields):
    return OwnerFactory(units=[unit_in(community)], **fields)


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


class TestOwnerCreate(CreateCase):
    url_name, permission, model = "owners:owner_create", "owners.add_owner", Owner
    more_permissions = (VIEW,)
    log_action = "owners.owner.created"
    invalid_field = "phone"

    def make(self, community):
        return owner_in(community)

    def valid(self):
        unit = self.own_row.tenures.get().unit
        return {"name": "王建国", "kind": "person", "phone": "138 0013 8000", "unit": unit.pk, "role": "co_owner",
                "share": "50", "start": "20260601", "source": word("owner_source", "move_in").pk}  # fmt: skip

    def invalid(self):
        return self.valid() | {"phone": "1380013800"}

    def foreign_data(self):
        return self.valid() | {"unit": self.foreign_row.tenures.get().unit_id}

    def check(self, row):
        assert row.name == "王建国" and row.phones.get().number == "13800138000"
        assert row.tenures.get().share == Decimal(50)

    def test_reader_elsewhere_is_no_writer_there(self, permitted):
        from tests.factories.audit import grant_to

        grant_to(self.actor, VIEW, communities=[self.foreign])
        assert permitted.post(self.url(None), self.foreign_data()).status_code == 200
        assert not Owner.objects.filter(name="王建国").exists()

    def test_r29_same_phone_is_shown_side_by_side_first(self, permitted):
        known = owner_in(self.own, name="王建国", phones=["13800138000"])
        before = Owner.objects.count()
        response = permitted.post(self.url(None), self.valid())
        text = response.content.decode()
        assert response.status_code == 200 and Owner.objects.count() == before
        assert "电话和姓名都相同" in text and known.number in text and "用已有档案" in text and "仍然新建" in text
        assert permitted.post(self.url(None), self.valid() | {"confirm": "1"}).status_code == 302
        assert Owner.objects.count() == before + 1

    def test_same_id_out_of_scope_is_shown_without_values(self, permitted):
        hidden = owner_in(self.foreign, name="李慧敏", id_number=ID_NUMBER)
        response = permitted.post(self.url(None), self.valid() | {"id_number": ID_NUMBER})
        text = response.content.decode()
        assert "不在您的数据范围内" in text and "李慧敏" not in text and hidden.number not in text
        assert "仍然新建" not in text

    def test_same_phone_out_of_scope_is_not_told(self, permitted):
        owner_in(self.foreign, name="王建国", phones=["13800138000"])
        assert permitted.post(self.url(None), self.valid()).status_code == 302


class OwnerForm(FormCase):
    permission = "owners.change_owner"
    more_permissions = (VIEW,)

    def make(self, community):
        return owner_in(community, name="王建国", phones=["13700002091"], id_number="")


class TestOwnerUpdate(OwnerForm):
    url_name, log_action, invalid_field = "owners:owner_update", "owners.owner.changed", "id_number"

    def valid(self):
        return {"name": "王建华", "kind": "person", "id_number": ID_NUMBER}

    def invalid(self):
        return self.valid() | {"id_number": "110105194912310021"}

    def check(self, row):
        assert (row.name, row.id_number) == ("王建华", ID_NUMBER)

    def test_number_is_never_in_the_form_and_blank_keeps_it(self, permitted):
        owner = owner_in(self.own, name="李慧敏", id_number=ID_NUMBER)
        url = reverse(self.url_name, args=[owner.pk])
        assert ID_NUMBER not in permitted.get(url).content.decode()
        permitted.post(url, {"name": "李慧敏", "kind": "person", "occupation": "医生"})
        owner.refresh_from_db()
        assert (owner.id_number, owner.occupation) == (ID_NUMBER, "医生")


class TestPhoneCreate(OwnerForm):
    url_name, log_action, invalid_field = "owners:phone_create", "owners.owner.phone_added", "number"

    def valid(self):
        return {"number": "0971-8123456", "label": "单位"}

    def invalid(self):
        return {"number": "8123456"}


class TestTagCreate(OwnerForm):
    url_name, permission, log_action, invalid_field = (
        "owners:tag_create",
        "owners.add_ownertag",
        "owners.owner.tagged",
        "expires_on",
    )

    def valid(self):
        return {"tag": word("owner_tag", "vip").pk}

    def invalid(self):
        return self.valid() | {"expires_on": "2020-01-01"}


class TestPreferenceUpdate(OwnerForm):
    url_name, log_action, invalid_field = "owners:preference_update", "owners.owner.preferences_changed", "quiet_until"

    def valid(self):
        return {"quiet_from": "12:00", "quiet_until": "14:00", "preferred_channel": word("contact_channel", "phone").pk}

    def invalid(self):
        return {"quiet_from": "12:00"}


class TestConsentCreate(OwnerForm):
    url_name, permission, log_action, invalid_field = (
        "owners:consent_create", "owners.add_consent", "owners.consent.given", "version",
    )  # fmt: skip

    def valid(self):
        return {"purpose": word("consent_purpose", "marketing").pk, "version": "2026-01", "way": "paper"}

    def invalid(self):
        return self.valid() | {"version": ""}

    def check(self, row):
        assert row.marketing_consent


class TestEmergencyCreate(OwnerForm):
    url_name, log_action, invalid_field = "owners:emergency_create", "owners.owner.emergency_contact_added", "phone"

    def valid(self):
        return {"name": "李慧敏", "phone": "13700002091", "relation": "配偶"}

    def invalid(self):
        return {"name": "李慧敏", "phone": "137"}


class TestVerify(OwnerForm):
    url_name, log_action, invalid_field = "owners:owner_verify", "owners.owner.verified", "verified_on"

    def valid(self):
        return {"verified_on": "2026-09-12", "remark": "电话核对一致"}

    def invalid(self):
        return {"verified_on": "2999-01-01"}


class TestOwnerDisable(ActionCase):
    url_name, permission, log_action, invalid_field = (
        "owners:owner_disable",
        "owners.disable_owner",
        "owners.owner.disabled",
        "reason",
    )
    more_permissions = (VIEW,)

    def make(self, community):
        owner = owner_in(community)
        owner.tenures.update(end=date(2021, 1, 1))
        return owner

    def valid(self):
        return {"reason": "重复建档"}

    def invalid(self):
        return {"reason": ""}

    def check(self, row):
        assert row.disabled_at


class TestPhoneUpdate(FormCase):
    url_name, permission, log_action, invalid_field = (
        "owners:phone_update",
        "owners.change_owner",
        "owners.owner.phone_changed",
        "number",
    )
    more_permissions = (VIEW,)

    def make(self, community):
        return owner_in(community, phones=["13700002091"]).phones.get()

    def valid(self):
        return {"number": "13900139000"}

    def invalid(self):
        return {"number": "139"}

    def check(self, row):
        assert row.number == "13900139000"


class TestTagRemove(ActionCase):
    url_name, permission, log_action = "owners:tag_remove", "owners.change_ownertag", "owners.owner.untagged"
    more_permissions = (VIEW,)

    def make(self, community):
        return OwnerTagFactory(owner=owner_in(community))

    def check(self, row):
        assert row.removed_at


class TestConsentWithdraw(ActionCase):
    url_name, permission, log_action = "owners:consent_withdraw", "owners.change_consent", "owners.consent.withdrawn"
    more_permissions = (VIEW,)

    def make(self, community):
        return ConsentFactory(owner=owner_in(community))

    def check(self, row):
        assert row.withdrawn_at


class UnitForm(FormCase):
    more_permissions = (VIEW,)

    def make(self, community):
        unit = unit_in(community)
        OwnerFactory(units=[unit])
        return unit


class TestUnitTenureCreate(UnitForm):
    url_name, permission, log_action, invalid_field = (
        "owners:unit_tenure_create",
        "owners.add_tenure",
        "owners.tenure.started",
        "share",
    )

    def valid(self):
        return {"owner": owner_in(self.own).pk, "role": "co_owner", "share": "50", "start": "2026-06-01"}

    def invalid(self):
        return self.valid() | {"role": "tenant"}


class TestFamilyCreate(UnitForm):
    url_name, permission, log_action, invalid_field = (
        "owners:family_create", "owners.add_familymember", "owners.familymember.added", "name",
    )  # fmt: skip

    def valid(self):
        return {
            "owner": self.own_row.tenures.get().owner_id,
            "relation": word("family_relation", "mother").pk,
            "name": "周玉兰",
        }

    def invalid(self):
        return self.valid() | {"age_group": "child"}


class TestContactCreate(UnitForm):
    url_name, permission, log_action, invalid_field = (
        "owners:contact_create", "owners.add_contactrecord", "owners.contactrecord.created", "content",
    )  # fmt: skip

    def valid(self):
        return {
            "way": "call_in",
            "subject": word("contact_subject", "enquiry").pk,
            "at": "2026-06-01T10:00",
            "content": "问停车费",
        }

    def invalid(self):
        return self.valid() | {"content": ""}


class TenureCase(FormCase):
    more_permissions = (VIEW,)

    def make(self, community):
        return TenureFactory(unit=unit_in(community), share=Decimal(100))


class TestTenureUpdate(TenureCase):
    url_name, permission, log_action, invalid_field = (
        "owners:tenure_update",
        "owners.change_tenure",
        "owners.tenure.changed",
        "end",
    )

    def valid(self):
        return {"share": "50", "start": "2020-01-01", "end": ""}

    def invalid(self):
        return self.valid() | {"end": "2019-01-01"}

    def check(self, row):
        assert row.share == 50


class TestTenureEnd(TenureCase):
    url_name, permission, log_action, invalid_field = (
        "owners:tenure_end",
        "owners.end_tenure",
        "owners.tenure.ended",
        "end",
    )

    def valid(self):
        return {"end": "2026-05-31", "end_reason": word("tenure_end_reason", "moved_out").pk}

    def invalid(self):
        return self.valid() | {"end": "2019-01-01"}

    def check(self, row):
        assert row.end == date(2026, 5, 31)


class TestTenureReplace(TenureCase):
    url_name, permission, log_action, invalid_field = (
        "owners:tenure_replace",
        "owners.end_tenure",
        "owners.tenure.replaced",
        "owner",
    )

    def valid(self):
        buyer = owner_in(self.own, name="黄志远")
        return {"owner": buyer.pk, "start": "2026-11-15", "end_reason": word("tenure_end_reason", "transfer").pk}

    def invalid(self):
        return self.valid() | {"owner": self.own_row.owner_id}

    def check(self, row):
        assert row.end == date(2026, 11, 14)
        assert Tenure.objects.get(unit=row.unit, end=None).start == date(2026, 11, 15)


@pytest.mark.django_db
class TestReplacementAgainstKnownPeople:
    @pytest.fixture
    def old(self):
        return TenureFactory(unit=UnitFactory(), start=date(2020, 1, 1))

    @pytest.fixture
    def client(self, old):
        return signed_in(user_with(VIEW, "owners.end_tenure", "owners.add_owner", communities=[old.unit.community]))

    def post(self, client, old, **values):
        reason = word("tenure_end_reason", "transfer").pk
        data = {"name": "黄志远", "phone": "13700002091", "start": "2026-11-15", "end_reason": reason, **values}
        return client.post(reverse("owners:tenure_replace", args=[old.pk]), data)

    def test_r12_a_person_typed_in_takes_over_the_day_after(self, client, old):
        assert self.post(client, old, id_number=ID_NUMBER).status_code == 302
        new = Tenure.objects.get(unit=old.unit, end=None)
        old.refresh_from_db()
        assert (old.end, new.start, new.role) == (date(2026, 11, 14), date(2026, 11, 15), old.role)
        assert (new.owner.name, new.owner.phones.get().number, new.owner.id_number) == (
            "黄志远",
            "13700002091",
            ID_NUMBER,
        )
        assert [entry.action for entry in LogEntry.objects.order_by("pk")] == [
            "owners.owner.created",
            "owners.tenure.replaced",
        ]

    def test_r29_a_known_person_is_shown_beside_before_anything_is_written(self, client, old):
        known = OwnerFactory(name="黄志远", phones=["13700002091"], units=[UnitFactory(building=old.unit.building)])
        response = self.post(client, old)
        text = response.content.decode()
        assert "可能已有档案" in text and known.number in text and old.unit.label in text
        assert Tenure.objects.get(pk=old.pk).end is None and Owner.objects.filter(name="黄志远").count() == 1
        use = response.context["form"].candidates[0]["use_url"]
        prefilled = client.get(use).content.decode()
        assert f'value="{known.pk}" selected' in prefilled and "2026-11-15" in prefilled
        assert self.post(client, old, confirm="1").status_code == 302
        assert Owner.objects.filter(name="黄志远").count() == 2
        assert Tenure.objects.get(pk=old.pk).end == date(2026, 11, 14)

    def test_both_at_once_is_refused(self, client, old):
        known = owner_in(old.unit.community)
        assert "owner" in self.post(client, old, owner=known.pk).context["form"].errors

    def test_a_refused_replacement_leaves_no_file_behind(self, client, old):
        response = self.post(client, old, start="2019-05-01")
        assert response.status_code == 200 and not Owner.objects.filter(name="黄志远").exists()

    def test_without_the_right_to_create_only_known_people_are_offered(self, old):
        client = signed_in(user_with(VIEW, "owners.end_tenure", communities=[old.unit.community]))
        response = client.get(reverse("owners:tenure_replace", args=[old.pk]))
        assert "name" not in response.context["form"].fields
        assert self.post(client, old).context["form"].errors.keys() == {"owner"}


class TestVehicleCreate(CreateCase):
    url_name, permission, model, log_action, invalid_field = (
        "owners:vehicle_create", "owners.add_vehicle", Vehicle, "owners.vehicle.created", "plate",
    )  # fmt: skip
    more_permissions = (VIEW, "owners.view_vehicle")

    def make(self, community):
        return VehicleFactory(owner=owner_in(community))

    def valid(self):
        return {"plate": "青a·D12345", "owner": self.own_row.owner_id, "community": self.own.pk}

    def invalid(self):
        return self.valid() | {"plate": "青A1234"}

    def foreign_data(self):
        return self.valid() | {"community": self.foreign.pk}


class TestVehicleUpdate(FormCase):
    url_name, permission, log_action, invalid_field = (
        "owners:vehicle_update",
        "owners.change_vehicle",
        "owners.vehicle.changed",
        "plate",
    )
    more_permissions = (VIEW, "owners.view_vehicle")

    def make(self, community):
        return VehicleFactory(owner=owner_in(community))

    def valid(self):
        return {"plate": "青AD12345", "owner": self.own_row.owner_id, "colour": "白"}

    def invalid(self):
        return self.valid() | {"plate": "1"}


class TestVehicleDisable(ActionCase):
    url_name, permission, log_action, invalid_field = (
        "owners:vehicle_disable",
        "owners.disable_vehicle",
        "owners.vehicle.disabled",
        "reason",
    )
    more_permissions = (VIEW, "owners.view_vehicle")

    def make(self, community):
        return VehicleFactory(owner=owner_in(community))

    def valid(self):
        return {"reason": "已售"}

    def invalid(self):
        return {}


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
        "query",
        ["name=王建国&name_match=exact", "room=3-2-1502", "room=3栋2单元1502", "q=8000", "completeness_min=75"],
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
class TestPrivacy:
    @pytest.fixture
    def unit(self):
        return UnitFactory(building__number="3", entrance="2", number="1502")

    def test_hidden_and_masked_names_follow_the_role(self, unit):
        OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        masked = signed_in(user_with(VIEW, communities=[unit.community], visibility="masked"))
        hidden = signed_in(user_with(VIEW, communities=[unit.community], visibility="hidden"))
        for url in (
            reverse("owners:unit_file", args=[unit.pk]),
            reverse("owners:owner_list"),
            unit.tenures.get().owner.get_absolute_url(),
        ):
            text = masked.get(url).content.decode()
            assert "王*国" in text and "王建国" not in text, url
            text = hidden.get(url).content.decode()
            assert "王建国" not in text and "138****8000" not in text, url

    @pytest.mark.parametrize("name", ["owner_picker", "unit_picker"])
    @pytest.mark.parametrize("typed", ["\0", "王\0", "3\0", "\x1b"])
    def test_pickers_answer_nothing_to_what_is_no_text(self, unit, name, typed):
        OwnerFactory(name="王建国", units=[unit])
        client = signed_in(user_with(VIEW, communities=[unit.community]))
        assert client.get(reverse(f"owners:{name}"), {"q": typed}).json() == {"results": []}

    @pytest.mark.parametrize(("more", "linked"), [((), False), (("owners.view_vehicle",), True)])
    def test_vehicles_are_links_for_those_who_may_open_them(self, unit, more, linked):
        """The engineering lead sees a household's cars on its file and has no list of vehicles."""
        owner = OwnerFactory(units=[unit])
        car = VehicleFactory(owner=owner)
        client = signed_in(user_with(VIEW, *more, communities=[unit.community]))
        for url in (reverse("owners:unit_file", args=[unit.pk]), owner.get_absolute_url()):
            text = client.get(url).content.decode()
            assert car.plate in text, url
            assert (car.get_absolute_url() in text) is linked, url
        assert client.get(car.get_absolute_url()).status_code == (200 if linked else 403)

    def test_pickers_are_masked_and_scoped(self, unit):
        OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        OwnerFactory(name="王建国", units=[UnitFactory()])
        client = signed_in(user_with(VIEW, communities=[unit.community], visibility="masked"))
        results = client.get(reverse("owners:owner_picker"), {"q": "wjg"}).json()["results"]
        assert [row["text"] for row in results] == ["王*国"] and "138****8000" in results[0]["sub"]
        assert len(client.get(reverse("owners:owner_picker"), {"q": "3-2-1502"}).json()["results"]) == 1
        units = client.get(reverse("owners:unit_picker"), {"q": "wjg"}).json()["results"]
        assert [row["id"] for row in units] == [unit.pk]

    def test_sensitive_tags_need_their_permission(self, unit):
        owner = OwnerFactory(units=[unit])
        OwnerTagFactory(owner=owner, tag=word("owner_tag", "living_alone"), reason="子女委托")
        url = reverse("owners:unit_file", args=[unit.pk])
        plain = signed_in(user_with(VIEW, communities=[unit.community]))
        seeing = signed_in(user_with(VIEW, "owners.view_sensitive_tag", communities=[unit.community]))
        assert "独居老人" not in plain.get(url).content.decode()
        assert "独居老人" in seeing.get(url).content.decode()

    def test_r12_former_household_is_sealed(self, unit):
        """The new owner's file shows the former one by name only: no phone, nothing of his time, none of his changes."""
        clerk = user_with(VIEW, "owners.view_contactrecord", communities=[unit.community])
        seller = OwnerFactory(name="黄志远", phones=["13700002091"])
        old = TenureFactory(unit=unit, owner=seller, start=date(2020, 1, 1))
        phones.change_phone(seller.phones.get(), by=clerk, number="13700007777")
        past = timezone.now() - timedelta(days=400)
        TimelineEntryFactory(unit=unit, owner=seller, kind="complaint", sentence="楼上装修噪音", at=past)
        ContactRecordFactory(unit=unit, owner=seller, content="投诉邻居", at=past)
        day = timezone.localdate() - timedelta(days=100)
        buyer = OwnerFactory(name="王建国", phones=["13800138000"])
        tenures.replace_tenure(old, by=clerk, owner=buyer, start=day, end_reason=word("tenure_end_reason", "transfer"))
        client = signed_in(clerk)
        pages = [client.get(reverse(f"owners:{name}", args=[unit.pk])).content.decode()
                 for name in ("unit_file", "unit_timeline", "unit_contacts", "unit_file_print")]  # fmt: skip
        assert "黄志远" in pages[0]
        for text in pages:
            assert "137****" not in text and "楼上装修噪音" not in text and "投诉邻居" not in text
        history = client.get(reverse("owners:unit_history", args=[unit.pk])).content.decode()
        assert "137****7777" not in history
        assert (
            "楼上装修噪音"
            not in client.get(f"{reverse('owners:unit_timeline', args=[unit.pk])}?period=all").content.decode()
        )
        elsewhere = user_with(VIEW, communities=[unit.community])
        grant_to(elsewhere, VIEW, "owners.view_former_owner", communities=[make_community("ELSEWHERE")])
        whole = f"{reverse('owners:unit_timeline', args=[unit.pk])}?period=all"
        assert "楼上装修噪音" not in signed_in(elsewhere).get(whole).content.decode()
        archivist = signed_in(user_with(VIEW, "owners.view_former_owner", communities=[unit.community]))
        assert (
            "楼上装修噪音"
            in archivist.get(f"{reverse('owners:unit_timeline', args=[unit.pk])}?period=all").content.decode()
        )

    def test_r9_history_shows_who_when_old_and_new_masked(self, unit):
        owner = OwnerFactory(phones=["13800138000"], units=[unit])
        clerk = user_with(VIEW, communities=[unit.community], display_name="马晓婷")
        phones.change_phone(owner.phones.get(), by=clerk, number="13900139000")
        for name, pk in (("owner_history", owner.pk), ("unit_history", unit.pk)):
            text = signed_in(clerk).get(reverse(f"owners:{name}", args=[pk])).content.decode()
            assert "138****8000" in text and "139****9000" in text and "马晓婷" in text
            assert "13800138000" not in text and "13900139000" not in text

    def test_history_lists_changes_only_and_knows_a_word_for_everything(self, unit):
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        clerk = user_with(VIEW, communities=[unit.community])
        client = signed_in(clerk)
        assert client.post(reverse("owners:lookup"), {"phone": "13800138000"}).status_code == 302
        phones.change_phone(owner.phones.get(), by=clerk, number="13900139000")
        log.record(files.CHANGED, owner, by=clerk, changes={"key_of_a_later_floor": ["旧", "新"]})
        assert LogEntry.objects.filter(action="owners.owner.looked_up", object_id=owner.pk).exists()
        for name, pk in (("owner_history", owner.pk), ("unit_history", unit.pk)):
            text = client.get(reverse(f"owners:{name}", args=[pk])).content.decode()
            assert "139****9000" in text and "其他内容" in text
            assert "按来电号码" not in text and "found" not in text and "key_of" not in text

    def test_r14_holdings_in_scope_and_the_number_of_others(self, unit):
        second = UnitFactory(building=unit.building, built_area="100.50")
        owner = OwnerFactory(units=[unit, second, UnitFactory()])
        client = signed_in(user_with(VIEW, communities=[unit.community]))
        response = client.get(owner.get_absolute_url())
        text = response.content.decode()
        assert "另有 1 处不在您的范围" in text and "190.00" in text
        assert len(response.context["holdings"]) == 2

    def test_r23_one_file_for_a_unit_with_everything(self, unit):
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        FamilyMemberFactory(owner=owner, unit=unit, name="周玉兰")
        VehicleFactory(owner=owner, plate="青A12345")
        UnitMarkFactory(unit=unit, kind=UnitMark.Kind.ARREARS, amount="751.80", note="2026年 7–9 月物业费")
        client = signed_in(user_with(VIEW, "owners.view_contactrecord", communities=[unit.community]))
        text = client.get(reverse("owners:unit_file", args=[unit.pk])).content.decode()
        for shown in (
            "王建国",
            "周玉兰",
            "青A12345",
            "751.80",
            "设计属性",
            "施工属性",
            "营销属性",
            "业主属性",
            "动态",
            "变更记录",
        ):
            assert shown in text, shown
        assert "在办工单" not in text

    def test_amounts_are_hidden_from_roles_that_see_none(self, unit):
        UnitMarkFactory(unit=unit, kind=UnitMark.Kind.ARREARS, amount="751.80", note="欠费 751.80 元")
        client = signed_in(user_with(VIEW, communities=[unit.community], visibility={"amount": "hidden"}))
        assert "751.80" not in client.get(reverse("owners:unit_file", args=[unit.pk])).content.decode()

    def test_attachments_open_only_in_scope(self, unit, settings, tmp_path):
        from django.core.files.uploadedfile import SimpleUploadedFile

        clerk = user_with(VIEW, "owners.change_owner", communities=[unit.community])
        upload = SimpleUploadedFile("备注.txt", "门禁卡已领".encode(), "text/plain")
        response = signed_in(clerk).post(reverse("owners:unit_attach", args=[unit.pk]), {"file": upload})
        if response.status_code == 200:  # plain text is not among the kinds that may be kept
            assert response.context["form"].errors
            return
        row = Attachment.objects.get()
        assert signed_in(clerk).get(row.get_absolute_url()).status_code == 200
        assert (
            signed_in(user_with(VIEW, communities=[UnitFactory().community])).get(row.get_absolute_url()).status_code
            == 404
        )

    def test_r12_attachments_of_a_former_household_are_sealed(self, unit):
        seller = TenureFactory(unit=unit, start=date(2020, 1, 1), end=timezone.localdate() - timedelta(days=101))
        TenureFactory(unit=unit, start=seller.end + timedelta(days=1))
        rows = [
            Attachment.objects.create(
                source_type="properties.unit",
                source_id=unit.pk,
                name=name,
                content_type="image/png",
                size=1,
                sha256="0",
                file="none.png",
            )
            for name in ("卖方身份证.png", "买方合同.png")
        ]
        Attachment.objects.filter(pk=rows[0].pk).update(created_at=timezone.now() - timedelta(days=400))
        clerk = user_with(VIEW, communities=[unit.community])
        archivist = user_with(VIEW, "owners.view_former_owner", communities=[unit.community])
        elsewhere = user_with(VIEW, communities=[unit.community])
        grant_to(elsewhere, "owners.view_former_owner", communities=[make_community("ELSEWHERE")])
        present = [rows[1].name]
        for user, names in ((clerk, present), (elsewhere, present), (archivist, [row.name for row in rows])):
            html = signed_in(user).get(reverse("owners:unit_attachments", args=[unit.pk])).content.decode()
            assert [row.name for row in rows if row.name in html] == names
            tabs = signed_in(user).get(reverse("owners:unit_file", args=[unit.pk])).context["tabs"]
            assert next(tab["count"] for tab in tabs if tab["name"] == "attachments") == len(names)
        # The file itself: 404 as for strangers, 410 (its content is not there in this test) for who may.
        assert signed_in(clerk).get(rows[0].get_absolute_url()).status_code == 404
        assert signed_in(elsewhere).get(rows[0].get_absolute_url()).status_code == 404
        assert signed_in(archivist).get(rows[0].get_absolute_url()).status_code == 410


@pytest.mark.django_db
def test_a_vehicle_is_a_link_only_where_its_page_opens():
    """A permission held in another community opens nothing here."""
    here, elsewhere = make_community("HERE"), make_community("ELSE")
    owner = owner_in(here)
    car = VehicleFactory(owner=owner, community=here)
    pages = [
        reverse("owners:unit_file", args=[owner.tenures.get().unit_id]),
        reverse("owners:owner_file", args=[owner.pk]),
    ]
    detail, register = reverse("owners:vehicle_detail", args=[car.pk]), f"{reverse('owners:vehicle_create')}?owner="
    reader = user_with(VIEW, communities=[here])
    rights = ("owners.view_vehicle", "owners.add_vehicle")
    grant_to(reader, *rights, communities=[elsewhere])
    keeper = user_with(VIEW, *rights, communities=[here])
    for page in pages:
        seen = signed_in(reader).get(page).content.decode()
        assert car.plate in seen
        assert detail not in seen
        assert detail in signed_in(keeper).get(page).content.decode()
    assert register not in signed_in(reader).get(pages[0]).content.decode()
    assert register in signed_in(keeper).get(pages[0]).content.decode()


class TestAttachmentRemove(ActionCase):
    url_name, permission = "owners:attachment_remove", VIEW
    more_permissions = ("owners.change_owner",)
    log_action = "core.attachment.removed"
    invalid_field = "reason"

    def make(self, community):
        return Attachment.objects.create(
            source_type="properties.unit", source_id=unit_in(community).pk, name="合同.pdf", content_type="application/pdf",
            size=1, sha256="0", file="none.pdf",
        )  # fmt: skip

    def url(self, obj):
        return reverse(self.url_name, args=[obj.uid])

    def valid(self):
        return {"reason": "传错了"}

    def check(self, row):
        assert row.removed_at is not None
        entry = LogEntry.objects.latest("pk")
        assert entry.reason == "传错了" and entry.object_type == "properties.unit" and entry.community_id == self.own.pk
        panel = signed_in(self.actor).get(reverse("owners:unit_attachments", args=[row.source_id])).content.decode()
        history = signed_in(self.actor).get(reverse("owners:unit_history", args=[row.source_id])).content.decode()
        assert "合同.pdf" not in panel and "合同.pdf" in history

    def test_readers_remove_their_own_uploads_only(self, rows):
        reader = user_with(VIEW, communities=[self.own])
        client, panel = signed_in(reader), reverse("owners:unit_attachments", args=[self.own_row.source_id])
        assert self.url(self.own_row) not in client.get(panel).content.decode()
        assert client.post(self.url(self.own_row), self.valid()).status_code == 404
        Attachment.objects.filter(pk=self.own_row.pk).update(created_by=reader)
        assert self.url(self.own_row) in client.get(panel).content.decode()
        answer = client.post(self.url(self.own_row), self.valid())
        assert answer.url == f"{reverse('owners:unit_file', args=[self.own_row.source_id])}?tab=attachments"

    def test_a_file_of_a_person(self, rows):
        owner = owner_in(self.own)
        Attachment.objects.filter(pk=self.own_row.pk).update(source_type="owners.owner", source_id=owner.pk)
        client = signed_in(user_with(VIEW, "owners.change_owner", communities=[self.own]))
        assert (
            self.url(self.own_row) in client.get(reverse("owners:owner_attachments", args=[owner.pk])).content.decode()
        )
        assert client.post(self.url(self.own_row), self.valid()).url.startswith(owner.get_absolute_url())


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
