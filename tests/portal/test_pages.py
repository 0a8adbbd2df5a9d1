"""Every page of the owners: who may open it, how heavy it is, what it writes, its own error pages, consents and preferences."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import navigation
from core.models import LogEntry
from owners import waiting
from owners.models import Consent, Correction, OwnerSession
from owners.waiting import Waiting
from portal import privacy
from portal.access import REASON
from tests.architecture.walk import Route, routes
from tests.factories.audit import UserFactory
from tests.factories.owners import EmergencyContactFactory, FamilyMemberFactory, VehicleFactory, word
from tests.factories.properties import UnitFactory
from tests.portal.support import OTHER_PHONE, PAGES, repair_pages, resident, signed_in_owner, talk_pages, text_of
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
ROUTES = [route for route in routes() if route.name.startswith("portal:")]
# Pages that open without an owner's session, each for its own reason.
OPEN = {
    "portal:sign_in", "portal:code", "portal:code_again", "portal:who", "portal:type_size", "portal:help", "portal:opt_out",
}  # fmt: skip
MOST_BYTES = 100 * 1024


@pytest.fixture
def owner(db: None) -> Any:
    return resident()


@pytest.fixture
def phone(owner: Any) -> Client:
    return signed_in_owner()


def url(route: Route) -> str:
    return reverse(route.name, kwargs=route.arguments)


def readable(owner: Any) -> list[str]:
    """Every page that a GET opens, with rows of the owner's own."""
    unit = owner.tenures.get().unit
    rows = {
        "phone": owner.phones.get(),
        "emergency": EmergencyContactFactory(owner=owner),
        "family": FamilyMemberFactory(owner=owner, unit=unit),
        "vehicle": VehicleFactory(owner=owner),
    }
    Correction.objects.create(
        owner=owner, unit=unit, community=unit.community, topic="email", act="change", before="{}"
    )
    found = [reverse(f"portal:{name}") for name in PAGES]
    found += repair_pages(owner, unit)
    found += talk_pages(owner, unit)
    found += [reverse("portal:correct_file", args=[topic, "change"]) for topic in ("email", "address")]
    for topic, row in rows.items():
        found.append(reverse("portal:correct_file", args=[topic, "add"]))
        found += [reverse("portal:correct_row", args=[topic, act, row.pk]) for act in ("change", "remove")]
    return found


# --- Who may -------------------------------------------------------------------------------------------------------------
def test_every_page_asks_for_an_owner_or_is_open_for_a_reason() -> None:
    closed = {route.name for route in ROUTES if route.public_reason == REASON}
    assert {route.name for route in ROUTES} - closed == OPEN


@pytest.mark.parametrize("as_staff", [False, True])
def test_strangers_and_staff_are_led_to_the_door_from_every_page(as_staff: bool) -> None:
    client = signed_in(UserFactory()) if as_staff else Client()
    wrong = {}
    for route in ROUTES:
        if route.name in OPEN:
            continue
        for method in ("get", "post"):
            response = getattr(client, method)(url(route))
            if response.status_code != 302 or not response.url.startswith(reverse("portal:sign_in")):
                wrong[route.name, method] = response.status_code
    assert wrong == {}


def test_a_made_up_cookie_opens_nothing() -> None:
    client = Client()
    for value in ("", "x", "A" * 43, "\u738b".encode().decode("latin-1"), "A" * 4000):
        client.cookies[settings.OWNER_COOKIE_NAME] = value
        assert client.get("/m/").status_code == 302


def test_nobody_but_the_session_says_who_one_is(owner: Any, phone: Client) -> None:
    """Another person's device, consent and number in an address change nothing of his."""
    other = resident(OTHER_PHONE, name="赵无关", units=[UnitFactory()])
    theirs = signed_in_owner(OTHER_PHONE)
    session = OwnerSession.objects.get(owner=other)
    assert phone.post(reverse("portal:device_end", args=[session.pk])).status_code == 404
    assert theirs.get("/m/").status_code == 200
    for page in readable(owner):
        assert "赵无关" not in text_of(phone.get(page, {"owner": other.pk, "unit": other.tenures.get().unit_id})), page


# --- How heavy -------------------------------------------------------------------------------------------------------------
def first_load(html: str) -> Iterator[tuple[str, int]]:
    """The page and every file it loads."""
    yield "html", len(html.encode())
    for name in sorted(set(re.findall(r'(?:href|src)="/static/([^"#]+)', html))):
        yield name, (settings.BASE_DIR / "static" / name).stat().st_size


