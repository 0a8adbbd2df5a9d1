"""督办 of complaints (R56), orders that tell their case, and the classes people move."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.models import CaseSupervision
from complaints.queries.classes import category_of, classes, topic_choices
from complaints.seeds import seed_classes
from complaints.services import closing, supervision
from complaints.services.orders import link_order, raise_order
from core.errors import BadValue, BusinessError
from core.models import DictItem, InboxItem, LogEntry
from tests.complaints.test_states import at_work, complain
from tests.factories.audit import user_with
from tests.factories.complaints import CaseSupervisionFactory, ComplaintFactory, clerk, topic_of
from tests.factories.properties import UnitFactory
from tests.factories.workorders import WorkOrderFactory, kind_of, repairer
from tests.support.cases import ActionCase, signed_in
from workorders.models import WorkOrder
from workorders.services import dispatch, work

pytestmark = pytest.mark.django_db
VIEW = "complaints.view_complaint"


class TestSupervise(ActionCase):
    url_name, permission = "complaints:complaint_supervise", "complaints.supervise_complaint"
    more_permissions = (VIEW,)
    log_action, invalid_field = "complaints.complaint.supervised", "due_at"

    def make(self, community):
        return ComplaintFactory(unit=UnitFactory(building__community=community), status="working")

    def valid(self):
        return {"demand": "今天答复业主", "due_at": "2099-11-24 18:00"}

    def invalid(self):
        return self.valid() | {"due_at": "2020-01-01 09:00"}

    def check(self, row):
        assert row.supervisions.get().demanded_by == self.actor


class TestReply(ActionCase):
    url_name, permission = "complaints:supervision_reply", VIEW
    more_permissions = ("complaints.assign_complaint",)
    log_action, invalid_field = "complaints.complaint.supervision_answered", "reply"

    def make(self, community):
        return CaseSupervisionFactory(complaint__unit=UnitFactory(building__community=community))

    def valid(self):
        return {"reply": "已约装修户，下午答复"}

    def invalid(self):
        return {"reply": ""}

    def check(self, row):
        assert (row.reply, row.replied_by) == ("已约装修户，下午答复", self.actor)


def demanded(case, by):
    return supervision.supervise_complaint(
        case, by=by, demand="今天答复", due_at=timezone.now() + timedelta(hours=4)
    )  # fmt: skip


def test_whoever_has_it_hears_of_the_demand_and_whoever_demanded_of_the_answer():
    case, handler, boss = at_work()
    row = demanded(case, boss)
    assert InboxItem.objects.get(kind="complaints.supervised").user == handler
    with pytest.raises(BusinessError, match="不能自己回复自己的督办"):
        supervision.reply_supervision(row, by=boss, reply="好")
    with pytest.raises(BusinessError, match="不在你手上"):
        supervision.reply_supervision(row, by=clerk(case.community), reply="好")
    supervision.reply_supervision(row, by=handler, reply="下午答复")
    assert InboxItem.objects.filter(kind="complaints.supervised", user=boss).count() == 1
    with pytest.raises(BusinessError, match=f"已由 {handler} 回复"):
        supervision.reply_supervision(row, by=handler, reply="再答一次")


def test_what_is_over_is_demanded_no_more():
    case, _handler, boss = at_work()
    closing.withdraw_complaint(case, by=boss, words="不投诉了")
    with pytest.raises(BusinessError, match="已关闭"):
        demanded(case, boss)
    with pytest.raises(BadValue, match="督办要求"):
        supervision.supervise_complaint(
            at_work()[0], by=boss, demand=" ", due_at=timezone.now() + timedelta(hours=4)
        )  # fmt: skip


def test_the_page_shows_the_demand_with_its_answer_to_whoever_owes_it():
    case, handler, boss = at_work()
    row = demanded(case, boss)
    assert [item["may_answer"] for item in signed_in(handler).get(case.get_absolute_url()).context["demands"]] == [True]
    assert [item["may_answer"] for item in signed_in(boss).get(case.get_absolute_url()).context["demands"]] == [False]
    supervision.reply_supervision(row, by=handler, reply="下午答复")
    page = signed_in(boss).get(case.get_absolute_url())
    assert "下午答复" in page.content.decode()
    assert [item["may_answer"] for item in page.context["demands"]] == [False]


def test_the_list_and_the_workbench_know_what_waits_for_an_answer():
    case, handler, boss = at_work()
    other = complain(UnitFactory(building__community=case.community))
    row = demanded(case, boss)
    client, url = signed_in(boss), reverse("complaints:complaint_list")

    def listed(value):
        return [found.pk for found in client.get(url, {"supervised": value}).context["table"]["rows"]]

    figure = client.get(reverse("dashboard:card_case_supervisions"), headers={"HX-Request": "true"}).context["figure"]
    assert (figure.count, listed("open"), listed("late"), listed("any")) == (1, [case.pk], [], [case.pk])
    assert len(client.get(figure.url).context["table"]["rows"]) == figure.count
    CaseSupervision.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert listed("late") == [case.pk]
    supervision.reply_supervision(row, by=handler, reply="下午答复")
    assert (listed("open"), listed("any")) == ([], [case.pk])
    assert other.pk not in listed("any")


class TestOrders:
    def done(self, order):
        person = repairer(order.community)
        dispatch.dispatch_order(
            order, by=user_with("workorders.dispatch_workorder", communities=[order.community]), to=person
        )
        order.refresh_from_db()
        dispatch.accept_order(order, by=person)
        order.checks.update(done_at=timezone.now())
        WorkOrder.objects.filter(pk=order.pk).update(paid=False)  # what is paid is tested where it matters
        order.refresh_from_db()
        work.complete_order(order, by=person, finish=work.Finish("换了阀芯"))

    def test_r55_the_end_of_an_order_is_told_to_whoever_handles_its_case(self):
        case, handler, _boss = at_work()
        self.done(raise_order(case, by=handler, kind=kind_of("tap"), description="水龙头漏水"))
        entry = LogEntry.objects.get(action="complaints.complaint.order_completed", object_id=case.pk)
        assert entry.changes["result"] == "换了阀芯"
        told = InboxItem.objects.filter(user=handler, url=case.get_absolute_url()).latest("pk")
        assert "已完工，请核实后反馈" in told.sentence
        page = signed_in(handler).get(case.get_absolute_url()).content.decode()
        assert "关联工单已完工" in page and "换了阀芯" in page

    def test_a_case_that_is_over_hears_nothing(self):
        case, handler, boss = at_work()
        order = WorkOrderFactory(unit=case.unit)
        link_order(case, by=boss, order=order)
        closing.withdraw_complaint(case, by=boss, words="不投诉了")
        InboxItem.objects.all().delete()
        self.done(order)
        assert not InboxItem.objects.filter(user=handler).exists()


class TestClasses:
    """Which first level a second-level word stands under is chosen on the page of the dictionary."""

    def test_the_page_shows_and_changes_it_for_what_comes_after(self):
        topic, before = topic_of("pets"), complain(topic="pets")
        client = signed_in(user_with("core.view_dicttype", "core.change_dicttype", scope="all"))
        page = client.get(topic.type.get_absolute_url()).content.decode()
        assert "一级类别</th>" in page and "邻里" in page
        assert category_of(topic).code == "neighbours"
        data = {"name": topic.name, "sort": topic.sort, "colour": "", "synonyms": "", "category": "cleaning"}
        answer = client.post(reverse("core:dictitem_change", args=[topic.pk]), data)
        assert answer.status_code in {200, 302}
        topic = DictItem.objects.get(pk=topic.pk)
        assert category_of(topic).code == "cleaning"
        assert (str(topic.pk), "保洁 / 宠物") in topic_choices()
        assert topic in dict(classes())["保洁"]
        before.refresh_from_db()
        assert before.category.code == "noise", "what was taken in stays as it was counted"
        seed_classes()
        assert category_of(DictItem.objects.get(pk=topic.pk)).code == "cleaning", "seeding touches nothing people chose"

    def test_a_word_nobody_has_placed_and_one_whose_class_was_stopped_stand_under_other(self):
        category = DictItem.objects.get(type__code="complaint_category", code="greenery")
        kind = category.type.__class__.objects.get(code="complaint_topic")
        loose = DictItem.objects.create(type=kind, code="drone", name="无人机", sort=999)
        assert category_of(loose).code == "other"
        category.disabled_at = timezone.now()
        category.save()
        others = dict(classes())["其他"]
        assert loose in others and topic_of("greenery") in others
