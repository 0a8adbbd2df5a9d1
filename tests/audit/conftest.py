"""A small estate for the scope registry, and people who may administrate."""

import pytest

from audit import scope_choices
from audit.models import User
from audit.scope_choices import Choice
from tests.factories.audit import UserFactory, user_with

PASSWORD = "Correct-Horse-7-Battery"


@pytest.fixture
def estate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Node 1 > node 2; communities 11 (in 1), 12 and 13 (in 2); buildings 111, 112 (in 11), 121 (in 12)."""
    below = {1: [11, 12, 13], 2: [12, 13]}
    fake = scope_choices.Estate(
        nodes=lambda: [Choice(1, "华东区"), Choice(2, "宁波市", 1)],
        communities=lambda: [Choice(11, "湖映花园", 1), Choice(12, "云栖里", 2), Choice(13, "江语湾", 2)],
        buildings=lambda: [Choice(111, "1栋", 11), Choice(112, "2栋", 11), Choice(121, "1栋", 12)],
        materialise=lambda ids: [pk for node in ids for pk in below[node]],
    )
    monkeypatch.setattr(scope_choices, "_estate", fake)


@pytest.fixture
def security_admin(db: None) -> User:
    return user_with(
        "audit.view_user", "audit.grant_role_user", "audit.view_role", "audit.add_role", "audit.change_role",
        "audit.unlock_user", "audit.disable_user",
    )  # fmt: skip


@pytest.fixture
def person(db: None) -> User:
    return UserFactory(username="wangfang", display_name="王芳", plain_password=PASSWORD)
