"""Everywhere a confidential case could show (R51, DOMAIN 2.3): hidden from those it is about, whatever they may do otherwise, and from
whoever has no right to such cases. Whoever may open it sees it in the same places, so that no test here passes by being empty."""

from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from audit.services import seeds as roles
from complaints.models import Complaint, OpinionEntry
from complaints.queries.shifts import unanswered_lines
from complaints.seeds import PERMISSIONS
from complaints.services import answering, approvals, closing, groups, handling, intake, routing, supervision
from complaints.services.orders import link_order, raise_order
from core.actors import SYSTEM
from core.errors import BadValue, OutOfScope
from core.models import InboxItem, LogEntry
from core.search import SearchText, search
from core.services import attachments
from owners.models import CallBackTask, ContactRecord, TimelineEntry
from owners.services.call_backs import record_call_back
from tests.complaints.test_states import complain
from tests.factories.audit import UserFactory, grant_to, user_with
from tests.factories.complaints import GroupCaseFactory, lead, manager, topic_of
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import BuildingFactory, CommunityFactory, TeamFactory, UnitFactory
from tests.factories.talk import EnquiryFactory, OpinionFactory
from tests.factories.workorders import WorkOrderFactory, kind_of
from tests.portal.support import OTHER_PHONE, PHONE, picture, resident, signed_in_owner, text_of
from tests.support.cases import signed_in
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db
VIEW, FACTS = "complaints.view_complaint", "保安队长收了装修队的钱"
# Everything a supervisor and a manager may do, and every page beside the desk on which a case could be met.
ALL = (
    *PERMISSIONS[roles.MANAGER], "owners.view_owner", "owners.reveal_owner", "owners.view_callbacktask", "owners.call_callbacktask",
    "owners.export_callbacktask", "workorders.view_workorder", "workorders.add_workorder", "core.view_logentry",
    "complaints.view_enquiry", "complaints.answer_enquiry", "complaints.view_opinionentry", "complaints.change_opinionentry",
)  # fmt: skip
WITHOUT_RIGHT = tuple(name for name in ALL if name not in {"complaints.view_confidential", "core.view_logentry"})


@pytest.fixture
def community():
    return CommunityFactory()


@pytest.fixture
def trusted(community):
    return user_with(*ALL, communities=[community])


@pytest.fixture
def closed_to(community):
    """Three who may not know: by name, as one of the department, and without the right to such cases."""
    team = TeamFactory(community=community, leader=UserFactory())
    accused, member, plain = (user_with(*names, communities=[community]) for names in (ALL, ALL, WITHOUT_RIGHT))
    team.members.add(member)
    return {"accused": accused, "member": member, "plain": plain, "team": team}


@pytest.fixture
def case(community, trusted, closed_to):
    unit = UnitFactory(building=BuildingFactory(community=community))
    owner = OwnerFactory(name="王建国", phones=[PHONE], units=[unit])
    return complain(
        unit, by=manager(community), owner=owner, phone=PHONE, topic="attitude", facts=FACTS, confidential=True,
        accused_people=[closed_to["accused"]], accused_team=closed_to["team"],
    )  # fmt: skip


def each(closed_to):
    return [closed_to[name] for name in ("accused", "member", "plain")]


def text(user, url, **query):
    return signed_in(user).get(url, query).content.decode()


def told_of(case, words):
    return [word for word in (case.number, FACTS, "服务态度差") if word in words]


