"""R131: accounts by page, one case for each."""

from typing import Any

import pytest
from django.test import Client

from audit.models import SignInEntry, User, UserSession
from audit.services.users import create_user, disable_user
from core.actors import SYSTEM
from core.models import LogEntry
from tests.audit.conftest import PASSWORD
from tests.factories.audit import GrantFactory, SignInEntryFactory, UserFactory
from tests.support.cases import (
    ActionCase,
    CreateCase,
    DetailCase,
    FormCase,
    ListCase,
    assert_sent_to_sign_in,
    signed_in,
)


class _Users:
    scoped = False

    def make(self, community: Any) -> User:
        user = UserFactory(position="客服专员")
        GrantFactory(user=user)
        return user


class TestUserList(_Users, ListCase):
    url_name, permission = "audit:user_list", "audit.view_user"
    search = ("?q=staff", "?q=不存在")


class TestUserDetail(_Users, DetailCase):
    url_name, permission = "audit:user_detail", "audit.view_user"
    more_permissions = ("audit.view_signinentry", "audit.grant_role_user", "audit.disable_user")


class TestUserCreate(CreateCase):
    url_name, permission = "audit:user_create", "audit.add_user"
    model, scoped, log_action, invalid_field = User, False, "audit.user.created", "username"

    def make(self, community: Any) -> User:
        return UserFactory(username="taken")

    def valid(self) -> dict[str, Any]:
        return {"username": "zhangsan", "display_name": "张三", "position": "客服"}

    def invalid(self) -> dict[str, Any]:
        return {"username": "taken", "display_name": "张三"}

    def check(self, row: User) -> None:
        assert (row.username, row.display_name, row.must_change_password) == ("zhangsan", "张三", True)


class TestUserUpdate(_Users, FormCase):
    url_name, permission = "audit:user_update", "audit.change_user"
    log_action, invalid_field = "audit.user.changed", "display_name"

    def valid(self) -> dict[str, Any]:
        return {"display_name": "李四", "valid_until": "20301231", "mobile": "13800138000"}

    def invalid(self) -> dict[str, Any]:
        return {"display_name": ""}

    def check(self, row: User) -> None:
        assert row.display_name == "李四"
        assert row.username == self.own_row.username
        assert LogEntry.objects.latest("pk").changes["mobile"] == ["", "138****8000"]


class TestUserDisable(_Users, ActionCase):
    url_name, permission = "audit:user_disable", "audit.disable_user"
    log_action, invalid_field = "audit.user.disabled", "reason"

    def valid(self) -> dict[str, Any]:
        return {"reason": "离职"}

    def check(self, row: User) -> None:
        assert row.disabled_at is not None
        assert not row.is_active


class TestUserRestore(_Users, ActionCase):
    url_name, permission, log_action = "audit:user_restore", "audit.disable_user", "audit.user.restored"

    def make(self, community: Any) -> User:
        user = super().make(community)
        return disable_user(user, by=SYSTEM, reason="离职")

    def check(self, row: User) -> None:
        assert row.disabled_at is None
        assert row.is_active


class TestUserResetPassword(_Users, ActionCase):
    url_name, permission, log_action = (
        "audit:user_reset_password",
        "audit.reset_password_user",
        "audit.user.password_reset",
    )

    def check(self, row: User) -> None:
        assert row.must_change_password
        assert row.password != self.own_row.password


class TestUserUnlock(_Users, ActionCase):
    url_name, permission, log_action = "audit:user_unlock", "audit.unlock_user", "audit.user.unlocked"

    def make(self, community: Any) -> User:
        user = super().make(community)
        for _n in range(20):
            SignInEntryFactory(username=user.username, result="failure")
        return user

    def check(self, row: User) -> None:
        assert SignInEntry.objects.filter(username=row.username, result="unlocked").count() == 1


class TestUserAccess(_Users, DetailCase):
    url_name, permission = "audit:user_access", "audit.view_user"


@pytest.mark.django_db
def test_the_one_time_password_is_shown_once_and_works(client: Client) -> None:
    from tests.factories.audit import user_with

    admin = signed_in(user_with("audit.add_user", "audit.view_user"))
    response = admin.post("/users/new/", {"username": "xinren", "display_name": "新人"})
    password = response.context["password"]
    assert password in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    user = User.objects.get(username="xinren")
    assert password not in admin.get(user.get_absolute_url()).content.decode()
    assert password not in str(list(LogEntry.objects.values()))
    assert client.post("/sign-in/", {"username": "xinren", "password": password}).status_code == 302


@pytest.mark.django_db
def test_stopping_an_account_ends_its_sessions_now(client: Client, person: User) -> None:
    client.post("/sign-in/", {"username": "wangfang", "password": PASSWORD})
    disable_user(person, by=SYSTEM, reason="离职")
    assert_sent_to_sign_in(client.get("/account/"))
    assert not UserSession.objects.exists()


@pytest.mark.django_db
def test_nobody_stops_himself() -> None:
    from tests.factories.audit import user_with

    user = user_with("audit.disable_user", "audit.view_user")
    response = signed_in(user).post(f"/users/{user.pk}/disable/", {"reason": "试试"})
    assert response.status_code == 200
    assert "不能停用自己的账号" in response.content.decode()
    assert User.objects.get(pk=user.pk).is_active


@pytest.mark.django_db
def test_a_generated_password_meets_the_rules() -> None:
    from django.contrib.auth.password_validation import validate_password

    user = create_user(by=SYSTEM, username="a", display_name="甲")
    validate_password(user.new_password, user)
