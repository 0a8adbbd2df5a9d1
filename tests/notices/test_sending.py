"""Deliveries on their way: every answer of a vendor, quiet hours, pace, the next channel, and a killed sender (F3)."""

import os
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import BusinessError
from core.models import Job, LogEntry, SignedLink
from core.services import jobs
from notices import tasks, timing
from notices.channels.contract import Busy, Refused, Sent, Unknown
from notices.models import Delivery, Notice
from notices.services import fallback, sending
from notices.services.materialising import materialise
from notices.states import Status
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.owners import OwnerFactory, OwnerPhoneFactory, TenureFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.notices.support import everything, writer
from tests.notices.vendor import Vendor

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # 12:00 in Shanghai


@pytest.fixture
def vendor(tmp_path, monkeypatch):
    return Vendor(tmp_path / "vendor.log").install(monkeypatch)


@pytest.fixture
def awake(monkeypatch):
    monkeypatch.setattr(sending, "_quiet", lambda: False)


@pytest.fixture
def notice(db):
    return NoticeFactory(community=CommunityFactory(), status=Status.PUBLISHED, title="停水通知", body="请储水。")


def waiting(notice, phone="13800138000", **values):
    unit = UnitFactory(building__community_id=notice.community_ids[0])
    owner = OwnerFactory(units=[unit], phones=[phone] if phone else [])
    return DeliveryFactory(notice=notice, unit=unit, owner=owner, status="waiting", **values)


def after(delivery):
    delivery.refresh_from_db()
    return delivery.status, delivery.reason


@pytest.mark.usefixtures("awake")
class TestAnswers:
    def test_what_a_vendor_takes_is_sent_with_a_link_of_its_own(self, notice, vendor, settings):
        settings.PUBLIC_URL = "https://crm.example.com/"
        row = waiting(notice)
        sending.deliver_next("sms", vendor)
        assert after(row) == ("sent", "")
        assert row.vendor_id == "v1" and row.sent_at is not None and row.lease_until is None
        message = vendor.messages[0]
        assert (message.request_id, message.to, message.template) == (row.uid, "13800138000", "notice")
        assert message.variables["title"] == "停水通知"
        assert message.url.startswith("https://crm.example.com/n/")
        link = SignedLink.objects.get()
        assert (link.purpose, link.source_type, link.source_id) == ("notice", "notices.delivery", row.pk)
        assert sending.deliver_next("sms", vendor) is None

    def test_a_permanent_refusal_is_final(self, notice, vendor):
        row = waiting(notice)
        vendor.answers["13800138000"] = [Refused("空号 13800138000", permanent=True)]
        sending.deliver_next("sms", vendor)
        assert after(row) == ("failed", "refused")
        assert row.detail == "空号 138****8000"  # a vendor's words repeat no number

    def test_another_refusal_is_tried_three_times(self, notice, vendor):
        row = waiting(notice)
        vendor.answers["13800138000"] = [Refused("系统忙")] * 3
        for tries in (1, 2):
            sending.deliver_next("sms", vendor)
            assert after(row) == ("waiting", "") and row.tries == tries and row.send_after > timezone.now()
            Delivery.objects.update(send_after=timezone.now())
        sending.deliver_next("sms", vendor)
        assert after(row) == ("failed", "refused")
        assert len(vendor.asked()) == 3

    def test_too_fast_is_no_failure(self, notice, vendor):
        row = waiting(notice)
        vendor.answers["13800138000"] = [Busy(30)]
        sending.deliver_next("sms", vendor)
        assert after(row) == ("waiting", "") and row.tries == 0
        assert timedelta(seconds=25) < row.send_after - timezone.now() < timedelta(seconds=31)

    def test_no_answer_is_unknown_and_never_repeated(self, notice, vendor):
        row = waiting(notice)
        vendor.answers["13800138000"] = [Unknown("超时")]
        sending.deliver_next("sms", vendor)
        assert after(row) == ("unknown", "no_answer")
        assert sending.deliver_next("sms", vendor) is None
        assert len(vendor.asked()) == 1

    def test_without_a_mobile_there_is_no_text_message(self, notice, vendor):
        landline, none = waiting(notice, "0532-85801234"), waiting(notice, "")
        both = waiting(notice, "0532-85801235")
        OwnerPhoneFactory(owner=both.owner, number="13900139000", sort=1)
        for _ in range(3):
            sending.deliver_next("sms", vendor)
        assert (after(landline), after(none), after(both)) == (("failed", "bad_address"),) * 2 + (("sent", ""),)
        assert [to for _uid, to in vendor.asked()] == ["13900139000"]

    def test_what_was_withdrawn_does_not_leave(self, notice, vendor):
        row = waiting(notice)
        Notice.objects.filter(pk=notice.pk).update(status=Status.WITHDRAWN)
        sending.deliver_next("sms", vendor)
        assert after(row) == ("skipped", "withdrawn")
        assert vendor.asked() == []

    def test_urgent_ones_go_first(self, notice, vendor):
        calm, urgent = waiting(notice, "13800138001"), waiting(notice, "13800138002", urgent=True)
        sending.deliver_next("sms", vendor)
        assert (after(calm)[0], after(urgent)[0]) == ("waiting", "sent")

    def test_the_other_homes_follow_the_one_message(self, notice, vendor):
        lead = waiting(notice)
        other = DeliveryFactory(notice=notice, unit=UnitFactory(), owner=lead.owner, status="waiting", lead=False)
        vendor.answers["13800138000"] = [Unknown("超时")]
        sending.deliver_next("sms", vendor)
        sending.follow_leads()
        assert after(other)[0] == "unknown"
        vendor.known[lead.uid] = Sent("v9")
        assert sending.ask_about_unknown() == 1
        sending.follow_leads()
        assert (after(lead)[0], after(other)[0], other.vendor_id) == ("sent", "sent", "v9")
        assert len(vendor.asked()) == 1


