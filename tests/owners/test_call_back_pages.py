"""The pages of calling back: plans, taking and giving, statistics."""

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from owners.models import CallBackPlan, CallBackTask
from owners.queries.call_report import BY_CODE
from owners.services.call_backs import note_follow
from owners.states import PlanStatus
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import CallBackPlanFactory, CallBackTaskFactory, OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.owners.test_call_backs import planned
from tests.support.cases import ActionCase, CreateCase, DetailCase, FormCase, ListCase, signed_in

pytestmark = pytest.mark.django_db
VIEW, CHANGE, CALL = "owners.view_callbackplan", "owners.change_callbackplan", "owners.call_callbacktask"
TASKS, ASSIGN, REPORT = "owners.view_callbacktask", "owners.assign_callbacktask", "owners.report_callbacktask"


def plan_data(community, keeper, **values):
    return {
        "community": community.pk, "name": "冬季回访", "cause": "periodic", "keeper": keeper.pk, "rest_days": "30", "every_months": "3",
        "first_on": (timezone.localdate() + timedelta(days=3)).isoformat(), "days": "7", "window_from": "09:30",
        "window_until": "19:30", "hands": "pool", "script": "{称呼}您好",
    } | values  # fmt: skip


def keeper_in(community):
    return user_with(CALL, communities=[community])


class TestPlanList(ListCase):
    url_name, permission = "owners:callbackplan_list", VIEW
    search = ("?status=draft", "?status=ended")

    def make(self, community):
        return CallBackPlanFactory(community=community)


class TestPlanPage(DetailCase):
    url_name, permission = "owners:callbackplan_detail", VIEW
    visibility = {"name": "plain"}

    def make(self, community):
        plan = CallBackPlanFactory(community=community)
        OwnerFactory(name="王建国", phones=["13800138000"], units=[UnitFactory(building__community=community)])
        return plan

    def shows(self, row):
        return [row.name, "王建国", "将回访 1 户"]


class TestPlanCreate(CreateCase):
    url_name, permission = "owners:callbackplan_create", "owners.add_callbackplan"
    more_permissions = (VIEW, CALL)
    model, log_action, invalid_field = CallBackPlan, "owners.callbackplan.created", "script"

    def make(self, community):
        return CallBackPlanFactory(community=community)

    def valid(self):
        return plan_data(self.own, keeper_in(self.own))

    def invalid(self):
        return plan_data(self.own, keeper_in(self.own), script="{名字}您好")

    def foreign_data(self):
        return plan_data(self.foreign, keeper_in(self.foreign))

    def check(self, row):
        assert (row.status, row.created_by, row.every_months) == (PlanStatus.DRAFT, self.actor, 3)


class TestPlanChange(FormCase):
    url_name, permission = "owners:callbackplan_update", CHANGE
    more_permissions = (VIEW, CALL)
    log_action, invalid_field = "owners.callbackplan.changed", "window_until"

    def make(self, community):
        return CallBackPlanFactory(community=community)

    def valid(self):
        return plan_data(self.own_row.community, keeper_in(self.own_row.community), sample_percent="30")

    def invalid(self):
        return plan_data(self.own_row.community, keeper_in(self.own_row.community), window_until="08:00")

    def check(self, row):
        assert (row.name, row.sample_percent) == ("冬季回访", 30)


class TestPlanStart(ActionCase):
    url_name, permission = "owners:callbackplan_start", CHANGE
    more_permissions = (VIEW,)
    log_action = "owners.callbackplan.started"

    def make(self, community):
        return CallBackPlanFactory(community=community)

    def check(self, row):
        assert (row.status, row.next_on) == (PlanStatus.RUNNING, timezone.localdate())


class TestPlanPause(ActionCase):
    url_name, permission = "owners:callbackplan_pause", CHANGE
    more_permissions = (VIEW,)
    log_action, invalid_field = "owners.callbackplan.paused", "reason"

    def make(self, community):
        return CallBackPlanFactory(community=community, status="running", next_on=timezone.localdate())

    def valid(self):
        return {"reason": "入户登记"}

    def check(self, row):
        assert (row.status, row.next_on) == (PlanStatus.PAUSED, None)


class TestPlanEnd(ActionCase):
    url_name, permission = "owners:callbackplan_end", CHANGE
    more_permissions = (VIEW,)
    log_action, invalid_field = "owners.callbackplan.ended", "reason"

    def make(self, community):
        return CallBackPlanFactory(community=community, status="paused")

    def valid(self):
        return {"reason": "不做了"}

    def check(self, row):
        assert (row.status, row.end_reason) == (PlanStatus.ENDED, "不做了")


class TestAssign(ActionCase):
    url_name, permission = "owners:callback_assign", ASSIGN
    more_permissions = (TASKS,)
    log_action, invalid_field = "owners.callbacktask.assigned", "to"

    def make(self, community):
        return CallBackTaskFactory(unit=UnitFactory(building__community=community))

    def valid(self):
        self.colleague = user_with(CALL, communities=[self.own_row.community])
        return {"to": self.colleague.pk}

    def check(self, row):
        assert row.assignee == self.colleague


