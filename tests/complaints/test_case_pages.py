"""The list of cases and the page of one (R49, R50, R56)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import FieldVisibility
from complaints.models import Complaint
from complaints.queries import matters
from complaints.services import groups, routing
from complaints.states import Level, Status
from tests.complaints.test_states import answered, at_work, complain
from tests.factories.audit import UserFactory, user_with
from tests.factories.complaints import ComplaintFactory, clerk, lead, manager
from tests.factories.properties import CommunityFactory, TeamFactory, UnitFactory
from tests.support.cases import DetailCase, ListCase, queries_of, signed_in

VIEW = "complaints.view_complaint"


def case_in(community, **values):
    return ComplaintFactory(unit=UnitFactory(building__community=community), **values)


def listed(user, query=""):
    response = signed_in(user).get(reverse("complaints:complaint_list") + query)
    assert response.status_code == 200
    return [row.pk for row in response.context["table"]["rows"]]


class TestComplaintList(ListCase):
    url_name, permission = "complaints:complaint_list", VIEW

    def make(self, community):
        return case_in(community)

    @property
    def search(self):
        return f"?q={self.own_row.number}", "?q=TS20250101-0001"

    def test_without_a_question_it_holds_what_is_not_closed(self, permitted):
        over = case_in(self.own, status=Status.CLOSED)
        assert over.pk not in self.pks(permitted)
        assert over.pk in self.pks(permitted, "?group=all")
        assert over.pk in self.pks(permitted, f"?unit={over.unit_id}")

    def test_r50_what_has_no_answer_stands_together(self, permitted):
        told = case_in(self.own, status=Status.CALLING)
        assert told.pk not in self.pks(permitted, "?group=unanswered")
        assert self.own_row.pk in self.pks(permitted, "?group=unanswered")
        assert self.pks(permitted, "?group=calling") == [told.pk]

    def test_what_is_late_counts_in_red(self, permitted):
        Complaint.objects.filter(pk=self.own_row.pk).update(
            next_due_at=timezone.now() - timedelta(minutes=35, seconds=30), next_clock="first"
        )
        page = permitted.get(self.url(None))
        assert "超时 35分" in page.content.decode()
        assert [tab["red"] for tab in page.context["tabs"] if tab["label"] == "已超时"] == [True]
        assert self.pks(permitted, "?group=over") == [self.own_row.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [("?kind=complaint", True), ("?kind=praise", False), ("?level=normal", False), ("?level=major", False),
     ("?source=phone", True), ("?late=1", False), ("?repeated=1", False), ("?grouped=0", True), ("?confidential=1", False),
     ("?answer=none", True), ("?answer=done", False), ("?anonymous=0", True), ("?redone=0", True), ("?approval=mine", False),
     ("?responsibility=property", False), ("?improvement=open", False), ("?q=打孔", True), ("?q=王建", True), ("?q=电梯", False)],
)  # fmt: skip
def test_r49_filters_of_the_list(query, found):
    case = ComplaintFactory()
    assert (case.pk in listed(lead(case.community), query)) is found


@pytest.mark.django_db
def test_a_phone_number_finds_its_cases_and_stands_in_no_address():
    case = complain(phone="13800138620")
    client = signed_in(lead(case.community))
    answer = client.post(reverse("complaints:complaint_list"), {"phone": "13800138620"})
    assert answer.status_code == 302
    assert "13800138620" not in answer.url
    assert [row.pk for row in client.get(answer.url).context["table"]["rows"]] == [case.pk]


class TestComplaintPage(DetailCase):
    url_name, permission = "complaints:complaint_detail", VIEW
    more_permissions = (
        "complaints.work_complaint", "complaints.assign_complaint", "complaints.change_complaint", "workorders.view_workorder",
        "owners.view_owner", "owners.view_callbacktask",
    )  # fmt: skip

    def make(self, community):
        return answered(unit=UnitFactory(building__community=community), level="major")[0]

    def shows(self, row):
        return [row.number, row.facts, "装修户已同意午休停工", "重大", "约谈施工方", "首次回复"]

    def test_the_page_costs_the_same_however_much_happened(self, permitted):
        queries_of(permitted, self.url(self.own_row))  # fills what is read once
        with_one = queries_of(permitted, self.url(self.own_row))
        for number in range(3):
            self.own_row.answers.create(at=timezone.now(), way="phone", text=f"第 {number} 次告知")
            self.own_row.disclosures.create(recipient="地产公司", fields="电话", purpose="上门", agreed=True)
        assert queries_of(permitted, self.url(self.own_row)) == with_one


@pytest.mark.django_db
class TestSeen:
    """Who sees what of a case."""

    def page(self, user, case):
        return signed_in(user).get(reverse("complaints:complaint_detail", args=[case.pk]))

    def test_names_and_numbers_as_the_reader_may_see_them(self):
        case = complain(phone="13800138620")
        text = self.page(clerk(case.community), case).content.decode()
        assert "13800138620" not in text
        masked = user_with(VIEW, communities=[case.community], visibility={"name": FieldVisibility.MASKED})
        assert "王建国" not in self.page(masked, case).content.decode()

    def test_r53_a_confidential_case_is_hidden_from_whom_it_is_about(self):
        unit = UnitFactory()
        accused, colleague = lead(unit.community), UserFactory()
        team = TeamFactory(community=unit.community)
        member = lead(unit.community)
        team.members.add(member)
        case = complain(
            unit, by=manager(unit.community), confidential=True, accused_people=[accused], accused_team=team
        )
        assert colleague.pk
        for person in (accused, member, clerk(unit.community)):
            assert self.page(person, case).status_code == 404
            assert case.pk not in listed(person)
            for name in ("accept", "tell", "update", "withdraw"):
                act = signed_in(person).get(reverse(f"complaints:complaint_{name}", args=[case.pk]))
                assert act.status_code in {403, 404}
        assert self.page(lead(unit.community), case).status_code == 200
        assert self.page(case.recorded_by, case).status_code == 200

    def test_a_right_to_act_is_no_right_to_a_confidential_case(self):
        case = complain(confidential=True, by=manager((unit := UnitFactory()).community), unit=unit)
        actor = user_with("complaints.accept_complaint", communities=[case.community])
        assert signed_in(actor).get(reverse("complaints:complaint_accept", args=[case.pk])).status_code == 404

    def test_an_orders_right_is_needed_to_raise_one(self):
        case, _handler, _boss = at_work()
        worker = user_with("complaints.work_complaint", VIEW, communities=[case.community])
        assert signed_in(worker).get(reverse("complaints:order_raise", args=[case.pk])).status_code == 403

    def test_the_page_offers_what_the_reader_may_do_and_names_who_may_do_the_rest(self):
        case = complain()
        ours = self.page(lead(case.community), case).context["buttons"]
        assert ours["main"]["label"] == "受理判级"
        looking = self.page(user_with(VIEW, communities=[case.community]), case)
        assert looking.context["buttons"]["main"] is None
        assert any("受理判级" in line for line in looking.context["others"])


@pytest.mark.django_db
class TestGroups:
    def three(self):
        community = CommunityFactory()
        units = [UnitFactory(building__community=community) for _n in range(1)]
        units += [UnitFactory(building=units[0].building) for _n in range(2)]
        return [complain(unit) for unit in units]

    def test_r53_three_households_are_offered_as_a_group(self):
        cases = self.three()
        boss = lead(cases[0].community)
        client = signed_in(boss)
        page = client.get(cases[0].get_absolute_url())
        assert {row.pk for row in page.context["offered"]} == {row.pk for row in cases[1:]}
        client.post(
            reverse("complaints:group_make", args=[cases[0].pk]),
            {"title": "1 栋装修噪音", "cases": [row.pk for row in cases]},
        )
        assert set(Complaint.objects.values_list("level", "group__title")) == {(Level.MAJOR, "1 栋装修噪音")}
        group = Complaint.objects.first().group
        assert client.get(group.get_absolute_url()).status_code == 200

    def test_r53_the_thirty_days_say_the_same_from_either_case(self):
        old, middle, new = cases = self.three()
        for case, days in zip(cases, (60, 31, 0), strict=True):
            case.received_at = timezone.now() - timedelta(days=days)
            case.save(update_fields=["received_at"])
        assert [matters.same_matter(case) for case in cases] == [[middle], [old], []]
        Complaint.objects.filter(pk=new.pk).update(received_at=middle.received_at + timedelta(days=30))
        new.refresh_from_db()
        assert [matters.same_matter(case) for case in cases] == [[middle], [old, new], [middle]]

    def test_a_confidential_case_is_not_offered_to_whom_it_is_closed(self):
        cases = self.three()
        Complaint.objects.filter(pk=cases[1].pk).update(confidential=True)
        boss = user_with(VIEW, "complaints.assign_complaint", communities=[cases[0].community])
        assert signed_in(boss).get(cases[0].get_absolute_url()).context["offered"] == []

    def test_a_group_is_open_to_whoever_sees_one_of_its_cases(self):
        cases = self.three()
        group = groups.make_group(cases, by=lead(cases[0].community), title="装修噪音")
        url = group.get_absolute_url()
        assert signed_in(user_with(VIEW, communities=[CommunityFactory()])).get(url).status_code == 404
        assert signed_in(clerk(cases[0].community)).get(url).status_code == 200


@pytest.mark.django_db
def test_r53_the_page_says_who_owes_the_answer_when_it_is_the_developers():
    case = complain(topic="quality_leak")
    routing.accept_complaint(case, by=lead(case.community), level="normal", responsibility="developer")
    page = signed_in(clerk(case.community)).get(case.get_absolute_url()).content.decode()
    assert "首问负责" in page
