"""Requirements of the issue that no single page owns, each under its number."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from audit.models import DataScope, Role
from audit.services.seeds import TEMPLATES
from core.models import LogEntry
from owners.models import Owner, Tenure
from owners.services import files, tenures
from properties.models import Unit
from tests.factories.audit import GrantFactory, UserFactory, all_permission_names, grant_to, user_with
from tests.factories.owners import (
    ContactRecordFactory,
    FamilyMemberFactory,
    OwnerFactory,
    TenureFactory,
    TimelineEntryFactory,
    VehicleFactory,
    word,
)
from tests.factories.properties import BuildingFactory, UnitFactory, dictionary_item
from tests.support.browser import sign_in
from tests.support.cases import make_community, signed_in

VIEW, CHANGE = "owners.view_owner", "owners.change_owner"
PASSWORD = "Qingtian-2026-lushui"
WIDTHS = (1366, 1920)
BY_LIST = (
    "dashboard:workbench", "owners:owner_list", "owners:owner_create", "owners:tenure_list", "owners:vehicle_list",
    "owners:import_start", "owners:estate_export", "properties:overview", "properties:unit_list", "properties:unit_create",
    "core:dictionary_list", "core:job_list", "audit:user_list", "audit:role_matrix", "audit:log_list",
)  # fmt: skip
SEES_EVERYTHING = ("owners.view_contactrecord", "owners.view_tenure", "owners.view_vehicle", "owners.view_sensitive_tag",
                   "properties.view_unit", "owners.add_contactrecord", CHANGE)  # fmt: skip


def text_of(client: Client, name: str, *arguments: object, **query: str) -> str:
    answer = client.get(reverse(name, args=arguments), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def unit_of(community, **fields) -> Unit:
    return UnitFactory(building=BuildingFactory(community=community), **fields)


@pytest.mark.django_db(transaction=True)
def test_r3_no_page_scrolls_sideways_on_an_office_screen(page: Page, live_server) -> None:
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[UnitFactory()])
    unit = Unit.objects.get()
    VehicleFactory(owner=owner)
    user = UserFactory(username="walker", plain_password=PASSWORD)
    grant_to(user, *all_permission_names(), scope=DataScope.ALL)
    sign_in(page, live_server.url, "walker", PASSWORD)
    addresses = [reverse(name) for name in BY_LIST] + [
        reverse("owners:unit_file", args=[unit.pk]),
        reverse("owners:owner_file", args=[owner.pk]),
        reverse("owners:owner_update", args=[owner.pk]),
        reverse("properties:building_grid", args=[unit.building_id]),
    ]
    wrong = []
    for address in addresses:
        page.goto(f"{live_server.url}{address}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 768 if width == WIDTHS[0] else 1080})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append((address, width))
    assert wrong == []


@pytest.mark.django_db
class TestBrowserSettings:
    def test_r4_pages_say_what_is_missing_without_scripts(self) -> None:
        note = "浏览器关闭了脚本"
        assert note in text_of(Client(), "audit:sign_in")
        assert note in text_of(signed_in(user_with()), "dashboard:workbench")

    def test_r4_a_browser_without_cookies_is_told_so(self) -> None:
        client = Client(enforce_csrf_checks=True)
        refused = client.post(reverse("audit:sign_in"), {"username": "a", "password": "b"})
        assert refused.status_code == 403
        assert "浏览器没有接受 Cookie" in refused.content.decode()
        client.get(reverse("audit:sign_in"))
        late = client.post(reverse("audit:sign_in"), {"username": "a", "password": "b"}).content.decode()
        assert "页面已过期" in late and "Cookie" not in late


@pytest.mark.django_db
class TestHouseholdFile:
    @pytest.fixture
    def unit(self) -> Unit:
        return unit_of(make_community("OWN"), entrance="2", number="1502")

    @pytest.fixture
    def client(self, unit: Unit) -> Client:
        self.clerk = user_with(VIEW, *SEES_EVERYTHING, communities=[unit.community], display_name="马晓婷")
        return signed_in(self.clerk)

    def test_r19_completeness_names_the_gap_and_verification_is_kept(self, unit: Unit, client: Client) -> None:
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        page = text_of(client, "owners:unit_file", unit.pk)
        assert f"{owner.completeness}%" in page and "补充" in page and "还没有核验过" in page
        client.post(reverse("owners:emergency_create", args=[owner.pk]),
                    {"name": "李慧敏", "phone": "13700002091", "relation": "配偶"})  # fmt: skip
        before, owner = owner.completeness, Owner.objects.get()
        assert owner.completeness == before + 10
        data = {"verified_on": "2026-06-01", "remark": "电话核对一致"}
        assert client.post(reverse("owners:owner_verify", args=[owner.pk]), data).status_code == 302
        page = text_of(client, "owners:owner_file", owner.pk)
        assert "2026-06-01" in page and "由马晓婷" in page and "还没有核验过" not in page

    def test_r20_the_latest_state_is_seen_at_once_everywhere(self, unit: Unit, client: Client) -> None:
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        files.change_owner(owner, by=self.clerk, name="单雄信")
        for page in (
            text_of(client, "owners:owner_list"),
            text_of(client, "owners:owner_file", owner.pk),
            text_of(client, "owners:unit_file", unit.pk),
            text_of(client, "core:search", q="shanxiong"),
        ):
            assert "单雄信" in page.replace("<mark>", "").replace("</mark>", "")
        assert reverse("owners:owner_file", args=[owner.pk]) not in text_of(client, "core:search", q="王建国")
        assert list(client.get(reverse("owners:owner_list"), {"q": "王建国"}).context["table"]["rows"]) == []

    def test_r21_every_channel_is_a_word_and_each_file_says_its_own(self, unit: Unit, client: Client) -> None:
        owner = OwnerFactory(units=[unit])
        channels = ("入住登记", "服务申请", "客户调研", "上门拜访", "电话沟通", "微信公众号", "APP", "社区活动", "其他")
        form = text_of(client, "owners:owner_update", owner.pk)
        assert [name for name in channels if f">{name}</option>" not in form] == []
        files.change_owner(owner, by=self.clerk, source=word("owner_source", "home_visit"))
        page = text_of(client, "owners:owner_file", owner.pk)
        assert "来源渠道" in page and "上门拜访" in page

    def test_r24_a_file_has_a_keeper_and_hands_over(self, unit: Unit, client: Client) -> None:
        owner = files.create_owner(by=self.clerk, name="王建国", unit=unit, tenure={"role": "owner"})
        assert owner.keeper == self.clerk
        colleague = user_with(VIEW, communities=[unit.community], display_name="赵云")
        answer = client.post(reverse("owners:keeper_update", args=[owner.pk]), {"keeper": colleague.pk})
        assert answer.status_code == 302
        assert "责任人赵云" in text_of(client, "owners:owner_file", owner.pk)
        assert LogEntry.objects.filter(action="owners.owner.keeper_changed", object_id=owner.pk).exists()

    def test_r27_everything_this_floor_knows_stands_on_the_owners_file(self, client: Client, unit: Unit) -> None:
        Unit.objects.filter(pk=unit.pk).update(
            mortgage="商业贷款", fitting_config="地暖", rooms=3, halls=2, usage="own"
        )
        owner = OwnerFactory(
            name="王建国", phones=["13800138000"], units=[unit], birth_year=1980, birth_month=3, birth_day=5, needs="加装扶手",
            preferred_channel=word("contact_channel", "phone"), decision_maker="李慧敏", relation_note="父子同住",
            referral="推荐过 2 户", member_number="HY01", contact_person="周玉兰", postal_address="湖滨路 1 号",
        )  # fmt: skip
        old = OwnerFactory(name="黄志远")
        TenureFactory(owner=old, unit=unit, start=date(2015, 1, 1), end=date(2019, 12, 31))
        FamilyMemberFactory(owner=owner, unit=unit)
        page = text_of(client, "owners:owner_file", owner.pk)
        labels = (
            "王建国", "基本档案", "区域地址", "联系人", "首选联系方式", "客户生日", "1980-03-05", "家庭成员", "需求信息", "客户关系",
            "业主决策人", "联系与服务偏好", "置业信息", "装修配置", "地暖", "房屋格局", "按揭方式", "商业贷款", "房屋使用", "自住",
            "推荐记录", "会员号", "营销信息",
        )  # fmt: skip
        assert [label for label in labels if label not in page] == []
        unit_page = text_of(client, "owners:unit_file", unit.pk)
        assert "产权沿革" in unit_page and "黄志远" in unit_page

    def test_r28_the_file_tracks_static_and_dynamic_facts(self, unit: Unit, client: Client) -> None:
        owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
        files.change_owner(owner, by=self.clerk, gender="male")
        TimelineEntryFactory(unit=unit, owner=owner, kind="repair", sentence="报修厨房漏水")
        data = {
            "way": "call_in",
            "subject": word("contact_subject", "enquiry").pk,
            "content": "询问停车月租",
            "at": timezone.localtime().strftime("%Y-%m-%d %H:%M"),
        }
        answer = client.post(reverse("owners:contact_create", args=[unit.pk]), data)
        assert answer.status_code == 302
        for name, pk in (("unit_timeline", unit.pk), ("owner_timeline", owner.pk)):
            assert "报修厨房漏水" in text_of(client, f"owners:{name}", pk)
        assert "询问停车月租" in text_of(client, "owners:unit_timeline", unit.pk)
        assert "性别" in text_of(client, "owners:owner_history", owner.pk)

    def test_r30_linked_records_stand_in_tabs_of_the_file(self, unit: Unit, client: Client) -> None:
        owner = OwnerFactory(units=[unit])
        ContactRecordFactory(unit=unit, owner=owner, content="询问停车月租")
        for name, pk in (("unit_file", unit.pk), ("owner_file", owner.pk)):
            tabs = client.get(reverse(f"owners:{name}", args=[pk])).context["tabs"]
            assert [str(tab["label"]) for tab in tabs][:4] == ["动态", "联系记录", "附件", "变更记录"]
            for tab in tabs:
                assert client.get(tab["panel_url"]).status_code == 200
        assert "询问停车月租" in text_of(client, "owners:owner_contacts", owner.pk)


ATTRIBUTES = {
    "设计属性": {"design_code": "A1", "design_note": "南北通透三房"},
    "施工属性": {"drawing_number": "JZ-07", "construction_area": "101.20", "completed_area": "101.37"},
    "营销属性": {"sale_status": "signed", "promotion": "开盘九八折", "order_number": "DD-2020-17"},
    "业主属性": {"contract_number": "HT-88", "buyer": "李建新", "fitting_plan": "精装 B 方案", "fitting_config": "地暖", "mortgage": "公积金"},
}  # fmt: skip


@pytest.mark.django_db
def test_r32_r33_attribute_groups_and_linked_facts_on_the_form_and_the_file() -> None:
    facts = {name: value for group in ATTRIBUTES.values() for name, value in group.items()}
    unit = unit_of(
        make_community("OWN"), **facts, title_number="CQ-001", decoration=dictionary_item("decoration", "精装")
    )
    TenureFactory(unit=unit, role="tenant", owner__name="单雄信")
    permissions = (VIEW, "properties.view_unit", "properties.change_unit")
    client = signed_in(user_with(*permissions, communities=[unit.community]))
    form, page = text_of(client, "properties:unit_update", unit.pk), text_of(client, "owners:unit_file", unit.pk)
    assert [heading for heading in ATTRIBUTES if heading not in form or heading not in page] == []
    assert [name for name in facts if f'name="{name}"' not in form] == []
    shown = [value for name, value in facts.items() if name != "sale_status"]
    shown += ["已签约", "CQ-001", "精装", "租户", "订单号", "销售合同号", "精装方案"]
    assert [value for value in shown if value not in page] == []


@pytest.mark.django_db
def test_r35_an_owner_in_two_communities_is_one_file() -> None:
    here, there = make_community("OWN"), make_community("FOREIGN")
    first, second = unit_of(here), unit_of(there)
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[first])
    clerk = user_with(VIEW, "owners.add_tenure", communities=[here, there])
    tenures.start_tenure(owner, by=clerk, unit=second, role="owner", start=date(2026, 1, 1))
    assert Owner.objects.count() == 1 and Tenure.objects.count() == 2
    for community, unit, other in ((here, first, second), (there, second, first)):
        client = signed_in(user_with(VIEW, communities=[community]))
        page = text_of(client, "owners:owner_file", owner.pk)
        assert owner.number in page and reverse("owners:unit_file", args=[unit.pk]) in page
        assert reverse("owners:unit_file", args=[other.pk]) not in page and "另有 1 处不在您的范围" in page


POSTS = {
    "owners:owner_list": VIEW, "owners:owner_create": "owners.add_owner", "owners:import_start": "owners.import_owner",
    "properties:unit_list": "properties.view_unit", "audit:user_list": "audit.view_user", "audit:log_list": "core.view_logentry",
    "core:dictionary_list": "core.view_dicttype",
}  # fmt: skip


@pytest.mark.django_db
def test_r131_each_post_opens_what_its_role_says_and_nothing_else() -> None:
    """The daily pages here; every address with every role template in tests/architecture/test_access.py."""
    community, opened = make_community("OWN"), {}
    for role in Role.objects.filter(code__in=TEMPLATES):
        placed = role.data_scope in {DataScope.COMMUNITY, DataScope.SUBTREE}
        grant = GrantFactory(user=UserFactory(), role=role, community_ids=[community.pk] if placed else [])
        client = signed_in(grant.user)
        held = {
            f"{row.content_type.app_label}.{row.codename}" for row in role.permissions.select_related("content_type")
        }
        for name, permission in POSTS.items():
            opened[role.code, name] = client.get(reverse(name)).status_code
            assert opened[role.code, name] == (200 if permission in held else 403), (role.code, name)
    assert set(opened.values()) == {200, 403}
