"""The factories every other test leans on."""

import pytest

from audit.models import DataScope
from tests.factories.audit import grant_to, user_with


@pytest.mark.django_db
def test_user_with_holds_exactly_what_is_named() -> None:
    user = user_with("audit.view_user", "core.view_logentry", scope=DataScope.ALL, visibility={"phone": "plain"})
    assert user.access.permissions == {"audit.view_user", "core.view_logentry"}
    assert user.access.scope("audit.view_user").everything
    assert user.access.visibility("phone", 1) == "plain"
    assert user.access.visibility("id", 1) == "masked"


@pytest.mark.django_db
def test_scope_is_kept_per_permission() -> None:
    user = user_with("audit.view_user", communities=[1])
    grant_to(user, "audit.view_role", communities=[2])
    assert user.access.scope("audit.view_user").community_ids == {1}
    assert user.access.scope("audit.view_role").community_ids == {2}
