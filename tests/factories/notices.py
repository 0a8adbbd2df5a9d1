"""Announcements, their audience and deliveries."""

from typing import Any

import factory
from django.utils import timezone

from notices.models import AudienceRule, Delivery, Notice, NoticeTemplate
from notices.states import FROZEN, Outcome, Status
from tests.factories.audit import UserFactory
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import UnitFactory


class NoticeFactory(factory.django.DjangoModelFactory):
    """NoticeFactory(community=…, status="published", kind="outage"). The database lets a published one be made, not changed."""

    class Meta:
        model = Notice

    class Params:
        community = None
        kind = "reminder"

    number = factory.Sequence(lambda n: f"TZ20261122-{n + 10_000}")
    title = factory.Sequence(lambda n: f"冬季用电安全提示{n}")
    body = "请注意用电安全。"
    notice_type = factory.LazyAttribute(lambda row: word("notice_type", row.kind))
    community_ids = factory.LazyAttribute(lambda row: [row.community.pk])
    channels = ["in_app", "sms"]
    author = factory.SubFactory(UserFactory)
    status = Status.DRAFT
    published_at = factory.LazyAttribute(lambda row: timezone.now() if row.status in FROZEN else None)


class AudienceRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AudienceRule

    notice = factory.SubFactory(NoticeFactory)
    kind = "all"


class NoticeTemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NoticeTemplate

    name = factory.Sequence(lambda n: f"模板{n}")
    notice_type = factory.LazyFunction(lambda: word("notice_type", "reminder"))
    title = "温馨提示"
    body = "请注意。"


class DeliveryFactory(factory.django.DjangoModelFactory):
    """DeliveryFactory(notice=…, unit=…, owner=…)."""

    class Meta:
        model = Delivery

    class Params:
        notice: Any = None

    source_type = "notices.notice"
    source_id = factory.LazyAttribute(lambda row: row.notice.pk)
    unit = factory.SubFactory(UnitFactory)
    building_id = factory.LazyAttribute(lambda row: row.unit.building_id)
    community_id = factory.LazyAttribute(lambda row: row.unit.community_id)
    owner = factory.LazyAttribute(lambda row: OwnerFactory(units=[row.unit]))
    channel = "sms"
    status = Outcome.SENT
    sent_at = factory.LazyAttribute(lambda row: timezone.now() if row.status == Outcome.SENT else None)
