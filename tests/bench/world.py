"""The benchmark's people and places: one user who sees everything, one empty community for each import."""

from tests.bench.django_setup import setup as django_setup

USER = "admin"


def setup() -> None:
    django_setup(owner=False)
    _user()


def _user():
    """The benchmark's `admin`: every permission everywhere, which is the widest scope a page can have to search."""
    from django.contrib.auth.models import Permission

    from audit.models import DataScope, Grant, Role, User

    user = User.objects.filter(username=USER).first()
    if user is None:
        user = User.objects.create_user(USER, None, display_name="Benchmark", must_change_password=False)
    role, _created = Role.objects.get_or_create(
        code="bench", defaults={"name": "Benchmark", "data_scope": DataScope.ALL}
    )
    role.permissions.set(Permission.objects.all())
    Grant.objects.get_or_create(user=user, role=role, withdrawn_at=None)
    return user


def empty_community(prefix: str) -> str:
    """The code of a new community, so that every run imports into an empty one."""
    from properties.models import Community, OrgNode

    node = OrgNode.objects.filter(path="/bench/").first() or OrgNode.objects.create(
        kind="group", name="Benchmark", path="/bench/"
    )
    code = f"{prefix}{Community.objects.filter(code__startswith=prefix).count() + 1}"
    Community.objects.create(node=node, code=code, name=code)
    return code


def last_community(prefix: str) -> str:
    from properties.models import Community

    return Community.objects.filter(code__startswith=prefix).order_by("-pk").first().code


def session(name: str = USER) -> tuple[str, str]:
    """(session key, CSRF token) of a signed-in user."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.middleware.csrf import _get_new_csrf_string

    from audit.models import User

    user = _user() if name == USER else User.objects.get(username=name)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "audit.backends.GrantBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return store.session_key, _get_new_csrf_string()


def queries_of(path: str) -> int:
    """How many statements one page costs a signed-in user."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(_user(), backend="audit.backends.GrantBackend")
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(captured)
