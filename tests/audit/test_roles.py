"""R131: roles one by one and the matrix; duties that stay apart."""

import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client

from audit.models import Grant, Role, User
from audit.permission_labels import all_permissions, label_of
from audit.policies import Conflict, conflicts_in, locked_permissions
from audit.queries import matrix
from audit.services import roles, seeds
from core.actors import SYSTEM
from core.errors import BusinessError
from core.models import LogEntry
from tests.factories.audit import GrantFactory, RoleFactory, UserFactory, user_with
from tests.support.cases import ActionCase, CreateCase, DetailCase, FormCase, ListCase, signed_in

VALID = {
    "name": "夜班前台",
    "description": "夜间接报",
    "data_scope": "building",
    "name_visibility": "plain",
    "phone_visibility": "masked",
    "id_visibility": "hidden",
    "amount_visibility": "hidden",
}


class _Roles:
    scoped = False

    def make(self, community: Any) -> Role:
        role = RoleFactory(holds=["audit.view_role"])
        GrantFactory(role=role)
        return role


class TestRoleList(_Roles, ListCase):
    url_name, permission = "audit:role_list", "audit.view_role"
    search = ("?q=测试角色", "?q=不存在")


class TestRoleDetail(_Roles, DetailCase):
    url_name, permission = "audit:role_detail", "audit.view_role"
    more_permissions = ("audit.change_role", "audit.add_role")


class TestRoleCreate(_Roles, CreateCase):
    url_name, permission, log_action = "audit:role_create", "audit.add_role", "audit.role.created"
    model, invalid_field = Role, "name"

    def valid(self) -> dict[str, Any]:
        return VALID

    def invalid(self) -> dict[str, Any]:
        return VALID | {"name": self.own_row.name}

    def check(self, row: Role) -> None:
        assert (row.name, row.data_scope, row.id_visibility) == ("夜班前台", "building", "hidden")
        assert row.permissions.count() == 0


class TestRoleUpdate(_Roles, FormCase):
    url_name, permission, log_action = "audit:role_update", "audit.change_role", "audit.role.changed"
    invalid_field = "name"

    def valid(self) -> dict[str, Any]:
        return VALID

    def invalid(self) -> dict[str, Any]:
        return VALID | {"name": ""}

    def check(self, row: Role) -> None:
        assert row.name == "夜班前台"


class TestRoleCopy(_Roles, FormCase):
    url_name, permission, log_action = "audit:role_copy", "audit.add_role", "audit.role.created"

    def valid(self) -> dict[str, Any]:
        return VALID

    def check(self, row: Role) -> None:
        copied = Role.objects.get(name="夜班前台")
        assert list(copied.permissions.all()) == list(row.permissions.all())


class TestRoleDisable(_Roles, ActionCase):
    url_name, permission, log_action = "audit:role_disable", "audit.change_role", "audit.role.disabled"
    invalid_field = "reason"

    def valid(self) -> dict[str, Any]:
        return {"reason": "合并岗位"}

    def check(self, row: Role) -> None:
        assert row.disabled_at is not None
        assert User.objects.get(grants__role=row).access.permissions == set()


class TestRoleRestore(_Roles, ActionCase):
    url_name, permission, log_action = "audit:role_restore", "audit.change_role", "audit.role.restored"

    def make(self, community: Any) -> Role:
        return roles.disable_role(super().make(community), by=SYSTEM, reason="合并岗位")

    def check(self, row: Role) -> None:
        assert row.disabled_at is None


# --- The matrix ------------------------------------------------------------------------------------------------------


def form_of(client: Client) -> dict[str, Any]:
    """What a browser would send back from the matrix without touching anything."""
    html = client.get("/roles/matrix/").content.decode()
    data: dict[str, Any] = {"version": re.search(r'name="version" value="(\w+)"', html)[1]}
    data["cell"] = re.findall(r'name="cell" value="([\d-]+)"[^>]*? checked(?! disabled)', html)
    for name, options in re.findall(
        r'<select class="sel-s" name="(set-[\w-]+)"[^>]*?(?<!disabled)>(.*?)</select>', html
    ):
        data[name] = re.search(r'value="(\w+)" selected', options)[1]
    return data


