"""Columns of the estate's lists and exports."""

from functools import lru_cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.templatetags.mulin import icon
from core.web.tables import (
    DASH,
    ActiveColumn,
    ChoiceColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    DecimalColumn,
    LinkColumn,
    NumberColumn,
    Table,
)
from properties.models import UnitMark

# Icon and colour of a mark, the same on list, grid and card.
MARK_LOOKS: dict[str, tuple[str, str]] = {
    UnitMark.Kind.ARREARS: ("coin-yuan", "red"),
    UnitMark.Kind.OPEN_ORDERS: ("tool", "blue"),
    UnitMark.Kind.CARE: ("heart-handshake", "accent"),
}

_MARK_WORDS: dict[str, Any] = dict(UnitMark.Kind.choices)


@lru_cache(maxsize=128)
def _marks(kinds: tuple[str, ...], _language: str | None) -> SafeString:
    """A list says the same few marks for most of its rows."""
    parts = [
        (icon(name, f"ic-s t-{colour}"), _MARK_WORDS[kind]) for kind in kinds for name, colour in [MARK_LOOKS[kind]]
    ]
    return format_html_join(" ", '<span class="mk">{}{}</span>', parts)


class MarksColumn(Column):
    """Icons with their words; how much somebody owes is for those who may see amounts, on the card and in the file."""

    def words(self, record: Any) -> list[tuple[str, str]]:
        return [(kind, str(_MARK_WORDS[kind])) for _unit, kind in record.listed_marks]

    def cell(self, value: Any, record: Any) -> SafeString | str:
        return (
            _marks(tuple(kind for _unit, kind in record.listed_marks), get_language()) if record.listed_marks else DASH
        )

    def export(self, value: Any, record: Any) -> str:
        return "、".join(word for _kind, word in self.words(record))


@lru_cache(maxsize=64)
def _usage(value: str, label: str) -> SafeString:
    return format_html('<span class="rm-k u-{}"><i class="sw"></i>{}</span>', value, label)


class UsageColumn(ChoiceColumn):
    """The kind of use with its colour of the building grid: a category, not a status."""

    def cell(self, value: Any, record: Any) -> SafeString | str:
        return _usage(value, self.label(value, record)) if value else DASH


class CountColumn(NumberColumn):
    def cell(self, value: Any, record: Any) -> str:
        return f"{value:,}"


class OwnLinkColumn(LinkColumn):
    """A link that counts: to the list of what hangs on the row. Who may not open that list sees the number alone."""

    align = "right"
    kind = "number"

    def __init__(self, *args: Any, url: str, permission: str, **options: Any) -> None:
        super().__init__(*args, orderable=False, **options)
        self.url, self.permission = url, permission

    def read_by(self, user: Any) -> Column:
        return self if user.has_perm(self.permission) else CountColumn(accessor=self.accessor)

    def cell(self, value: Any, record: Any) -> SafeString:
        from django.urls import reverse

        list_name, _colon, parameter = self.url.partition("?")
        return format_html('<a href="{}?{}={}">{}</a>', reverse(list_name), parameter, record.pk, f"{value:,}")

    def export(self, value: Any, record: Any) -> Any:
        return value


class CommunityTable(Table):
    code = Column(verbose_name=_("项目编码"), css="nw")
    name = LinkColumn(verbose_name=_("项目名称"))
    node = Column(verbose_name=_("所属组织"), order_by=("node__name",))
    city = Column(verbose_name=_("城市"))
    district = Column(verbose_name=_("区县"), shown=False)
    address = Column(verbose_name=_("地址"), css="cut", shown=False)
    building_count = OwnLinkColumn(
        verbose_name=_("楼栋数"), url="properties:building_list?community", permission="properties.view_building"
    )
    unit_count = OwnLinkColumn(
        verbose_name=_("房屋数"), url="properties:unit_list?community", permission="properties.view_unit"
    )
    built_area = DecimalColumn(verbose_name=_("总建筑面积（㎡）"))
    service_phone = Column(verbose_name=_("客服电话"))
    developer = Column(verbose_name=_("建设单位"), shown=False)
    completed_on = DateColumn(verbose_name=_("竣工验收合格日"), shown=False)
    taken_over_on = DateColumn(verbose_name=_("接管日期"))
    disabled_at = ActiveColumn(verbose_name=_("状态"))


