"""The seven steps as people do them: each dialog and form over its service (R54)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from audit.services import seeds
from complaints.models import Approval, Complaint, Disclosure
from complaints.services import approvals, closing, handling, routing, settling
from complaints.states import ApprovalKind, Ending, Kind, Level, Responsibility, Status
from core.models import Attachment, LogEntry
from owners.models import CallBackTask
from tests.complaints.test_states import answered, at_work, complain
from tests.factories.audit import user_with
from tests.factories.complaints import PERMISSIONS, ComplaintFactory, clerk, lead, manager
from tests.factories.properties import BuildingFactory, UnitFactory
from tests.factories.workorders import WorkOrderFactory, kind_of
from tests.support.cases import ActionCase, FormCase, signed_in
from workorders.models import WorkOrder

VIEW = "complaints.view_complaint"


def unit_in(community):
    return UnitFactory(building__community=community)


class _Act(ActionCase):
    more_permissions = (VIEW,)

    def make(self, community):
        return complain(unit_in(community))


class TestAccept(_Act):
    url_name, permission = "complaints:complaint_accept", "complaints.accept_complaint"
    log_action, invalid_field = "complaints.complaint.accepted", "third_party"

    def valid(self):
        return {"level": "normal", "responsibility": "property"}

    def invalid(self):
        return {"level": "normal", "responsibility": "third_party"}

    def check(self, row):
        assert (row.status, row.level, row.responsibility) == (Status.ROUTING, "normal", "property")


class TestAssign(_Act):
    url_name, permission = "complaints:complaint_assign", "complaints.assign_complaint"
    log_action, invalid_field = "complaints.complaint.assigned", "handler"

    def make(self, community):
        case = complain(unit_in(community))
        routing.accept_complaint(case, by=lead(community), level="normal", responsibility="property")
        self.hands = {**getattr(self, "hands", {}), community.pk: clerk(community)}
        return case

    def valid(self):
        return {"handler": self.hands[self.own.pk].pk}

    def invalid(self):
        return {"handler": self.hands[self.foreign.pk].pk}

    def check(self, row):
        assert (row.status, row.handler) == (Status.WORKING, self.hands[self.own.pk])


class TestTake(TestAssign):
    url_name, permission = "complaints:complaint_take", "complaints.work_complaint"
    log_action, invalid_field = "complaints.complaint.taken", None

    def valid(self):
        return {}

    def check(self, row):
        assert (row.status, row.handler) == (Status.WORKING, self.actor)


class TestReroute(_Act):
    url_name, permission = "complaints:complaint_reroute", "complaints.assign_complaint"
    log_action, invalid_field = "complaints.complaint.rerouted", "reason"

    def make(self, community):
        return at_work(unit_in(community))[0]

    def valid(self):
        return {"responsibility": "developer", "reason": "外墙在保"}

    def invalid(self):
        return {"responsibility": "developer", "reason": ""}

    def check(self, row):
        assert (row.status, row.responsibility, row.handler) == (Status.ROUTING, "developer", None)


class TestTell(_Act):
    url_name, permission = "complaints:complaint_tell", "complaints.answer_complaint"
    log_action, invalid_field = "complaints.complaint.customer_told", "text"

    def valid(self):
        return {"way": "phone", "text": "已派人去看，今天下午给您答复"}

    def invalid(self):
        return {"way": "phone", "text": ""}

    def check(self, row):
        assert row.first_answer_at is not None


class TestReport(FormCase):
    url_name, permission = "complaints:complaint_report", "complaints.work_complaint"
    more_permissions = (VIEW, "complaints.assign_complaint")
    log_action, invalid_field = "complaints.complaint.reported", "improvement_due"

    def make(self, community):
        return at_work(unit_in(community))[0]

    def valid(self):
        return {"result": "已约定施工时间", "improvement": "装修户入场时告知作息", "improvement_due": "2026-12-20"}

    def invalid(self):
        return {"result": "已约定施工时间", "improvement": "装修户入场时告知作息"}

    def check(self, row):
        assert (row.status, row.improvement_due) == (Status.ANSWERING, date(2026, 12, 20))


class TestWithdraw(_Act):
    url_name, permission = "complaints:complaint_withdraw", "complaints.withdraw_complaint"
    log_action, invalid_field = "complaints.complaint.withdrawn", "words"

    def valid(self):
        return {"words": "误会，不投诉了"}

    def invalid(self):
        return {"words": ""}

    def check(self, row):
        assert (row.status, row.ending) == (Status.CLOSED, Ending.WITHDRAWN)


class TestUpdate(FormCase):
    url_name, permission = "complaints:complaint_update", "complaints.change_complaint"
    more_permissions = (VIEW,)
    log_action, invalid_field = "complaints.complaint.changed", "facts"

    def make(self, community):
        return complain(unit_in(community))

    def valid(self):
        case = self.own_row
        return {
            "topic": str(case.topic_id),
            "facts": "楼上装修，早上六点就打孔",
            "complainant": "王建国",
            "source": "phone",
        }

    def invalid(self):
        return self.valid() | {"facts": ""}

    def check(self, row):
        assert row.facts == "楼上装修，早上六点就打孔"


class TestDisclosure(FormCase):
    url_name, permission = "complaints:disclosure_create", "complaints.change_complaint"
    more_permissions = (VIEW,)
    log_action, invalid_field = "complaints.complaint.disclosed", "agreed"

    def make(self, community):
        return complain(unit_in(community))

    def valid(self):
        return {
            "recipient": "湖映地产", "fields_given": "姓名、电话", "purpose": "上门维修", "agreed_way": "电话同意",
            "agreed": "on",
        }  # fmt: skip

    def invalid(self):
        return {name: value for name, value in self.valid().items() if name != "agreed"}

    def check(self, row):
        assert Disclosure.objects.get(complaint=row).recipient == "湖映地产"


class TestRaiseOrder(_Act):
    url_name, permission = "complaints:order_raise", "complaints.work_complaint"
    more_permissions = (VIEW, "workorders.add_workorder", "workorders.view_workorder")
    log_action, log_count, invalid_field = "", 0, "kind"

    def valid(self):
        return {"kind": str(kind_of("wall_leak").pk), "description": "外墙渗水", "urgency": ""}

    def invalid(self):
        return {"kind": "", "description": "外墙渗水"}

    def test_permitted_act_has_its_effect_and_one_log_entry(self, permitted):
        """One line on the order, one on the case."""
        permitted.post(self.url(self.own_row), self.valid())
        order = WorkOrder.objects.get(complaint_link__complaint=self.own_row)
        assert (order.source, order.unit) == ("complaint", self.own_row.unit)
        assert LogEntry.objects.filter(action="complaints.complaint.order_raised", object_id=self.own_row.pk).exists()
        assert order.number in permitted.get(self.own_row.get_absolute_url()).content.decode()


@pytest.mark.django_db
class TestSettling:
    def post(self, person, case, **values):
        url = reverse("complaints:complaint_settle", args=[case.pk])
        return signed_in(person).post(url, {"result": "当场开票", "way": "visit"} | values)

    def test_r51_a_minor_matter_is_settled_in_one_form_and_each_step_is_logged(self):
        case = complain(topic="invoice")
        person = clerk(case.community)
        assert self.post(person, case).status_code == 302
        case.refresh_from_db()
        assert (case.status, case.level, case.handler) == (Status.CALLING, Level.MINOR, person)
        assert case.answers.get().text == "当场开票"
        steps = LogEntry.objects.filter(object_type="complaints.complaint", object_id=case.pk).order_by("pk")
        assert [row.action.rpartition(".")[2] for row in steps] == [
            "created",
            "accepted",
            "taken",
            "reported",
            "answered",
        ]
        assert not case.clocks.filter(met_at__isnull=True, dropped_at__isnull=True).exists()

    def test_what_is_grave_cannot_be_settled_on_the_spot_and_nothing_stays_half_done(self):
        case = complain(topic="lift", major_reasons=["safety"])
        answer = self.post(clerk(case.community), case)
        assert "重大" in str(answer.context["form"].non_field_errors())
        case.refresh_from_db()
        assert (case.status, case.answers.count()) == (Status.NEW, 0)

    def test_a_suggestion_needs_its_conclusion(self):
        case = complain(kind=Kind.SUGGESTION, topic="greenery")
        answer = self.post(clerk(case.community), case)
        assert "outcome" in answer.context["form"].errors
        self.post(clerk(case.community), case, outcome="declined", outcome_reason="树种已列入明年计划")
        case.refresh_from_db()
        assert (case.outcome, case.status) == ("declined", Status.CALLING)


@pytest.mark.django_db
class TestWarranty:
    """DOMAIN 2.3: accepted 2022-03-10, reported 2026-11-22."""

    def case(self, **values):
        unit = UnitFactory(building=BuildingFactory(completed_on=date(2022, 3, 10)))
        case = complain(unit, topic="quality_leak", **values)
        Complaint.objects.filter(pk=case.pk).update(received_at="2026-11-22T10:00:00+08:00")
        case.refresh_from_db()
        return case

    def accept(self, case, part, **values):
        person = lead(case.community)
        url = reverse("complaints:complaint_accept", args=[case.pk])
        page = signed_in(person).get(url).content.decode()
        answer = signed_in(person).post(url, {"level": "normal", "responsibility": "", "warranty_part": part} | values)
        case.refresh_from_db()
        return page, answer

    def test_r53_a_leaking_wall_is_the_developers_until_2027_03_09(self):
        case = self.case()
        page, _answer = self.accept(case, "waterproof")
        assert "在保，质保 2027-03-09 到期，归地产公司" in page
        assert "过保，质保已于 2024-03-09 到期，归物业公司，有偿维修（户内）" in page
        assert (case.responsibility, case.warranty_until) == (Responsibility.DEVELOPER, date(2027, 3, 9))

    def test_r53_pipes_are_out_of_warranty_and_the_property_companys(self):
        case = self.case()
        self.accept(case, "installation")
        assert (case.responsibility, case.warranty_until) == (Responsibility.PROPERTY, date(2024, 3, 9))

    def test_somebody_may_know_better_than_the_years(self):
        case = self.case()
        self.accept(case, "installation", responsibility="developer")
        assert case.responsibility == Responsibility.DEVELOPER

    def test_without_a_part_somebody_has_to_say_whose_it_is(self):
        case = self.case()
        _page, answer = self.accept(case, "")
        assert "responsibility" in answer.context["form"].errors
        assert case.status == Status.NEW


@pytest.mark.django_db
class TestApprovals:
    def asked(self):
        case, handler, _boss = at_work(level="major")
        return case, approvals.ask_approval(case, by=handler, kind=ApprovalKind.PLAN, text="约谈施工方"), handler

    def test_r51_the_manager_decides_on_the_page_and_the_asker_does_not(self):
        case, row, handler = self.asked()
        boss = manager(case.community)
        page = signed_in(boss).get(case.get_absolute_url())
        assert [item["may_decide"] for item in page.context["approvals"]] == [True]
        own = signed_in(handler).get(case.get_absolute_url()).context["approvals"]
        assert [(item["may_decide"], item["may_withdraw"]) for item in own] == [(False, True)]
        signed_in(boss).post(reverse("complaints:approval_approve", args=[row.pk]), {"answer": "同意"})
        case.refresh_from_db()
        assert case.plan == "约谈施工方"

    def test_a_refusal_says_why(self):
        case, row, _handler = self.asked()
        client, url = signed_in(manager(case.community)), reverse("complaints:approval_refuse", args=[row.pk])
        assert "answer" in client.post(url, {"answer": ""}).context["form"].errors
        client.post(url, {"answer": "先联系业主"})
        assert Approval.objects.get(pk=row.pk).status == "refused"

    def test_a_money_request_is_asked_for_on_the_page(self):
        case, handler, _boss = at_work()
        url = reverse("complaints:approval_ask", args=[case.pk])
        answer = signed_in(handler).post(url, {"kind": "compensation", "text": "赔墙面修补", "amount": "1200"})
        assert answer.status_code == 302
        case.refresh_from_db()
        assert case.level == Level.MAJOR


@pytest.mark.django_db
class TestEnding:
    def close(self, person, case, ending="satisfied"):
        url = reverse("complaints:complaint_close", args=[case.pk])
        return signed_in(person).post(url, {"ending": ending, "words": ""})

    def test_r50_while_the_customer_is_still_to_be_called_nobody_closes_it_by_hand(self):
        case = answered(phone="13800138000")[0]
        boss = lead(case.community)
        assert CallBackTask.objects.filter(source_id=case.pk, status="waiting").exists()
        page = signed_in(boss).get(case.get_absolute_url()).context["buttons"]
        assert page["main"] is None
        boss_who_calls = user_with(
            *PERMISSIONS[seeds.CLERK_LEAD], "owners.call_callbacktask", communities=[case.community]
        )
        assert signed_in(boss_who_calls).get(case.get_absolute_url()).context["buttons"]["main"]["label"] == "登记回访"
        self.close(boss, case)
        case.refresh_from_db()
        assert case.status == Status.CALLING

    def test_a_customer_nobody_can_call_has_said_it_himself(self):
        case = answered()[0]
        self.close(lead(case.community), case)
        case.refresh_from_db()
        assert (case.status, case.ending) == (Status.CLOSED, Ending.SATISFIED)

    def test_reopening_within_thirty_days(self):
        case = answered()[0]
        boss = lead(case.community)
        closing.close_complaint(case, by=boss, ending=Ending.SATISFIED)
        signed_in(boss).post(reverse("complaints:complaint_reopen", args=[case.pk]), {"reason": "又响了"})
        case.refresh_from_db()
        assert (case.status, case.reopen_count) == (Status.WORKING, 1)


@pytest.mark.django_db
def test_every_act_opens_for_whoever_may_do_it():
    """Whatever the page offers can be opened, in every state."""
    for status in Status:
        case = ComplaintFactory(status=status)
        boss = manager(case.community)
        boss_client = signed_in(user_with(*_everything(), communities=[case.community]))
        buttons = boss_client.get(case.get_absolute_url()).context["buttons"]
        shown = [button for part in ("beside", "more") for button in buttons[part]]
        shown += [buttons["main"]] if buttons["main"] else []
        assert [button["label"] for button in shown if boss_client.get(button["url"]).status_code != 200] == []
        assert boss.pk


def _everything():
    names = {name for granted in PERMISSIONS.values() for name in granted}
    return names | {"workorders.add_workorder", "workorders.view_workorder", "owners.view_owner"}


@pytest.mark.django_db
def test_a_linked_order_stands_on_the_page():
    case, handler, _boss = at_work()
    order = WorkOrderFactory(unit=case.unit)
    person = user_with("complaints.work_complaint", VIEW, "workorders.view_workorder", communities=[case.community])
    signed_in(person).post(reverse("complaints:order_link", args=[case.pk]), {"order": order.pk})
    assert case.order_links.get().order == order
    foreign = WorkOrderFactory()
    answer = signed_in(person).post(reverse("complaints:order_link", args=[case.pk]), {"order": foreign.pk})
    assert "order" in answer.context["form"].errors
    assert handler.pk


@pytest.mark.django_db
def test_files_are_kept_and_opened_by_those_who_see_the_case():
    case = complain()
    person = clerk(case.community)
    letter = SimpleUploadedFile("来函.txt", "尊敬的物业".encode(), "text/plain")
    answer = signed_in(person).post(reverse("complaints:complaint_attach", args=[case.pk]), {"files": [letter]})
    assert answer.status_code == 302 or "不支持" in answer.content.decode()
    for row in Attachment.objects.filter(source_id=case.pk):
        assert signed_in(person).get(row.get_absolute_url()).status_code == 200
        assert signed_in(user_with()).get(row.get_absolute_url()).status_code in {403, 404}


@pytest.mark.django_db
class TestCity:
    """12345: signed for in time, answered before it is finished, the three answers as the city counts them."""

    def case(self):
        now = timezone.now()
        city = {
            "external_number": "20261123001", "agency": "区热线中心", "sign_due_at": now + timedelta(hours=2),
            "end_due_at": now + timedelta(days=7), "first": True,
        }  # fmt: skip
        return complain(source="city", city=city)

    def test_signing_meets_its_clock(self):
        case = self.case()
        signed_in(clerk(case.community)).post(reverse("complaints:city_sign", args=[case.pk]))
        case.city.refresh_from_db()
        assert case.city.signed_at is not None
        assert case.clocks.get(clock="sign").met_at is not None

    def test_it_is_not_finished_before_the_customer_was_answered(self):
        case = self.case()
        person, url = clerk(case.community), reverse("complaints:city_finish", args=[case.pk])
        signed_in(person).post(url, {"responded": "true", "resolved": "unknown", "satisfied": "unknown"})
        case.city.refresh_from_db()
        assert case.city.finished_at is None
        settling.settle_on_the_spot(case, by=person, report=handling.Report("已劝离"))
        signed_in(person).post(url, {"responded": "true", "resolved": "true", "satisfied": "unknown"})
        case.city.refresh_from_db()
        assert (case.city.responded, case.city.resolved, case.city.satisfied) == (True, True, None)
        assert case.city.finished_at is not None


@pytest.mark.django_db
def test_an_anonymous_case_is_answered_by_notice_and_ends_so():
    case = complain(
        anonymous=True, complainant="", building=(building := BuildingFactory()), unit=UnitFactory(building=building)
    )
    boss = lead(case.community)
    client = signed_in(boss)
    settle = reverse("complaints:complaint_settle", args=[case.pk])
    assert "way" in client.post(settle, {"result": "已张贴告示", "way": "phone"}).context["form"].errors
    assert client.post(settle, {"result": "已张贴告示", "way": "notice"}).status_code == 302
    assert not CallBackTask.objects.exists()
    page = client.get(case.get_absolute_url())
    assert page.context["buttons"]["main"]["label"] == "满意关闭"
    client.post(reverse("complaints:complaint_close", args=[case.pk]), {"ending": "anonymous", "words": ""})
    case.refresh_from_db()
    assert (case.status, case.ending) == (Status.CLOSED, Ending.ANONYMOUS)
