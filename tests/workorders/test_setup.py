"""Materials, price list, rules of types and clock standards: pages, workbooks out and back in."""

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.models import LogEntry
from tests.factories.audit import user_with
from tests.factories.owners import word
from tests.factories.properties import UnitFactory
from tests.factories.workorders import MaterialFactory, PriceItemFactory, chief, desk, kind_of
from tests.support.cases import ActionCase, CreateCase, FormCase, ListCase, make_community, signed_in
from workorders.models import ClockRule, Material, PriceItem, RepairRule
from workorders.services import intake

ADD_MATERIAL, CHANGE_MATERIAL = "workorders.add_material", "workorders.change_material"
VIEW_PRICE, ADD_PRICE, CHANGE_PRICE = (f"workorders.{act}_priceitem" for act in ("view", "add", "change"))


class TestMaterialList(ListCase):
    url_name, permission, scoped = "workorders:material_list", "workorders.view_material", False
    search = ("?q=角阀", "?q=灯管")

    def make(self, community: Any) -> Material:
        return MaterialFactory()


class TestMaterialCreate(CreateCase):
    url_name, permission, scoped, model = "workorders:material_create", ADD_MATERIAL, False, Material
    more_permissions = ("workorders.view_material",)
    log_action, invalid_field = "workorders.material.created", "code"

    def make(self, community: Any) -> Material:
        return MaterialFactory(code="WL0001")

    def valid(self) -> dict[str, Any]:
        return {"code": "WL0002", "name": "软管", "measure": "根", "price": "0.8350", "chargeable": "on"}

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"code": "WL0001"}

    def check(self, row: Any) -> None:
        assert (row.code, row.price, row.stock) == ("WL0002", Decimal("0.8350"), None)


class TestMaterialUpdate(FormCase):
    url_name, permission, scoped = "workorders:material_update", CHANGE_MATERIAL, False
    log_action, invalid_field = "workorders.material.changed", "price"

    def make(self, community: Any) -> Material:
        return MaterialFactory()

    def valid(self) -> dict[str, Any]:
        return {"name": "角阀", "spec": "DN20", "measure": "个", "price": "20", "chargeable": "on"}

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"price": "-1"}

    def check(self, row: Any) -> None:
        assert (row.spec, row.price) == ("DN20", Decimal(20))


class TestStock(ActionCase):
    url_name, permission, scoped = "workorders:material_stock", CHANGE_MATERIAL, False
    log_action, invalid_field = "workorders.material.stock_set", "reason"

    def make(self, community: Any) -> Material:
        return MaterialFactory(stock=3)

    def valid(self) -> dict[str, Any]:
        return {"stock": "40", "reason": "采购入库"}

    def invalid(self) -> dict[str, Any]:
        return {"stock": "40"}

    def check(self, row: Any) -> None:
        assert row.stock == 40


class TestMaterialDisable(ActionCase):
    url_name, permission, scoped = "workorders:material_disable", CHANGE_MATERIAL, False
    log_action, invalid_field = "workorders.material.disabled", "reason"

    def make(self, community: Any) -> Material:
        return MaterialFactory()

    def valid(self) -> dict[str, Any]:
        return {"reason": "停产"}

    def check(self, row: Any) -> None:
        assert row.disabled_at is not None


class TestPriceList(ListCase):
    url_name, permission = "workorders:price_list", VIEW_PRICE
    search = ("?q=换水龙头", "?q=灯管")

    def make(self, community: Any) -> PriceItem:
        return PriceItemFactory(community=community)


class TestPriceCreate(CreateCase):
    url_name, permission, model = "workorders:price_create", ADD_PRICE, PriceItem
    more_permissions, log_action, invalid_field = (VIEW_PRICE,), "workorders.priceitem.created", "community"

    def make(self, community: Any) -> PriceItem:
        return PriceItemFactory(community=community)

    def valid(self) -> dict[str, Any]:
        return {"community": self.own.pk, "name": "疏通马桶", "measure": "次", "price": "60"}

    def invalid(self) -> dict[str, Any]:
        """A price for all communities is not for somebody with one."""
        return self.valid() | {"community": ""}

    def foreign_data(self) -> dict[str, Any]:
        return self.valid() | {"community": self.foreign.pk}


class TestPriceUpdate(FormCase):
    url_name, permission, log_action, invalid_field = (
        "workorders:price_update", CHANGE_PRICE, "workorders.priceitem.changed", "price",
    )  # fmt: skip

    def make(self, community: Any) -> PriceItem:
        return PriceItemFactory(community=community)

    def valid(self) -> dict[str, Any]:
        return {"name": "换水龙头", "measure": "个", "price": "15"}

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"price": ""}

    def check(self, row: Any) -> None:
        assert row.price == 15


