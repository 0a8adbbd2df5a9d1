"""Public opinion (R62): what the keywords suggest, what was done about it, what becomes a complaint."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Role
from audit.services import seeds as roles
from complaints.models import Complaint, KeywordRule, OpinionEntry
from complaints.queries.opinions import suggested
from complaints.services import opinions as service
from complaints.states import OPINION_TRANSITIONS, Level, OpinionAction, OpinionStatus
from core.errors import BadValue, BusinessError, InvalidTransition, OutOfScope
from core.models import InboxItem, LogEntry
from tests.factories.audit import GrantFactory, UserFactory, user_with
from tests.factories.complaints import topic_of
from tests.factories.owners import word
from tests.factories.properties import CommunityFactory
from tests.factories.talk import KeywordFactory, OpinionFactory
from tests.support.cases import ActionCase, CreateCase, DetailCase, FormCase, ListCase

VIEW, ADD, CHANGE = (f"complaints.{act}_opinionentry" for act in ("view", "add", "change"))


def watcher(*communities: Any, more: tuple[str, ...] = ()) -> Any:
    return user_with(VIEW, ADD, CHANGE, *more, communities=communities)


def found(community: Any, *, by: Any = None, **fields: Any) -> OpinionEntry:
    values = {
        "platform": word("opinion_platform", "douyin"), "title": "电梯又坏了", "text": "电梯困人，没人管",
        "posted_at": timezone.now() - timedelta(hours=1), "mood": "negative",
    } | fields  # fmt: skip
    return service.create_opinion(by=by or watcher(community), community=community, **values)


@pytest.mark.django_db
class TestKeywords:
    def test_r62_the_gravest_word_gives_the_level_and_the_first_that_has_one_the_class(self):
        told = suggested("电梯困人，保安态度差")
        assert (told.level, told.topic.code) == (Level.MAJOR, "lift")
        assert told.words == ["困人", "态度差", "保安", "电梯"]

    def test_nothing_known_is_an_ordinary_matter_and_stopped_words_are_not_heard(self):
        KeywordRule.objects.update(disabled_at=timezone.now())
        told = suggested("电梯困人")
        assert (told.level, told.topic, told.words) == (Level.NORMAL, None, [])

    def test_letters_are_found_in_either_case(self):
        KeywordFactory(word="TVB", level=Level.MINOR)
        assert suggested("上了tvb新闻").words == ["TVB"]


@pytest.mark.django_db
class TestOpinions:
    def test_written_down_it_has_what_the_words_suggest_unless_somebody_says_otherwise(self):
        community = CommunityFactory()
        row = found(community)
        assert (row.level, row.topic.code, row.words) == (Level.MAJOR, "lift", "困人、电梯")
        own = found(community, level=Level.MINOR, topic=topic_of("other"))
        assert (own.level, own.topic.code) == (Level.MINOR, "other")

    def test_a_grave_one_is_told_to_the_project_manager_and_an_ordinary_one_is_not(self):
        community = CommunityFactory()
        boss = UserFactory()
        GrantFactory(user=boss, role=Role.objects.get(code=roles.MANAGER), community_ids=[community.pk])
        found(community)
        found(community, title="停车难", text="停车难")
        assert InboxItem.objects.get(user=boss).sentence.startswith("重大舆情")

    def test_nobody_writes_down_for_a_community_out_of_his_reach_or_from_the_future(self):
        with pytest.raises(OutOfScope):
            found(CommunityFactory(), by=watcher(CommunityFactory()))
        with pytest.raises(BadValue, match="不能晚于现在"):
            found(CommunityFactory(), posted_at=timezone.now() + timedelta(minutes=5))
        assert not OpinionEntry.objects.exists()

    def test_it_becomes_a_complaint_without_a_complainant_once(self):
        community = CommunityFactory()
        row = found(community)
        boss = watcher(community, more=("complaints.add_complaint",))
        case = service.turn_into_complaint(row, by=boss, topic=topic_of("lift"), facts="电梯困人", level=Level.MAJOR)
        assert (case.source, case.anonymous, case.level, case.major_reasons) == ("opinion", True, "major", ["exposed"])
        assert (case.category.code, case.opinion) == ("lift", row)
        with pytest.raises(BusinessError, match="已转出"):
            service.turn_into_complaint(row, by=boss, topic=topic_of("lift"), facts="电梯困人")
        with pytest.raises(OutOfScope):
            service.turn_into_complaint(found(community), by=watcher(community), topic=topic_of("lift"), facts="电梯")
        assert Complaint.objects.count() == 1

    def test_the_database_knows_that_handled_means_with_a_result(self):
        row = OpinionFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            OpinionEntry.objects.filter(pk=row.pk).update(status="handled")


ACTS = {
    OpinionAction.HANDLE: lambda row, by: service.handle_opinion(row, by=by, result="已回复"),
    OpinionAction.IGNORE: lambda row, by: service.ignore_opinion(row, by=by, result="不是本项目"),
    OpinionAction.REOPEN: lambda row, by: service.reopen_opinion(row, by=by, reason="又有人转发"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(OpinionStatus))
@pytest.mark.parametrize("action", list(OpinionAction))
def test_every_pair_of_state_and_act_moves_or_is_refused(status: str, action: str) -> None:
    row = OpinionFactory(status=status, result="" if status == "open" else "已处理")
    way, boss = OPINION_TRANSITIONS[action], watcher(row.community)
    if status in way.sources:
        ACTS[action](row, boss)
        assert OpinionEntry.objects.get(pk=row.pk).status == way.target
    else:
        with pytest.raises(InvalidTransition):
            ACTS[action](row, boss)
        assert OpinionEntry.objects.get(pk=row.pk).status == status


class TestOpinionList(ListCase):
    url_name, permission = "complaints:opinion_list", VIEW
    search = ("?q=电梯", "?q=没有这样的")

    def make(self, community: Any) -> OpinionEntry:
        return OpinionFactory(community=community)


class TestOpinionDetail(DetailCase):
    url_name, permission = "complaints:opinion_detail", VIEW
    more_permissions = (CHANGE, "complaints.add_complaint")

    def make(self, community: Any) -> OpinionEntry:
        return OpinionFactory(community=community, address="https://example.com/video/1")

    def shows(self, row: Any) -> list[str]:
        return ["电梯又坏了", "抖音", "转投诉", "登记处置结果", 'rel="noopener noreferrer"']


class TestOpinionCreate(CreateCase):
    url_name, permission, model = "complaints:opinion_create", ADD, OpinionEntry
    more_permissions = (VIEW,)
    log_action, invalid_field = "complaints.opinionentry.created", "title"

    def make(self, community: Any) -> OpinionEntry:
        return OpinionFactory(community=community)

    def valid(self) -> dict[str, Any]:
        return {
            "community": self.own.pk, "platform": word("opinion_platform", "group").pk, "title": "停车难", "text": "停车难没人管",
            "posted_at": "2026-11-01T09:30", "mood": "negative", "level": "",
        }  # fmt: skip

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"title": ""}

    def foreign_data(self) -> dict[str, Any]:
        return self.valid() | {"community": self.foreign.pk}

    def check(self, row: Any) -> None:
        assert (row.level, row.topic.code, row.words) == ("normal", "parking_space", "停车难")

    def test_an_address_that_is_none_is_refused(self, permitted: Client) -> None:
        before = OpinionEntry.objects.count()
        response = permitted.post(self.url(None), self.valid() | {"address": "javascript:alert(1)"})
        assert response.status_code == 200 and OpinionEntry.objects.count() == before


class TestOpinionUpdate(FormCase):
    url_name, permission, more_permissions = "complaints:opinion_update", CHANGE, (VIEW,)
    log_action, invalid_field = "complaints.opinionentry.changed", "level"

    def make(self, community: Any) -> OpinionEntry:
        return OpinionFactory(community=community)

    def valid(self) -> dict[str, Any]:
        return {
            "platform": self.own_row.platform_id, "title": "电梯修好了", "text": "停车难", "posted_at": "2026-11-01T09:30",
            "mood": "positive", "level": "minor",
        }  # fmt: skip

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"level": ""}

    def check(self, row: Any) -> None:
        assert (row.title, row.level, row.words) == ("电梯修好了", "minor", "停车难、电梯")


class _Act(ActionCase):
    permission, more_permissions = CHANGE, (VIEW,)

    def make(self, community: Any) -> OpinionEntry:
        return OpinionFactory(community=community)


class TestHandle(_Act):
    url_name, log_action, invalid_field = "complaints:opinion_handle", "complaints.opinionentry.handled", "result"

    def valid(self) -> dict[str, Any]:
        return {"result": "已在评论区回复"}

    def invalid(self) -> dict[str, Any]:
        return {"result": ""}

    def check(self, row: Any) -> None:
        assert (row.status, row.handled_by) == ("handled", self.actor)


class TestIgnore(TestHandle):
    url_name, log_action = "complaints:opinion_ignore", "complaints.opinionentry.ignored"

    def check(self, row: Any) -> None:
        assert row.status == "ignored"


class TestReopen(_Act):
    url_name, log_action, invalid_field = "complaints:opinion_reopen", "complaints.opinionentry.reopened", "reason"

    def make(self, community: Any) -> OpinionEntry:
        return OpinionFactory(community=community, status="handled", result="已回复")

    def valid(self) -> dict[str, Any]:
        return {"reason": "又有人转发"}

    def invalid(self) -> dict[str, Any]:
        return {"reason": ""}

    def check(self, row: Any) -> None:
        assert (row.status, row.result) == ("open", "")


class TestRaise(_Act):
    url_name, invalid_field = "complaints:opinion_complaint", "topic"
    more_permissions = (VIEW, "complaints.add_complaint", "complaints.view_complaint")

    def valid(self) -> dict[str, Any]:
        return {"topic": topic_of("lift").pk, "level": "normal", "facts": "电梯困人"}

    def invalid(self) -> dict[str, Any]:
        return {"level": "normal", "facts": "电梯困人"}

    def check(self, row: Any) -> None:
        assert row.complaint.source == "opinion"

    def test_permitted_act_has_its_effect_and_one_log_entry(self, permitted: Client) -> None:
        before = LogEntry.objects.count()
        assert permitted.post(self.url(self.own_row), self.valid()).status_code == 302
        codes = list(LogEntry.objects.order_by("pk").values_list("action", flat=True)[before:])
        assert codes == ["complaints.complaint.created", "complaints.opinionentry.complaint_raised"]
        self.check(self.target_after())


class TestKeywordList(ListCase):
    url_name, permission, scoped = "complaints:keyword_list", "complaints.view_keywordrule", False
    search = ("?q=异响", "?q=没有这样的")

    def make(self, community: Any) -> KeywordRule:
        KeywordRule.objects.exclude(word__startswith="异响").delete()  # one page holds them all
        return KeywordFactory()


class TestKeywordCreate(CreateCase):
    url_name, permission, scoped = "complaints:keyword_create", "complaints.add_keywordrule", False
    model, more_permissions = KeywordRule, ("complaints.view_keywordrule",)
    log_action, invalid_field = "complaints.keywordrule.created", "word"

    def make(self, community: Any) -> KeywordRule:
        return KeywordFactory(word="断电")

    def valid(self) -> dict[str, Any]:
        return {"word": "停水三天", "level": "major", "topic": topic_of("other").pk}

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"word": "断电"}

    def check(self, row: Any) -> None:
        assert (row.word, row.level) == ("停水三天", "major")


class TestKeywordUpdate(FormCase):
    url_name, permission, scoped = "complaints:keyword_update", "complaints.change_keywordrule", False
    more_permissions = ("complaints.view_keywordrule",)
    log_action, invalid_field = "complaints.keywordrule.changed", "level"

    def make(self, community: Any) -> KeywordRule:
        return KeywordFactory()

    def valid(self) -> dict[str, Any]:
        return {"word": self.own_row.word, "level": "major"}

    def invalid(self) -> dict[str, Any]:
        return {"word": self.own_row.word, "level": "grave"}

    def check(self, row: Any) -> None:
        assert row.level == "major"


class TestKeywordDisable(ActionCase):
    url_name, permission, scoped = "complaints:keyword_disable", "complaints.change_keywordrule", False
    more_permissions = ("complaints.view_keywordrule",)
    log_action, invalid_field = "complaints.keywordrule.disabled", "reason"

    def make(self, community: Any) -> KeywordRule:
        return KeywordFactory()

    def valid(self) -> dict[str, Any]:
        return {"reason": "太常见"}

    def invalid(self) -> dict[str, Any]:
        return {"reason": ""}

    def check(self, row: Any) -> None:
        assert row.disabled_at is not None


@pytest.mark.django_db
def test_a_keyword_comes_back():
    row = KeywordFactory(disabled_at=timezone.now())
    service.restore_keyword(row, by=user_with("complaints.change_keywordrule", scope="all"))
    assert KeywordRule.objects.get(pk=row.pk).disabled_at is None
    assert reverse("complaints:keyword_restore", args=[row.pk])