def test_the_first_load_stays_under_100_kb(owner: Any, phone: Client) -> None:
    """Uncompressed, with style sheet, icons and favicon; a phone gets a third of it."""
    pages = {page: dict(first_load(text_of(phone.get(page)))) for page in readable(owner)}
    pages["door"] = dict(first_load(text_of(Client().get(reverse("portal:sign_in")))))
    heavy = {page: sum(parts.values()) for page, parts in pages.items() if sum(parts.values()) >= MOST_BYTES}
    assert heavy == {}
    assert set(pages[reverse("portal:home")]) == {"html", "css/portal.css", "icons-mobile.svg", "img/favicon.svg"}
    css = (settings.BASE_DIR / "static/css/portal.css").read_bytes()
    assert len(gzip.compress(css)) < 13 * 1024


def test_every_icon_stands_in_the_small_sprite(owner: Any, phone: Client) -> None:
    sprite = (settings.BASE_DIR / "static/icons-mobile.svg").read_text()
    names = (settings.BASE_DIR / "static/icons-mobile.txt").read_text().split()
    assert re.findall(r'<symbol id="i-([a-z0-9-]+)"', sprite) == names
    used = {
        name
        for page in readable(owner)
        for name in re.findall(r"icons-mobile\.svg#i-([a-z0-9-]+)", text_of(phone.get(page)))
    }
    templates = "".join(path.read_text() for path in (settings.BASE_DIR / "templates").rglob("*.html"))
    used |= set(re.findall(r'small_icon "([a-z0-9-]+)"', templates)) | {entry.icon for entry in navigation.PORTAL}
    assert used - set(names) == set()


def test_no_page_needs_a_script_or_leaves_this_house(owner: Any, phone: Client) -> None:
    for page in readable(owner):
        html = text_of(phone.get(page))
        # An open conversation finds what is new by itself; without its script it is loaded again by hand.
        assert html.count("<script") == ("js/talk.js" in html) == ("data-talk-poll" in html), page
        assert [link for link in re.findall(r'(?:href|src|action)="([^"]*)"', html) if "//" in link] == [], page


def test_looking_writes_nothing(owner: Any, phone: Client) -> None:
    pages = readable(owner)
    logged = LogEntry.objects.count()
    for page in pages:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert phone.get(page).status_code == 200, page
        written = [
            row["sql"] for row in captured if not row["sql"].lstrip().startswith(("SELECT", "SAVEPOINT", "RELEASE"))
        ]
        assert written == [], page
        assert len(captured) <= 15, (page, len(captured))
    assert LogEntry.objects.count() == logged


def test_pages_are_kept_nowhere(phone: Client) -> None:
    for client in (phone, Client()):
        headers = client.get(reverse("portal:help")).headers
        assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


# --- Frame -----------------------------------------------------------------------------------------------------------------
def test_the_directory_leads_to_pages_of_this_door() -> None:
    known = {route.name: route for route in ROUTES}
    for entry in navigation.PORTAL:
        assert entry.url in known, entry.url
        assert set(entry.places) <= {"tab", "home", "mine"}
    tabs = [entry for entry in navigation.PORTAL if "tab" in entry.places]
    assert len(tabs) <= 4


def test_one_tab_is_the_current_one(owner: Any, phone: Client) -> None:
    for page in readable(owner):
        html = text_of(phone.get(page))
        if "po-tab" in html:
            assert html.count('aria-current="page"') == 1, page


def test_large_type_is_switched_without_a_script_and_remembered() -> None:
    client = Client()
    assert 'data-type="large"' not in text_of(client.get(reverse("portal:help")))
    response = client.post(reverse("portal:type_size"), {"next": reverse("portal:help")})
    assert response.url == reverse("portal:help")
    assert 'data-type="large"' in text_of(client.get(reverse("portal:help")))
    client.post(reverse("portal:type_size"))
    assert 'data-type="large"' not in text_of(client.get(reverse("portal:help")))


