"""What a case must not lose or allow at the edges of its seven steps: a second round, a lighter level, a customer who has spoken already,
whom it can be about, a demand nobody has to answer any more."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.services import seeds as roles
from complaints.forms.acts import ReportForm
from complaints.forms.intake import IntakeForm
from complaints.queries.page import page
from complaints.queries.people import staff_of
from complaints.queries.warranty import warranty_test
from complaints.services import answering, approvals, closing, handling, residents, routing, supervision
from complaints.services.orders import raise_order
from complaints.states import ApprovalKind, Clock, Level, Status
from core.errors import BusinessError
from owners.actors import OwnerByLink
from tests.complaints.test_states import answered, at_work, complain
from tests.factories.audit import user_with
from tests.factories.complaints import ComplaintFactory, clerk, lead, manager
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import BuildingFactory, CommunityFactory, TeamFactory, UnitFactory
from tests.factories.workorders import kind_of, repairer
from tests.support.cases import ActionCase, signed_in

pytestmark = pytest.mark.django_db


def labels(case, user):
    buttons = page(case, user)["buttons"]
    return {act["label"] for act in [buttons["main"], *buttons["beside"], *buttons["more"]] if act}


class TestSecondRound:
    def reported(self):
        case, handler, boss = at_work()
        said = handling.Report("换了阀门", word("complaint_cause", "ageing"), "排查同类阀门", date(2026, 12, 1))
        handling.report_complaint(case, by=handler, report=said)
        case.refresh_from_db()
        answering.answer_complaint(case, by=handler, way="phone", text="已换阀门")
        handling.finish_improvement(case, by=handler, on=timezone.localdate())
        closing.redo_complaint(case, by=boss, reason="还在滴水")
        case.refresh_from_db()
        return case, handler

    def test_cause_and_promise_stand_until_somebody_says_otherwise(self):
        case, handler = self.reported()
        client, url = signed_in(handler), reverse("complaints:complaint_report", args=[case.pk])
        shown = client.get(url).context["form"].initial
        assert (str(shown["cause"]), shown["improvement"], shown["improvement_due"]) == (
            "设施老化", "排查同类阀门", date(2026, 12, 1),
        )  # fmt: skip
        sent = {
            "result": "换了整段水管",
            "cause": shown["cause"].pk,
            "improvement": "排查同类阀门",
            "improvement_due": "2026-12-01",
        }
        assert client.post(url, sent).status_code == 302
        case.refresh_from_db()
        assert (str(case.cause), case.improvement, case.improved_on) == (
            "设施老化",
            "排查同类阀门",
            timezone.localdate(),
        )

    def test_another_promise_is_not_kept_yet(self):
        case, handler = self.reported()
        said = handling.Report("换了整段水管", None, "更换整栋立管", date(2027, 3, 1))
        handling.report_complaint(case, by=handler, report=said)
        case.refresh_from_db()
        assert (case.improvement, case.improved_on) == ("更换整栋立管", None)


class TestImprove(ActionCase):
    """整改完成, long after the case was closed."""

    url_name, permission = "complaints:complaint_improve", "complaints.work_complaint"
    more_permissions = ("complaints.view_complaint",)
    log_action, invalid_field = "complaints.complaint.improved", "on"

    def make(self, community):
        unit = UnitFactory(building__community=community)
        return ComplaintFactory(
            unit=unit, status="closed", improvement="排查同类阀门", improvement_due=date(2026, 12, 1)
        )

    def valid(self):
        return {"on": timezone.localdate().isoformat(), "text": "全部排查"}

    def invalid(self):
        return {"on": (timezone.localdate() + timedelta(days=1)).isoformat()}

    def check(self, row):
        assert row.improved_on == timezone.localdate()


def test_the_page_of_the_report_names_the_case_and_orders_that_are_not_done():
    case, handler, _boss = at_work()
    assert not ReportForm(user=handler, instance=case).fields["result"].help_text
    order = raise_order(
        case,
        by=user_with("workorders.add_workorder", communities=[case.community]),
        kind=kind_of("pipe_leak"),
        description="换阀门",
    )
    shown = signed_in(handler).get(reverse("complaints:complaint_report", args=[case.pk]))
    assert f"关联工单还没有完工：{order.number} 待派单" in shown.content.decode()
    assert shown.context["breadcrumbs"][-2] == {"label": case.number, "url": case.get_absolute_url()}


class TestLighterLevel:
    """重大 is not shaken off by a stroke of the pen (R51)."""

    def test_whoever_handles_it_does_not_lower_it_whatever_he_may(self):
        unit = UnitFactory()
        head = manager(unit.community)
        case, _handler, _boss = at_work(unit, level="major", handler=head)
        with pytest.raises(BusinessError, match="不能给自己的重大投诉降级"):
            routing.change_level(case, by=head, level="normal", reason="没那么严重")
        case.refresh_from_db()
        assert case.is_major

    def test_whoever_may_not_close_it_does_not_lower_it(self):
        case, _handler, boss = at_work(level="major")
        with pytest.raises(BusinessError, match="项目经理或区域品质降级"):
            routing.change_level(case, by=boss, level="normal", reason="没那么严重")
        routing.change_level(case, by=manager(case.community), level="normal", reason="核实后不涉及安全")
        case.refresh_from_db()
        assert case.level == Level.NORMAL

    def test_money_that_is_asked_for_keeps_it_major(self):
        case, handler, _boss = at_work()
        row = approvals.ask_approval(case, by=handler, kind="compensation", text="赔地板", amount=Decimal("1000"))
        head = manager(case.community)
        routing.change_level(case, by=head, level="normal", reason="再看看")
        case.refresh_from_db()
        assert (case.level, case.major_reasons) == (Level.MAJOR, ["amount"])
        approvals.decide_approval(row, by=head, agree=False, answer="不赔")
        routing.change_level(case, by=head, level="normal", reason="不赔了")
        case.refresh_from_db()
        assert (case.level, case.major_reasons) == (Level.NORMAL, [])


class TestSpokenAlready:
    def judged(self):
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit := UnitFactory()])
        case, handler, _boss = answered(unit=unit, level="major", owner=owner, phone="13800138000")
        residents.judge(case, by=OwnerByLink(owner), judgement="basically", words="可以了")
        case.refresh_from_db()
        return case, handler

    def test_r51_who_closes_a_major_case_need_not_call_a_customer_who_has_said_it(self):
        case, _handler = self.judged()
        head = manager(case.community)
        shown = labels(case, head)
        assert "满意关闭" in shown and "登记回访" not in shown
        client, url = signed_in(head), reverse("complaints:complaint_close", args=[case.pk])
        assert [code for code, _label in client.get(url).context["form"].fields["ending"].choices] == ["basically"]
        assert client.post(url, {"ending": "basically", "words": ""}).status_code == 302
        case.refresh_from_db()
        assert (case.status, case.ending, case.closed_by) == (Status.CLOSED, "basically", head)

    def test_of_another_answer_he_has_not_spoken_yet(self):
        case, handler = self.judged()
        closing.redo_complaint(case, by=manager(case.community), reason="又坏了")
        case.refresh_from_db()
        handling.report_complaint(case, by=handler, report=handling.Report("再修"))
        case.refresh_from_db()
        answering.answer_complaint(case, by=handler, way="phone", text="再修好了")
        case.refresh_from_db()
        assert "满意关闭" not in labels(case, manager(case.community))

    def test_what_the_customer_ended_himself_is_not_the_systems(self):
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit := UnitFactory()])
        case, _handler, boss = answered(unit=unit, owner=owner, phone="13800138000")
        residents.judge(case, by=OwnerByLink(owner), judgement="satisfied", words="好了")
        case.refresh_from_db()
        ended = next(row["value"] for row in page(case, boss)["facts"] if row["label"] == "关闭")
        assert ended.startswith("客户本人 ")


def test_who_may_do_the_rest_of_a_major_case_is_not_told_wrongly():
    roles.seed()
    case, _handler, boss = answered(level="major")
    case.refresh_from_db()
    line = next(line for line in page(case, boss)["others"] if "满意关闭" in line)
    assert "项目经理" in line and "区域品质" in line and "客服主管" not in line
    waiting = complain(case.unit)
    routing.accept_complaint(waiting, by=boss, level="major", responsibility="property")
    waiting.refresh_from_db()
    assert "自己接办" not in "；".join(page(waiting, boss)["others"])


def test_what_is_grave_is_not_offered_to_be_settled_on_the_spot():
    boss = lead(community := CommunityFactory())
    unit = UnitFactory(building__community=community)
    assert "当场处理" in labels(complain(unit), boss)
    assert "当场处理" not in labels(complain(unit, major_reasons=["safety"]), boss)


def test_a_case_can_be_about_the_desk_too_and_teams_say_where_they_are():
    here, there = CommunityFactory(name="湖映花园"), CommunityFactory(name="云栖里")
    desk, stranger, worker = clerk(here), clerk(CommunityFactory()), repairer(here)
    boss = user_with("complaints.add_complaint", "owners.view_owner", communities=[here, there])
    TeamFactory(community=here, name="保洁班"), TeamFactory(community=there, name="保洁班")
    assert {desk, worker} <= set(staff_of(boss, None)) and stranger not in staff_of(boss, None)
    assert desk in staff_of(boss, ComplaintFactory(unit=UnitFactory(building__community=here)))
    teams = [str(label) for _pk, label in IntakeForm(user=boss).fields["accused_team"].choices]
    assert {"湖映花园 保洁班", "云栖里 保洁班"} <= set(teams)


def test_r53_heating_is_to_be_looked_at_by_seasons_and_an_unknown_day_says_so():
    building = BuildingFactory(completed_on=date(2022, 3, 10))
    case = ComplaintFactory(unit=UnitFactory(building=building), code="quality_leak")
    said = warranty_test(case, "heating").sentence
    assert "按两年算到 2024-03-09" in said and "采暖期" in said and "竣工日期不全" not in said
    unknown = ComplaintFactory(unit=UnitFactory(building__completed_on=None), code="quality_leak")
    assert "竣工日期不全" in warranty_test(unknown, "waterproof").sentence


def test_whoever_decides_about_a_major_case_knows_of_it():
    case, handler, _boss = at_work(level="major")
    plan = approvals.ask_approval(case, by=handler, kind=ApprovalKind.PLAN, text="约谈施工方")
    approvals.decide_approval(plan, by=manager(case.community), agree=True)
    assert case.clocks.get(clock=Clock.REPORT_UP).met_at is not None


def test_nobody_owes_a_word_on_what_was_demanded_of_a_case_that_is_over():
    case, handler, boss = answered()
    row = supervision.supervise_complaint(
        case, by=manager(case.community), demand="今天答复", due_at=timezone.now() + timedelta(days=1)
    )
    closing.close_complaint(case, by=boss, ending="satisfied")
    row.refresh_from_db()
    assert (row.reply, row.replied_by) == ("投诉已关闭", None)
    with pytest.raises(BusinessError, match="已由 系统 回复"):
        supervision.reply_supervision(row, by=handler, reply="做了")
    assert "系统：投诉已关闭" in signed_in(boss).get(case.get_absolute_url()).content.decode()


def test_what_cannot_begin_again_is_not_offered_to():
    unit = UnitFactory()
    case, _handler, boss = answered(unit=unit)
    closing.close_complaint(case, by=boss, ending="satisfied")
    case.refresh_from_db()
    assert "重启" in labels(case, boss)
    case.closed_at -= timedelta(days=31)
    case.save(update_fields=["closed_at"])
    assert "重启" not in labels(case, boss)
    withdrawn = closing.withdraw_complaint(complain(unit), by=boss, words="算了")
    assert "重启" not in labels(withdrawn, boss)
