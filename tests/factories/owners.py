"""People and their households. Encrypted numbers get their indexes here as the services give them."""

from datetime import date, time
from typing import Any

import factory
from django.utils import timezone

from core import blind_index
from core.models import DictItem
from core.normalise import normalise_name
from owners.models import (
    CallBackPlan,
    CallBackTask,
    CallScript,
    Consent,
    ContactRecord,
    ContactWay,
    Correction,
    CorrectionAct,
    CorrectionTopic,
    EmergencyContact,
    FamilyMember,
    IdType,
    Owner,
    OwnerPhone,
    OwnerTag,
    Tenure,
    TenureRole,
    TimelineEntry,
    Vehicle,
)
from owners.services.derived import refresh_owner
from tests.factories.audit import UserFactory
from tests.factories.properties import CommunityFactory, UnitFactory


def word(dictionary: str, code: str) -> DictItem:
    """One built-in dictionary item."""
    return DictItem.objects.get(type__code=dictionary, code=code)


class OwnerPhoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OwnerPhone

    number = factory.Sequence(lambda n: f"138{n:08}")
    number_index = factory.LazyAttribute(lambda row: blind_index.whole("phone", row.number))
    number_last4 = factory.LazyAttribute(lambda row: blind_index.last4("phone", row.number))


class OwnerFactory(factory.django.DjangoModelFactory):
    """OwnerFactory(name="王建国", phones=["13800138000"], id_number="11010519491231002X", units=[unit])."""

    class Meta:
        model = Owner
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: f"KH9{n:05}")
    name = factory.Sequence(lambda n: f"住户{n}")
    name_key = factory.LazyAttribute(lambda row: normalise_name(row.name))
    id_type = factory.LazyAttribute(lambda row: IdType.ID_CARD if row.id_number else "")
    id_number = ""
    id_index = factory.LazyAttribute(lambda row: blind_index.whole("id_number", row.id_number))
    id_last4 = factory.LazyAttribute(lambda row: blind_index.last4("id_number", row.id_number))

    @factory.post_generation
    def phones(self, create: bool, numbers: list[str] | None, **_: Any) -> None:
        for position, number in enumerate(numbers or []):
            OwnerPhoneFactory(owner=self, number=number, is_primary=position == 0, sort=position)

    @factory.post_generation
    def units(self, create: bool, units: list[Any] | None, **_: Any) -> None:
        for unit in units or []:
            TenureFactory(owner=self, unit=unit)
        refresh_owner([self.pk])
        self.refresh_from_db()


class TenureFactory(factory.django.DjangoModelFactory):
    """A tenure in force since 2020; the owner's derived columns follow it."""

    class Meta:
        model = Tenure
        skip_postgeneration_save = True

    owner = factory.SubFactory(OwnerFactory)
    unit = factory.SubFactory(UnitFactory)
    community_id = factory.LazyAttribute(lambda row: row.unit.community_id)
    role = TenureRole.OWNER
    start = date(2020, 1, 1)

    @factory.post_generation
    def derived(self, create: bool, _value: Any, **_: Any) -> None:
        refresh_owner([self.owner_id])
        self.owner.refresh_from_db()


class FamilyMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FamilyMember

    owner = factory.SubFactory(OwnerFactory)
    unit = factory.SubFactory(UnitFactory)
    name = "周玉兰"
    relation = factory.LazyFunction(lambda: word("family_relation", "mother"))


class EmergencyContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EmergencyContact

    owner = factory.SubFactory(OwnerFactory)
    name = "李慧敏"
    phone = "13700002091"
    relation = "配偶"


class VehicleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Vehicle

    owner = factory.SubFactory(OwnerFactory)
    community = factory.LazyAttribute(lambda row: row.owner.tenures.first().community)
    plate = factory.Sequence(lambda n: f"青A{n:05}")


class OwnerTagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OwnerTag

    owner = factory.SubFactory(OwnerFactory)
    tag = factory.LazyFunction(lambda: word("owner_tag", "vip"))


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consent

    owner = factory.SubFactory(OwnerFactory)
    purpose = factory.LazyFunction(lambda: word("consent_purpose", "optional_data"))
    version = "2026-01"
    way = Consent.Way.PAPER
    given_at = factory.LazyFunction(timezone.now)


class CorrectionFactory(factory.django.DjangoModelFactory):
    """A new e-mail address that waits for somebody to look at it."""

    class Meta:
        model = Correction

    owner = factory.SubFactory(OwnerFactory)
    unit = factory.SubFactory(UnitFactory)
    community_id = factory.LazyAttribute(lambda row: row.unit.community_id)
    topic = CorrectionTopic.EMAIL
    act = CorrectionAct.CHANGE
    before = '{"email": ""}'
    after = '{"email": "wang@example.com"}'


class ContactRecordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactRecord

    unit = factory.SubFactory(UnitFactory)
    community_id = factory.LazyAttribute(lambda row: row.unit.community_id)
    at = factory.LazyFunction(timezone.now)
    way = ContactWay.CALL_IN
    subject = factory.LazyFunction(lambda: word("contact_subject", "enquiry"))
    content = "询问物业费缴纳方式"
    handler = factory.SubFactory(UserFactory)


class TimelineEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TimelineEntry

    kind = TimelineEntry.Kind.FILE
    sentence = "档案已建立"


class CallBackTaskFactory(factory.django.DjangoModelFactory):
    """To be called now about an order."""

    class Meta:
        model = CallBackTask

    unit = factory.SubFactory(UnitFactory)
    community = factory.LazyAttribute(lambda row: row.unit.community)
    building = factory.LazyAttribute(lambda row: row.unit.building if row.unit else None)
    source_type = "workorders.workorder"
    source_id = factory.Sequence(lambda n: 900_000 + n)
    title = "BX20261122-0001 水龙头"
    cause = "low"
    due_at = factory.LazyFunction(timezone.now)


class CallScriptFactory(factory.django.DjangoModelFactory):
    """One community's own words for one cause."""

    class Meta:
        model = CallScript
        django_get_or_create = ("community", "cause")

    community = factory.SubFactory(CommunityFactory)
    cause = "care"
    text = "{称呼}您好，天冷了，家里暖气热不热？"


class CallBackPlanFactory(factory.django.DjangoModelFactory):
    """A draft that would begin today."""

    class Meta:
        model = CallBackPlan

    community = factory.SubFactory(CommunityFactory)
    name = factory.Sequence(lambda n: f"季度回访{n}")
    cause = "periodic"
    first_on = factory.LazyFunction(timezone.localdate)
    window_from = time(9, 0)
    window_until = time(20, 0)
    keeper = factory.SubFactory(UserFactory)