def test_home_lists_what_waits_and_warnings_come_first(phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_sources", dict(waiting._sources))
    waiting.register("bills", lambda owner, unit: [Waiting("待缴账单", f"{unit.label} 的物业费", "portal:help")])
    waiting.register("water", lambda owner, unit: [Waiting("明天停水", "请储水", "portal:help", level="warn")])
    page = text_of(phone.get("/m/"))
    assert "目前没有需要您处理的事情" not in page
    assert 0 < page.index("明天停水") < page.index("待缴账单")
    assert "3栋2单元1502 的物业费" in page


# --- Error pages -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("signed", [True, False])
def test_what_is_not_there_is_said_in_this_house(phone: Client, signed: bool) -> None:
    response = (phone if signed else Client()).get("/m/nothing/")
    assert (response.status_code, "回到首页" in text_of(response)) == (404, True)
    assert "工作台" not in text_of(response)


def test_the_staff_keep_their_own_error_page() -> None:
    response = signed_in(UserFactory()).get("/nothing/")
    assert (response.status_code, "回到首页" in text_of(response)) == (404, False)


def test_a_form_without_its_token_is_refused_in_this_house(owner: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("portal:sign_in"), {"phone": OTHER_PHONE})
    assert (response.status_code, "页面已过期" in text_of(response), "工作台" in text_of(response)) == (
        403,
        True,
        False,
    )


def test_a_broken_page_is_said_in_this_house(phone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("portal.views.home.waiting_for", breaks)
    phone.raise_request_exception = False
    response = phone.get("/m/")
    assert (response.status_code, "请稍后再试" in text_of(response)) == (500, True)


def test_a_rule_that_says_no_is_a_page_of_this_house(phone: Client) -> None:
    purpose = word("consent_purpose", "marketing")
    phone.post(reverse("portal:consent_give", args=[purpose.pk]))
    response = phone.post(reverse("portal:consent_give", args=[purpose.pk]))
    assert (response.status_code, "已登记同意" in text_of(response), "po-say" in text_of(response)) == (409, True, True)


# --- Consents and preferences: at once ----------------------------------------------------------------------------------------
def test_a_consent_is_given_and_taken_back_with_version_and_time(owner: Any, phone: Client) -> None:
    purpose = word("consent_purpose", "marketing")
    phone.post(reverse("portal:consent_give", args=[purpose.pk]))
    row = Consent.objects.get()
    assert (row.version, row.way, row.clerk, row.withdrawn_at) == (privacy.VERSION, "online", None, None)
    owner.refresh_from_db()
    assert owner.marketing_consent
    assert f"版本 {privacy.VERSION}" in text_of(phone.get(reverse("portal:consent_list")))
    phone.post(reverse("portal:consent_withdraw", args=[purpose.pk]))
    row.refresh_from_db()
    owner.refresh_from_db()
    assert (row.withdrawn_at is not None, owner.marketing_consent) == (True, False)
    entries = LogEntry.objects.filter(action__startswith="owners.consent").order_by("pk")
    assert [(entry.action, entry.actor_type, entry.actor_id) for entry in entries] == [
        ("owners.consent.given", "owner", owner.pk),
        ("owners.consent.withdrawn", "owner", owner.pk),
    ]
    phone.post(reverse("portal:consent_give", args=[purpose.pk]))
    assert Consent.objects.filter(withdrawn_at__isnull=True).count() == 1, "who comes by himself need not wait 90 days"


def test_a_marketing_flag_without_a_consent_behind_it_can_be_refused(owner: Any, phone: Client) -> None:
    type(owner).objects.filter(pk=owner.pk).update(marketing_consent=True)
    purpose = word("consent_purpose", "marketing")
    assert "撤回同意" in text_of(phone.get(reverse("portal:consent_list")))
    phone.post(reverse("portal:consent_withdraw", args=[purpose.pk]))
    owner.refresh_from_db()
    assert owner.marketing_consent is False
    assert LogEntry.objects.filter(action="owners.owner.opted_out", actor_type="owner").count() == 1


def test_what_the_contract_rests_on_is_told_not_asked(phone: Client) -> None:
    purpose = word("consent_purpose", "service")
    assert reverse("portal:consent_give", args=[purpose.pk]) not in text_of(phone.get(reverse("portal:consent_list")))
    assert phone.post(reverse("portal:consent_give", args=[purpose.pk])).status_code == 404
    assert phone.post(reverse("portal:consent_give", args=[word("owner_tag", "vip").pk])).status_code == 404


def test_preferences_apply_at_once(owner: Any, phone: Client) -> None:
    values = {"preferred_channel": word("contact_channel", "wechat").pk, "quiet_from": "21:00", "quiet_until": "08:00"}
    assert phone.post(reverse("portal:preferences"), values | {"pets": "柯基一只"}).status_code == 302
    owner.refresh_from_db()
    assert (str(owner.preferred_channel), owner.quiet_from.hour, owner.pets) == ("微信", 21, "柯基一只")
    assert LogEntry.objects.get(action="owners.owner.preferences_changed").actor_type == "owner"
    page = text_of(phone.post(reverse("portal:preferences"), {"quiet_from": "21:00"}))
    assert "起止都要填" in page
