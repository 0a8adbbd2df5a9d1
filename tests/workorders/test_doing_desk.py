"""代办: what the desk does for a repairer on the desktop page; the requests to suspend and their answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import InboxItem, LogEntry
from tests.factories.audit import user_with
from tests.factories.owners import word
from tests.factories.properties import UnitFactory
from tests.factories.workorders import (
    MaterialFactory,
    SuspensionRequestFactory,
    WorkOrderFactory,
    chief,
    desk,
    repairer,
)
from tests.support.cases import ActionCase, FormCase, ListCase, signed_in
from workorders.models import SuspensionRequest, WorkOrder
from workorders.services import pausing
from workorders.states import Status

WORK, ACT_FOR, APPROVE = "workorders.work_workorder", "workorders.act_for_workorder", "workorders.approve_suspension"


def later(days: int = 2) -> Any:
    return timezone.localdate() + timedelta(days=days)


class _Acting(ActionCase):
    """Somebody at the desk who may act for repairers."""

    permission, more_permissions = WORK, (ACT_FOR, "workorders.view_workorder")
    status = Status.WORKING

    def make(self, community: Any) -> WorkOrder:
        return WorkOrderFactory(unit=UnitFactory(building__community=community), status=self.status)

    def test_it_is_logged_as_done_for_somebody(self, permitted: Client) -> None:
        permitted.post(self.url(self.own_row), self.valid())
        entry = LogEntry.objects.get(action=self.log_action)
        assert entry.changes["act_for"] == str(self.own_row.assignee)


class TestArrive(_Acting):
    url_name, log_action = "workorders:workorder_arrive", "workorders.workorder.arrived"

    def check(self, row: Any) -> None:
        assert row.arrived_at is not None


class TestAwaitParts(_Acting):
    url_name, log_action = "workorders:workorder_await_parts", "workorders.workorder.parts_awaited"
    invalid_field = "expected_on"

    def valid(self) -> dict[str, Any]:
        return {"part": "角阀", "expected_on": later()}

    def invalid(self) -> dict[str, Any]:
        return {"part": "角阀", "expected_on": later(-1)}

    def check(self, row: Any) -> None:
        assert row.status == Status.PARTS and row.pauses.get().part == "角阀"


class TestPartsArrived(_Acting):
    url_name, log_action = "workorders:workorder_parts_arrived", "workorders.workorder.parts_arrived"
    status = Status.PARTS

    def check(self, row: Any) -> None:
        assert row.status == Status.WORKING


class TestResume(_Acting):
    url_name, log_action = "workorders:workorder_resume", "workorders.workorder.resumed"
    status = Status.SUSPENDED

    def check(self, row: Any) -> None:
        assert row.status == Status.WORKING


class TestSuspend(_Acting):
    url_name, log_action = "workorders:workorder_suspend", "workorders.workorder.suspension_asked"
    invalid_field = "resume_on"

    def valid(self) -> dict[str, Any]:
        return {"reason": word("suspend_reason", "away").pk, "resume_on": later()}

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"resume_on": later(0)}

    def check(self, row: Any) -> None:
        """Asking changes nothing of the order."""
        assert row.status == Status.WORKING and row.suspensions.get().status == "pending"


class TestMaterial(_Acting):
    url_name, log_action = "workorders:workorder_material", "workorders.workorder.materials_used"
    invalid_field = "quantity"

    def valid(self) -> dict[str, Any]:
        return {"material": MaterialFactory().pk, "quantity": "2"}

    def invalid(self) -> dict[str, Any]:
        return {"material": MaterialFactory(stock=1).pk, "quantity": "2"}

    def check(self, row: Any) -> None:
        assert str(row.materials_fee) == "37.00"


class TestComplete(FormCase):
    url_name, permission, log_action = "workorders:workorder_complete", WORK, "workorders.workorder.completed"
    more_permissions = (ACT_FOR, "workorders.view_workorder")
    invalid_field = "signature"

    def make(self, community: Any) -> WorkOrder:
        return WorkOrderFactory(unit=UnitFactory(building__community=community), status=Status.WORKING)

    def valid(self) -> dict[str, Any]:
        return {"result": "已修好", "confirm_way": "phone"}

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"confirm_way": "signature"}

    def check(self, row: Any) -> None:
        assert (row.status, row.result) == (Status.DONE, "已修好")


@pytest.mark.django_db
class TestWho:
    def test_whoever_may_not_act_for_others_is_refused(self) -> None:
        order = WorkOrderFactory(status=Status.WORKING)
        colleague = user_with(WORK, "workorders.view_workorder", communities=[order.community])
        answer = signed_in(colleague).post(reverse("workorders:workorder_arrive", args=[order.pk]))
        order.refresh_from_db()
        assert order.arrived_at is None
        assert "只能由他本人或有代办权限的人操作" in answer.content.decode()

    def test_buttons_stand_where_pressing_them_is_allowed(self) -> None:
        order = WorkOrderFactory(status=Status.WORKING)
        url, address = order.get_absolute_url(), reverse("workorders:workorder_arrive", args=[order.pk])
        assert address in signed_in(chief(order.community)).get(url).content.decode()
        reader = user_with("workorders.view_workorder", communities=[order.community])
        assert address not in signed_in(reader).get(url).content.decode()
        colleague = user_with(WORK, "workorders.view_workorder", communities=[order.community])
        assert address not in signed_in(colleague).get(url).content.decode()
        WorkOrder.objects.filter(pk=order.pk).update(arrived_at=timezone.now())
        assert address not in signed_in(chief(order.community)).get(url).content.decode()


class TestSuspensionList(ListCase):
    url_name, permission = "workorders:suspension_list", APPROVE
    search = ("?status=pending", "?status=refused")

    def make(self, community: Any) -> SuspensionRequest:
        unit = UnitFactory(building__community=community)
        return SuspensionRequestFactory(order=WorkOrderFactory(unit=unit, status=Status.WORKING))


class _Answering(ActionCase):
    permission = APPROVE
    more_permissions = ("workorders.view_workorder",)

    def make(self, community: Any) -> SuspensionRequest:
        unit = UnitFactory(building__community=community)
        return SuspensionRequestFactory(order=WorkOrderFactory(unit=unit, status=Status.WORKING))


class TestApprove(_Answering):
    url_name, log_action = "workorders:suspension_approve", "workorders.workorder.suspended"

    def check(self, row: Any) -> None:
        assert (row.status, row.order.status) == ("approved", Status.SUSPENDED)
        assert row.order.paused_at is not None and row.order.pauses.get().expected_on == row.resume_on

    def test_whoever_asked_is_told(self, permitted: Client) -> None:
        permitted.post(self.url(self.own_row), {"answer": "同意"})
        assert "已同意" in InboxItem.objects.get(user_id=self.own_row.asked_by_id).sentence


class TestRefuse(_Answering):
    url_name, log_action, invalid_field = (
        "workorders:suspension_refuse",
        "workorders.workorder.suspension_refused",
        "answer",
    )

    def valid(self) -> dict[str, Any]:
        return {"answer": "业主今天在家"}

    def check(self, row: Any) -> None:
        assert (row.status, row.order.status) == ("refused", Status.WORKING)


@pytest.mark.django_db
class TestAnswers:
    def test_nobody_answers_himself(self) -> None:
        order = WorkOrderFactory(status=Status.WORKING)
        lead = chief(order.community)
        pausing.ask_suspension(order, by=lead, reason=word("suspend_reason", "away"), resume_on=later())
        request = order.suspensions.get()
        answer = signed_in(lead).post(reverse("workorders:suspension_approve", args=[request.pk]))
        request.refresh_from_db()
        assert request.status == "pending"
        assert "不能审批自己的挂起申请" in answer.content.decode()

    def test_a_second_answer_is_told_what_the_first_was(self) -> None:
        request = SuspensionRequestFactory()
        pausing.refuse_suspension(request, by=chief(request.order.community), answer="今天修完")
        page = signed_in(desk(request.order.community)).get(reverse("workorders:suspension_approve", args=[request.pk]))
        assert "这个申请已处理：未同意" in page.content.decode()

    def test_the_page_of_the_order_and_the_card_ask_for_the_answer(self) -> None:
        unit = UnitFactory()
        order = WorkOrderFactory(unit=unit, status=Status.WORKING, assignee=repairer(unit.community))
        pausing.ask_suspension(order, by=order.assignee, reason=word("suspend_reason", "away"), resume_on=later())
        request, lead = order.suspensions.get(), signed_in(desk(order.community))
        address = reverse("workorders:suspension_approve", args=[request.pk])
        assert address in lead.get(request.order.get_absolute_url()).content.decode()
        card = lead.get(reverse("dashboard:card_suspensions"), headers={"HX-Request": "true"}).content.decode()
        assert ">1<" in card.replace("\n", "").replace(" ", "")
        assert address in lead.get(reverse("workorders:suspension_list")).content.decode()

    def test_a_repairer_opens_no_list_of_requests(self) -> None:
        request = SuspensionRequestFactory()
        person = signed_in(repairer(request.order.community))
        assert person.get(reverse("workorders:suspension_list")).status_code == 403