class BuildingTable(Table):
    number = LinkColumn(accessor="label", verbose_name=_("楼栋"), order_by=("sort_key",))
    community = Column(verbose_name=_("项目"), order_by=("community__name",))
    building_type = Column(verbose_name=_("楼栋类型"), order_by=("building_type__sort",))
    entrance_count = NumberColumn(verbose_name=_("单元数"))
    floors_above = NumberColumn(verbose_name=_("地上层数"))
    floors_below = NumberColumn(verbose_name=_("地下层数"))
    lift_count = NumberColumn(verbose_name=_("电梯数"))
    unit_count = OwnLinkColumn(
        verbose_name=_("房屋数"), url="properties:unit_list?building", permission="properties.view_unit"
    )
    structure = Column(verbose_name=_("结构"), shown=False)
    address = Column(verbose_name=_("门牌地址"), css="cut", shown=False)
    completed_on = DateColumn(verbose_name=_("竣工验收合格日"))
    remark = Column(verbose_name=_("备注"), css="cut", shown=False)
    disabled_at = ActiveColumn(verbose_name=_("状态"))


class UnitTable(Table):
    room = LinkColumn(accessor="label", verbose_name=_("房号"), order_by=("sort_key",), css="nw")
    community = Column(verbose_name=_("项目"), order_by=("community__name",), css="nw")
    unit_type = Column(verbose_name=_("房屋类型"), order_by=("unit_type__sort",), css="nw")
    layout = Column(verbose_name=_("户型"), orderable=False, css="nw")
    orientation = Column(verbose_name=_("朝向"), order_by=("orientation__sort",), css="nw")
    built_area = DecimalColumn(verbose_name=_("建筑面积（㎡）"))
    usage = UsageColumn(verbose_name=_("使用状态"), css="nw")
    delivery_status = ChoiceColumn(verbose_name=_("交付状态"), css="nw")
    marks = MarksColumn(accessor="pk", verbose_name=_("标记"), orderable=False, css="nw")
    disabled_at = ActiveColumn(verbose_name=_("状态"))
    code = Column(verbose_name=_("编码"), shown=False, order_by=("sort_key",))
    building = Column(accessor="building__label", verbose_name=_("楼栋"), shown=False, order_by=("building__sort_key",))
    entrance = Column(verbose_name=_("单元"), shown=False)
    floor = NumberColumn(verbose_name=_("楼层"), shown=False)
    number = Column(verbose_name=_("室号"), shown=False)
    kind = ChoiceColumn(verbose_name=_("类别"), shown=False)
    inner_area = DecimalColumn(verbose_name=_("套内面积（㎡）"), shown=False)
    shared_area = DecimalColumn(verbose_name=_("公摊面积（㎡）"), shown=False, orderable=False)
    property_nature = Column(verbose_name=_("产权性质"), shown=False, order_by=("property_nature__sort",))
    delivered_on = DateColumn(verbose_name=_("交付日期"), shown=False)
    billing_from = DateColumn(verbose_name=_("计费起日"), shown=False)
    decoration = Column(verbose_name=_("装修状态"), shown=False, order_by=("decoration__sort",))
    title_number = Column(verbose_name=_("产权证号"), shown=False)
    warranty_from = DateColumn(verbose_name=_("质保起日"), shown=False)
    parking_type = Column(verbose_name=_("车位类型"), shown=False, order_by=("parking_type__sort",))
    parking_status = ChoiceColumn(verbose_name=_("车位状态"), shown=False)
    sale_status = ChoiceColumn(verbose_name=_("销售状态"), shown=False)
    contract_number = Column(verbose_name=_("销售合同号"), shown=False)
    updated_at = DateTimeColumn(verbose_name=_("更新时间"), shown=False)


class PlaceTable(Table):
    name = LinkColumn(verbose_name=_("位置名称"))
    community = Column(verbose_name=_("项目"), order_by=("community__name",))
    building = Column(accessor="building__label", verbose_name=_("楼栋"), order_by=("building__sort_key",))
    entrance = Column(verbose_name=_("单元"))
    place_type = Column(verbose_name=_("区域类型"), order_by=("place_type__sort",))
    code = Column(verbose_name=_("编码"))
    remark = Column(verbose_name=_("备注"), css="cut", shown=False)
    disabled_at = ActiveColumn(verbose_name=_("状态"))


class TeamTable(Table):
    name = LinkColumn(verbose_name=_("班组名称"))
    community = Column(verbose_name=_("项目"), order_by=("community__name",))
    team_type = Column(verbose_name=_("班组类型"), order_by=("team_type__sort",))
    leader = Column(verbose_name=_("班长"), order_by=("leader__display_name",))
    member_count = NumberColumn(verbose_name=_("人数"), orderable=False)
    phone = Column(verbose_name=_("班组电话"))
    disabled_at = ActiveColumn(verbose_name=_("状态"))