@pytest.fixture
def admin_client(security_admin: User) -> Client:
    return signed_in(security_admin)


def pk_of(name: str) -> int:
    return next(row.id for row in all_permissions() if row.name == name)


@pytest.mark.django_db
def test_the_matrix_shows_every_permission_and_role(admin_client: Client) -> None:
    response = admin_client.get("/roles/matrix/")
    text = response.content.decode()
    shown = [line.facts.name for group in response.context["groups"] for line in group.lines]
    assert shown == [row.name for row in all_permissions()]
    assert [role.name for role in Role.objects.filter(disabled_at__isnull=True) if role.name not in text] == []


@pytest.mark.django_db
def test_sending_the_matrix_back_untouched_changes_nothing(admin_client: Client) -> None:
    before = set(Role.permissions.through.objects.values_list("role_id", "permission_id"))
    logged = LogEntry.objects.count()
    assert admin_client.post("/roles/matrix/", form_of(admin_client)).status_code == 302
    assert set(Role.permissions.through.objects.values_list("role_id", "permission_id")) == before
    assert LogEntry.objects.count() == logged


@pytest.mark.django_db
def test_changed_cells_are_saved_together_and_logged_by_role(admin_client: Client) -> None:
    clerk, cashier = Role.objects.get(code=seeds.CLERK), Role.objects.get(code=seeds.CASHIER)
    watch, data = pk_of("core.watch_job"), form_of(admin_client)
    data["cell"] += [f"{clerk.pk}-{watch}", f"{cashier.pk}-{watch}"]
    data[f"set-{clerk.pk}-phone_visibility"] = "plain"
    admin_client.post("/roles/matrix/", data)
    assert clerk.permissions.filter(pk=watch).exists()
    assert cashier.permissions.filter(pk=watch).exists()
    clerk.refresh_from_db()
    assert clerk.phone_visibility == "plain"
    entries = list(LogEntry.objects.filter(action="audit.role.permissions_changed").order_by("pk"))
    assert [entry.object_label for entry in entries] == ["客服", "收费员"]
    assert entries[0].changes["phone_visibility"] == ["脱敏", "明文"]
    assert [value for key, value in entries[1].changes.items() if "后台任务" in key] == [["不可用", "可用"]]
    assert entries[0].batch == entries[1].batch


@pytest.mark.django_db
def test_two_who_edit_at_once_do_not_overwrite_each_other(admin_client: Client) -> None:
    data = form_of(admin_client)
    roles.update_role(Role.objects.get(code=seeds.CLERK), by=SYSTEM, phone_visibility="hidden")
    response = admin_client.post("/roles/matrix/", data)
    assert response.status_code == 409
    assert "已被他人修改" in response.content.decode()


@pytest.mark.django_db
def test_conflicting_cells_are_locked_on_the_page_and_refused_by_the_server(admin_client: Client) -> None:
    system, data = Role.objects.get(code=seeds.SYSTEM_ADMIN), form_of(admin_client)
    change_role = pk_of("audit.change_role")
    text = admin_client.get("/roles/matrix/").content.decode()
    box = re.search(f'<input[^>]*value="{system.pk}-{change_role}"[^>]*>', text)[0]
    assert " disabled hidden" in box
    assert "互斥锁定: 建账号的人不能同时管权限" in text
    data["cell"].append(f"{system.pk}-{change_role}")
    response = admin_client.post("/roles/matrix/", data)
    assert "互斥" in response.content.decode()
    assert not system.permissions.filter(pk=change_role).exists()


@pytest.mark.django_db
def test_nobody_widens_a_role_he_holds(admin_client: Client, security_admin: User) -> None:
    own = Grant.objects.get(user=security_admin).role
    data = form_of(admin_client)
    data["cell"].append(f"{own.pk}-{pk_of('core.watch_job')}")
    admin_client.post("/roles/matrix/", data)
    assert not own.permissions.filter(codename="watch_job").exists()