class TestUnknown:
    def test_the_vendor_is_asked_once_an_hour(self, notice, vendor):
        row = waiting(notice)
        Delivery.objects.update(status="unknown")
        assert sending.ask_about_unknown() == 0
        vendor.known[row.uid] = Refused("未收到")
        assert sending.ask_about_unknown() == 0
        Delivery.objects.update(send_after=timezone.now())
        assert sending.ask_about_unknown() == 1
        assert after(row) == ("failed", "refused")

    @pytest.mark.parametrize(("sent", "status"), [(True, "sent"), (False, "failed")])
    def test_a_person_decides_once(self, notice, sent, status):
        row, by = waiting(notice), everything()
        Delivery.objects.update(status="unknown")
        fallback.decide_unknown(row, by=by, sent=sent)
        assert row.status == status
        assert LogEntry.objects.get().action == "notices.delivery.decided"
        with pytest.raises(BusinessError, match="已经有结果"):
            fallback.decide_unknown(row, by=by, sent=sent)

    def test_an_answer_that_comes_late_still_counts(self, notice, vendor, awake):
        row = waiting(notice)
        claimed = sending.claim("sms")
        Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert sending.sweep() == 1
        assert after(row) == ("unknown", "no_answer")
        sending.settle(claimed, Sent("v1"))
        assert after(row) == ("sent", "")