class TestDesk:
    def test_list_tabs_search_and_filters(self, case, trusted, closed_to):
        url = reverse("complaints:complaint_list")
        for query in (
            {},
            {"group": "all"},
            {"group": "unanswered"},
            {"q": case.number},
            {"q": FACTS[:4]},
            {"unit": case.unit_id},
        ):
            assert [row.pk for row in signed_in(trusted).get(url, query).context["table"]["rows"]] == [case.pk], query
            for person in each(closed_to):
                page = signed_in(person).get(url, query)
                assert list(page.context["table"]["rows"]) == []
                assert {tab["count"] for tab in page.context["tabs"]} == {"0"}
        assert signed_in(closed_to["accused"]).post(url, {"phone": PHONE}).status_code == 302

    def test_the_page_and_everything_that_can_be_done_on_it(self, case, trusted, closed_to):
        names = (
            "detail", "update", "attach", "accept", "settle", "assign", "take", "reroute", "level", "know", "progress", "report", "tell",
            "answer", "close", "redo", "withdraw", "supervise",
        )  # fmt: skip
        assert signed_in(trusted).get(case.get_absolute_url()).status_code == 200
        for person in each(closed_to):
            client = signed_in(person)
            for name in names:
                assert client.get(reverse(f"complaints:complaint_{name}", args=[case.pk])).status_code in {403, 404}, (
                    name
                )
            for name in ("order_raise", "order_link", "disclosure_create", "group_join"):
                assert client.get(reverse(f"complaints:{name}", args=[case.pk])).status_code in {403, 404}, name

    def test_a_service_called_directly_refuses_too(self, case, closed_to):
        for person in each(closed_to):
            with pytest.raises(OutOfScope):
                routing.accept_complaint(case, by=person, level="normal", responsibility="property")

    def test_the_right_to_such_cases_elsewhere_is_none_here(self, case):
        elsewhere = user_with(VIEW, communities=[case.community])
        grant_to(elsewhere, VIEW, "complaints.view_confidential", communities=[CommunityFactory()])
        assert not Complaint.objects.visible_to(elsewhere, VIEW).filter(pk=case.pk).exists()

    def test_the_number_in_the_global_search(self, case, trusted, closed_to):
        def hits(user):
            return [hit.title for group in search(user, SearchText(case.number), shown=5).groups for hit in group.items]

        assert case.number in hits(trusted)
        assert all(case.number not in hits(person) for person in each(closed_to))

    def test_the_export(self, case, trusted, closed_to):
        def cells(user):
            url = reverse("core:list_export", args=["complaints:complaint_list"])
            answer = signed_in(user).post(url, {"reason": "核对"})
            book = load_workbook(BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content))
            return str([[cell.value for cell in row] for row in book.active.iter_rows()])

        assert case.number in cells(trusted)
        assert all(not told_of(case, cells(person)) for person in each(closed_to))

    def test_the_workbench(self, case, trusted, closed_to):
        def counts(user):
            names = ("unanswered", "complaints_new", "case_supervisions")
            client = signed_in(user)
            return [
                client.get(reverse(f"dashboard:card_{name}"), headers={"HX-Request": "true"}).context["figure"].count
                for name in names
            ]

        supervision.supervise_complaint(
            case, by=trusted, demand="三天内查清", due_at=case.received_at.replace(year=2099)
        )
        assert counts(trusted) == [1, 1, 1]
        for person in each(closed_to):
            assert counts(person) == [0, 0, 0]
            assert not told_of(case, text(person, "/"))

    def test_the_figures_of_the_report(self, case, trusted, closed_to):
        def count(user):
            return signed_in(user).get(reverse("complaints:report")).context["found"].now.total

        assert count(trusted) == 1
        assert [count(person) for person in each(closed_to)] == [0, 0, 0]

    def test_what_one_shift_leaves_to_the_next(self, case, trusted):
        """Kept in words that whoever takes over reads."""
        open_ = complain(UnitFactory(building=case.unit.building), by=trusted, topic="attitude")
        lines = [line.text for line in unanswered_lines(trusted, case.community, timezone.now())]
        assert len(lines) == 1 and open_.address in lines[0]

    def test_files_and_the_number_behind_the_mask(self, case, trusted, closed_to):
        file = attachments.store(case, picture(), by=trusted)
        reveal = reverse("audit:reveal", args=["complaints.complaint", case.pk, "phone"])
        assert signed_in(trusted).get(file.get_absolute_url()).status_code == 200
        assert PHONE in signed_in(trusted).post(reveal, {"purpose": "verify"}).content.decode()
        for person in each(closed_to):
            assert signed_in(person).get(file.get_absolute_url()).status_code in {403, 404}
            answer = signed_in(person).post(reveal, {"purpose": "verify"})
            assert answer.status_code in {403, 404} and PHONE not in answer.content.decode()


class TestGroups:
    def test_page_filter_and_joining(self, case, trusted, closed_to):
        group = GroupCaseFactory(cases=[case], title="保安队长收钱")
        other = complain(UnitFactory(building=case.unit.building), by=trusted)
        assert signed_in(trusted).get(group.get_absolute_url()).status_code == 200
        for person in each(closed_to):
            assert signed_in(person).get(group.get_absolute_url()).status_code == 404
            listed = text(person, reverse("complaints:complaint_list"), more="1")
            join = text(person, reverse("complaints:group_join", args=[other.pk]))
            assert group.title not in listed + join
        assert group.title in text(trusted, reverse("complaints:group_join", args=[other.pk]))

    def test_a_case_of_a_group_with_open_ones_is_left_out_of_it(self, case, trusted, closed_to):
        other = complain(UnitFactory(building=case.unit.building), by=trusted, topic="attitude", facts="门岗态度差")
        group = GroupCaseFactory(cases=[case, other], title="门岗服务")
        for person in each(closed_to):
            pages = text(person, group.get_absolute_url()) + text(person, other.get_absolute_url())
            assert case.number not in pages and FACTS not in pages and other.number in pages
        assert case.number in text(trusted, other.get_absolute_url())

    def test_how_often_a_flat_complained_does_not_count_what_is_confidential(self, case, trusted):
        again = complain(case.unit, by=trusted, topic="attitude")
        assert again.repeat_count == 0
        assert complain(case.unit, by=trusted, topic="attitude", confidential=True, accused="保安").repeat_count == 2


