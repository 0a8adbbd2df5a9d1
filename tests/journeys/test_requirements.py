"""Requirements of the issue that no single page owns, each under its number."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from audit.models import DataScope, Role
from core.models import LogEntry
from owners.models import Owner, Tenure
from owners.services import files, tenures
from properties.models import Unit
from tests.factories.audit import GrantFactory, UserFactory, all_permission_names, grant_to, user_with
from tests.factories.owners import (
    ConsentFactory,
    ContactRecordFactory,
    EmergencyContactFactory,
    FamilyMemberFactory,
    OwnerFactory,
    OwnerTagFactory,
    TenureFactory,
    TimelineEntryFactory,
    VehicleFactory,
    word,
)
from tests.factories.properties import BuildingFactory, UnitFactory, dictionary_item
from tests.support.browser import sign_in
from tests.support.cases import make_community, signed_in

VIEW, CHANGE = "owners.view_owner", "owners.change_owner"
PASSWORD = "Qingtian-2026-lushui"
WIDTHS = (1366, 1920)
BY_LIST = (
    "dashboard:workbench", "owners:owner_list", "owners:owner_create", "owners:tenure_list", "owners:vehicle_list",
    "owners:import_start", "owners:estate_export", "properties:overview", "properties:unit_list", "properties:unit_create",
    "core:dictionary_list", "core:job_list", "audit:user_list", "audit:role_matrix", "audit:log_list",
)  # fmt: skip
SEES_EVERYTHING = ("owners.view_contactrecord", "owners.view_tenure", "owners.view_vehicle", "owners.view_sensitive_tag",
                   "properties.view_unit", CHANGE)  # fmt: skip


def text_of(client: Client, name: str, *arguments: object, **query: str) -> str:
    answer = client.get(reverse(name, args=arguments), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def unit_of(community, **fields) -> Unit:
    return UnitFactory(building=BuildingFactory(community=community), **fields)


@pytest.mark.django_db(transaction=True)
def test_r3_no_page_scrolls_sideways_on_an_office_screen(page: Page, live_server) -> None:
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[UnitFactory()])
    unit = Unit.objects.get()
    VehicleFactory(owner=owner)
    user = UserFactory(username="walker", plain_password=PASSWORD)
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    sign_in(page, live_server.url, "walker", PASSWORD)
    addresses = [reverse(name) for name in BY_LIST] + [
        reverse("owners:unit_file", args=[unit.pk]),
        reverse("owners:owner_file", args=[owner.pk]),
        reverse("owners:owner_update", args=[owner.pk]),
        reverse("properties:building_grid", args=[unit.building_id]),
    ]
    wrong = []
    for address in addresses:
        page.goto(f"{live_server.url}{address}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 768 if width == WIDTHS[0] else 1080})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append((address, width))
    assert wrong == []


@pytest.mark.django_db
class TestBrowserSettings:
    def test_r4_pages_say_what_is_missing_without_scripts(self) -> None:
        note = "浏览器关闭了脚本"
        assert note in text_of(Client(), "audit:sign_in")
        assert note in text_of(signed_in(user_with()), "dashboard:workbench")

    def test_r4_a_browser_without_cookies_is_told_so(self) -> None:
        client = Client(enforce_csrf_checks=True)
        refused = client.post(reverse("audit:sign_in"), {"username": "a", "password": "b"})
        assert refused.status_code == 403
        assert "浏览器没有接受 Cookie" in refused.content.decode()
        client.get(reverse("audit:sign_in"))
        late = client.post(reverse("audit:sign_in"), {"username": "a", "password": "b"}).content.decode()
        assert "页面已过期" in late and "Cookie" not in late