class TestTime:
    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("20:59", "20:59"),
            ("21:00", "08:00"),
            ("23:30", "08:00"),
            ("00:10", "08:00"),
            ("07:59", "08:00"),
            ("08:00", "08:00"),
        ],
    )
    def test_quiet_hours_from_21_to_8(self, at, expected):
        zone = timezone.get_default_timezone()
        moment = timezone.make_aware(datetime.combine(datetime(2026, 11, 23), time.fromisoformat(at)), zone)
        allowed = timezone.localtime(timing.next_allowed(moment))
        assert f"{allowed:%H:%M}" == expected
        assert (allowed.date() - moment.date()).days == (1 if at >= "21:00" else 0)
        assert timing.next_allowed(allowed) == allowed

    def test_at_night_only_urgent_ones_leave(self, notice, vendor, monkeypatch):
        calm, urgent = waiting(notice, "13800138001"), waiting(notice, "13800138002", urgent=True)
        monkeypatch.setattr(sending, "_quiet", lambda: True)
        assert sending.due_channels() == ["sms"]
        assert sending.deliver_next("sms", vendor).pk == urgent.pk
        assert sending.due_channels() == []
        assert sending.deliver_next("sms", vendor) is None
        assert after(calm)[0] == "waiting"

    def test_a_persons_own_quiet_hours_count(self, notice, vendor, awake, monkeypatch):
        row = waiting(notice)
        row.owner.quiet_from, row.owner.quiet_until = time(12), time(14)
        row.owner.save()
        monkeypatch.setattr(sending.timezone, "now", lambda: NOON)
        sending.deliver_next("sms", vendor)
        assert after(row)[0] == "waiting" and row.tries == 0
        assert f"{timezone.localtime(row.send_after):%H:%M}" == "14:00"

    def test_two_ordinary_messages_keep_their_distance(self, notice, vendor, awake):
        first = waiting(notice)
        other = NoticeFactory(community_ids=notice.community_ids, status=Status.PUBLISHED)
        second = DeliveryFactory(notice=other, unit=first.unit, owner=first.owner, status="waiting")
        urgent = DeliveryFactory(notice=other, unit=UnitFactory(), owner=first.owner, status="waiting", urgent=True)
        for _ in range(3):
            sending.deliver_next("sms", vendor)
        assert [after(row)[0] for row in (first, second, urgent)] == ["waiting", "waiting", "sent"]
        assert timedelta(minutes=9) < first.send_after - timezone.now() < timing.PACE

    def test_what_is_published_at_night_waits_for_the_morning(self, notice, monkeypatch):
        unit = UnitFactory(building__community_id=notice.community_ids[0])
        OwnerFactory(units=[unit], phones=["13800138000"])
        Notice.objects.filter(pk=notice.pk)
        calm = NoticeFactory(
            community_ids=notice.community_ids, status=Status.PUBLISHED, channels=["sms"],
            author=writer(unit.building.community),
        )  # fmt: skip
        monkeypatch.setattr("notices.services.materialising.timezone.now", lambda: NOON + timedelta(hours=10))
        materialise(calm)
        assert Delivery.objects.get().send_after == NOON + timedelta(hours=20)


