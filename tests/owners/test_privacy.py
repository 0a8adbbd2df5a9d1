"""What the pages of people do not tell: hidden and masked values, former households, other communities, files."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import log, rate_limit
from core.models import Attachment, LogEntry
from owners.services import files, phones, tenures
from properties.models import UnitMark
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import (
    ContactRecordFactory,
    FamilyMemberFactory,
    OwnerFactory,
    OwnerTagFactory,
    TenureFactory,
    TimelineEntryFactory,
    VehicleFactory,
    word,
)
from tests.factories.properties import UnitFactory, UnitMarkFactory
from tests.owners.support import ID_NUMBER, VIEW, owner_in, unit_in
from tests.support.cases import ActionCase, make_community, signed_in


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

    def test_a_phone_asked_of_a_picker_is_posted_and_finds_nothing_in_an_address(self, unit):
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        client, url = signed_in(user_with(VIEW, communities=[unit.community])), reverse("owners:owner_picker")
        assert client.get(url, {"q": "8000"}).json() == {"results": []}
        assert [row["id"] for row in client.post(url, {"q": "8000"}).json()["results"]] == [owner.pk]
        assert [row["id"] for row in client.post(url, {"q": "13800138000"}).json()["results"]] == [owner.pk]
        stranger = signed_in(user_with(VIEW, communities=[UnitFactory().community]))
        assert stranger.post(url, {"q": "8000"}).json() == {"results": []}
        assert [row["id"] for row in client.post(reverse("owners:unit_picker"), {"q": "1502"}).json()["results"]] == [
            unit.pk
        ]

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
class TestSearchesByNumber:
    """A number asked of a picker or of a list's own box is counted and logged as one asked of the global search."""

    def logged(self, user):
        rows = LogEntry.objects.filter(action="core.search.number_searched", actor_id=user.pk).order_by("pk")
        return [row.changes["number"] for row in rows]

    def test_r133_a_number_asked_of_a_picker_is_logged_without_it(self, unit, clerk):
        OwnerFactory(phones=["13800138000"], units=[unit])
        client, url = signed_in(clerk), reverse("owners:owner_picker")
        for typed in ("13800138000", "8000", ID_NUMBER, "王建国", "3-2-1502"):
            client.post(url, {"q": typed})
        assert self.logged(clerk) == ["138****8000", "**00", "110105********002X"]

    def test_r133_a_number_asked_of_a_list_is_logged_without_it(self, unit, clerk):
        OwnerFactory(phones=["13800138000"], units=[unit])
        client, url = signed_in(clerk), reverse("owners:owner_list")
        for typed in ("13800138000", "8000", "12"):  # the last one is no number
            assert client.post(url, {"phone": typed}).status_code == 302
        client.post(url, {"id_number": ID_NUMBER})
        assert self.logged(clerk) == ["138****8000", "**00", "110105********002X"]

    def test_both_draw_on_the_count_of_the_search_box(self, unit, clerk):
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        client, url = signed_in(clerk), reverse("owners:owner_picker")
        assert rate_limit.take(f"search:{clerk.pk}", capacity=60, seconds=60, cost=60)
        assert client.post(url, {"q": "8000"}).status_code == 429
        assert [row["id"] for row in client.post(url, {"q": "王建国"}).json()["results"]] == [owner.pk]
        refused = client.post(reverse("owners:owner_list"), {"phone": "8000"}, follow=True)
        assert "搜索太频繁" in refused.content.decode() and self.logged(clerk) == []
