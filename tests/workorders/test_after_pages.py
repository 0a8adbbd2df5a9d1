"""Pages of what comes after the work: 督办, ratings by staff, call-backs, the contractor's link, the panels of an order."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from core.errors import BusinessError
from core.models import InboxItem, LogEntry, SignedLink
from core.services import attachments, links
from owners.models import CallBackTask
from properties.models import UnitMark
from tests.factories.audit import user_with
from tests.factories.notices import DeliveryFactory
from tests.factories.owners import CallBackTaskFactory, OwnerFactory, word
from tests.factories.properties import UnitFactory
from tests.factories.workorders import (
    MaterialFactory,
    PriceItemFactory,
    SupervisionFactory,
    WorkOrderFactory,
    desk,
    repairer,
)
from tests.support.cases import MOST_QUERIES, ActionCase, DetailCase, ListCase, queries_of, signed_in
from workorders.buttons import buttons_of
from workorders.models import CheckPoint, MaterialLine, OrderMessage, PaidLine, Rating, Supervision
from workorders.queries.after import CONTRACTOR
from workorders.services import contractor, pausing, supervision
from workorders.signatures import signed
from workorders.states import MessageKind, Status

VIEW, CHANGE = "workorders.view_workorder", "workorders.change_workorder"


def image(name):
    content = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def order_in(community, **values):
    return WorkOrderFactory(unit=UnitFactory(building__community=community), **values)


class TestSupervisionList(ListCase):
    url_name, permission = "workorders:supervision_list", VIEW
    search = ("?state=open", "?state=replied")

    def make(self, community):
        return SupervisionFactory(order=order_in(community, status=Status.WORKING))


class TestSupervise(ActionCase):
    url_name, permission = "workorders:workorder_supervise", "workorders.supervise_workorder"
    more_permissions = (VIEW,)
    log_action, invalid_field = "workorders.workorder.supervised", "due_at"

    def make(self, community):
        return order_in(community, status=Status.WORKING)

    def valid(self):
        due = timezone.localtime(timezone.now() + timedelta(hours=4))
        return {"demand": "今天内修好并回复业主", "due_at": f"{due:%Y-%m-%d %H:%M}"}

    def invalid(self):
        return self.valid() | {"due_at": "2020-01-01 08:00"}

    def check(self, row):
        demand = Supervision.objects.get()
        assert (demand.order, demand.demanded_by, demand.level) == (row, self.actor, "")
        item = InboxItem.objects.get(user=row.assignee)
        assert item.sentence.startswith("督办：")


class TestReply(ActionCase):
    url_name, permission = "workorders:supervision_reply", VIEW
    more_permissions = ("workorders.dispatch_workorder",)
    log_action, invalid_field = "workorders.workorder.answered", "reply"

    def make(self, community):
        return SupervisionFactory(order=order_in(community, status=Status.WORKING), demanded_by=user_with())

    def valid(self):
        return {"reply": "缺配件"}

    def invalid(self):
        return {"reply": ""}

    def check(self, row):
        assert (row.reply, row.replied_by) == (self.valid()["reply"], self.actor)
        assert InboxItem.objects.filter(user=row.demanded_by).count() == 1


@pytest.mark.django_db
class TestWhoAnswers:
    def test_the_repairer_answers_for_his_own_and_nobody_for_himself(self):
        order = WorkOrderFactory(status=Status.WORKING)
        lead, other = desk(order.community), desk(order.community)
        row = supervision.supervise_order(order, by=lead, demand="尽快", due_at=timezone.now() + timedelta(hours=1))
        with pytest.raises(BusinessError, match="不能自己回复自己"):
            supervision.reply_supervision(row, by=lead, reply="好")
        with pytest.raises(BusinessError, match="不在你手上"):
            supervision.reply_supervision(row, by=repairer(order.community), reply="好")
        supervision.reply_supervision(row, by=other, reply="已安排")
        with pytest.raises(BusinessError, match="已由"):
            supervision.reply_supervision(row, by=other, reply="再说")

    def test_a_repairer_sees_the_demands_on_his_own_orders_only(self):
        person = repairer(UnitFactory().community)
        mine = SupervisionFactory(order=WorkOrderFactory(status=Status.WORKING, assignee=person))
        SupervisionFactory(order=WorkOrderFactory(status=Status.WORKING))
        assert list(Supervision.objects.visible_to(person, VIEW)) == [mine]

    def test_an_order_that_is_over_is_not_supervised(self):
        order = WorkOrderFactory(status=Status.DONE)
        with pytest.raises(BusinessError, match="已结束"):
            supervision.supervise_order(
                order, by=desk(order.community), demand="尽快", due_at=timezone.now() + timedelta(hours=1)
            )


class TestRate(ActionCase):
    """代录评价."""

    url_name, permission = "workorders:workorder_rate", CHANGE
    more_permissions = (VIEW,)
    log_action, invalid_field = "workorders.workorder.rated", "why"

    def make(self, community):
        return order_in(community, status=Status.DONE)

    def valid(self):
        return {"stars": "5", "via": "phone", "text": "师傅很细心"}

    def invalid(self):
        return {"stars": "1", "via": "phone"}

    def check(self, row):
        rating = Rating.objects.get(order=row)
        assert (rating.stars, rating.via, rating.recorded_by, row.stars) == (5, "phone", self.actor, 5)

    def test_nothing_is_chosen_beforehand(self, permitted):
        assert b"checked" not in permitted.get(self.url(self.own_row)).content

    def test_who_did_the_work_does_not_write_it_down(self, permitted):
        type(self.own_row).objects.filter(pk=self.own_row.pk).update(assignee=self.actor)
        response = permitted.post(self.url(self.own_row), self.valid())
        assert "不能代录自己工单的评价" in response.content.decode()
        assert not Rating.objects.exists()


class TestCallBackList(ListCase):
    url_name, permission = "owners:callback_list", "owners.view_callbacktask"
    search = ("?group=now", "?status=missed")

    def make(self, community):
        unit = UnitFactory(building__community=community)
        return CallBackTaskFactory(unit=unit, owner=OwnerFactory(units=[unit], phones=["13800138000"]))

    def test_the_card_and_the_list_leave_out_what_one_did_oneself(self, permitted):
        CallBackTask.objects.filter(pk=self.own_row.pk).update(handlers=[self.actor.pk])
        assert self.pks(permitted, "?group=now") == []


class TestCallBackPage(DetailCase):
    url_name, permission = "owners:callback_detail", "owners.view_callbacktask"
    more_permissions = ("owners.reveal_owner", "owners.call_callbacktask")
    visibility = {"phone": "masked", "name": "plain"}

    def make(self, community):
        unit = UnitFactory(building__community=community)
        return CallBackTaskFactory(unit=unit, owner=OwnerFactory(name="王建国", units=[unit], phones=["13800138000"]))

    def shows(self, row):
        reveal = reverse("audit:reveal", args=["owners.ownerphone", row.owner.phones.get().pk, "number"])
        return [
            row.title,
            "王建国",
            "138****8000",
            row.unit.label,
            reveal,
            reverse("owners:callback_record", args=[row.pk]),
        ]


class TestCallBackRecord(ActionCase):
    url_name, permission = "owners:callback_record", "owners.call_callbacktask"
    more_permissions = ("owners.view_callbacktask",)
    log_action, invalid_field = "owners.callbacktask.called", "outcome"

    def make(self, community):
        return CallBackTaskFactory(unit=None, community=community)

    def valid(self):
        return {"outcome": "satisfied", "text": "修好了"}

    def invalid(self):
        return {"outcome": ""}

    def check(self, row):
        assert (row.status, row.closed_by, row.result) == ("satisfied", self.actor, "修好了")


class TestContractor(ActionCase):
    url_name, permission = "workorders:workorder_contractor", CHANGE
    more_permissions = (VIEW,)
    log_action, invalid_field = "workorders.workorder.contractor_linked", "company"

    def make(self, community):
        return order_in(community, status=Status.WORKING, code="wall_leak")

    def valid(self):
        return {"company": "湖映地产", "days": "14"}

    def invalid(self):
        return {"company": "", "days": "14"}

    def check(self, row):
        link = SignedLink.objects.get()
        assert (link.purpose, link.source_id) == (CONTRACTOR, row.pk)
        assert timedelta(days=13) < link.expires_at - timezone.now() < timedelta(days=14, minutes=1)


@pytest.mark.django_db
class TestContractorPage:
    @pytest.fixture
    def order(self):
        unit = UnitFactory()
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        return WorkOrderFactory(unit=unit, owner=owner, status=Status.WORKING, reporter_phone="13800138000")

    @pytest.fixture
    def url(self, order):
        token = contractor.send_to_contractor(order, by=desk(order.community), company="湖映地产", days=7)
        return reverse("workorders:public_contractor", args=[token])

    def test_it_shows_place_and_matter_and_nobodys_name(self, order, url):
        text = Client().get(url).content.decode()
        assert order.address in text
        assert order.description in text
        assert "王建国" not in text
        assert "1380013" not in text
        assert "138****" not in text

    def test_the_answer_stands_in_the_record(self, order, url):
        Client().post(url, {"text": "已联系防水单位"})
        entry = LogEntry.objects.get(action="workorders.workorder.contractor_answered")
        assert (entry.object_id, entry.actor_type, entry.changes) == (
            order.pk,
            "link",
            {"answer": "已联系防水单位"},
        )
        assert InboxItem.objects.filter(user=order.assignee).count() == 1
        assert "已联系防水单位" in Client().get(url).content.decode()

    def test_taken_back_it_opens_nothing(self, order, url):
        person = desk(order.community)
        assert (
            signed_in(person).post(reverse("workorders:workorder_contractor_revoke", args=[order.pk])).status_code
            == 302
        )
        assert Client().get(url).status_code == 404
        assert LogEntry.objects.filter(action="workorders.workorder.contractor_revoked").count() == 1

    def test_its_pictures_open_by_the_link_and_with_it_only(self, order, url):
        photo = attachments.store(order, image("漏水.jpg"), by=desk(order.community))
        token = url.rstrip("/").rpartition("/")[2]
        address = reverse("workorders:public_contractor_photo", args=[token, photo.uid])
        assert f'src="{address}"' in Client().get(url).content.decode()
        answer = Client().get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert LogEntry.objects.get(action="core.attachment.downloaded").actor_type == "link"
        contractor.revoke_links(order, by=desk(order.community))
        assert Client().get(address).status_code == 404

    def test_an_expired_link_opens_no_picture(self, order, url):
        photo = attachments.store(order, image("漏水.jpg"), by=desk(order.community))
        token = url.rstrip("/").rpartition("/")[2]
        SignedLink.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
        assert Client().get(reverse("workorders:public_contractor_photo", args=[token, photo.uid])).status_code == 404

    def test_neither_signatures_nor_pictures_of_other_orders(self, order, url):
        token, clerk = url.rstrip("/").rpartition("/")[2], desk(order.community)
        other = attachments.store(WorkOrderFactory(), image("别处.jpg"), by=clerk)
        signature = attachments.store(order, signed(image("slip.jpg")), by=clerk)
        for photo in (other, signature):
            address = reverse("workorders:public_contractor_photo", args=[token, photo.uid])
            assert Client().get(address).status_code == 404
            assert address not in Client().get(url).content.decode()

    def test_it_opens_this_order_and_this_purpose_only(self, order):
        token = links.create(order, "workorders.follow_order", by=desk(order.community), valid=timedelta(days=1))
        assert Client().get(reverse("workorders:public_contractor", args=[token])).status_code == 404
        token = links.create(OwnerFactory(), CONTRACTOR, by=desk(order.community), valid=timedelta(days=1))
        assert Client().get(reverse("workorders:public_contractor", args=[token])).status_code == 404


def with_everything():
    """An order to which everything has happened that its page can show."""
    unit = UnitFactory()
    owner = OwnerFactory(units=[unit])
    hands = repairer(unit.community)
    order = WorkOrderFactory(unit=unit, owner=owner, status=Status.WORKING, assignee=hands)
    SupervisionFactory(order=order)
    CallBackTaskFactory(source_id=order.pk, unit=unit)
    contractor.send_to_contractor(order, by=desk(order.community), company="湖映地产", days=7)
    until = timezone.localdate() + timedelta(days=2)
    pausing.ask_suspension(order, by=hands, reason=word("suspend_reason", "away"), resume_on=until)
    WorkOrderFactory(unit=unit, owner=owner, duplicate_of=order)
    order.helpers.add(repairer(order.community))
    material, item = MaterialFactory(), PriceItemFactory()
    line = {"order": order, "measure": "个", "quantity": 1, "price": 18, "amount": 18}
    MaterialLine.objects.create(material=material, code=material.code, name=material.name, **line)
    PaidLine.objects.create(item=item, name=item.name, agreed_at=timezone.now(), agreed_how="电话", **line)
    CheckPoint.objects.create(order=order, text="试水")
    Rating.objects.create(order=order, stars=5, via="phone").tags.add(word("rating_tag", "on_time"))
    UnitMark.objects.create(unit=unit, kind=UnitMark.Kind.CARE, source="test", note="独居老人")
    message = OrderMessage.objects.create(order=order, kind=MessageKind.ARRIVED)
    DeliveryFactory(source_type="workorders.ordermessage", source_id=message.pk, unit=unit, owner=owner)
    return order


@pytest.mark.django_db
class TestPage:
    def test_r36_a_page_with_everything_on_it_asks_no_more_than_any_page_may(self):
        order = with_everything()
        client = signed_in(desk(order.community))
        text = client.get(order.get_absolute_url()).content.decode()
        assert [word for word in ("试水", "独居老人", "湖映地产", "角阀", "换水龙头") if word not in text] == []
        assert queries_of(client, order.get_absolute_url()) <= MOST_QUERIES

    def test_the_page_of_an_order_shows_what_came_after(self):
        unit = UnitFactory()
        order = WorkOrderFactory(unit=unit, owner=OwnerFactory(units=[unit]), status=Status.WORKING)
        SupervisionFactory(order=order, demand="今天内修好")
        CallBackTaskFactory(source_id=order.pk, unit=unit)
        contractor.send_to_contractor(order, by=desk(order.community), company="湖映地产", days=7)
        person = user_with(
            VIEW, CHANGE, "workorders.dispatch_workorder", "owners.view_callbacktask", "notices.view_delivery",
            communities=[order.community],
        )  # fmt: skip
        client = signed_in(person)
        text = client.get(order.get_absolute_url()).content.decode()
        assert [word for word in ("今天内修好", "回访", "给外部公司的链接", "全部收回") if word not in text] == []
        before = queries_of(client, order.get_absolute_url())
        assert before <= MOST_QUERIES
        SupervisionFactory(order=order)
        CallBackTaskFactory(source_id=order.pk, unit=unit, round=1)
        assert queries_of(client, order.get_absolute_url()) == before

    @pytest.mark.parametrize(
        ("status", "labels"),
        [(Status.WORKING, {"督办", "转地产公司"}), (Status.DONE, {"代录评价"}), (Status.CANCELLED, set())],
    )
    def test_buttons_are_those_that_can_be_pressed(self, status, labels):
        order = WorkOrderFactory(status=status)
        shown = buttons_of(order, desk(order.community), [])
        found = {str(act["label"]) for act in [*shown["beside"], *shown["more"]]}
        assert found & {"督办", "转地产公司", "代录评价"} == labels