class TestNextChannel:
    @pytest.fixture
    def place(self, db):
        community = CommunityFactory()
        notice = NoticeFactory(
            community=community,
            author=writer(community),
            status=Status.PUBLISHED,
            channels=["sms", "email"],
            fallback_hours=12,
        )
        units = [UnitFactory(building__community=community) for _ in range(4)]
        for place, unit in enumerate(units):
            owner = OwnerFactory(units=[unit], phones=[f"1380013800{place}"])
            owner.email = f"{place}@example.com"
            owner.save()
        materialise(notice)
        old = timezone.now() - timedelta(hours=13)
        Delivery.objects.update(status="sent", sent_at=old)
        return notice, units, old

    def row(self, unit):
        return Delivery.objects.get(unit=unit, channel="sms")

    def mails(self):
        return list(Delivery.objects.filter(channel="email").order_by("unit_id").values_list("unit_id", "status"))

    def test_who_failed_or_has_not_read_in_time_gets_the_next_one(self, place):
        notice, (read, failed, recent, unread), old = place
        Delivery.objects.filter(unit=read).update(read_at=old)
        Delivery.objects.filter(unit=failed).update(status="failed")
        Delivery.objects.filter(unit=recent).update(sent_at=timezone.now())
        assert fallback.fall_back(notice) == 2
        assert self.mails() == [(failed.pk, "waiting"), (unread.pk, "waiting")]
        assert fallback.fall_back(notice) == 0

    def test_nobody_is_pursued_whose_household_has_read_or_was_told_or_opted_out(self, place):
        notice, (family, told, out, _unread), old = place
        Delivery.objects.exclude(unit__in=[family, told, out]).update(read_at=old)
        TenureFactory(unit=family, owner=OwnerFactory(phones=["13700137000"]))
        materialise(notice)
        Delivery.objects.filter(owner__phones__number_last4__isnull=False, unit=family).exclude(sent_at=old).update(
            status="sent", sent_at=old, read_at=old
        )
        Delivery.objects.filter(unit=told).update(told_at=old, told_way="phone")
        Delivery.objects.filter(unit=out).update(status="skipped", reason="opted_out")
        assert fallback.fall_back(notice) == 0

    def test_somebody_resends_to_the_unread_in_his_own_buildings(self, place):
        notice, (here, other, read, _unread), old = place
        Delivery.objects.filter(unit=read).update(read_at=old)
        from tests.factories.audit import user_with

        keeper = user_with("notices.resend_delivery", buildings=[here.building])
        assert fallback.resend(notice, by=keeper, channel="email") == 1
        assert self.mails() == [(here.pk, "waiting")]
        entry = LogEntry.objects.get()
        assert (entry.action, entry.changes) == ("notices.notice.resent", {"channel": "邮件", "count": 1})
        assert Job.objects.filter(kind="notices.send_deliveries").count() == 1
        chief = everything(notice.community_id)
        assert fallback.resend(notice, by=chief, channel="email") == 2
        assert other.pk in dict(self.mails())

    def test_whom_the_channel_failed_is_tried_anew_with_a_new_request(self, place):
        notice, (failed, *_others), old = place
        Delivery.objects.exclude(unit=failed).update(read_at=old)
        Delivery.objects.filter(unit=failed).update(status="failed", tries=3)
        uid = self.row(failed).uid
        assert fallback.resend(notice, by=everything(notice.community_id), channel="sms") == 1
        row = self.row(failed)
        assert (row.status, row.tries) == ("waiting", 0) and row.uid != uid

    def test_a_withdrawn_one_is_not_resent(self, place):
        notice, *_rest = place
        Notice.objects.filter(pk=notice.pk).update(status=Status.WITHDRAWN)
        with pytest.raises(BusinessError, match="不能补发"):
            fallback.resend(notice, by=everything(notice.community_id), channel="email")


def run(task, **args):
    """A task's work as its job would do it."""
    job = jobs.enqueue("test.job", by=SYSTEM, args=args)
    task(job.pk)
    job.refresh_from_db()
    assert job.status == "done", job.error
    return job.result


