"""Every page of the complaint desk in Chromium: no console error, no broken content policy (tests/support/browser.py), no serious axe
finding, and none wider than the screen."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from audit.models import DataScope
from complaints.models import ClockStandard, Complaint, KeywordRule
from complaints.seeds import seed_standards
from complaints.services import disclosing, orders, supervision
from complaints.states import Status
from core.services import dictionary
from tests.browser.test_workorder_pages import walk
from tests.complaints.test_states import answered, at_work, complain
from tests.factories.audit import UserFactory, all_permission_names, grant_to
from tests.factories.complaints import ApprovalFactory, CaseSupervisionFactory, ComplaintFactory, GroupCaseFactory
from tests.factories.properties import UnitFactory
from tests.factories.talk import KeywordFactory
from tests.factories.workorders import kind_of
from tests.support.browser import enter
from workorders.seeds import seed_rules

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def user(transactional_db: None) -> Any:
    dictionary.seed(), seed_rules(), seed_standards()
    user = UserFactory(username="walker", display_name="周敏")
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    return user


@pytest.fixture
def cases(user: Any) -> dict[str, Complaint]:
    """One in every state, and one of each that shows more: clocks of all kinds, demands, approvals, orders, a group, the city."""
    unit, now = UnitFactory(), timezone.now()
    found = {status: ComplaintFactory(unit=unit, status=status, handler=user) for status in Status}
    major = answered(unit=unit, level="major")[0]
    working, _handler, boss = at_work(unit, phone="13800138000")
    orders.raise_order(working, by=user, kind=kind_of("wall_leak"), description="卫生间渗漏")
    supervision.supervise_complaint(working, by=boss, demand="今天答复", due_at=now + timedelta(hours=4))
    ApprovalFactory(complaint=working)
    disclosing.record_disclosure(
        working,
        by=user,
        recipient="湖映地产",
        fields="姓名、电话",
        purpose="上门维修",
        agreed=True,
        agreed_way="电话同意",
    )
    city = {
        "external_number": "20261123001",
        "agency": "区热线中心",
        "end_due_at": now + timedelta(days=7),
        "first": False,
    }
    grouped = [complain(UnitFactory(building=unit.building)) for _one in range(2)]
    GroupCaseFactory(cases=[*grouped, found[Status.NEW]])
    return found | {
        "major": major, "work": working, "city": complain(unit, source="city", city=city), "near": complain(unit),
        "secret": complain(unit, confidential=True, accused="保安队长"), "late": CaseSupervisionFactory(due_at=now).complaint,
    }  # fmt: skip


def test_pages_of_the_desk_are_clean_and_accessible(
    page: Page, live_server: Any, user: Any, cases: dict[str, Complaint]
) -> None:
    enter(page, live_server.url, "walker")
    paths = [reverse(f"complaints:{name}") for name in (
        "complaint_list", "complaint_create", "standard_list", "standard_create", "keyword_list", "keyword_create", "opinion_list",
    )]  # fmt: skip
    paths += [
        f"{reverse('complaints:complaint_list')}?group=all&supervised=open",
        ClockStandard.objects.first().get_absolute_url(),
    ]
    paths += [case.get_absolute_url() for case in cases.values()]
    paths += [cases[Status.NEW].group.get_absolute_url(), KeywordFactory().get_absolute_url()]
    assert walk(page, live_server.url, paths) == {}
    assert KeywordRule.objects.exists()


def test_acts_of_the_desk_are_clean_and_accessible(
    page: Page, live_server: Any, user: Any, cases: dict[str, Complaint]
) -> None:
    """Each dialog as a page of its own, and the forms."""
    enter(page, live_server.url, "walker")
    new, routing, work, calling = cases[Status.NEW], cases[Status.ROUTING], cases["work"], cases[Status.CALLING]
    acts = [
        *((f"complaint_{name}", new) for name in ("accept", "settle", "update", "attach", "withdraw")),
        *((f"complaint_{name}", routing) for name in ("assign", "take")),
        *((f"complaint_{name}", work) for name in ("report", "progress", "reroute", "level", "tell", "supervise")),
        ("complaint_answer", cases[Status.ANSWERING]), ("complaint_close", calling), ("complaint_redo", calling),
        ("complaint_reopen", cases[Status.CLOSED]), ("order_raise", work), ("order_link", work), ("approval_ask", work),
        ("disclosure_create", work), ("group_join", cases["near"]), ("city_sign", cases["city"]),
    ]  # fmt: skip
    paths = [reverse(f"complaints:{name}", args=[case.pk]) for name, case in acts]
    paths.append(reverse("complaints:supervision_reply", args=[work.supervisions.get().pk]))
    assert walk(page, live_server.url, paths) == {}
