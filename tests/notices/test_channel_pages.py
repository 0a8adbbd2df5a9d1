"""渠道设置: the cards, the forms, the test to oneself."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import Role
from audit.services.seeds import SYSTEM_ADMIN
from core.models import InboxItem, LogEntry
from notices.channels import registry
from notices.models import ChannelSetting
from notices.services.channels import TESTS_AN_HOUR, seed_channels
from tests.factories.audit import user_with
from tests.factories.channels import channel
from tests.support.cases import ActionCase, Case, FormCase, queries_of, signed_in
from tests.support.vendor import FakeVendor, json_answer, status_answer

PERMISSION = "notices.change_channelsetting"


class TestCards(Case):
    url_name, permission, scoped = "notices:channel_list", PERMISSION, False

    def make(self, community: Any) -> ChannelSetting:
        return channel("sms_aliyun", "https://dysmsapi.aliyuncs.com")

    def target(self) -> None:
        return None

    def test_every_channel_has_its_card(self, permitted: Client) -> None:
        text = permitted.get(self.url(None)).content.decode()
        for spec in registry.SPECS:
            assert str(spec.label) in text
        assert "dysmsapi.aliyuncs.com" in text
        assert "s-aliyun" not in text
        assert queries_of(permitted, self.url(None)) <= 25

    def test_wrong_method_is_refused(self, permitted: Client) -> None:
        assert permitted.post(self.url(None)).status_code == 405


class TestForm(FormCase):
    url_name, permission, scoped = "notices:channel_update", PERMISSION, False
    log_action, invalid_field = "notices.channel.changed", "base_url"

    def make(self, community: Any) -> ChannelSetting:
        return channel("sms_aliyun", "https://dysmsapi.aliyuncs.com", enabled=False)

    def valid(self) -> dict[str, Any]:
        return {
            "enabled": "on",
            "base_url": "https://dysmsapi.aliyuncs.com",
            "rate_per_second": "20",
            "access_key_id": "LTAInew",
            "access_key_secret": "brand-new-secret",
            "sign_name": "睦邻物业",
            "notice__code": "SMS_99",
        }

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"base_url": "https://evil.test/"}

    def check(self, row: Any) -> None:
        assert (row.enabled, row.rate_per_second, row.options["sign_name"]) == (True, Decimal(20), "睦邻物业")
        assert row.secret_values == {"access_key_secret": "brand-new-secret"}
        assert row.templates == {"notice": {"code": "SMS_99"}}
        changes = LogEntry.objects.latest("pk").changes
        assert changes["access_key_secret"] == ["***", "***"]
        assert changes["sign_name"] == ["睦邻", "睦邻物业"]
        assert "brand-new-secret" not in str(changes)

    def test_secrets_are_never_shown_and_stay_when_left_empty(self, permitted: Client) -> None:
        url = self.url(self.own_row)
        assert "s-aliyun" not in permitted.get(url).content.decode()
        answer = permitted.post(url, self.invalid())
        assert "brand-new-secret" not in answer.content.decode()
        permitted.post(url, self.valid() | {"access_key_secret": ""})
        self.own_row.refresh_from_db()
        assert self.own_row.secret_values == {"access_key_secret": "s-aliyun"}

    def test_nothing_changed_is_not_logged(self, permitted: Client) -> None:
        permitted.post(self.url(self.own_row), self.valid())
        before = LogEntry.objects.count()
        permitted.post(self.url(self.own_row), self.valid())
        assert LogEntry.objects.count() == before

    @pytest.mark.parametrize("name", ["base_url", "access_key_id", "sign_name"])
    def test_enabling_needs_everything(self, permitted: Client, name: str) -> None:
        answer = permitted.post(self.url(self.own_row), self.valid() | {name: ""})
        assert name in answer.context["form"].errors
        assert permitted.post(self.url(self.own_row), self.valid() | {name: "", "enabled": ""}).status_code == 302

    def test_two_providers_of_one_channel_are_refused(self, permitted: Client) -> None:
        other = channel("sms_gateway", "https://api.weixin.qq.com", enabled=True)
        answer = permitted.post(self.url(self.own_row), self.valid())
        assert "已启用另一家" in str(answer.context["form"].errors)
        with pytest.raises(IntegrityError), transaction.atomic():
            ChannelSetting.objects.filter(pk=self.own_row.pk).update(enabled=True)
        assert other.enabled

    def test_drafts_are_not_kept(self, permitted: Client) -> None:
        assert "data-draft-url" not in permitted.get(self.url(self.own_row)).content.decode()


class TestSendTest(ActionCase):
    url_name, permission, scoped = "notices:channel_test", PERMISSION, False
    log_action = "notices.channel.tested"

    @pytest.fixture(autouse=True)
    def vendor(self, vendor: FakeVendor) -> FakeVendor:
        self.fake = vendor
        vendor.answers("/sms/send", json_answer({"code": 0, "id": "m-1"}))
        return vendor

    @pytest.fixture(autouse=True)
    def rows(self, places: None, vendor: FakeVendor) -> None:
        self.own_row, self.foreign_row = self.make(None), None

    def make(self, community: Any) -> ChannelSetting:
        return channel("sms_gateway", self.fake.url, enabled=False)

    def permitted_user(self) -> Any:
        user = super().permitted_user()
        user.mobile = "13900139000"
        user.save()
        return user

    def valid(self) -> dict[str, Any]:
        return {"template": "login_code"}

    def check(self, row: Any) -> None:
        assert (row.test_state, row.test_note) == ("sent", "消息编号 m-1")
        assert self.fake.seen[-1].json["mobile"] == "13900139000"
        changes = LogEntry.objects.latest("pk").changes
        assert changes == {"to": "139****9000", "result": "成功 消息编号 m-1"}

    def test_what_went_wrong_is_shown_kept_and_logged(self, permitted: Client) -> None:
        self.fake.answers("/sms/send", status_answer(429, Retry_After="9"))
        answer = permitted.post(self.url(self.own_row), self.valid())
        assert "太频繁" in str(answer.context["form"].errors)
        self.own_row.refresh_from_db()
        assert (self.own_row.test_state, self.own_row.test_note) == ("busy", "请 9 秒后再试")
        assert LogEntry.objects.filter(action=self.log_action).count() == 1
        assert "太频繁" in permitted.get(reverse("notices:channel_list")).content.decode()

    def test_without_a_mobile_of_ones_own_there_is_no_test(self, permitted: Client) -> None:
        self.actor.mobile = ""
        self.actor.save()
        answer = permitted.post(self.url(self.own_row), self.valid())
        assert "工作手机" in str(answer.context["form"].errors)
        assert self.fake.seen == []

    def test_without_registered_texts_there_is_no_test(self, permitted: Client) -> None:
        row = channel("sms_gateway", self.fake.url, templates={})
        assert "请先在设置里填写" in permitted.get(self.url(row)).content.decode()
        assert permitted.post(self.url(row), self.valid()).status_code == 200
        assert self.fake.seen == []

    def test_tests_are_counted(self, permitted: Client) -> None:
        for _n in range(TESTS_AN_HOUR + 2):
            answer = permitted.post(self.url(self.own_row), self.valid())
        assert "测试次数太多" in str(answer.context["form"].errors)
        assert len(self.fake.seen) == TESTS_AN_HOUR


@pytest.mark.django_db
def test_the_bell_and_the_console_can_be_tried() -> None:
    user = user_with(PERMISSION, scope="all")
    client = signed_in(user)
    for code in ("in_app", "console"):
        row = ChannelSetting.objects.get(code=code)
        assert client.post(reverse("notices:channel_test", args=[row.pk])).status_code == 302
        assert client.get(reverse("notices:channel_update", args=[row.pk])).status_code == 404
    assert InboxItem.objects.get(user=user).sentence == "渠道测试"


@pytest.mark.django_db
@pytest.mark.parametrize("spec", [spec for spec in registry.SPECS if not spec.always_on], ids=lambda spec: spec.code)
def test_every_form_opens_and_can_be_saved_as_it_is(spec: Any) -> None:
    client, row = signed_in(user_with(PERMISSION, scope="all")), ChannelSetting.objects.get(code=spec.code)
    url = reverse("notices:channel_update", args=[row.pk])
    form = client.get(url).context["form"]
    data = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    answer = client.post(url, data)
    assert answer.status_code == 302, answer.context["form"].errors


@pytest.mark.django_db
def test_an_optional_secret_can_be_taken_away() -> None:
    client, row = signed_in(user_with(PERMISSION, scope="all")), channel("dingtalk", "https://oapi.dingtalk.com")
    data = {"enabled": "on", "base_url": row.base_url, "rate_per_second": "0.3", "remove_sign_secret": "on"}
    assert client.post(row.get_absolute_url(), data).status_code == 302
    row.refresh_from_db()
    assert row.secret_values == {"access_token": "s-dingtalk"}


@pytest.mark.django_db
def test_the_administrator_may_and_seeding_again_changes_nothing() -> None:
    held = Role.objects.get(code=SYSTEM_ADMIN).permissions
    assert held.filter(codename="change_channelsetting").exists()
    channel("wecom", "https://qyapi.weixin.qq.com")
    before = list(ChannelSetting.objects.order_by("pk").values())
    seed_channels()
    assert list(ChannelSetting.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "kept"), [("{title}", False), ("{title}，退订{opt_out_url}", True), ("{title}拒收请回复R", True)]
)
def test_r61_a_text_that_advertises_says_how_to_end_it(text: str, kept: bool) -> None:
    setting = channel("sms_gateway", "https://api.weixin.qq.com", enabled=False)
    client = signed_in(user_with(PERMISSION))
    shown = client.get(reverse("notices:channel_update", args=[setting.pk])).context["form"].initial
    values = {name: value for name, value in shown.items() if value not in (None, False)}
    page = client.post(reverse("notices:channel_update", args=[setting.pk]), values | {"promotion__text": text})
    assert (page.status_code == 302) is kept
    if not kept:
        assert "怎样退订" in str(page.context["form"].errors["promotion__text"])
