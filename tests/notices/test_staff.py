"""What staff are told: one list for everything, and the ways that a person has chosen besides (real HTTP and SMTP on loopback)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.actors import SYSTEM
from core.models import InboxAddress, InboxItem, InboxPreference, Job
from core.services import jobs
from core.services.inbox import notify
from notices import tasks
from notices.models import ChannelRequest, Delivery
from notices.services import notices as services
from notices.services import staff
from notices.states import Status
from tests.factories.audit import UserFactory
from tests.factories.channels import channel
from tests.factories.notices import AudienceRuleFactory, DeliveryFactory, NoticeFactory
from tests.factories.owners import OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.notices.support import everything, reviewer, writer
from tests.support.vendor import FakeMailServer, FakeVendor, json_answer, silence, status_answer

pytestmark = pytest.mark.django_db
OK = json_answer({"errcode": 0, "errmsg": "ok"})
ROOM = "/cgi-bin/webhook/send"


def run(task: Any, **args: Any) -> Any:
    job = jobs.enqueue("test.job", by=SYSTEM, args=args)
    task(job.pk)
    job.refresh_from_db()
    assert job.status == "done", job.error
    return job.result


def carry_all() -> None:
    """The jobs that wait for nothing, as the relay would hand them out."""
    for job in Job.objects.filter(kind=staff.CARRY, status="new", next_at__lte=timezone.now()):
        tasks.carry_message(job.pk)


def told(person: Any) -> list[tuple[str, str]]:
    return list(person.inbox_items.order_by("pk").values_list("kind", "sentence"))


@pytest.fixture
def zhang() -> Any:
    """Wants what he has to review in the room and by mail."""
    user = UserFactory(display_name="张三")
    InboxPreference.objects.create(user=user, kind=staff.REVIEW.code, ways=["email", "wecom"])
    InboxAddress.objects.create(user=user, email="zhang@example.com")
    return user


class TestWays:
    def test_a_message_goes_by_every_way_that_was_chosen(self, zhang, vendor: FakeVendor, mail_server: FakeMailServer):
        channel("wecom", vendor.url)
        channel("email", options={"host": "127.0.0.1", "port": str(mail_server.port)})
        vendor.answers(ROOM, OK)
        notify(zhang, "待审核：停水通知", kind=staff.REVIEW.code, url="/notices/1/")
        carry_all()
        text = vendor.seen[0].json["text"]["content"]
        assert text.startswith("张三：待审核：停水通知") and text.endswith("/notices/1/")
        assert b"zhang@example.com" in mail_server.mails[0]
        assert InboxItem.objects.get().carried == {"email": "sent", "wecom": "sent"}

    def test_a_job_that_runs_twice_sends_once(self, zhang, vendor: FakeVendor):
        channel("wecom", vendor.url)
        vendor.answers(ROOM, OK)
        item = notify(zhang, "待审核：停水通知", kind=staff.REVIEW.code)
        for _ in range(2):
            staff.carry_item(item.pk, ["wecom"], 1)
        assert len(vendor.to(ROOM)) == 1
        assert ChannelRequest.objects.get().uid == staff.request_id(item, "wecom")

    def test_no_answer_is_unknown_and_not_repeated(self, zhang, vendor: FakeVendor):
        channel("wecom", vendor.url)
        vendor.answers(ROOM, silence())
        item = notify(zhang, "待审核：停水通知", kind=staff.REVIEW.code)
        assert staff.carry_item(item.pk, ["wecom"], 1) == ["wecom"]
        staff.carry_item(item.pk, ["wecom"], 1)
        item.refresh_from_db()
        assert item.carried == {"wecom": "unknown"}
        assert len(vendor.to(ROOM)) == 1

    def test_too_fast_is_tried_again_later_and_at_last_given_up(self, zhang, vendor: FakeVendor):
        channel("wecom", vendor.url)
        vendor.answers(ROOM, status_answer(429, Retry_After="300"))
        item = notify(zhang, "待审核：停水通知", kind=staff.REVIEW.code)
        Job.objects.all().delete()
        for attempt in (1, 2):
            assert staff.carry_item(item.pk, ["wecom"], attempt) == []
            job = Job.objects.latest("pk")
            assert job.args == {"item": item.pk, "ways": ["wecom"], "attempt": attempt + 1}
            assert timedelta(seconds=290) < job.next_at - timezone.now() < timedelta(seconds=301)
        assert staff.carry_item(item.pk, ["wecom"], 3) == ["wecom"]
        item.refresh_from_db()
        assert item.carried == {"wecom": "failed"}

    def test_nobody_is_written_to_who_has_left_or_has_no_address(self, zhang, mail_server: FakeMailServer):
        channel("email", options={"host": "127.0.0.1", "port": str(mail_server.port)})
        item = notify(zhang, "待审核：停水通知", kind=staff.REVIEW.code)
        InboxAddress.objects.all().delete()
        assert staff.carry_item(item.pk, ["email"], 1) == ["email"]
        zhang.is_active = False
        zhang.save()
        assert staff.carry_item(item.pk, ["email"], 1) == []
        assert mail_server.mails == []

    def test_only_enabled_channels_are_offered(self, vendor: FakeVendor):
        assert staff.ways() == []
        channel("dingtalk", vendor.url)
        channel("feishu", vendor.url, enabled=False)
        channel("sms_gateway", vendor.url)
        assert [(way.code, way.shared) for way in staff.ways()] == [("dingtalk", True)]


class TestOneList:
    @pytest.fixture
    def place(self) -> Any:
        return CommunityFactory()

    def test_a_review_and_its_answer(self, place):
        OwnerFactory(units=[UnitFactory(building__community=place)])
        author, chief = everything(place), reviewer(place)
        notice = NoticeFactory(community=place, author=author, title="停水通知")
        AudienceRuleFactory(notice=notice)
        services.submit_notice(notice, by=author)
        services.approve_notice(notice, by=chief)
        assert told(chief) == [("notices.review", "待审核：停水通知")]
        assert told(author) == [("notices.reviewed", "审核通过：停水通知")]

    def test_a_schedule_that_fails_is_told_to_the_author_and_to_those_who_approve_there(self, place):
        author, chief, elsewhere = UserFactory(), reviewer(place), reviewer(CommunityFactory())
        OwnerFactory(units=[UnitFactory(building__community=place)])
        notice = NoticeFactory(community=place, author=author, status=Status.APPROVED, publish_at=timezone.now())
        for _ in range(2):
            run(tasks.keep_schedule)
        notice.refresh_from_db()
        assert notice.status == Status.APPROVED
        for person in (author, chief):
            [(kind, sentence)] = told(person)
            assert kind == "notices.trouble" and "没有按时发布" in sentence
        assert told(elsewhere) == []

    def test_the_end_of_a_job_is_of_its_own_kind(self):
        user = UserFactory()
        job = jobs.enqueue("notices.purge_requests", by=user, title="清理")
        tasks.purge_requests(job.pk)
        assert told(user) == [("core.job", "清理已完成")]


class TestTroubles:
    @pytest.fixture
    def out(self) -> Any:
        community = CommunityFactory()
        notice = NoticeFactory(
            community=community, author=writer(community), status=Status.PUBLISHED, title="停水通知", household_count=3,
            published_at=timezone.now() - timedelta(hours=2),
        )  # fmt: skip
        for _ in range(3):
            DeliveryFactory(notice=notice, unit=UnitFactory(building__community=community))
        return notice

    def test_failed_ones_are_told_once_when_nothing_waits_any_more(self, out):
        first, second, _third = Delivery.objects.order_by("pk")
        Delivery.objects.filter(pk=first.pk).update(status="failed")
        Delivery.objects.filter(pk=second.pk).update(status="waiting")
        assert staff.tell_troubles() == 0
        Delivery.objects.filter(pk=second.pk).update(status="sent")
        assert [staff.tell_troubles() for _ in range(2)] == [1, 0]
        assert told(out.author) == [("notices.trouble", "“停水通知”已发完：1 条没有送到")]

    def test_unknown_ones_are_told_daily_to_those_who_may_decide(self, out):
        chief, elsewhere = everything(out.community_id), everything(CommunityFactory())
        Delivery.objects.filter(pk=Delivery.objects.first().pk).update(status="unknown")
        assert [staff.tell_troubles() for _ in range(2)] == [2, 0]
        assert told(out.author) == [("notices.trouble", "“停水通知”已发完：1 条结果未知")]
        assert told(chief) == [("notices.trouble", "“停水通知”有 1 条结果未知，请核实后认定")]
        assert staff.tell_troubles(timezone.now() + timedelta(days=1)) == 1
        assert told(elsewhere) == []
        Delivery.objects.update(status="sent")
        assert staff.tell_troubles(timezone.now() + timedelta(days=2)) == 0

    def test_one_that_went_well_or_is_fresh_tells_nothing(self, out):
        assert staff.tell_troubles() == 0
        Delivery.objects.update(status="failed")
        assert staff.tell_troubles(out.published_at + timedelta(minutes=30)) == 0
