"""话术 of call-backs by cause: kept on a page, of one community or of all, said on the page of the call."""

from typing import Any

import pytest
from django.test import Client

from core.errors import BusinessError
from owners.models import CallScript
from owners.queries.call_scripts import script_of
from owners.services import call_scripts
from owners.states import CallBackCause
from owners.visibility import Eyes
from tests.factories.audit import user_with
from tests.factories.owners import CallBackPlanFactory, CallBackTaskFactory, CallScriptFactory, OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.support.cases import ActionCase, CreateCase, FormCase, ListCase, signed_in

pytestmark = pytest.mark.django_db
VIEW, CHANGE = "owners.view_callscript", "owners.change_callscript"
CALLS, CALL = "owners.view_callbacktask", "owners.call_callbacktask"


def to_call(cause: str = "sample") -> Any:
    unit = UnitFactory()
    return CallBackTaskFactory(unit=unit, owner=OwnerFactory(name="王建国", units=[unit]), cause=cause)


def said(task: Any) -> str:
    return script_of(task, Eyes(user_with(CALLS, communities=[task.community])))


def test_there_are_words_for_every_cause_from_the_beginning() -> None:
    there = CallScript.objects.filter(community=None)
    assert sorted(there.values_list("cause", flat=True)) == sorted(CallBackCause.values)
    CallScript.objects.filter(cause="care").update(text="改过的")
    CallScript.objects.filter(cause="low").delete()
    call_scripts.seed_scripts()
    assert (there.count(), there.get(cause="care").text) == (len(CallBackCause), "改过的")


def test_the_words_of_a_plan_then_of_the_community_then_of_all() -> None:
    task = to_call("care")
    CallScript.objects.filter(community=None, cause="care").update(text="通用：{房号}")
    CallScriptFactory(community=CommunityFactory(), text="别处")
    CallScriptFactory(community=task.community, cause="low", text="别的原因")
    assert said(task) == f"通用：{task.unit.label}"
    CallScriptFactory(community=task.community, text="本项目")
    assert said(task) == "本项目"
    task.plan = CallBackPlanFactory(community=task.community, script="计划的")
    assert said(task) == "计划的"


def test_the_page_of_the_call_says_them_and_leads_to_them_for_whoever_keeps_them() -> None:
    task = to_call()
    CallScriptFactory(community=task.community, cause="sample", text="{称呼}您好，修好了吗？")
    caller = user_with(CALLS, CALL, communities=[task.community])
    page = signed_in(caller).get(task.get_absolute_url()).content.decode()
    assert ("您好，修好了吗？" in page, "/callbacks/scripts/" in page) == (True, False)
    keeper = user_with(CALLS, CALL, VIEW, CHANGE, communities=[task.community])
    assert "/callbacks/scripts/" in signed_in(keeper).get(task.get_absolute_url()).content.decode()


class TestScriptList(ListCase):
    url_name, permission = "owners:callbackscript_list", VIEW
    search = ("?q=暖气", "?q=没有这样的")

    def make(self, community: Any) -> CallScript:
        return CallScriptFactory(community=community)

    def test_a_community_shows_what_is_said_there(self, permitted: Client) -> None:
        shown = self.pks(permitted, f"?community={self.own.pk}&cause=care")
        assert set(shown) == {self.own_row.pk, CallScript.objects.get(community=None, cause="care").pk}

    def test_a_row_is_a_link_for_whoever_may_change_it(self) -> None:
        keeper = signed_in(user_with(VIEW, CHANGE, communities=[self.own]))
        page, house = keeper.get(self.url(None)).content.decode(), CallScript.objects.get(community=None, cause="care")
        assert (self.own_row.get_absolute_url() in page, house.get_absolute_url() in page) == (True, False)


class TestScriptCreate(CreateCase):
    url_name, permission, model = "owners:callbackscript_create", CHANGE, CallScript
    more_permissions = (VIEW,)
    log_action, invalid_field = "owners.callscript.created", "text"

    def make(self, community: Any) -> None:
        return None

    def valid(self) -> dict[str, Any]:
        return {"community": self.own.pk, "cause": "care", "text": "{称呼}您好"}

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"text": "{名字}您好"}

    def foreign_data(self) -> dict[str, Any]:
        return self.valid() | {"community": self.foreign.pk}

    def check(self, row: Any) -> None:
        assert (row.community, row.cause, row.text) == (self.own, "care", "{称呼}您好")


class TestScriptUpdate(FormCase):
    url_name, permission = "owners:callbackscript_update", CHANGE
    more_permissions = (VIEW,)
    log_action, invalid_field = "owners.callscript.changed", "text"

    def make(self, community: Any) -> CallScript:
        return CallScriptFactory(community=community)

    def valid(self) -> dict[str, Any]:
        return {"text": "{称呼}您好，最近好吗？"}

    def invalid(self) -> dict[str, Any]:
        return {"text": "{电话}"}

    def check(self, row: Any) -> None:
        assert row.text == "{称呼}您好，最近好吗？"

    def test_those_of_all_are_not_changed_from_one_community(self, permitted: Client) -> None:
        assert permitted.get(self.url(CallScript.objects.get(community=None, cause="care"))).status_code == 404


class TestScriptRemove(ActionCase):
    url_name, permission = "owners:callbackscript_remove", CHANGE
    more_permissions = (VIEW,)
    log_action = "owners.callscript.removed"

    def make(self, community: Any) -> CallScript:
        return CallScriptFactory(community=community)

    def target_after(self) -> Any:
        return None

    def check(self, row: Any) -> None:
        assert not CallScript.objects.filter(pk=self.own_row.pk).exists()


def test_those_of_all_are_never_removed() -> None:
    with pytest.raises(BusinessError, match="不能删除"):
        call_scripts.remove_script(
            CallScript.objects.get(community=None, cause="care"), by=user_with(CHANGE, scope="all")
        )
