"""Who may open what: every address says it; every role template gets what its permissions say (SECURITY Decided 9)."""

import ast
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Permission
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse

from audit.models import DataScope, Role
from audit.services.seeds import TEMPLATES
from config import navigation
from core.web.access import ANYONE_SIGNED_IN
from core.web.lists import ListView
from tests.architecture.walk import Route, routes, shown, sources
from tests.factories.audit import GrantFactory, UserFactory
from tests.support.cases import make_community, signed_in

ROUTES = list(routes())

# Views that read the whole table on purpose, each with its reason. "file: expression" as printed by the test.
DIRECT_READS: dict[str, str] = {
    "core/views/attachments.py: Attachment.objects": "found by its unguessable uid, then its policy decides",
    "core/views/dictionary.py: DictItem.objects": "the items of a dictionary that visible_to() has just admitted",
    "workorders/views/slips.py: Attachment.objects": "files of orders that the view has just admitted",
    "core/views/jobs.py: Job.objects": "narrowed to the reader's own jobs in the same expression",
}


def test_every_address_has_a_name_and_says_for_whom() -> None:
    assert [route for route in ROUTES if route.name.endswith("None")] == []
    silent = [route.name for route in ROUTES if not route.permission and not route.public_reason]
    assert silent == []


def test_every_name_stands_once() -> None:
    names = [route.name for route in ROUTES]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.django_db
def test_every_permission_that_a_view_names_exists() -> None:
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    named = {route.permission for route in ROUTES if route.permission and route.permission != ANYONE_SIGNED_IN}
    assert named - known == set()


@pytest.mark.django_db
def test_every_list_has_its_export() -> None:
    lists = {
        view for route in ROUTES if (view := getattr(route.view, "view_class", None)) and issubclass(view, ListView)
    }
    rights = {view.list_name: view.export_permission for view in lists}
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    assert {name: right for name, right in rights.items() if right not in known} == {}
    assert rights.keys() >= {"audit:user_list", "audit:role_list", "audit:sign_in_log", "core:job_list"}


@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in_from_everywhere() -> None:
    client, sign_in = Client(), resolve_url("audit:sign_in")
    wrong = {}
    for route in ROUTES:
        if route.public_reason:
            continue
        response = client.get(reverse(route.name, kwargs=route.arguments))
        if response.status_code != 302 or not response.url.startswith(sign_in):
            wrong[route.name] = response.status_code
    assert wrong == {}


def expected(route: Route, held: set[str]) -> set[int]:
    """Without the permission 403. With it, an address that names nothing in scope is 404 (405 where only POST is served);
    an address without arguments answers, or leads on."""
    if route.permission != ANYONE_SIGNED_IN and route.permission not in held:
        return {403}
    return {404, 405} if route.arguments else {200, 204, 302, 400, 404, 405}


@pytest.mark.django_db
@pytest.mark.parametrize("code", list(TEMPLATES))
def test_every_role_template_opens_what_its_permissions_say(code: str) -> None:
    role, community = Role.objects.get(code=code), make_community("OWN")
    placed = role.data_scope in {DataScope.COMMUNITY, DataScope.SUBTREE}
    user = UserFactory()
    GrantFactory(user=user, role=role, community_ids=[community.pk] if placed else [])
    held, client, wrong = (
        {f"{p.content_type.app_label}.{p.codename}" for p in role.permissions.all()},
        signed_in(user),
        {},
    )
    for route in ROUTES:
        if route.public_reason:
            continue
        status = client.get(reverse(route.name, kwargs=route.arguments)).status_code
        if status not in expected(route, held):
            wrong[route.name] = status
    assert wrong == {}


def _direct_reads() -> Iterator[str]:
    for path in sources("views"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        narrowed = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in {"visible_to", "usable_by"}
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in {"objects", "_default_manager"}
                and id(node) not in narrowed
            ):
                yield f"{shown(path)}: {ast.unparse(node)}"


def test_views_read_only_what_is_visible_to_somebody() -> None:
    found = set(_direct_reads())
    assert sorted(found - DIRECT_READS.keys()) == [], "write .objects.visible_to(user, permission), or give the reason"
    assert sorted(DIRECT_READS.keys() - found) == [], "exemptions that are no longer needed"


def _navigation() -> Iterator[tuple[str, str, dict[str, int]]]:
    for group in navigation.MENU:
        for item in group.items:
            yield item.url, item.permission, {}
    for tab in (*navigation.UNIT_TABS, *navigation.OWNER_TABS):
        yield tab.url, tab.permission, {"pk": 1}
    for entry in (*navigation.CARDS, *navigation.QUICK_ACTIONS):
        yield entry.url, entry.permission, {}


def test_every_navigation_entry_leads_somewhere_and_asks_the_same_permission() -> None:
    by_name = {route.name: route for route in ROUTES}
    wrong = []
    for name, permission, arguments in _navigation():
        reverse(name, kwargs=arguments or None)
        if permission != by_name[name].permission:
            wrong.append((name, permission, by_name[name].permission))
    assert wrong == []


# What the frame of every page reads; a view that uses such a name for something else changes the menu or the switcher.
FRAME_NAMES = {"side_menu", "switcher", "current_community", "unread_count", "running_job"}


def test_no_view_overwrites_what_the_frame_shows() -> None:
    found = []
    for path in sources("views", "queries"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                names = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                if names & FRAME_NAMES and names & {"title", "breadcrumbs"}:
                    found.append(f"{shown(path)}:{node.lineno}")
    assert found == []
