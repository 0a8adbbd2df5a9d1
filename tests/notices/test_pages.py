"""The pages of announcements, each with what every page proves."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from core.web.exports import ListExport
from notices.models import AudienceRule, Delivery, Notice, NoticeTemplate
from notices.queries import beside
from notices.states import Status
from properties.models import Community
from tests.factories.audit import grant_to, user_with
from tests.factories.notices import AudienceRuleFactory, DeliveryFactory, NoticeFactory, NoticeTemplateFactory
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import BuildingFactory, CommunityFactory, UnitFactory
from tests.notices.support import WRITE, everything, writer
from tests.support.cases import ActionCase, CreateCase, DetailCase, FormCase, ListCase, signed_in


def text(**values):
    return {
        "notice_type": word("notice_type", "reminder").pk, "title": "用电提示", "body": "第一段\r\n\r\n第二段", "urgency": "normal",
        "channel_1": "in_app", "channel_2": "sms", "channel_3": "sms", "fallback_hours": "12",
    } | values  # fmt: skip


class TestNoticeList(ListCase):
    url_name, permission = "notices:notice_list", "notices.view_notice"
    search = ("?q=用电", "?q=停水")

    def make(self, community):
        return NoticeFactory(community=community)

    def test_export_needs_one_of_its_communities_as_reading_does(self):
        both = NoticeFactory(community_ids=[self.own.pk, self.foreign.pk])
        reader = user_with(self.permission, communities=[self.own, self.foreign])
        grant_to(reader, "notices.export_notice", communities=[self.own])
        out = {row.pk for row in ListExport.of(self.view(), reader, "").records()}
        assert out == {self.own_row.pk, both.pk}


@pytest.mark.django_db
def test_urgency_has_no_colour_of_a_state():
    community = CommunityFactory()
    NoticeFactory(community=community, urgency="urgent")
    page = signed_in(everything(community)).get("/notices/").content.decode()
    assert '<span class="tag ink">紧急</span>' in page and 'st-red">紧急' not in page


class TestTemplateList(ListCase):
    url_name, permission = "notices:template_list", "notices.view_noticetemplate"
    scoped = False
    search = ("?q=模板", "?q=没有")

    def make(self, community):
        NoticeTemplate.objects.filter(builtin__gt="").delete()
        return NoticeTemplateFactory()


class TestDeliveryList(ListCase):
    url_name, permission = "notices:delivery_list", "notices.view_delivery"
    search = ("?status=sent", "?status=failed")

    def make(self, community):
        return DeliveryFactory(
            notice=NoticeFactory(community=community), unit=UnitFactory(building__community=community)
        )


class TestNoticeDetail(DetailCase):
    url_name, permission = "notices:notice_detail", "notices.view_notice"

    def make(self, community):
        return NoticeFactory(community=community)


class TestNoticeCreate(CreateCase):
    url_name, permission = "notices:notice_create", "notices.add_notice"
    model, log_action, invalid_field = Notice, "notices.notice.created", "title"

    def make(self, community):
        return NoticeFactory(community=community)

    def valid(self):
        return text(communities=[self.own.pk])

    def invalid(self):
        return text(communities=[self.own.pk], title="长" * 51)

    def foreign_data(self):
        return text(communities=[self.foreign.pk])

    def check(self, row):
        assert (row.community_ids, row.channels, row.body) == ([self.own.pk], ["in_app", "sms"], "第一段\n\n第二段")
        assert row.author == self.actor

    def test_whoever_writes_begins_with_a_template_without_the_right_to_change_it(self):
        template = NoticeTemplateFactory(name="我们的停水模板", title="【3栋】停水通知")
        stopped = NoticeTemplateFactory(name="旧模板", disabled_at=timezone.now())
        clerk = signed_in(user_with(*WRITE, "notices.view_noticetemplate", communities=[CommunityFactory()]))
        begin = f"?template={template.pk}"
        page = clerk.get(template.get_absolute_url()).content.decode()
        assert f"/notices/new{begin}" in page and f"/notices/templates/{template.pk}/edit" not in page
        form = clerk.get("/notices/new").content.decode()
        assert f'href="{begin}"' in form and "旧模板" not in form
        assert "【3栋】停水通知" in clerk.get(f"/notices/new{begin}").content.decode()
        assert f"?template={stopped.pk}" not in clerk.get(stopped.get_absolute_url()).content.decode()

    def test_a_template_brings_its_words(self, permitted):
        permitted_user = user_with(
            self.permission, "notices.view_noticetemplate", communities=[self.own]
        )  # fmt: skip
        template = NoticeTemplateFactory(title="【3栋】停水")
        page = signed_in(permitted_user).get(f"{self.url(None)}?template={template.pk}")
        assert "【3栋】停水" in page.content.decode()


class TestNoticeUpdate(FormCase):
    url_name, permission = "notices:notice_update", "notices.change_notice"
    more_permissions = ("notices.add_notice",)
    log_action, invalid_field = "notices.notice.changed", "affected_until"

    def make(self, community):
        return NoticeFactory(community=community)

    def valid(self):
        return text(communities=[self.own.pk])

    def invalid(self):
        return text(communities=[self.own.pk], affected_from="2026-12-01T09:00")

    def check(self, row):
        assert row.title == "用电提示"


class _Act(ActionCase):
    start, end = Status.DRAFT, Status.SUBMITTED

    def make(self, community):
        unit = UnitFactory(building__community=community)
        OwnerFactory(units=[unit])
        return NoticeFactory(
            community=community, author=writer(community), status=self.start, urgency=getattr(self, "urgency", "normal")
        )

    def check(self, row):
        assert row.status == self.end


class TestSubmit(_Act):
    url_name, permission, log_action = "notices:notice_submit", "notices.change_notice", "notices.notice.submitted"


class TestRecall(_Act):
    url_name, permission, log_action = "notices:notice_recall", "notices.change_notice", "notices.notice.recalled"
    start, end = Status.APPROVED, Status.DRAFT


class TestApprove(_Act):
    url_name, permission, log_action = "notices:notice_approve", "notices.approve_notice", "notices.notice.approved"
    start, end = Status.SUBMITTED, Status.APPROVED


class TestReject(_Act):
    url_name, permission, log_action = "notices:notice_reject", "notices.approve_notice", "notices.notice.rejected"
    start, end, invalid_field = Status.SUBMITTED, Status.REJECTED, "note"

    def valid(self):
        return {"note": "请写明楼栋"}


class TestPublish(_Act):
    url_name, permission, log_action = "notices:notice_publish", "notices.publish_notice", "notices.notice.published"
    start, end = Status.APPROVED, Status.PUBLISHED


class TestPublishUrgently(_Act):
    url_name, permission = "notices:notice_publish_urgently", "notices.publish_urgent_notice"
    log_action, urgency = "notices.notice.published_urgently", "urgent"
    end, invalid_field = Status.PUBLISHED, "reason"

    def valid(self):
        return {"reason": "爆管"}


class TestWithdraw(_Act):
    url_name, permission, log_action = "notices:notice_withdraw", "notices.withdraw_notice", "notices.notice.withdrawn"
    start, end, invalid_field = Status.PUBLISHED, Status.WITHDRAWN, "reason"

    def valid(self):
        return {"reason": "时间改了"}


class TestPin(_Act):
    url_name, permission, log_action = "notices:notice_pin", "notices.publish_notice", "notices.notice.pinned"
    start = end = Status.PUBLISHED

    def check(self, row):
        assert row.pinned


class TestUnpin(TestPin):
    url_name, log_action = "notices:notice_unpin", "notices.notice.unpinned"

    def make(self, community):
        row = super().make(community)
        type(row).objects.filter(pk=row.pk).update(pinned=True)
        return row

    def check(self, row):
        assert not row.pinned


class TestCorrect(_Act):
    url_name, permission, log_action = "notices:notice_correct", "notices.add_notice", "notices.notice.created"
    start = end = Status.PUBLISHED

    def check(self, row):
        assert row.corrections.get().status == Status.DRAFT


class TestResend(_Act):
    url_name, permission, log_action = "notices:notice_resend", "notices.resend_delivery", "notices.notice.resent"
    start = end = Status.PUBLISHED
    invalid_field = "channel"

    def valid(self):
        return {"channel": "sms"}

    def invalid(self):
        return {"channel": "pigeon"}


class TestDecide(ActionCase):
    url_name, permission, log_action = "notices:delivery_decide", "notices.resend_delivery", "notices.delivery.decided"
    invalid_field = "sent"

    def make(self, community):
        unit = UnitFactory(building__community=community)
        return DeliveryFactory(notice=NoticeFactory(community=community), unit=unit, status="unknown")

    def valid(self):
        return {"sent": "yes"}

    def invalid(self):
        return {"sent": ""}

    def check(self, row):
        assert row.status == "sent"


@pytest.mark.django_db
def test_what_nobody_knows_is_decided_from_the_list_too():
    """Messages of other floors have no board."""
    community = CommunityFactory()
    row = DeliveryFactory(
        notice=NoticeFactory(community=community), unit=UnitFactory(building__community=community), status="unknown",
        source_type="workorders.ordermessage",
    )  # fmt: skip
    decide = f"/notices/deliveries/{row.pk}/decide"
    chief, reader = everything(community), user_with("notices.view_delivery", communities=[community])
    assert decide in signed_in(chief).get("/notices/deliveries/").content.decode()
    assert decide not in signed_in(reader).get("/notices/deliveries/").content.decode()
    Delivery.objects.update(status="sent")
    assert decide not in signed_in(chief).get("/notices/deliveries/").content.decode()


@pytest.mark.django_db
class TestAudiencePage:
    @pytest.fixture
    def place(self):
        unit = UnitFactory()
        OwnerFactory(units=[unit], phones=["13800138000"])
        community = unit.building.community
        author = writer(community)
        return signed_in(author), NoticeFactory(community=community, author=author), unit

    def test_rules_are_added_and_taken_away(self, place):
        client, notice, unit = place
        url = f"/notices/{notice.pk}/audience"
        assert client.post(url, {"kind": "building", "building": unit.building_id}).status_code == 302
        assert unit.building.label in client.get(url).content.decode()
        rule = AudienceRule.objects.get()
        answer = client.post(f"/notices/{notice.pk}/audience/{rule.pk}/remove")
        assert answer.status_code == 302 and not AudienceRule.objects.exists()

    def test_what_is_missing_or_foreign_is_told(self, place):
        client, notice, _unit = place
        url = f"/notices/{notice.pk}/audience"
        page = client.post(url, {"kind": "building"})
        assert page.status_code == 200 and "building" in page.context["form"].errors
        page = client.post(url, {"kind": "building", "building": BuildingFactory().pk})
        assert "building" in page.context["form"].errors
        assert not AudienceRule.objects.exists()

    def test_the_preview_says_households_and_people(self, place):
        client, notice, _unit = place
        page = client.get(f"/notices/{notice.pk}/preview")
        assert page.status_code == 200 and page.context["figures"].households == 1
        assert "1 人" in page.content.decode()

    def test_the_rule_of_another_notice_is_not_found(self, place):
        client, notice, _unit = place
        rule = AudienceRuleFactory(notice=NoticeFactory(community_ids=notice.community_ids))
        assert client.post(f"/notices/{notice.pk}/audience/{rule.pk}/remove").status_code == 404

    def test_sensitive_tags_are_offered_to_those_who_may_see_them(self, place):
        client, notice, _unit = place
        sensitive = word("owner_tag", "living_alone")
        page = client.post(f"/notices/{notice.pk}/audience", {"kind": "tag", "tag": sensitive.pk})
        assert "tag" in page.context["form"].errors


@pytest.mark.django_db
def test_a_household_is_told_by_telephone_once():
    unit = UnitFactory()
    notice = NoticeFactory(community=unit.building.community, status=Status.PUBLISHED)
    DeliveryFactory(notice=notice, unit=unit)
    client, url = signed_in(everything(unit.building.community)), f"/notices/{notice.pk}/households/{unit.pk}/tell"
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 200
    assert client.post(url, {"way": "phone"}).status_code == 302
    assert Delivery.objects.get().told_way == "phone"
    assert client.post(url, {"way": "visit"}).status_code == 409
    assert client.get(f"/notices/{notice.pk}/households/{UnitFactory().pk}/tell").status_code == 404


@pytest.mark.django_db
def test_the_card_counts_the_list_it_leads_to():
    community = Community.objects.get(pk=UnitFactory().building.community_id)
    chief = everything(community)
    NoticeFactory(community=community, status=Status.SUBMITTED)
    NoticeFactory(community=community, status=Status.SUBMITTED, author=chief)
    NoticeFactory(community=UnitFactory().building.community, status=Status.SUBMITTED)
    client: Client = signed_in(chief)
    answer = client.get("/workbench/cards/notices/")
    rows = client.get(answer.url).context["table"]["rows"]
    assert len(rows) == 1
    card = client.get("/workbench/cards/notices/", headers={"HX-Request": "true"})
    assert ">1<" in card.content.decode()


@pytest.mark.django_db
def test_the_dialog_sends_files_as_files():
    """In the browser: without its encoding a form sends the name of the file and nothing else."""
    community = CommunityFactory()
    notice = NoticeFactory(community=community, author=writer(community))
    client = signed_in(everything(community))
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(f"/notices/{notice.pk}/files/new", headers=headers).content.decode()
        assert 'enctype="multipart/form-data"' in page
    assert "enctype" not in client.get(f"/notices/{notice.pk}/submit", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.django_db
def test_files_come_and_go_only_while_it_is_written(settings, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    unit = UnitFactory()
    author = writer(unit.building.community)
    notice = NoticeFactory(community=unit.building.community, author=author)
    client = signed_in(author)
    url = f"/notices/{notice.pk}/files/new"
    upload = SimpleUploadedFile("通知.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    assert client.post(url, {"upload": upload}).status_code == 302
    assert "通知.pdf" in client.get(f"/notices/{notice.pk}/").content.decode()
    Notice.objects.filter(pk=notice.pk).update(status=Status.PUBLISHED, published_at=timezone.now())
    upload = SimpleUploadedFile("更多.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    page = client.post(url, {"upload": upload})
    assert page.status_code == 200 and page.context["form"].errors


@pytest.mark.django_db
class TestBeside:
    """Picture 12: the other announcements stand beside the page of one."""

    def test_the_latest_of_its_stage_stand_beside_it_and_tabs_lead_to_the_others(self):
        here, away = CommunityFactory(), CommunityFactory()
        old, new = (NoticeFactory(community=here, status=Status.PUBLISHED) for _ in range(2))
        Notice.objects.filter(pk=new.pk).update(read_count=286, delivered_count=314)
        draft = NoticeFactory(community=here, status=Status.DRAFT)
        foreign = NoticeFactory(community=away, status=Status.PUBLISHED, title="别的项目的通知")
        client = signed_in(everything(here))
        page = client.get(f"/notices/{old.pk}/")
        items = page.context["beside"]["items"]
        assert [(item.notice, item.rate, item.on) for item in items] == [
            (new, Decimal("91.08"), False),
            (old, None, True),
        ]
        assert foreign.title not in page.content.decode()
        tabs = page.context["beside"]["tabs"]
        assert [(str(tab["label"]), tab["count"], tab["on"]) for tab in tabs] == [
            ("已发布", 0, True), ("待审核", 0, False), ("草稿", 1, False),
        ]  # fmt: skip
        drafts = client.get(tabs[2]["url"])
        assert [item.notice for item in drafts.context["beside"]["items"]] == [draft]
        assert client.get(tabs[2]["list_url"]).status_code == 200
        assert client.get(f"/notices/{foreign.pk}/beside").status_code == 404

    def test_the_board_and_the_line_beside_it_say_the_same_rate(self):
        community = CommunityFactory()
        notice = NoticeFactory(community=community, status=Status.PUBLISHED, read_count=1, delivered_count=1)
        unit = UnitFactory(building__community=community)
        DeliveryFactory(notice=notice, unit=unit, owner=OwnerFactory(units=[unit]))
        page = signed_in(everything(community)).get(f"/notices/{notice.pk}/")
        (item,) = page.context["beside"]["items"]
        assert item.rate == page.context["board"].total.rate == Decimal("0.00")

    def test_an_old_one_still_shows_where_its_reader_is(self):
        community = CommunityFactory()
        old = NoticeFactory(community=community, status=Status.WITHDRAWN)
        for _ in range(beside.MOST):
            NoticeFactory(community=community, status=Status.EXPIRED)
        context = signed_in(everything(community)).get(f"/notices/{old.pk}/").context["beside"]
        assert len(context["items"]) == beside.MOST + 1 and context["items"][-1].on
        assert [str(tab["label"]) for tab in context["tabs"] if tab["on"]] == ["已结束"]
