"""R133: the log viewer and the sign-in log."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import SignInEntry
from audit.queries import trail
from core.actors import SYSTEM
from core.models import LogEntry
from tests.factories.audit import LogEntryFactory, SignInEntryFactory, UserFactory, user_with
from tests.support.cases import DetailCase, ListCase, signed_in


class TestLogList(ListCase):
    url_name, permission, scoped = "audit:log_list", "core.view_logentry", False
    more_permissions = ("core.export_logentry",)
    search = ("?q=王&action=audit.user.created&ip=10.0.0.8&reason=入职", "?ip=10.0.0.9")

    def make(self, community: Any) -> LogEntry:
        return LogEntryFactory(
            object_type="audit.user", object_id=5, object_label="王芳", ip="10.0.0.8", reason="新人入职", community_id=3,
            changes={"display_name": ["", "王芳"], "mobile": ["", "138****8000"]},
        )  # fmt: skip


class TestLogDetail(DetailCase):
    url_name, permission, scoped = "audit:log_detail", "core.view_logentry", False

    def make(self, community: Any) -> LogEntry:
        request_id = str(uuid.uuid4())
        LogEntryFactory(action="audit.grant.given", request_id=request_id)
        return LogEntryFactory(object_type="audit.user", request_id=request_id, changes={"position": ["前台", "主管"]})

    def shows(self, row: LogEntry) -> list[str]:
        return ["新建了账号", "岗位", "前台", "主管", row.request_id, "分配了角色"]


@pytest.mark.django_db
def test_entries_of_one_act_are_joined_by_their_request_however_long_it_took() -> None:
    request_id, now = str(uuid.uuid4()), timezone.now()
    first = LogEntryFactory(request_id=request_id, at=now - timedelta(hours=2))
    last = LogEntryFactory(request_id=request_id, at=now)
    LogEntryFactory(request_id=str(uuid.uuid4()), at=now)
    LogEntryFactory(request_id="", at=now)
    user = user_with("core.view_logentry", scope="all")
    assert [row["entry"] for row in trail.entry_page(last, user)["siblings"]] == [first]
    assert trail.entry_page(LogEntryFactory(request_id="", at=now), user)["siblings"] == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "core_log_request" in LogEntry.objects.filter(request_id=request_id).order_by("pk").explain()


class TestSignInLog(ListCase):
    url_name, permission, scoped = "audit:sign_in_log", "audit.view_signinentry", False
    search = ("?q=staff&result=success&ip=10.0.0.8", "?result=locked")

    def make(self, community: Any) -> SignInEntry:
        return SignInEntryFactory(user=UserFactory())

    def test_persons_are_no_links_because_the_auditor_may_not_open_them(self, permitted: Client) -> None:
        page = permitted.get(self.url(None)).content.decode()
        assert str(self.own_row.user) in page
        assert "/users/" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["ip=nonsense", "ip=1.2.3.999", "object_id=x", "action=nope", "at_after=2026-13-45", "actor=0"]
)
def test_a_filter_nobody_can_mean_is_no_error(query: str) -> None:
    assert signed_in(user_with("core.view_logentry")).get(f"/log/?{query}").status_code == 200


@pytest.mark.django_db
def test_filters_by_person_time_type_and_sensitivity() -> None:
    user = UserFactory()
    mine = LogEntryFactory(actor_id=user.pk, action="audit.grant.given", object_type="audit.user")
    other = LogEntryFactory(actor_id=user.pk + 1)
    client = signed_in(user_with("core.view_logentry"))

    def found(query: str) -> set[int]:
        return {row.pk for row in client.get(f"/log/?{query}").context["table"]["rows"]} & {mine.pk, other.pk}

    assert found(f"actor={user.pk}") == {mine.pk}
    assert found("object_type=audit.user") == {mine.pk}
    assert found("sensitive=true") == {mine.pk}
    assert found("at_after=2020-01-01") == {mine.pk, other.pk}
    assert found("at_before=2020-01-01") == set()
    assert found(f"request_id={mine.request_id}x") == set()


@pytest.mark.django_db
def test_what_no_index_answers_is_searched_in_the_last_30_days_until_the_chip_is_removed() -> None:
    old = LogEntryFactory(object_label="王芳", at=timezone.now() - timedelta(days=40))
    new = LogEntryFactory(object_label="王芳")
    client = signed_in(user_with("core.view_logentry"))

    def found(query: str) -> tuple[set[int], dict[str, str]]:
        context = client.get(f"/log/{query}").context
        rows = {row.pk for row in context["table"]["rows"]} & {old.pk, new.pk}
        return rows, {chip.value: chip.remove_url for chip in context["chips"]}

    rows, chips = found("?q=王")
    assert rows == {new.pk}
    assert "最近 30 天" in chips
    rows, chips = found(chips["最近 30 天"])
    assert rows == {old.pk, new.pk}
    assert found(chips["全部时间"])[0] == {new.pk}
    day = timezone.localdate() - timedelta(days=60)
    assert found(f"?q=王&at_after={day}")[0] == {old.pk, new.pk}
    assert found("")[0] == {old.pk, new.pk}
    assert "最近 30 天" not in found("")[1]


@pytest.mark.django_db
def test_the_entry_opens_as_a_dialog_beside_the_list() -> None:
    entry = LogEntryFactory(changes={"is_active": [True, False]})
    response = signed_in(user_with("core.view_logentry")).get(f"/log/{entry.pk}/", headers={"HX-Request": "true"})
    assert response.content.strip().startswith(b"<dialog")


@pytest.mark.parametrize(
    ("object_type", "key", "word"),
    [
        ("core.savedview", "name", "视图名称"),  # the model's own word first
        ("core.dictitem", "dictionary", "数据字典"),
        ("core.dictitem", "place", "次序"),
        ("", "list", "列表"),
        ("", "columns", "列"),
        ("", "plain", "完整显示个人信息"),
        ("", "name", "名称"),
        ("", "key", "密钥编号"),
        ("", "found", "查到"),
        ("", "number", "号码"),
        ("owners.owner", "number", "客户编号"),
        ("owners.owner", "phones", "电话"),
        ("owners.tenure", "former_end", "原住户止于"),
        ("properties.building", "units", "房屋数"),
        ("gone.thing", "anything", "anything"),
    ],
)
def test_keys_of_changes_read_as_words(object_type: str, key: str, word: str) -> None:
    assert trail.field_label(trail.model_of(object_type), key) == word


def test_two_phones_of_a_new_file_are_no_change_from_one_to_the_other() -> None:
    entry = LogEntry(object_type="owners.owner", changes={"phones": ["138****0001", "138****0002"]})
    assert trail.changes_of(entry) == [trail.Change("电话", None, "138****0001、138****0002")]


@pytest.mark.django_db
def test_an_entry_of_a_removed_app_still_reads() -> None:
    entry = LogEntryFactory(
        action="gone.thing.done", object_type="gone.thing", changes={"x": None, "y": {"a": [1, 2, 3]}}
    )
    assert signed_in(user_with("core.view_logentry")).get(f"/log/{entry.pk}/").status_code == 200
    assert trail.changes_of(entry)[1].new == "a: 1、2、3"
    assert trail.object_url(entry) == ""


@pytest.mark.django_db
def test_administrators_and_staff_do_not_read_the_log() -> None:
    from audit.models import Role
    from tests.factories.audit import GrantFactory

    for role in Role.objects.all():
        user = UserFactory()
        GrantFactory(user=user, role=role, community_ids=[1])
        expected = 200 if role.code == "auditor" else 403
        assert signed_in(user).get("/log/").status_code == expected, role.code


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_signinentry", "core_logentry"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET ip = NULL", "DELETE FROM {0}", "TRUNCATE {0}"])
def test_the_application_cannot_change_its_logs(table: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_the_system_has_a_name_in_the_log() -> None:
    assert SYSTEM.actor_label


@pytest.mark.django_db
def test_part_of_an_account_is_looked_for_in_the_last_30_days_of_the_sign_in_log() -> None:
    old = SignInEntryFactory(username="wangfang", at=timezone.now() - timedelta(days=40))
    new = SignInEntryFactory(username="wangfang")
    client = signed_in(user_with("audit.view_signinentry"))
    address = reverse("audit:sign_in_log")

    def found(query: str) -> tuple[set[int], dict[str, str]]:
        context = client.get(f"{address}{query}").context
        rows = {row.pk for row in context["table"]["rows"]} & {old.pk, new.pk}
        return rows, {chip.value: chip.remove_url for chip in context["chips"]}

    rows, chips = found("?q=fang")
    assert rows == {new.pk}
    assert found(chips["最近 30 天"])[0] == {old.pk, new.pk}
    assert found(f"?q=fang&at_after={timezone.localdate() - timedelta(days=60)}")[0] == {old.pk, new.pk}
    assert found("?result=success")[0] == {old.pk, new.pk}