class TestRuleList(ListCase):
    url_name, permission, scoped = "workorders:rule_list", "workorders.view_repairrule", False

    def make(self, community: Any) -> RepairRule:
        rows = RepairRule.objects.order_by("category__sort", "kind__sort", "pk")
        RepairRule.objects.exclude(pk__in=list(rows[:10].values_list("pk", flat=True))).delete()  # one page of them
        return rows.first()

    def test_query_count_does_not_grow_with_rows(self, permitted: Client) -> None:
        pytest.skip("the rows are seeded, all of them are there")


class TestRuleUpdate(FormCase):
    url_name, permission, scoped = "workorders:rule_update", "workorders.change_repairrule", False
    log_action, invalid_field = "workorders.repairrule.changed", "checklist"

    def make(self, community: Any) -> RepairRule:
        return RepairRule.objects.get(kind=kind_of("tap"))

    def valid(self) -> dict[str, Any]:
        return {
            "category": word("repair_category", "plumbing").pk, "skill": word("skill", "plumbing").pk, "area": "indoor",
            "urgency": "urgent", "paid": "on", "pool": "on", "checklist": "关闭阀门\n\n 试水  10 分钟 \n关闭阀门",
            "duplicate_days": "5",
        }  # fmt: skip

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"checklist": "\n".join(f"第 {n} 项" for n in range(20))}

    def check(self, row: Any) -> None:
        assert (row.urgency, row.checklist) == ("urgent", ["关闭阀门", "试水 10 分钟"])


class TestClockList(ListCase):
    url_name, permission, scoped = "workorders:clock_list", "workorders.view_clockrule", False

    def make(self, community: Any) -> ClockRule:
        return ClockRule.objects.order_by("urgency", "kind_id", "clock").first()

    def test_query_count_does_not_grow_with_rows(self, permitted: Client) -> None:
        pytest.skip("the rows are seeded, all of them are there")

    def test_urgencies_stand_by_meaning(self, permitted: Client) -> None:
        for query in ("", "?sort=urgency"):
            shown = [row.pk for row in permitted.get(self.url(None) + query).context["table"]["rows"]]
            urgency = dict(ClockRule.objects.values_list("pk", "urgency"))
            assert list(dict.fromkeys(urgency[pk] for pk in shown)) == ["critical", "urgent", "normal", "complex"]


class TestClockUpdate(FormCase):
    url_name, permission, scoped = "workorders:clock_update", "workorders.change_clockrule", False
    log_action, invalid_field = "workorders.clockrule.changed", "minutes"

    def make(self, community: Any) -> ClockRule:
        return ClockRule.objects.get(urgency="normal", clock="response", kind__isnull=True)

    def valid(self) -> dict[str, Any]:
        return {"minutes": "20", "basis": "service"}

    def invalid(self) -> dict[str, Any]:
        return {"minutes": "0", "basis": "service"}

    def check(self, row: Any) -> None:
        assert row.minutes == 20


class TestClockCreate(CreateCase):
    url_name, permission, scoped, model = "workorders:clock_create", "workorders.add_clockrule", False, ClockRule
    more_permissions = ("workorders.view_clockrule",)
    log_action, invalid_field = "workorders.clockrule.created", "kind"

    def make(self, community: Any) -> ClockRule:
        return ClockRule.objects.first()

    def valid(self) -> dict[str, Any]:
        return {
            "kind": kind_of("tap").pk, "urgency": "normal", "clock": "response", "minutes": "10", "basis": "round",
        }  # fmt: skip

    def invalid(self) -> dict[str, Any]:
        return self.valid() | {"kind": ""}

    def check(self, row: Any) -> None:
        unit = UnitFactory()
        order = intake.create_order(
            by=desk(unit.community),
            unit=unit,
            kind=kind_of("tap"),
            source="hotline",
            reporter_name="王建国",
            description="漏水",
        )
        assert order.clocks.get(clock="response").minutes == 10


@pytest.mark.django_db
class TestClockRemove:
    def test_a_type_goes_back_to_the_standard_and_the_standard_stays(self) -> None:
        client = signed_in(user_with("workorders.change_clockrule", "workorders.view_clockrule", scope="all"))
        own = ClockRule.objects.create(kind=kind_of("tap"), urgency="normal", clock="response", minutes=10)
        common = ClockRule.objects.get(urgency="normal", clock="response", kind__isnull=True)
        client.post(reverse("workorders:clock_remove", args=[own.pk]))
        answer = client.post(reverse("workorders:clock_remove", args=[common.pk]))
        assert list(ClockRule.objects.filter(urgency="normal", clock="response")) == [common]
        assert "不能删除" in answer.content.decode()


