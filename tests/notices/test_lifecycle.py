"""Announcements from the draft to their end: R58, DOMAIN 2.4."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.errors import BadValue, BusinessError, InvalidTransition
from core.models import InboxItem, Job, LogEntry
from notices.models import AudienceRule, Notice
from notices.queries.contents import short_lead
from notices.services import notices as service
from notices.states import FROZEN, Status
from tests.factories.audit import user_with
from tests.factories.notices import AudienceRuleFactory, DeliveryFactory, NoticeFactory
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.notices.support import everything, reviewer, writer
from tests.support.races import race


def inhabited():
    """A community where somebody lives."""
    unit = UnitFactory()
    OwnerFactory(units=[unit])
    return unit.building.community


def draft(by, *communities, **values):
    kind = word("notice_type", values.pop("kind", "reminder"))
    fields = {"title": "用电提示", "body": "注意安全。", "notice_type": kind, "channels": ["in_app"]}
    return service.create_notice(by=by, communities=communities, **fields | values)


@pytest.mark.django_db
class TestLife:
    def test_r58_a_notice_is_written_reviewed_by_another_and_published(self):
        community = inhabited()
        author, chief = writer(community), reviewer(community)
        notice = draft(author, community)
        service.submit_notice(notice, by=author)
        assert InboxItem.objects.get(user=chief).sentence == "待审核：用电提示"
        service.approve_notice(notice, by=chief)
        assert InboxItem.objects.get(user=author).sentence == "审核通过：用电提示"
        service.publish_notice(notice, by=chief)
        notice.refresh_from_db()
        assert (notice.status, notice.author, notice.reviewer) == (Status.PUBLISHED, author, chief)
        job = Job.objects.get(kind=service.MATERIALISE)
        assert (job.args, job.visible, job.created_by) == ({"notice": notice.pk}, True, chief)
        codes = list(LogEntry.objects.order_by("pk").values_list("action", flat=True))
        assert codes == [f"notices.notice.{act}" for act in ("created", "submitted", "approved", "published")]

    def test_who_wrote_it_does_not_approve_it(self):
        community = CommunityFactory()
        one = everything(community)
        notice = draft(one, community)
        service.submit_notice(notice, by=one)
        for act in (service.approve_notice, lambda n, by: service.reject_notice(n, by=by, note="不清楚")):
            with pytest.raises(BusinessError, match="拟稿人不能审核"):
                act(notice, by=one)
        with pytest.raises(IntegrityError), transaction.atomic():  # nor by any other way
            Notice.objects.filter(pk=notice.pk).update(reviewer=one)

    def test_a_rejected_one_is_mended_and_submitted_again(self):
        community = CommunityFactory()
        author, chief = writer(community), reviewer(community)
        notice = draft(author, community)
        service.submit_notice(notice, by=author)
        service.reject_notice(notice, by=chief, note="请写明楼栋")
        assert notice.review_note == "请写明楼栋"
        assert "请写明楼栋" in InboxItem.objects.get(user=author).sentence
        service.change_notice(notice, by=author, body="3栋注意安全。")
        service.submit_notice(notice, by=author)
        assert (notice.status, notice.review_note, notice.reviewer) == (Status.SUBMITTED, "", None)
        assert InboxItem.objects.filter(user=chief).count() == 2

    def test_an_urgent_one_skips_the_review_and_is_logged(self):
        community = inhabited()
        author, chief = everything(community), reviewer(community)
        calm = draft(author, community)
        with pytest.raises(BusinessError, match="只有紧急通知"):
            service.publish_urgently(calm, by=author, reason="赶时间")
        notice = draft(author, community, urgency="urgent")
        service.publish_urgently(notice, by=author, reason="爆管")
        entry = LogEntry.objects.get(action="notices.notice.published_urgently")
        assert (notice.status, entry.reason) == (Status.PUBLISHED, "爆管")
        item = InboxItem.objects.get(user=chief)
        assert (item.level, item.sentence) == ("urgent", "未经审核已紧急发布：用电提示")

    def test_text_is_written_only_in_a_draft(self):
        community = CommunityFactory()
        for status in set(Status.values) - {Status.DRAFT, Status.REJECTED}:
            notice = NoticeFactory(community=community, status=status)
            with pytest.raises(BusinessError, match="只有草稿"):
                service.change_notice(notice, by=writer(community), title="改名")
            with pytest.raises(BusinessError, match="只有草稿"):
                service.discard_notice(notice, by=writer(community))

    def test_a_draft_can_be_thrown_away(self):
        community = CommunityFactory()
        notice = AudienceRuleFactory(notice=NoticeFactory(community=community)).notice
        service.discard_notice(notice, by=writer(community))
        assert not Notice.objects.exists() and not AudienceRule.objects.exists()

    def test_what_a_planned_outage_must_say(self):
        community = CommunityFactory()
        author = writer(community)
        notice = draft(author, community, kind="outage")
        with pytest.raises(BadValue, match="须填写影响开始"):
            service.submit_notice(notice, by=author)
        with pytest.raises(BadValue, match="一起填写"):
            service.change_notice(notice, by=author, affected_from=timezone.now())

    def test_what_a_template_left_open_is_found(self):
        community = CommunityFactory()
        author = writer(community)
        notice = draft(author, community, body="【3栋】停水")
        with pytest.raises(BadValue, match="【】"):
            service.submit_notice(notice, by=author)

    def test_withdrawal_stops_what_has_not_left(self):
        community = CommunityFactory()
        notice = NoticeFactory(community=community, status=Status.PUBLISHED)
        rows = [DeliveryFactory(notice=notice, status=status) for status in ("waiting", "sending", "sent")]
        service.withdraw_notice(notice, by=reviewer(community), reason="时间改了")
        [row.refresh_from_db() for row in rows]
        assert [(row.status, row.reason) for row in rows] == [("skipped", "withdrawn"), ("sending", ""), ("sent", "")]
        assert (notice.status, notice.withdraw_reason) == (Status.WITHDRAWN, "时间改了")

    def test_a_correction_names_what_it_corrects(self):
        community = CommunityFactory()
        author = writer(community)
        notice = NoticeFactory(community=community, status=Status.DRAFT, title="停水通知")
        with pytest.raises(BusinessError, match="直接修改"):
            service.correct_notice(notice, by=author)
        AudienceRuleFactory(notice=notice, kind="role", role="owner")
        Notice.objects.filter(pk=notice.pk).update(status=Status.PUBLISHED, published_at=timezone.now())
        notice.refresh_from_db()
        made = service.correct_notice(notice, by=author)
        assert (made.title, made.correction_of, made.status) == ("更正：停水通知", notice, Status.DRAFT)
        assert [rule.role for rule in made.rules.all()] == ["owner"]
        assert notice.rules.count() == 1


@pytest.mark.django_db
class TestFrozen:
    @pytest.mark.parametrize("status", sorted(FROZEN))
    @pytest.mark.parametrize(
        "values", [{"title": "别的"}, {"body": "别的"}, {"channels": ["sms"]}, {"status": "draft"}, {"author_id": None}]
    )
    def test_the_database_refuses_changes(self, status, values):
        notice = NoticeFactory(community=CommunityFactory(), status=status)
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.filter(pk=notice.pk).update(**values)

    def test_nor_can_it_be_deleted_or_its_audience_changed(self):
        rule = AudienceRuleFactory(notice=NoticeFactory(community=CommunityFactory()))
        Notice.objects.filter(pk=rule.notice_id).update(status=Status.PUBLISHED, published_at=timezone.now())
        for statement in (
            f"DELETE FROM notices_audiencerule WHERE id = {rule.pk}",
            f"UPDATE notices_audiencerule SET exclude = true WHERE id = {rule.pk}",
            f"INSERT INTO notices_audiencerule (notice_id, exclude, kind, entrance, role, view_name, view_list, view_query) "
            f"VALUES ({rule.notice_id}, true, 'all', '', '', '', '', '')",
            f"DELETE FROM notices_notice WHERE id = {rule.notice_id}",
        ):
            with (
                pytest.raises(IntegrityError, match=r"frozen|stays"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)

    def test_pinning_is_no_change_of_the_text(self):
        notice = NoticeFactory(community=CommunityFactory(), status=Status.PUBLISHED)
        assert Notice.objects.filter(pk=notice.pk).update(pinned=True) == 1


@pytest.mark.django_db
class TestLead:
    @pytest.mark.parametrize(("hours", "warned"), [(41, False), (24, False), (23.9, True), (-1, True)])
    def test_a_planned_outage_under_24_hours_is_warned_of(self, hours, warned):
        now = timezone.now()
        times = {"affected_from": now + timedelta(hours=hours), "affected_until": now + timedelta(hours=hours + 5)}
        notice = NoticeFactory(community=CommunityFactory(), kind="outage", **times)
        assert bool(short_lead(notice, at=now)) is warned

    def test_the_schedule_counts_and_other_types_do_not(self):
        now = timezone.now()
        times = {"affected_from": now + timedelta(hours=30), "affected_until": now + timedelta(hours=35)}
        outage = NoticeFactory(
            community=CommunityFactory(), kind="outage", publish_at=now + timedelta(hours=20), **times
        )
        assert "10 小时" in short_lead(outage)
        event = NoticeFactory(
            community=CommunityFactory(), kind="event", affected_from=now, affected_until=now + timedelta(1)
        )
        assert short_lead(event) == ""


@pytest.mark.django_db
def test_acts_need_every_community_and_reading_one():
    here, there = CommunityFactory(), CommunityFactory()
    notice = NoticeFactory(community=here, community_ids=[here.pk, there.pk])
    clerk, chief = writer(here), writer(here, there)
    assert Notice.objects.visible_to(clerk, "notices.view_notice").get() == notice
    assert not Notice.objects.visible_to(clerk, "notices.change_notice").exists()
    assert Notice.objects.visible_to(chief, "notices.change_notice").get() == notice
    unit = UnitFactory(building__community=here)
    keeper = user_with("notices.view_notice", "notices.change_notice", buildings=[unit.building])
    own = NoticeFactory(community=here, author=keeper)
    NoticeFactory(community=here)
    assert Notice.objects.visible_to(keeper, "notices.change_notice").get() == own


@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.fixture(autouse=True)
    def words(self, transactional_db):
        from core.services.dictionary import seed

        seed()

    def test_of_two_approvers_one_wins_and_the_other_is_told(self):
        community = CommunityFactory()
        notice = NoticeFactory(community=community, status=Status.SUBMITTED)
        chiefs = [reviewer(community), reviewer(community)]
        copies = [Notice.objects.get(pk=notice.pk) for _ in chiefs]
        acts = [
            lambda: service.approve_notice(copies[0], by=chiefs[0]),
            lambda: service.reject_notice(copies[1], by=chiefs[1], note="不清楚"),
        ]
        outcomes = race(*acts)
        lost = [item for item in outcomes if isinstance(item, InvalidTransition)]
        assert len(lost) == 1
        winner = chiefs[0] if isinstance(outcomes[0], Notice) else chiefs[1]
        assert winner.actor_label in lost[0].sentence
        assert LogEntry.objects.count() == 1

    def test_published_twice_at_once_is_published_once(self):
        community = inhabited()
        notice = NoticeFactory(community=community, status=Status.APPROVED, author=writer(community))
        chiefs = [reviewer(community), reviewer(community)]
        acts = [lambda who=who: service.publish_notice(Notice.objects.get(pk=notice.pk), by=who) for who in chiefs]
        outcomes = race(*acts)
        assert sorted(type(item).__name__ for item in outcomes) == ["InvalidTransition", "Notice"]
        assert Job.objects.filter(kind=service.MATERIALISE).count() == 1