@pytest.fixture
def desk():
    community = CommunityFactory()
    person = user_with(TASKS, VIEW, CALL, ASSIGN, REPORT, "owners.export_callbacktask", communities=[community])
    return community, person, signed_in(person)


def here(community, **values):
    return planned(unit=UnitFactory(building__community=community), **values)


def test_taking_one_and_many(desk):
    community, person, client = desk
    one, two, three = (here(community) for _each in range(3))
    colleague = user_with(CALL, communities=[community])
    CallBackTask.objects.filter(pk=three.pk).update(assignee=colleague)
    foreign = planned()
    client.post(reverse("owners:callback_take", args=[one.pk]))
    client.post(reverse("owners:callback_take_many"), {"ids": [two.pk, three.pk, foreign.pk]})
    assert set(CallBackTask.objects.filter(assignee=person)) == {one, two}
    assert client.post(reverse("owners:callback_take", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("owners:callback_take", args=[one.pk])).status_code == 405
    answer = client.post(reverse("owners:callback_take", args=[three.pk]), follow=True)
    assert "已由" in answer.content.decode()


def test_giving_many_asks_to_whom_and_says_who_was_left_out(desk):
    community, _person, client = desk
    rows = [here(community) for _each in range(2)]
    colleague = user_with(CALL, communities=[community])
    CallBackTask.objects.filter(pk=rows[0].pk).update(handlers=[colleague.pk])
    address, ids = reverse("owners:callback_assign_many"), {"ids": [row.pk for row in rows]}
    asked = client.post(address, ids)
    assert asked.status_code == 200
    assert not CallBackTask.objects.filter(assignee__isnull=False).exists()
    done = client.post(address, ids | {"confirm": "1", "to": colleague.pk})
    assert "做这件事的人不能自己回访" in done.content.decode()
    assert list(CallBackTask.objects.filter(assignee=colleague)) == [rows[1]]


def test_tabs_count_what_their_lists_show(desk):
    """Counted in one pass, they say what each list asked for by itself has."""
    community, person, client = desk
    rows = [here(community) for _each in range(7)]
    now = timezone.now()
    for row, values in zip(rows, (
        {"late_at": now - timedelta(days=2)}, {"due_at": now + timedelta(days=3)}, {"assignee": person}, {"handlers": [person.pk]},
        {"status": "unsatisfied", "closed_at": now, "closed_by": person}, {"status": "refused", "closed_at": now, "assignee": person},
    ), strict=False):  # fmt: skip
        CallBackTask.objects.filter(pk=row.pk).update(**values)
    CallBackTaskFactory()
    page = client.get(reverse("owners:callback_list"))
    tabs = [(tab["url"], tab["count"]) for tab in page.context["tabs"]]
    alone = [(url, str(len(client.get(url).context["table"]["rows"]))) for url, _count in tabs]
    assert tabs == alone
    assert [count for _url, count in tabs] == ["5", "3", "1", "1", "1", "1", "1", "7"]


def test_the_list_begins_with_what_is_to_be_called(desk):
    community, person, client = desk
    waiting, done = here(community), here(community)
    CallBackTask.objects.filter(pk=done.pk).update(status="refused", closed_at=timezone.now(), closed_by=person)
    CallBackTask.objects.filter(pk=waiting.pk).update(late_at=timezone.now() - timedelta(days=1), assignee=person)

    def shown(query):
        return {row.pk for row in client.get(reverse("owners:callback_list") + query).context["table"]["rows"]}

    for query in (
        "",
        "?group=late",
        "?mine=me&status=waiting",
        "?group=today",
        f"?plan={waiting.plan_id}&round=1&group=waiting",
    ):
        assert shown(query) == {waiting.pk}, query
    assert shown("?group=all") == {waiting.pk, done.pk}
    assert shown(f"?caller={person.pk}") == {waiting.pk, done.pk}
    assert shown("?group=completed") == {done.pk}


def test_what_a_verification_found_leads_to_the_file_of_who_may_change_it(desk):
    community, person, client = desk
    task = here(community, cause="verify")
    keeper = user_with(TASKS, CALL, "owners.change_owner", "owners.view_owner", communities=[community])
    sent = {"outcome": "changed", "text": "换了手机号"}
    answer = signed_in(keeper).post(reverse("owners:callback_record", args=[task.pk]), sent)
    assert answer.url == reverse("owners:owner_file", args=[task.owner_id])
    other = here(community, cause="verify")
    answer = client.post(reverse("owners:callback_record", args=[other.pk]), sent)
    assert answer.url == other.get_absolute_url()
    assert person.pk


def test_a_mistake_stays_beside_the_words_to_say(desk):
    community, _person, client = desk
    task = here(community)
    answer = client.post(reverse("owners:callback_record", args=[task.pk]), {"outcome": "unsatisfied"})
    text = answer.content.decode()
    assert "请写下业主不满意的原因" in text
    assert "做个定期回访" in text


def test_the_page_says_where_the_call_is_written_down(desk):
    """A call about a confidential case names no household, and is on no file."""
    community, _person, client = desk
    on_file = here(community)
    of_case = CallBackTaskFactory(community=community, unit=None, title="TS-1（保密）")
    kept, promise = "不写入房屋档案", "记入住户档案的联系记录和动态"
    for task, said, unsaid in ((on_file, promise, kept), (of_case, kept, promise)):
        text = client.get(task.get_absolute_url()).content.decode()
        assert said in text and unsaid not in text


def test_the_figures_lead_to_lists_that_add_up_to_them(desk):
    community, person, client = desk
    for number, status in enumerate(
        ["waiting", "satisfied", "basically", "unsatisfied", "refused", "missed", "withdrawn"]
    ):
        closed = {} if status == "waiting" else {"closed_at": timezone.now(), "closed_by": person}
        CallBackTaskFactory(
            unit=UnitFactory(building__community=community), status=status, source_id=number + 1, **closed
        )
    late = here(community, status="satisfied", closed_at=timezone.now(), closed_by=person)
    CallBackTask.objects.filter(pk=late.pk).update(late_at=timezone.now() - timedelta(hours=1))
    overdue = here(community)
    CallBackTask.objects.filter(pk=overdue.pk).update(late_at=timezone.now() - timedelta(hours=1))
    grant_to(person, "properties.view_building", communities=[community])
    today = timezone.localdate().isoformat()
    for by in BY_CODE:
        page = client.get(reverse("owners:callback_report"), {"by": by, "start": today, "end": today})
        assert page.status_code == 200
        assert (page.context["found"].whole.overdue, page.context["found"].whole.punctuality) == (2, Decimal("75.00"))
        for row in page.context["rows"]:
            # What belongs to no plan and no building has no list of its own.
            for cell in row["cells"] if row["url"] else []:
                listed = client.get(cell["url"]).context["page"]["total_text"]
                assert listed == str(cell["value"]), (by, cell)


def test_who_is_unhappy_and_got_nothing_stands_in_a_list_until_something_comes_of_it(desk):
    community, person, client = desk
    task, other = here(community), here(community)
    for row, outcome in ((task, "unsatisfied"), (other, "satisfied")):
        client.post(reverse("owners:callback_record", args=[row.pk]), {"outcome": outcome, "text": "楼道堆物"})
    of_case = here(community, cause="case", status="unsatisfied", closed_at=timezone.now(), closed_by=person)

    def shown():
        page = client.get(reverse("owners:callback_list"), {"group": "open_ends"})
        return {row.pk for row in page.context["table"]["rows"]}

    assert shown() == {task.pk}
    assert "没有跟进" in client.get(task.get_absolute_url()).content.decode()
    # A complaint called about is done again by itself.
    assert "没有跟进" not in client.get(of_case.get_absolute_url()).content.decode()
    note_follow(task, CommunityFactory(), by=person, label="投诉 TS20261123-0001")
    assert shown() == set()
    assert "没有跟进" not in client.get(task.get_absolute_url()).content.decode()


def test_whoever_gives_work_sees_what_each_has_already(desk):
    community, _person, client = desk
    colleague = user_with(CALL, communities=[community])
    CallBackTask.objects.filter(pk=here(community).pk).update(assignee=colleague)
    page = client.get(reverse("owners:callback_assign", args=[here(community).pk])).content.decode()
    assert f"{colleague}（待回访 1 户）" in page


def test_the_figures_leave_as_excel_and_leave_a_trace(desk):
    community, _person, client = desk
    here(community)
    today = timezone.localdate().isoformat()
    data = {"by": "cause", "start": today, "end": today, "community": ""}
    answer = client.post(reverse("owners:callback_report_export"), data)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:4] == ("回访原因", "应回访", "已完成", "回访率")
    assert [row[0] for row in rows[1:]] == ["定期回访", "合计"]
    only = signed_in(user_with("owners.export_callbacktask"))
    assert only.post(reverse("owners:callback_report_export"), data).status_code == 403


def test_who_sees_figures_in_fewer_places_than_calls_is_asked_for_one():
    one, two = CommunityFactory(), CommunityFactory()
    person = user_with(TASKS, communities=[one, two])
    grant_to(person, REPORT, communities=[one])
    here(two)
    page = signed_in(person).get(reverse("owners:callback_report"))
    assert page.context["found"].asked.community == one
    assert page.context["found"].whole.owed == 0


def test_figures_of_places_one_may_not_export_from_stay():
    one, two = CommunityFactory(), CommunityFactory()
    person = user_with(TASKS, REPORT, communities=[one, two])
    grant_to(person, "owners.export_callbacktask", communities=[one])
    today = timezone.localdate().isoformat()
    for where, offered in (("", False), (two.pk, False), (one.pk, True)):
        data = {"by": "cause", "start": today, "end": today, "community": where}
        client = signed_in(person)
        assert client.post(reverse("owners:callback_report_export"), data).status_code == (200 if offered else 403)
        page = client.get(reverse("owners:callback_report"), data)
        assert ("导出 Excel" in page.content.decode()) is offered