class TestHousehold:
    def test_tabs_and_history_of_flat_and_person(self, case, trusted, closed_to):
        routing.accept_complaint(case, by=trusted, level="normal", responsibility="property")
        assert not TimelineEntry.objects.filter(source_type="complaints.complaint", source_id=case.pk).exists()
        addresses = (
            reverse("complaints:unit_cases", args=[case.unit_id]), reverse("complaints:owner_cases", args=[case.owner_id]),
        )  # fmt: skip
        files = (reverse("owners:unit_file", args=[case.unit_id]), reverse("owners:owner_file", args=[case.owner_id]))
        assert all(case.number in text(trusted, url) for url in addresses)
        for person in each(closed_to):
            assert not told_of(case, "".join(text(person, url) for url in addresses))
            assert not told_of(case, "".join(text(person, url, tab="timeline") for url in files))

    def test_a_case_that_becomes_confidential_takes_back_what_was_written(self, community, trusted, closed_to):
        unit = UnitFactory(building__community=community)
        case = complain(unit, by=trusted, topic="attitude", facts=FACTS, phone=PHONE)
        accused = closed_to["accused"]
        routing.accept_complaint(case, by=trusted, level="normal", responsibility="property")
        routing.assign_complaint(case, by=trusted, handler=accused)
        with pytest.raises(BadValue, match="先转办或改派"):
            intake.change_complaint(case, by=trusted, confidential=True, accused_people=[accused])
        case.refresh_from_db()
        assert not case.confidential and not case.accused_people.exists()
        routing.reroute_complaint(case, by=trusted, responsibility="property", reason="换人")
        assert InboxItem.objects.filter(user=accused, url=case.get_absolute_url()).exists()
        intake.change_complaint(case, by=trusted, confidential=True, accused_people=[accused])
        assert not TimelineEntry.objects.filter(unit=unit).exists()
        assert not InboxItem.objects.filter(user=accused, url=case.get_absolute_url()).exists()
        assert signed_in(accused).get(case.get_absolute_url()).status_code == 404

    def test_what_was_said_in_a_call_before_follows_the_case(self, community, trusted, closed_to):
        """The call was made while anybody could read it; once the case is closed to somebody, so is what was said."""
        unit, said = UnitFactory(building__community=community), "队长说再投诉就停水"
        OwnerFactory(name="王建国", phones=[PHONE], units=[unit])
        case = complain(unit, by=trusted, topic="attitude", facts=FACTS, phone=PHONE, accused_team=closed_to["team"])
        handler = user_with(*ALL, communities=[community])
        routing.accept_complaint(case, by=trusted, level="normal", responsibility="property")
        routing.assign_complaint(case, by=trusted, handler=handler)
        handling.report_complaint(case, by=handler, report=handling.Report("已调查"))
        case.refresh_from_db()
        answering.answer_complaint(case, by=handler, way="phone", text="已调查处理")
        task = CallBackTask.objects.get(source_id=case.pk)
        record_call_back(task, by=trusted, outcome="unsatisfied", text=said)
        tab = reverse("owners:unit_contacts", args=[unit.pk])
        timeline = reverse("owners:unit_timeline", args=[unit.pk])
        everybody = [trusted, *each(closed_to)]
        for person in everybody:
            grant_to(person, "owners.view_contactrecord", communities=[community])
            assert said in text(person, tab)
            assert said in text(person, timeline)
        case.refresh_from_db()
        intake.change_complaint(case, by=trusted, confidential=True, accused_people=[closed_to["accused"]])
        assert ContactRecord.objects.get(unit=unit).source_id == case.pk
        assert said in text(trusted, tab)
        for person in each(closed_to):
            assert said not in text(person, tab)
            assert said not in text(person, timeline)
        # Opened again, what was said is there again.
        case.refresh_from_db()
        intake.change_complaint(case, by=trusted, confidential=False)
        assert all(said in text(person, tab) for person in everybody)

    def test_on_the_phone_of_another_member_of_the_household(self, case):
        resident(OTHER_PHONE, name="王小明", units=[case.unit])
        mine, other = signed_in_owner(PHONE), signed_in_owner(OTHER_PHONE)
        pages = [reverse(f"portal:{name}") for name in ("home", "complaint_list", "household", "me")]
        assert "服务态度差" in text_of(mine.get(reverse("portal:complaint_list")))
        assert not told_of(case, "".join(text_of(other.get(url)) for url in pages))
        assert other.get(reverse("portal:complaint", args=[case.pk])).status_code == 404