@pytest.mark.django_db(transaction=True)
class TestTask:
    @pytest.fixture(autouse=True)
    def words(self, transactional_db):
        from core.services.dictionary import seed

        seed()

    def many(self, count):
        notice = NoticeFactory(community=CommunityFactory(), status=Status.PUBLISHED)
        rows = [waiting(notice, f"138{place:08}") for place in range(count)]
        return notice, rows

    def test_everything_due_is_sent_once_by_several_threads(self, vendor, awake):
        _notice, rows = self.many(30)
        result = run(tasks.send_deliveries)
        assert result == {"handed_over": 30}
        assert sorted(to for _uid, to in vendor.asked()) == sorted(f"138{n:08}" for n in range(30))
        assert {after(row) for row in rows} == {("sent", "")}

    def test_two_senders_at_once_send_nobody_twice(self, vendor, awake):
        from tests.support.races import race

        self.many(30)
        race(lambda: run(tasks.send_deliveries), lambda: run(tasks.send_deliveries))
        asked = vendor.asked()
        assert len(asked) == len(set(asked)) == 30

    def test_a_channel_nobody_set_up_fails_at_once(self, tmp_path, monkeypatch, awake):
        quiet = Vendor(tmp_path / "log").install(monkeypatch, "email")
        _notice, rows = self.many(2)
        run(tasks.send_deliveries)
        assert {after(row) for row in rows} == {("failed", "not_enabled")}
        assert quiet.asked() == []

    def test_a_channel_that_breaks_stops_no_other_and_no_loop(self, vendor, awake, monkeypatch):
        self.many(3)
        monkeypatch.setattr(sending, "message_for", lambda *_: 1 / 0)
        assert run(tasks.send_deliveries) == {"handed_over": 0}

    def test_f3_a_killed_sender_sends_nobody_twice_and_leaves_whoever_was_in_flight_unknown(self, vendor, awake):
        _notice, rows = self.many(12)
        connections.close_all()
        child = os.fork()
        if child == 0:
            vendor.kill_after = 5
            try:
                while sending.deliver_next("sms", vendor):
                    pass
            finally:
                os._exit(0)
        _pid, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        assert len(vendor.asked()) == 5
        flying = [row for row in rows if after(row)[0] == "sending"]
        assert [str(row.uid) for row in flying] == [vendor.asked()[-1][0]]
        run(tasks.send_deliveries)  # somebody else goes on; the lease still holds
        assert after(flying[0]) == ("sending", "")
        Delivery.objects.filter(pk=flying[0].pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        run(tasks.send_deliveries)
        asked = vendor.asked()
        assert len(asked) == 12 and len({to for _uid, to in asked}) == 12
        assert after(flying[0]) == ("unknown", "no_answer")
        assert {after(row)[0] for row in rows if row.pk != flying[0].pk} == {"sent"}
        vendor.known[flying[0].uid] = Sent("v5")
        Delivery.objects.filter(pk=flying[0].pk).update(send_after=timezone.now())
        run(tasks.send_deliveries)
        assert after(flying[0]) == ("sent", "")
        assert len(vendor.asked()) == 12
        connection.close()


@pytest.mark.django_db
class TestSchedule:
    def test_what_is_due_is_published_and_what_is_over_ends(self):
        unit = UnitFactory()
        community = unit.building.community
        OwnerFactory(units=[unit])
        now = timezone.now()
        common = {"community": community, "author": writer(community)}
        due = NoticeFactory(status=Status.APPROVED, publish_at=now - timedelta(minutes=1), **common)
        later = NoticeFactory(status=Status.APPROVED, publish_at=now + timedelta(hours=1), **common)
        by_hand = NoticeFactory(status=Status.APPROVED, **common)
        over = NoticeFactory(status=Status.PUBLISHED, expires_at=now - timedelta(minutes=1), **common)
        run(tasks.keep_schedule)
        states = [Notice.objects.get(pk=row.pk).status for row in (due, later, by_hand, over)]
        assert states == ["published", "approved", "approved", "expired"]
        assert set(LogEntry.objects.values_list("action", "actor_type")) == {
            ("notices.notice.published", "system"), ("notices.notice.expired", "system"),
        }  # fmt: skip

    def test_who_wrote_it_is_told_when_it_could_not_be(self):
        notice = NoticeFactory(community=CommunityFactory(), status=Status.APPROVED, publish_at=timezone.now())
        run(tasks.keep_schedule)
        run(tasks.keep_schedule)
        item = notice.author.inbox_items.get()
        assert "没有按时发布" in item.sentence and item.level == "warning"

    def test_the_job_writes_the_deliveries_and_wakes_the_sender(self):
        unit = UnitFactory()
        OwnerFactory(units=[unit], phones=["13800138000"])
        community = unit.building.community
        notice = NoticeFactory(community=community, author=writer(community), status=Status.PUBLISHED)
        assert run(tasks.materialise_notice, notice=notice.pk) == {"households": 1, "persons": 1}
        assert Job.objects.filter(kind="notices.send_deliveries").exists()
