"""How each kind of message reaches a person: his own page, and what notify() makes of it."""

import pytest
from django.urls import reverse

from core import inbox_kinds, inbox_ways
from core.models import InboxAddress, InboxItem, InboxPreference, Job, LogEntry
from core.services.inbox import notify

pytestmark = pytest.mark.django_db
EMAIL = inbox_ways.Way("email", "邮件")
ROOM = inbox_ways.Way("wecom", "企业微信机器人", shared=True)


@pytest.fixture
def ways(monkeypatch):
    """The ways that are set up; a test may take one away."""
    found = [EMAIL, ROOM]
    monkeypatch.setattr(inbox_ways, "_ways", lambda: found)
    monkeypatch.setattr(inbox_ways, "_job", "tests.carry")
    return found


@pytest.fixture
def kinds(monkeypatch):
    monkeypatch.setattr(inbox_kinds, "_kinds", dict(inbox_kinds._kinds))
    inbox_kinds.declare("tests.act", "要处理的", demands=True)
    inbox_kinds.declare("tests.news", "新闻")
    inbox_kinds.declare("tests.secret", "秘密", permission="audit.view_user")


PAGE = "core:inbox_preferences"


def post(client, **boxes):
    return client.post(reverse(PAGE), {name: value for name, value in boxes.items() if value})


def chosen(user):
    return {row.kind: (row.rings, row.ways) for row in InboxPreference.objects.filter(user=user)}


class TestNotify:
    def test_without_a_choice_the_bell_rings_and_nothing_leaves(self, person, ways, kinds):
        item = notify(person(), "有新闻", kind="tests.news")
        assert item.read_at is None
        assert not Job.objects.exists()

    def test_what_nobody_wants_to_hear_of_stands_in_the_list_as_read(self, person, ways, kinds):
        user = person()
        InboxPreference.objects.create(user=user, kind="tests.news", rings=False)
        InboxPreference.objects.create(user=user, kind="tests.act", rings=False)
        assert notify(user, "有新闻", kind="tests.news").read_at is not None
        assert notify(user, "请处理", kind="tests.act").read_at is None

    def test_other_ways_are_a_job_of_the_same_transaction_once(self, person, ways, kinds):
        user = person()
        InboxPreference.objects.create(user=user, kind="tests.act", ways=["email", "wecom"])
        item = notify(user, "请处理", kind="tests.act", dedup_key="once")
        assert notify(user, "请处理", kind="tests.act", dedup_key="once") is None
        job = Job.objects.get()
        assert (job.kind, job.args, job.visible) == (
            "tests.carry",
            {"item": item.pk, "ways": ["email", "wecom"]},
            False,
        )

    def test_a_kind_nobody_declared_is_a_mistake(self, person):
        with pytest.raises(KeyError):
            notify(person(), "？", kind="tests.unknown")
        assert not InboxItem.objects.exists()


class TestPage:
    def test_it_shows_what_concerns_the_person(self, person, browser, ways, kinds):
        page = browser(person()).get(reverse(PAGE)).content.decode()
        assert "要处理的" in page and "新闻" in page and "企业微信机器人" in page
        assert "秘密" not in page
        assert 'name="tests-act__bell"' in page and "disabled" in page
        assert "秘密" in browser(person("audit.view_user")).get(reverse(PAGE)).content.decode()

    def test_choices_are_kept_and_logged_without_the_address(self, person, browser, ways, kinds):
        user = person()
        client = browser(user)
        answer = post(client, **{"email": "zhang@example.com", "tests-act__email": "on", "tests-news__wecom": "on"})
        assert answer.url == reverse(PAGE)
        assert chosen(user)["tests.act"] == (True, ["email"])  # the bell cannot be switched off
        assert chosen(user)["tests.news"] == (False, ["wecom"])
        assert InboxAddress.objects.get(user=user).email == "zhang@example.com"
        entry = LogEntry.objects.get(action="core.inbox.preferences_changed")
        assert entry.changes["email"] == ["", "z***@example.com"]
        assert entry.changes["tests.news"] == ["in_app", "wecom"]
        again = {"email": "zhang@example.com", "tests-act__email": "on", "tests-news__wecom": "on"}
        post(client, **again)
        assert LogEntry.objects.filter(action="core.inbox.preferences_changed").count() == 1

    def test_mail_needs_an_address(self, person, browser, ways, kinds):
        user = person()
        answer = post(browser(user), **{"tests-act__email": "on"})
        assert answer.status_code == 200
        assert "请先填写邮箱" in answer.content.decode()
        assert chosen(user) == {}

    def test_a_way_that_is_off_for_a_while_is_not_forgotten(self, person, browser, ways, kinds):
        user = person()
        InboxAddress.objects.create(user=user, email="zhang@example.com")
        InboxPreference.objects.create(user=user, kind="tests.act", ways=["email"])
        ways.remove(EMAIL)
        client = browser(user)
        assert "接收邮箱" not in client.get(reverse(PAGE)).content.decode()
        post(client, **{"tests-act__wecom": "on"})
        assert chosen(user)["tests.act"] == (True, ["email", "wecom"])
        assert InboxAddress.objects.get(user=user).email == "zhang@example.com"

    def test_everybody_sets_his_own_only(self, person, browser, ways, kinds):
        other, user = person(), person()
        InboxPreference.objects.create(user=other, kind="tests.news", ways=["wecom"])
        post(browser(user), **{"tests-news__bell": "on"})
        assert chosen(other) == {"tests.news": (True, ["wecom"])}

    def test_the_list_says_what_became_of_the_other_ways(self, person, browser, ways, kinds):
        user = person()
        item = notify(user, "请处理", kind="tests.act")
        InboxItem.objects.filter(pk=item.pk).update(carried={"email": "sent", "wecom": "failed"})
        page = browser(user).get(reverse("core:inbox")).content.decode()
        assert "已发邮件，企业微信机器人没有发出" in page
        assert reverse(PAGE) in page