@pytest.mark.django_db
def test_a_wider_role_may_not_join_duties_over_two_roles(admin_client: Client) -> None:
    both, clerk = UserFactory(), Role.objects.get(code=seeds.CLERK)
    GrantFactory(user=both, role=Role.objects.get(code=seeds.AUDITOR))
    GrantFactory(user=both, role=clerk)
    data = form_of(admin_client)
    data["cell"].append(f"{clerk.pk}-{pk_of('audit.add_user')}")
    assert admin_client.post("/roles/matrix/", data).status_code == 409
    assert not clerk.permissions.filter(codename="add_user").exists()


@pytest.mark.django_db
def test_reading_the_matrix_is_not_changing_it() -> None:
    client = signed_in(user_with("audit.view_role"))
    response = client.get("/roles/matrix/")
    assert "data-matrix-save" not in response.content.decode()
    assert client.post("/roles/matrix/", {"version": response.context["version"]}).status_code == 403


@pytest.mark.django_db
def test_the_exported_matrix_equals_the_page(admin_client: Client, security_admin: User) -> None:
    response = admin_client.get("/roles/matrix/export/")
    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(min_row=3, values_only=True)]
    heads = matrix.heads(security_admin)
    assert rows[0][2:] == [head.role.name for head in heads]
    exported = {row[0]: row[2:] for row in rows[6:] if any(row[1:]) or row[2:] != [""] * len(heads)}
    for group in matrix.groups(heads):
        for line in group.lines:
            ticks = ["✓" if cell.on else "" for cell in line.cells]
            assert exported.get(line.facts.label, [""] * len(heads)) == ticks
    assert LogEntry.objects.filter(action="audit.role.matrix_exported", actor_id=security_admin.pk).count() == 1


# --- Words and duties --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_permission_has_a_chinese_label() -> None:
    assert [row.name for row in all_permissions() if not re.search(r"[\u4e00-\u9fff]", row.label)] == []
    assert [row.name for row in all_permissions() if row.label.startswith("Can ")] == []


@pytest.mark.django_db
def test_looks_and_exports_are_marked_sensitive() -> None:
    marked = {row.name for row in all_permissions() if row.sensitive}
    assert {"core.export_logentry", "owners.reveal_owner", "owners.import_owner", "audit.grant_role_user"} <= marked
    assert "audit.view_user" not in marked


@pytest.mark.django_db
def test_the_seeded_roles_hold_no_conflict() -> None:
    for role in Role.objects.all():
        names = [f"{p.content_type.app_label}.{p.codename}" for p in role.permissions.all()]
        assert conflicts_in(names) == [], role.name


def test_a_conflict_locks_the_other_side() -> None:
    conflict = Conflict(frozenset({"a.x"}), frozenset({"a.y", "a.z"}), "why")
    assert conflict.locked_by(["a.x"]) == {"a.y", "a.z"}
    assert conflict.hurts(["a.x", "a.z"])
    assert not conflict.hurts(["a.y", "a.z"])
    assert "audit.change_role" in locked_permissions(["audit.add_user"])


@pytest.mark.django_db
def test_seeding_again_does_not_give_back_what_was_taken() -> None:
    clerk = Role.objects.get(code=seeds.AUDITOR)
    clerk.permissions.clear()
    seeds.seed()
    assert clerk.permissions.count() == 0


@pytest.mark.django_db
def test_a_permission_that_is_new_reaches_an_old_template(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(seeds._given, seeds.CLERK, [*seeds._given[seeds.CLERK], "core.watch_job"])
    seeds.seed()
    assert Role.objects.get(code=seeds.CLERK).permissions.filter(codename="watch_job").exists()


@pytest.mark.django_db
def test_restoring_a_role_may_not_join_duties() -> None:
    person, role = UserFactory(), RoleFactory(holds=["audit.add_user"])
    GrantFactory(user=person, role=role)
    roles.disable_role(role, by=SYSTEM, reason="试")
    GrantFactory(user=person, role=Role.objects.get(code=seeds.AUDITOR))
    with pytest.raises(BusinessError, match="互斥"):
        roles.restore_role(role, by=SYSTEM)
    assert label_of(role.permissions.get()) == "新增人员"
