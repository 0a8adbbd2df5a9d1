"""People and a dictionary for core's tests."""

import pytest
from django.test import Client

from audit.models import DataScope, Grant, Role, User
from audit.services.seeds import permissions_named
from core.models import DictType
from core.services.dictionary import ItemSeed


@pytest.fixture
def person(db):
    """person("core.view_dicttype") makes a user who holds exactly these permissions everywhere."""

    def make(*permissions: str, name: str = "张三") -> User:
        number = User.objects.count() + 1
        user = User.objects.create(
            username=f"core{number}", display_name=name, must_change_password=False, password="!"
        )
        role = Role.objects.create(code=f"core-{number}", name=f"核心{number}", data_scope=DataScope.ALL)
        role.permissions.set(permissions_named(list(permissions)))
        Grant.objects.create(user=user, role=role)
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def browser():
    """browser(user) is a client signed in as that user."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="audit.backends.GrantBackend")
        return client

    return make


@pytest.fixture
def dictionary(db):
    """A dictionary of four built-in words."""
    dict_type = DictType.objects.create(code="test_colour", name="测试颜色", group="测试组", sort=9000)
    words = [ItemSeed("red", "红", ("赤",)), ItemSeed("green", "绿"), ItemSeed("blue", "蓝"), ItemSeed("black", "黑")]
    for number, word in enumerate(words, start=1):
        dict_type.items.create(
            code=word.code, name=word.name, synonyms=list(word.synonyms), sort=number * 10, builtin=True
        )
    return dict_type