class TestWhatIsTold:
    def test_messages(self, case, trusted, closed_to):
        """Taken in, grave, demanded, asked for approval, answered, judged: nobody of the three hears a word."""
        routing.accept_complaint(case, by=trusted, level="major", responsibility="property")
        supervision.supervise_complaint(case, by=trusted, demand="查清", due_at=case.received_at.replace(year=2099))
        handler = user_with(*ALL, communities=[case.community])
        routing.assign_complaint(case, by=trusted, handler=handler)
        approvals.ask_approval(Complaint.objects.get(pk=case.pk), by=handler, kind="plan", text="停职调查")
        assert InboxItem.objects.filter(user=handler).exists()
        assert InboxItem.objects.filter(user=trusted, kind="complaints.approval").count() == 1
        assert not InboxItem.objects.filter(user__in=each(closed_to)).exists()

    def test_an_owners_satisfaction_with_a_major_case(self, case, closed_to):
        boss = manager(case.community)
        Complaint.objects.filter(pk=case.pk).update(
            status="calling", level="major", accepted_at=case.received_at, answered_at=case.received_at
        )
        url = reverse("portal:complaint_judge", args=[case.pk])
        assert signed_in_owner(PHONE).post(url, {"judgement": "satisfied", "words": "谢谢"}).status_code == 302
        told = set(InboxItem.objects.values_list("user", flat=True))
        assert boss.pk in told
        assert not told & {person.pk for person in each(closed_to)}

    def test_calls_to_be_made(self, case, trusted, closed_to):
        handler = user_with(*ALL, communities=[case.community])
        routing.accept_complaint(case, by=trusted, level="normal", responsibility="property")
        routing.assign_complaint(case, by=trusted, handler=handler)
        handling.report_complaint(case, by=handler, report=handling.Report("已调查"))
        case.refresh_from_db()
        answering.answer_complaint(case, by=handler, way="phone", text="已调查处理")
        task = CallBackTask.objects.get(source_id=case.pk)
        listed = reverse("owners:callback_list")
        assert case.number in text(trusted, listed)
        for person in each(closed_to):
            assert case.number not in text(person, listed)
            assert signed_in(person).get(task.get_absolute_url()).status_code == 404
            record = reverse("owners:callback_record", args=[task.pk])
            assert signed_in(person).post(record, {"outcome": "satisfied"}).status_code == 404
        task.refresh_from_db()
        assert task.is_waiting
        signed_in(trusted).post(
            reverse("owners:callback_record", args=[task.pk]), {"outcome": "satisfied", "text": "好"}
        )
        case.refresh_from_db()
        assert case.status == "closed"

    def test_the_operation_log(self, case, trusted, closed_to):
        """Its readers read all of it, but nothing confidential about themselves."""
        routing.accept_complaint(case, by=trusted, level="normal", responsibility="property")
        entry = LogEntry.objects.filter(object_type="complaints.complaint", object_id=case.pk).first()
        listed, one = reverse("audit:log_list"), reverse("audit:log_detail", args=[entry.pk])
        assert case.number in text(trusted, listed, q=case.number)
        assert signed_in(trusted).get(one).status_code == 200
        for person in (closed_to["accused"], closed_to["member"]):
            assert list(signed_in(person).get(listed, {"q": case.number}).context["table"]["rows"]) == []
            assert signed_in(person).get(one).status_code == 404