def book(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    content, workbook = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(content)
    return SimpleUploadedFile("物料.xlsx", content.getvalue())


HEADS = ("编码", "名称", "规格", "单位", "单价（元）", "库存", "向业主收费", "状态")


@pytest.mark.django_db
class TestWorkbooks:
    def test_materials_are_previewed_then_written_and_logged(self) -> None:
        known = MaterialFactory(code="WL0001", name="角阀", price=Decimal("18.5"), stock=4)
        same = MaterialFactory(code="WL0002", name="软管", spec="", price=Decimal(5))
        client = signed_in(chief(make_community("OWN")))
        upload = book(
            HEADS,
            ("WL0001", "角阀", "DN15", "个", 20, "", "是", "停用"),
            ("WL0002", "软管", "", "个", 5, "", "", ""),
            ("wl0003", "灯管", "18W", "支", "0.835", 12, "否", ""),
            ("WL0004", "阀芯", "", "个", "很贵", "", "", ""),
        )
        before = LogEntry.objects.count()
        page = client.post(reverse("workorders:material_import"), {"file": upload})
        shown = (page.context["new"], page.context["changed"], page.context["unchanged"], len(page.context["errors"]))
        assert shown == (1, 1, 1, 1)
        assert LogEntry.objects.count() == before and Material.objects.count() == 2  # nothing is written before
        client.post(reverse("workorders:material_import_confirm"), {"rows": page.context["rows"]})
        known.refresh_from_db(), same.refresh_from_db()
        assert (known.price, known.stock, known.disabled_at is None) == (Decimal(20), 4, False)
        new = Material.objects.get(code="WL0003")
        assert (new.price, new.stock, new.chargeable) == (Decimal("0.835"), 12, False)
        written = sorted(LogEntry.objects.order_by("pk")[before:].values_list("action", flat=True))
        assert written == [f"workorders.material.{act}" for act in ("changed", "created", "disabled")]

    def test_a_preview_belongs_to_whoever_uploaded_it(self) -> None:
        community = make_community("OWN")
        upload = book(HEADS, ("WL0009", "灯管", "", "支", 8, "", "", ""))
        page = signed_in(chief(community)).post(reverse("workorders:material_import"), {"file": upload})
        answer = signed_in(chief(community)).post(
            reverse("workorders:material_import_confirm"), {"rows": page.context["rows"]}
        )
        assert "预览已过期" in answer.content.decode()
        assert not Material.objects.exists()

    def test_prices_go_only_where_one_sets_them(self) -> None:
        own, foreign = make_community("OWN"), make_community("FOREIGN")
        PriceItemFactory(name="换锁", community=foreign, price=Decimal(80))
        client = signed_in(chief(own))
        upload = book(
            ("服务项目", "项目", "单位", "单价（元）"),
            ("换锁", own.name, "把", 90),
            ("换锁", foreign.name, "把", 1),
            ("换灯", "所有项目", "个", 2),
        )
        page = client.post(reverse("workorders:price_import"), {"file": upload})
        assert (page.context["new"], len(page.context["errors"])) == (1, 2)
        client.post(reverse("workorders:price_import_confirm"), {"rows": page.context["rows"]})
        assert PriceItem.objects.get(community=own).price == 90
        assert PriceItem.objects.get(community=foreign).price == 80
        assert not PriceItem.objects.filter(community__isnull=True).exists()

    @pytest.mark.parametrize("name", ["material", "price"])
    def test_the_template_comes_back_as_it_is(self, name: str) -> None:
        client = signed_in(user_with(ADD_MATERIAL, CHANGE_MATERIAL, ADD_PRICE, CHANGE_PRICE, scope="all"))
        answer = client.get(reverse(f"workorders:{name}_template"))
        upload = SimpleUploadedFile("模板.xlsx", b"".join(answer.streaming_content))  # type: ignore[attr-defined]
        page = client.post(reverse(f"workorders:{name}_import"), {"file": upload})
        assert (page.context["new"], page.context["errors"]) == (1, [])

    def test_a_file_without_the_heads_is_told_which_it_needs(self) -> None:
        client = signed_in(chief(make_community("OWN")))
        page = client.post(reverse("workorders:material_import"), {"file": book(("甲", "乙"), (1, 2))})
        assert "编码、名称" in str(page.context["form"].errors["file"])


@pytest.mark.django_db
class TestHousePrices:
    def test_the_house_list_is_read_by_all_and_changed_by_whoever_reaches_all(self) -> None:
        row, lead = PriceItemFactory(), chief(make_community("OWN"))
        client = signed_in(lead)
        assert row.name in client.get(reverse("workorders:price_list")).content.decode()
        assert client.get(reverse("workorders:price_update", args=[row.pk])).status_code == 404
        everywhere = signed_in(user_with(VIEW_PRICE, CHANGE_PRICE, scope="all"))
        assert everywhere.get(reverse("workorders:price_update", args=[row.pk])).status_code == 200
