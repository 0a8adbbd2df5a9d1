"""The inbox of conversations and the ready answers, page by page."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from complaints.models import CannedReply, Enquiry
from complaints.queries import enquiries
from complaints.services import telling
from core.models import Attachment, LogEntry
from core.services import links
from core.web import searching
from notices.models import Delivery
from notices.services import messages
from tests.factories.audit import user_with
from tests.factories.complaints import topic_of
from tests.factories.owners import word
from tests.factories.properties import UnitFactory
from tests.factories.talk import CannedReplyFactory, EnquiryFactory
from tests.factories.workorders import kind_of
from tests.support.cases import ActionCase, CreateCase, DetailCase, FormCase, ListCase, make_community, signed_in

VIEW, ANSWER = "complaints.view_enquiry", "complaints.answer_enquiry"


def asked(community: Any, **fields: Any) -> Enquiry:
    return EnquiryFactory(**{"unit": UnitFactory(building__community=community)} | fields)


class TestEnquiryList(ListCase):
    url_name, permission = "complaints:enquiry_list", VIEW
    search = ("?q=季度", "?q=装修")
    visibility = {"name": "plain"}

    def make(self, community: Any) -> Enquiry:
        return asked(community)

    def test_who_asks_for_nothing_gets_what_waits_with_the_dot_of_what_is_unread(self, permitted: Client) -> None:
        done = asked(self.own, status="answered")
        assert done.pk not in self.pks(permitted) and done.pk in self.pks(permitted, "?group=answered")
        assert 'class="tk-dot"' in permitted.get(self.url(None)).content.decode()
        assert self.own_row.pk not in self.pks(permitted, "?unread=0")

    def test_the_inbox_renews_itself(self, permitted: Client) -> None:
        assert 'data-renew="15"' in permitted.get(self.url(None)).content.decode()


class TestEnquiryDetail(DetailCase):
    url_name, permission = "complaints:enquiry_detail", VIEW
    more_permissions = (ANSWER, "complaints.view_cannedreply", "workorders.add_workorder", "complaints.add_complaint")

    def make(self, community: Any) -> Enquiry:
        return asked(community)

    def shows(self, row: Any) -> list[str]:
        return [row.number, "车位租金可以按季度交吗", "我来接待", "转报修工单", "转投诉建议", "每", "138****8000"][:5]

    def test_who_only_reads_has_nothing_to_press_and_leaves_the_dot(self) -> None:
        client = signed_in(user_with(VIEW, communities=[self.own]))
        page = client.get(self.url(self.own_row)).content.decode()
        assert "data-main-submit" not in page and "我来接待" not in page and "data-talk-seen" not in page
        assert client.post(reverse("complaints:enquiry_seen", args=[self.own_row.pk])).status_code == 403
        assert Enquiry.objects.get(pk=self.own_row.pk).staff_unread == 1

    def test_the_open_page_asks_again_and_gets_nothing_while_nothing_is_new(self, permitted: Client) -> None:
        page = permitted.get(self.url(self.own_row))
        address = f"{reverse('complaints:enquiry_talk', args=[self.own_row.pk])}?stamp={page.context['stamp']}"
        assert address in page.content.decode()
        assert permitted.get(address).status_code == 204
        permitted.post(reverse("complaints:enquiry_answer", args=[self.own_row.pk]), {"text": "可以的"})
        fresh = permitted.get(address)
        text = fresh.content.decode()
        assert fresh.status_code == 200 and "可以的" in text and "<html" not in text
        assert 'hx-swap-oob="true"' in text and "已答复" in text, "the heading follows"

    def test_looking_leaves_the_dot_and_saying_so_takes_it(self, permitted: Client) -> None:
        permitted.get(self.url(self.own_row))
        assert Enquiry.objects.get(pk=self.own_row.pk).staff_unread == 1
        assert permitted.post(reverse("complaints:enquiry_seen", args=[self.own_row.pk])).status_code == 204
        assert Enquiry.objects.get(pk=self.own_row.pk).staff_unread == 0
        assert permitted.post(reverse("complaints:enquiry_seen", args=[self.foreign_row.pk])).status_code == 404

    def test_answering_with_a_paper_and_what_is_wrong_about_it(self, permitted: Client) -> None:
        address = reverse("complaints:enquiry_answer", args=[self.own_row.pk])
        refused = permitted.post(address, {"text": " "})
        assert refused.status_code == 200 and "写几句" in refused.content.decode()
        paper = SimpleUploadedFile("收费标准.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
        assert permitted.post(address, {"text": "见附件", "uploads": paper}).status_code == 302
        file = Attachment.objects.get()
        assert file.name == "收费标准.pdf" and permitted.get(file.get_absolute_url()).status_code == 200
        stranger = signed_in(user_with(VIEW, ANSWER, communities=[self.foreign]))
        assert stranger.get(file.get_absolute_url()).status_code == 404
        assert stranger.post(address, {"text": "在吗"}).status_code == 404

    def test_the_owners_other_talks_are_those_its_reader_may_open(self) -> None:
        unit = self.own_row.unit
        here = asked(self.own, unit=unit, owner=self.own_row.owner)
        there = asked(self.own, owner=self.own_row.owner)

        def others(user: Any) -> set[int]:
            return {row.pk for row in signed_in(user).get(self.url(self.own_row)).context["others"]}

        assert others(user_with(VIEW, communities=[self.own])) == {here.pk, there.pk}
        assert others(user_with(VIEW, buildings=[unit.building])) == {here.pk}
        clerk = user_with(VIEW, scope="self", communities=[self.own])
        Enquiry.objects.filter(pk__in=[self.own_row.pk, there.pk]).update(handler=clerk)
        assert others(clerk) == {there.pk}

    def test_taking_it(self, permitted: Client) -> None:
        assert permitted.post(reverse("complaints:enquiry_take", args=[self.own_row.pk])).status_code == 302
        assert Enquiry.objects.get(pk=self.own_row.pk).handler == self.actor
        assert "我来接待" not in permitted.get(self.url(self.own_row)).content.decode()

    def test_ready_answers_of_here_and_of_the_house_are_offered(self, permitted: Client) -> None:
        CannedReplyFactory(community=self.own, title="本项目的")
        CannedReplyFactory(community=self.foreign, title="别处的")
        CannedReplyFactory(community=None, title="停用了的", disabled_at="2026-11-22T00:00:00Z")
        CannedReplyFactory(community=None, title="发票的", topic=word("enquiry_topic", "invoice"))
        offered = [row.title for row in permitted.get(self.url(self.own_row)).context["replies"]]
        assert "本项目的" in offered and "收到，马上核实" in offered
        assert not {"别处的", "停用了的", "发票的"} & set(offered)


class _Act(ActionCase):
    permission, more_permissions = ANSWER, (VIEW,)

    def make(self, community: Any) -> Enquiry:
        return asked(community, status="answered")


class TestNote(_Act):
    url_name, log_action, invalid_field = "complaints:enquiry_note", "complaints.enquiry.noted", "text"

    def valid(self) -> dict[str, Any]:
        return {"text": "已电话沟通"}

    def invalid(self) -> dict[str, Any]:
        return {"text": ""}

    def check(self, row: Any) -> None:
        assert row.messages.last().text == "已电话沟通"


class TestHandOver(_Act):
    url_name, log_action, invalid_field = "complaints:enquiry_hand_over", "complaints.enquiry.handed_over", "handler"

    def valid(self) -> dict[str, Any]:
        self.hand = user_with(VIEW, ANSWER, communities=[self.own])
        return {"handler": self.hand.pk, "note": "请跟进"}

    def invalid(self) -> dict[str, Any]:
        return {"handler": user_with(VIEW, ANSWER, communities=[self.foreign]).pk}

    def check(self, row: Any) -> None:
        assert row.handler == self.hand


class TestEnd(_Act):
    url_name, log_action = "complaints:enquiry_end", "complaints.enquiry.ended"

    def check(self, row: Any) -> None:
        assert row.status == "closed"


class TestOrder(_Act):
    url_name, invalid_field = "complaints:enquiry_order", "kind"
    more_permissions = (VIEW, "workorders.add_workorder", "workorders.view_workorder")

    def valid(self) -> dict[str, Any]:
        return {"kind": kind_of("tap").pk, "description": "厨房漏水", "with_files": "on"}

    def invalid(self) -> dict[str, Any]:
        return {"description": "厨房漏水"}

    def check(self, row: Any) -> None:
        assert row.links.get().order.description == "厨房漏水"

    def test_permitted_act_has_its_effect_and_one_log_entry(self, permitted: Client) -> None:
        before = LogEntry.objects.count()
        response = permitted.post(self.url(self.own_row), self.valid())
        assert response.status_code == 302 and response.url == self.own_row.get_absolute_url()
        codes = list(LogEntry.objects.order_by("pk").values_list("action", flat=True)[before:])
        assert codes == [
            "workorders.workorder.created", "complaints.enquiry.order_raised", "complaints.enquiry.order_came",
        ]  # fmt: skip
        self.check(self.own_row)

    def test_the_form_brings_what_the_owner_said(self, permitted: Client) -> None:
        assert "车位租金可以按季度交吗" in permitted.get(self.url(self.own_row)).content.decode()


class TestComplaint(_Act):
    url_name, invalid_field = "complaints:enquiry_complaint", "topic"
    more_permissions = (VIEW, "complaints.add_complaint", "complaints.view_complaint")

    def valid(self) -> dict[str, Any]:
        return {"kind": "suggestion", "topic": topic_of("parking_space").pk, "facts": "希望增加车位"}

    def invalid(self) -> dict[str, Any]:
        return {"kind": "complaint", "facts": "车位"}

    def check(self, row: Any) -> None:
        case = row.links.get().complaint
        assert (case.kind, case.category.code) == ("suggestion", "parking")
        page = signed_in(self.actor).get(case.get_absolute_url()).content.decode()
        assert row.get_absolute_url() in page, "the case leads back"

    def test_permitted_act_has_its_effect_and_one_log_entry(self, permitted: Client) -> None:
        assert permitted.post(self.url(self.own_row), self.valid()).status_code == 302
        self.check(self.own_row)


class TestReplyList(ListCase):
    url_name, permission = "complaints:reply_list", "complaints.view_cannedreply"
    search = ("?q=车位怎么租", "?q=没有这样的")

    def make(self, community: Any) -> CannedReply:
        return CannedReplyFactory(community=community)


class TestReplyCreate(CreateCase):
    url_name, permission, model = "complaints:reply_create", "complaints.add_cannedreply", CannedReply
    more_permissions = ("complaints.view_cannedreply",)
    log_action, invalid_field = "complaints.cannedreply.created", ""

    def make(self, community: Any) -> CannedReply:
        return CannedReplyFactory(community=community, title="车位怎么租")

    def valid(self) -> dict[str, Any]:
        return {"community": self.own.pk, "title": "月卡怎么办", "text": "请带行驶证到服务中心办理。"}

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"title": "车位怎么租"}

    def foreign_data(self) -> dict[str, Any]:
        return self.valid() | {"community": self.foreign.pk}

    def check(self, row: Any) -> None:
        assert (row.title, row.topic) == ("月卡怎么办", None)

    def test_one_of_the_house_needs_the_whole_house(self, permitted: Client) -> None:
        before = CannedReply.objects.count()
        permitted.post(self.url(None), self.valid() | {"community": ""})
        assert CannedReply.objects.count() == before


class TestReplyUpdate(FormCase):
    url_name, permission = "complaints:reply_update", "complaints.change_cannedreply"
    more_permissions = ("complaints.view_cannedreply",)
    log_action, invalid_field = "complaints.cannedreply.changed", "text"

    def make(self, community: Any) -> CannedReply:
        return CannedReplyFactory(community=community)

    def valid(self) -> dict[str, Any]:
        return {"title": self.own_row.title, "text": "车位已租完。"}

    def invalid(self) -> dict[str, Any]:
        return {"title": self.own_row.title, "text": ""}

    def check(self, row: Any) -> None:
        assert row.text == "车位已租完。"

    def test_those_of_the_house_are_not_changed_from_one_community(self, permitted: Client) -> None:
        house = CannedReplyFactory(community=None)
        assert permitted.get(self.url(house)).status_code == 404


class TestReplyDisable(ActionCase):
    url_name, permission = "complaints:reply_disable", "complaints.change_cannedreply"
    more_permissions = ("complaints.view_cannedreply",)
    log_action, invalid_field = "complaints.cannedreply.disabled", "reason"

    def make(self, community: Any) -> CannedReply:
        return CannedReplyFactory(community=community)

    def valid(self) -> dict[str, Any]:
        return {"reason": "价格变了"}

    def invalid(self) -> dict[str, Any]:
        return {"reason": ""}

    def check(self, row: Any) -> None:
        assert row.disabled_at is not None


class TestReplyRestore(TestReplyDisable):
    url_name, log_action, invalid_field = "complaints:reply_restore", "complaints.cannedreply.restored", None

    def make(self, community: Any) -> CannedReply:
        return CannedReplyFactory(community=community, disabled_at="2026-11-22T00:00:00Z")

    def valid(self) -> dict[str, Any]:
        return {}

    def check(self, row: Any) -> None:
        assert row.disabled_at is None


@pytest.mark.django_db
class TestPersonalLink:
    def test_it_shows_the_answers_and_neither_names_nor_notes(self) -> None:
        from complaints.services import enquiries

        row = asked(make_community("OWN"))
        staff = user_with(VIEW, ANSWER, communities=[row.community])
        enquiries.answer(row, by=staff, text="可以按季度交")
        enquiries.add_note(row, by=staff, text="这户欠费")
        messages.send(row.messages.get(voice="staff"), unit=row.unit, owners=[row.owner])
        token = links.create(Delivery.objects.get(), telling.READ, by=staff, valid=telling.VALID)
        page = Client().get(reverse("complaints:public_enquiry", args=[token])).content.decode()
        assert "可以按季度交" in page and "登录后接着咨询" in page
        assert not [word for word in ("王建国", "这户欠费", str(staff), "<script") if word in page]
        assert Client().get(reverse("complaints:public_enquiry", args=["x" * 22])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("few", "most"), [(-1, 10_000), (-1, 0), (3_000, 10_000)],
    ids=["the word looked up", "too many to count", "the conversations looked at"],
)  # fmt: skip
def test_what_was_said_is_found_from_either_side(monkeypatch, few, most):
    monkeypatch.setattr(enquiries, "MANY", 0)
    monkeypatch.setattr(enquiries, "FEW", few)
    for module in (enquiries, searching):
        monkeypatch.setattr(module, "EXACT_LIMIT", most)
    here = EnquiryFactory(last_words="门禁卡丢了，怎么补办")
    EnquiryFactory(unit=here.unit, last_words="车位怎么租")
    there = EnquiryFactory(last_words="补办门禁卡要带什么")
    assert set(enquiries.search(Enquiry.objects.all(), "门禁卡")) == {here, there}
    assert set(enquiries.search(Enquiry.objects.filter(community=here.community), "门禁卡")) == {here}
    assert not enquiries.search(Enquiry.objects.all(), "押金").exists()