class TestLinks:
    def test_an_order_raised_from_it_tells_nobody(self, case, trusted, closed_to):
        order = raise_order(case, by=trusted, kind=kind_of("tap"), description="门岗电话坏了")
        assert (order.owner, order.reporter_phone, order.source) == (None, "", "counter")
        panel = reverse("complaints:workorder_cases", args=[order.pk])
        assert f'href="{case.get_absolute_url()}"' in text(trusted, order.get_absolute_url())
        for person in each(closed_to):
            words = text(person, order.get_absolute_url()) + text(person, panel)
            assert not told_of(case, words) and "王建国" not in words and "投诉" not in _body(words)

    def test_an_open_case_is_a_link_on_its_order_for_whoever_may_open_it(self, community, trusted):
        case = complain(UnitFactory(building__community=community), by=trusted)
        order = WorkOrderFactory(unit=case.unit)
        link_order(case, by=trusted, order=order)
        panel = reverse("complaints:workorder_cases", args=[order.pk])
        assert f'href="{case.get_absolute_url()}"' in text(trusted, order.get_absolute_url())
        repairs = user_with("workorders.view_workorder", communities=[community])
        assert signed_in(repairs).get(panel).status_code == 403
        assert case.number not in text(repairs, order.get_absolute_url())
        mine = text(trusted, case.get_absolute_url())
        assert f'href="{order.get_absolute_url()}"' in mine
        assert WorkOrder.objects.filter(complaint_link__complaint=case).get() == order

    def test_a_conversation_and_an_opinion_it_came_from(self, case, trusted, closed_to):
        enquiry = EnquiryFactory(unit=case.unit)
        enquiry.links.create(complaint=case, created_by=trusted)
        opinion = OpinionFactory(community=case.community, topic=topic_of("attitude"))
        OpinionEntry.objects.filter(pk=opinion.pk).update(complaint=case)
        order = WorkOrderFactory(unit=case.unit)
        enquiry.links.create(order=order, created_by=trusted)
        assert enquiry.number in text(trusted, order.get_absolute_url())
        pages = (enquiry.get_absolute_url(), opinion.get_absolute_url(), reverse("complaints:opinion_list"))
        assert case.number in text(trusted, pages[0]) and case.number in text(trusted, pages[1])
        for person in each(closed_to):
            assert case.number not in "".join(text(person, url) for url in pages)


def _body(page):
    """Without the menu, which everybody has."""
    return page.partition("<main")[2].partition("</main>")[0]


class TestAnonymous:
    """Nobody is named, to anybody: there is nothing that could be shown."""

    def make(self, community, by, **values):
        fields = {
            "source": "phone", "complainant": "王建国", "phone": PHONE, "facts": "保安睡岗", "topic": topic_of("guard_absent"),
            "category": word("complaint_category", "security"),
        } | values  # fmt: skip
        owner = OwnerFactory(name="王建国", phones=[PHONE])
        return intake.create_complaint(by=by, community=community, anonymous=True, owner=owner, **fields)

    def test_page_list_export_and_log_name_nobody(self, community, trusted, closed_to):
        case = self.make(community, trusted, accused_people=[closed_to["accused"]])
        url = reverse("core:list_export", args=["complaints:complaint_list"])
        for person in (trusted, closed_to["accused"]):
            pages = text(person, case.get_absolute_url()) + text(person, reverse("complaints:complaint_list"))
            assert case.number in pages and "匿名" in pages
            answer = signed_in(person).post(url, {"reason": "核对"})
            book = load_workbook(BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content))
            pages += str([[cell.value for cell in row] for row in book.active.iter_rows()])
            assert "王建国" not in pages and PHONE not in pages and PHONE[-4:] not in pages
        entries = LogEntry.objects.filter(object_type="complaints.complaint", object_id=case.pk)
        assert entries.exists() and "王" not in str(list(entries.values_list("changes", flat=True)))

    def test_it_leaves_no_trace_on_a_household_and_is_found_by_no_number(self, community, trusted):
        case = self.make(community, trusted)
        assert not TimelineEntry.objects.filter(source_type="complaints.complaint", source_id=case.pk).exists()
        answer = signed_in(trusted).post(reverse("complaints:complaint_list"), {"phone": PHONE})
        assert list(signed_in(trusted).get(answer.url).context["table"]["rows"]) == []

    def test_an_order_raised_from_it_names_nobody(self, community, trusted):
        case = self.make(community, trusted, building=BuildingFactory(community=community))
        order = raise_order(case, by=trusted, kind=kind_of("tap"), description="岗亭水龙头")
        assert (order.owner, order.reporter_name, order.reporter_phone) == (None, "匿名", "")

    def test_it_ends_by_notice_without_a_call(self, community, trusted):
        case = self.make(community, trusted)
        boss = lead(community)
        routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
        routing.assign_complaint(case, by=boss, handler=boss)
        handling.report_complaint(case, by=boss, report=handling.Report("已处罚"))
        case.refresh_from_db()
        answering.answer_complaint(case, by=boss, way="notice", text="已处罚")
        assert not CallBackTask.objects.exists()
        closing.close_complaint(case, by=SYSTEM, ending="anonymous")
        assert groups.households([case]) == 1
