"""Conversations with the desk and opinions, made as the services leave them."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from complaints.models import CannedReply, Enquiry, EnquiryMessage, KeywordRule, OpinionEntry
from complaints.states import EnquiryStatus, Voice
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import CommunityFactory, UnitFactory


class EnquiryFactory(factory.django.DjangoModelFactory):
    """EnquiryFactory(unit=…, status="answered"); its first message comes with it."""

    class Meta:
        model = Enquiry
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    community = factory.LazyAttribute(lambda row: row.unit.community)
    owner = factory.LazyAttribute(lambda row: OwnerFactory(name="王建国", phones=["13800138000"], units=[row.unit]))
    number = factory.Sequence(lambda n: f"ZX20261122-{n + 10_000}")
    topic = factory.LazyAttribute(lambda row: word("enquiry_topic", "parking"))
    status = EnquiryStatus.WAITING
    opened_at = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=5))
    last_at = factory.LazyAttribute(lambda row: row.opened_at)
    last_voice = Voice.OWNER
    last_words = "车位租金可以按季度交吗？"
    due_at = factory.LazyAttribute(
        lambda row: row.opened_at + timedelta(minutes=30) if row.status == EnquiryStatus.WAITING else None
    )
    first_answer_at = factory.LazyAttribute(
        lambda row: None if row.status == EnquiryStatus.WAITING else row.opened_at + timedelta(minutes=1)
    )
    closed_at = factory.LazyAttribute(lambda row: timezone.now() if row.status == EnquiryStatus.CLOSED else None)
    staff_unread = factory.LazyAttribute(lambda row: int(row.status == EnquiryStatus.WAITING))

    @factory.post_generation
    def said(self, create: bool, text: Any, **_: Any) -> None:
        EnquiryMessage.objects.create(enquiry=self, voice=Voice.OWNER, at=self.opened_at, text=text or self.last_words)


class CannedReplyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CannedReply

    community = factory.SubFactory(CommunityFactory)
    title = factory.Sequence(lambda n: f"车位怎么租 {n}")
    text = "您好，车位出租请到物业服务中心登记。"


class OpinionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OpinionEntry

    community = factory.SubFactory(CommunityFactory)
    platform = factory.LazyFunction(lambda: word("opinion_platform", "douyin"))
    title = "电梯又坏了"
    text = "三号楼电梯这个月第三次困人，物业没有人管"
    posted_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=2))
    found_at = factory.LazyFunction(timezone.now)


class KeywordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = KeywordRule

    word = factory.Sequence(lambda n: f"异响{n}")
