"""Forms about one person: the file itself, telephones, tags, preferences, consents, verification."""

from datetime import date
from decimal import Decimal

from django.urls import reverse

from owners.models import Owner
from tests.factories.audit import grant_to
from tests.factories.owners import ConsentFactory, OwnerTagFactory, word
from tests.owners.support import ID_NUMBER, VIEW, owner_in
from tests.support.cases import ActionCase, CreateCase, FormCase


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
