"""Every staff page in Chromium: no console error, no broken content policy (tests/support/browser.py), no serious axe finding."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from audit.models import DataScope, Role
from core.models import DictType
from owners.models import FamilyMember
from tests.factories.audit import UserFactory, all_permission_names, grant_to
from tests.factories.channels import channel
from tests.factories.complaints import ComplaintFactory
from tests.factories.notices import DeliveryFactory, NoticeFactory
from tests.factories.owners import OwnerFactory, OwnerPhoneFactory, TenureFactory, VehicleFactory
from tests.factories.properties import PlaceFactory, TeamFactory, UnitFactory, UnitMarkFactory
from tests.support.browser import enter, serious_findings, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "Qingtian-2026-lushui"


@pytest.fixture
def addresses() -> list[str]:
    """One of everything, and the pages that show it."""
    unit = UnitFactory()
    community, building = unit.community, unit.building
    UnitMarkFactory(unit=unit)
    owner = OwnerFactory(name="王建国")
    OwnerPhoneFactory(owner=owner)
    tenure = TenureFactory(owner=owner, unit=unit)
    vehicle = VehicleFactory(owner=owner, community=community)
    notice, draft = (NoticeFactory(community=community, status=status) for status in ("published", "draft"))
    DeliveryFactory(notice=notice, unit=unit, owner=owner)
    place, team = PlaceFactory(community=community), TeamFactory(community=community)
    one = [
        ("properties:community_detail", community), ("properties:community_update", community),
        ("properties:building_grid", building), ("properties:building_copy", building), ("properties:unit_update", unit),
        ("properties:place_detail", place), ("properties:team_detail", team), ("owners:unit_file", unit),
        ("owners:owner_file", owner), ("owners:owner_update", owner), ("owners:tenure_end", tenure),
        ("owners:tenure_replace", tenure), ("owners:unit_file_print", unit), ("owners:vehicle_detail", vehicle),
        ("properties:unit_disable", unit), ("audit:role_detail", Role.objects.first()),
        ("notices:notice_detail", notice), ("notices:notice_detail", draft), ("notices:notice_audience", draft),
        ("notices:notice_doors", notice), ("notices:notice_evidence", notice), ("notices:notice_poster", notice),
        ("notices:channel_update", channel("sms_gateway")), ("notices:channel_test", channel("wechat")),
    ]  # fmt: skip
    many = [
        "dashboard:workbench", "owners:owner_list", "owners:owner_create", "owners:tenure_list", "owners:vehicle_list", "owners:correction_list",
        "owners:vehicle_create", "owners:import_start", "owners:estate_export", "owners:lookup", "properties:overview",
        "properties:unit_list", "properties:unit_create", "properties:building_list", "properties:building_create",
        "properties:place_list", "properties:team_list", "properties:community_list", "properties:orgnode_tree",
        "core:dictionary_list", "core:job_list", "core:inbox", "core:inbox_preferences", "audit:user_list", "audit:user_create", "audit:role_list",
        "audit:role_matrix", "audit:log_list", "audit:sign_in_log", "audit:my_account", "audit:password_change",
        "notices:channel_list", "notices:notice_list", "notices:notice_create", "notices:template_list", "notices:delivery_list",
    ]  # fmt: skip
    found = [reverse(name) for name in many] + [reverse(name, args=[row.pk]) for name, row in one]
    found += [
        f"{reverse(name, args=[row.pk])}?tab=notices"
        for name, row in (("owners:unit_file", unit), ("owners:owner_file", owner))
    ]
    return [*found, reverse("core:dictionary", args=[DictType.objects.first().code])]


def test_every_page_is_clean_and_accessible(page: Page, live_server, addresses: list[str]) -> None:
    user = UserFactory(username="walker", plain_password=PASSWORD)
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    page.goto(live_server.url)
    findings = {"/sign-in/": serious_findings(page)}
    sign_in(page, live_server.url, "walker", PASSWORD)
    for address in addresses:
        answer = page.goto(f"{live_server.url}{address}")
        page.wait_for_load_state("networkidle")
        assert answer is not None and answer.status == 200, address
        findings[address] = serious_findings(page)
    assert {address: found for address, found in findings.items() if found} == {}


def test_ctrl_enter_sends_the_dialog_and_never_the_form_behind_it(page: Page, live_server) -> None:
    tenure = TenureFactory(owner=OwnerFactory(name="王建国"))
    user = UserFactory(username="walker")
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    enter(page, live_server.url, "walker")
    page.goto(live_server.url + reverse("owners:unit_file", args=[tenure.unit_id]))
    page.locator(f"a[href*='{reverse('owners:family_create', args=[tenure.unit_id])}']").click()
    page.locator("dialog[open] [name=relation]").select_option(index=1)
    page.locator("dialog[open] [name=name]").fill("王晓光")
    page.keyboard.press("Control+Enter")
    page.get_by_text("已新增家庭成员").wait_for()
    assert FamilyMember.objects.get().owner == tenure.owner


def test_a_menu_does_not_stay_open_behind_the_dialog_it_led_to(page: Page, live_server) -> None:
    case = ComplaintFactory(unit=UnitFactory(), status="working")
    user = UserFactory(username="walker")
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    enter(page, live_server.url, "walker")
    page.goto(live_server.url + case.get_absolute_url())
    menu = page.locator("main details[data-menu]").first
    menu.locator("summary").click()
    menu.locator("a[data-dialog]").first.click()
    page.locator("dialog[open]").wait_for()
    assert page.locator("details[data-menu][open]").count() == 0
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    assert menu.locator("summary").evaluate("entry => entry === document.activeElement")
