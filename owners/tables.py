"""Columns of the lists of people, relations and vehicles. Protected values are masked for the reader of the row (`record.eyes`);
exports stay masked unless their reader may see plain values and gave a reason."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import masking
from core.web import tables
from core.web.tables import DASH
from owners.models import TenureRole
from owners.states import CALL_BACK_COLOURS, CORRECTION_COLOURS, PLAN_COLOURS

VIEW = "owners.view_owner"
MOST_UNITS = 2


def owner_of(record: Any) -> Any:
    return record if hasattr(record, "community_ids") else record.owner


def name_of(record: Any) -> str:
    owner = owner_of(record)
    eyes = getattr(record, "eyes", None)
    return eyes.owner_name(owner) if eyes else masking.mask_name(owner.name, owner.is_organisation)


class NameColumn(tables.Column):
    """The name as this reader sees it, leading to the person's file."""

    def cell(self, value: Any, record: Any) -> SafeString:
        url = reverse("owners:owner_file", args=[owner_of(record).pk])
        return format_html('<a href="{}">{}</a>', url, name_of(record))

    def export(self, value: Any, record: Any) -> str:
        return name_of(record)

    def export_plain(self, value: Any, record: Any) -> str:
        return owner_of(record).name


class PhoneColumn(tables.Column):
    """The primary number, masked, and how many more there are. Reads the prefetched numbers."""

    def numbers(self, record: Any) -> list[str]:
        return [row.number for row in owner_of(record).listed_phones]

    def masked(self, record: Any, number: str) -> str:
        eyes = getattr(record, "eyes", None)
        return eyes.sees("phone", number, owner_of(record).community_ids) if eyes else masking.mask_phone(number)

    def cell(self, value: Any, record: Any) -> str:
        numbers = self.numbers(record)
        if not numbers:
            return format_html('<span class="t-3">{}</span>', _("资料不全"))
        more = format_html(' <span class="t-meta">+{}</span>', len(numbers) - 1) if len(numbers) > 1 else ""
        return format_html('<span class="mask">{}</span>{}', self.masked(record, numbers[0]), more)

    def export(self, value: Any, record: Any) -> str:
        return "、".join(masking.mask_phone(number) for number in self.numbers(record))

    def export_plain(self, value: Any, record: Any) -> str:
        return "、".join(self.numbers(record))


class IdNumberColumn(tables.Column):
    """The identity number, masked; decrypted only when the column is shown."""

    def cell(self, value: Any, record: Any) -> str:
        eyes = getattr(record, "eyes", None)
        if not record.id_number:
            return DASH
        return (
            eyes.sees("id", record.id_number, record.community_ids)
            if eyes
            else masking.mask_id_number(record.id_number)
        )

    def export(self, value: Any, record: Any) -> str:
        return masking.mask_id_number(record.id_number)

    def export_plain(self, value: Any, record: Any) -> str:
        return record.id_number


_ROLES = dict(TenureRole.choices)


class HoldingsColumn(tables.Column):
    """The units somebody has to do with today, in the reader's scope; the first two as links."""

    def held(self, record: Any) -> list[Any]:
        eyes = getattr(record, "eyes", None)
        return [row for row in record.held if eyes and eyes.covers(VIEW, row.community_id, row.unit.building_id)]

    def cell(self, value: Any, record: Any) -> str:
        units = list({row.unit_id: row.unit for row in self.held(record)}.values())
        if not units:
            return DASH
        links = format_html_join(
            "、", '<a href="{}">{}</a>', ((unit.get_absolute_url(), unit.label) for unit in units[:MOST_UNITS])
        )
        more = len(units) - MOST_UNITS
        return (
            format_html('{} <span class="t-meta">{}</span>', links, _("等 %d 处") % len(units)) if more > 0 else links
        )

    def export(self, value: Any, record: Any) -> str:
        return "、".join(dict.fromkeys(row.unit.label for row in self.held(record)))


class RolesColumn(HoldingsColumn):
    def cell(self, value: Any, record: Any) -> str:
        roles = dict.fromkeys(_ROLES[row.role] for row in self.held(record))
        return format_html_join(" ", '<span class="tag">{}</span>', ((role,) for role in roles)) or DASH

    def export(self, value: Any, record: Any) -> str:
        return "、".join(dict.fromkeys(str(_ROLES[row.role]) for row in self.held(record)))


class CommunitiesColumn(HoldingsColumn):
    def cell(self, value: Any, record: Any) -> str:
        return "、".join(dict.fromkeys(row.community.name for row in self.held(record))) or DASH

    def export(self, value: Any, record: Any) -> str:
        return "、".join(dict.fromkeys(row.community.name for row in self.held(record)))


class PercentColumn(tables.NumberColumn):
    """档案完整度 as a number with a small bar."""

    def cell(self, value: Any, record: Any) -> SafeString:
        step = max(0, min(100, int(value / 5 + 0.5) * 5))
        return format_html('<span class="cmp"><span class="bar"><i class="w-{}"></i></span>{}</span>', step, value)


class UnitColumn(tables.Column):
    def cell(self, value: Any, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', value.get_absolute_url(), value.label) if value else DASH

    def export(self, value: Any, record: Any) -> str:
        return value.label if value else ""


class TenureStateColumn(tables.Column):
    """在册, 未开始 or 已终止 by the days."""

    def word(self, record: Any) -> tuple[str, str]:
        if record.is_current:
            return "green", _("在册")
        return ("grey", _("已终止")) if record.end else ("blue", _("未开始"))

    def cell(self, value: Any, record: Any) -> SafeString:
        return format_html('<span class="st st-{}">{}</span>', *self.word(record))

    def export(self, value: Any, record: Any) -> str:
        return self.word(record)[1]


class OwnerTable(tables.Table):
    name = NameColumn(verbose_name=lazy("姓名"), personal="name", order_by=("name",))
    number = tables.Column(verbose_name=lazy("客户编号"), css="nw t-num")
    phone = PhoneColumn(verbose_name=lazy("手机"), personal="phone", css="nw", orderable=False, accessor="pk")
    units = HoldingsColumn(verbose_name=lazy("房屋"), css="nw", orderable=False, accessor="pk")
    roles = RolesColumn(verbose_name=lazy("角色"), css="nw", orderable=False, accessor="pk")
    completeness = PercentColumn(verbose_name=lazy("完整度（%）"), css="nw")
    source = tables.Column(verbose_name=lazy("来源"), css="nw col-l", order_by=("source__sort",))
    keeper = tables.Column(verbose_name=lazy("责任人"), css="nw col-l", order_by=("keeper__display_name",))
    verified_on = tables.DateColumn(verbose_name=lazy("最近核验"))
    disabled_at = tables.ActiveColumn(verbose_name=lazy("状态"))
    kind = tables.ChoiceColumn(verbose_name=lazy("客户类型"), shown=False)
    id_number = IdNumberColumn(verbose_name=lazy("证件号"), personal="id", shown=False, orderable=False)
    level = tables.Column(verbose_name=lazy("客户等级"), shown=False, order_by=("level__sort",))
    community = CommunitiesColumn(verbose_name=lazy("项目"), shown=False, orderable=False, accessor="pk")
    created_at = tables.DateTimeColumn(verbose_name=lazy("建档时间"), shown=False)
    updated_at = tables.DateTimeColumn(verbose_name=lazy("更新时间"), shown=False)


class TenureTable(tables.Table):
    unit = UnitColumn(verbose_name=lazy("房屋"), css="nw", order_by=("unit__sort_key",))
    owner = NameColumn(verbose_name=lazy("姓名"), personal="name", order_by=("owner__name",))
    phone = PhoneColumn(verbose_name=lazy("手机"), personal="phone", css="nw", orderable=False, accessor="pk")
    role = tables.ChoiceColumn(verbose_name=lazy("角色"))
    share = tables.DecimalColumn(verbose_name=lazy("份额（%）"))
    is_primary_contact = tables.BooleanColumn(verbose_name=lazy("主联系人"))
    is_payer = tables.BooleanColumn(verbose_name=lazy("缴费人"))
    start = tables.DateColumn(verbose_name=lazy("起"))
    end = tables.DateColumn(verbose_name=lazy("止"))
    state = TenureStateColumn(verbose_name=lazy("状态"), orderable=False, accessor="pk")
    end_reason = tables.Column(verbose_name=lazy("终止原因"), shown=False, order_by=("end_reason__sort",))
    community = tables.Column(verbose_name=lazy("项目"), shown=False, order_by=("community__code",))
    remark = tables.Column(verbose_name=lazy("备注"), shown=False, orderable=False)


class VehicleTable(tables.Table):
    plate = tables.LinkColumn(verbose_name=lazy("车牌"), css="nw")
    owner = NameColumn(verbose_name=lazy("车主"), personal="name", order_by=("owner__name",))
    space = UnitColumn(verbose_name=lazy("车位"), css="nw", order_by=("space__sort_key",))
    energy = tables.ChoiceColumn(verbose_name=lazy("能源"))
    brand = tables.Column(verbose_name=lazy("品牌型号"))
    colour = tables.Column(verbose_name=lazy("颜色"))
    pass_until = tables.DateColumn(verbose_name=lazy("通行有效期至"))
    community = tables.Column(verbose_name=lazy("项目"), css="nw col-l", order_by=("community__code",))
    disabled_at = tables.ActiveColumn(verbose_name=lazy("状态"))
    created_at = tables.DateTimeColumn(verbose_name=lazy("登记时间"), shown=False)


class SelfColumn(tables.Column):
    """The record by its own name, leading to its page."""

    def cell(self, value: Any, record: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record)

    def export(self, value: Any, record: Any) -> str:
        return str(record)


class CorrectionTable(tables.Table):
    what = SelfColumn(verbose_name=lazy("更正内容"), css="nw", accessor="pk", orderable=False)
    owner = NameColumn(verbose_name=lazy("住户"), personal="name", order_by=("owner__name",))
    unit = UnitColumn(verbose_name=lazy("房屋"), css="nw", order_by=("unit__sort_key",))
    status = tables.ChoiceColumn(verbose_name=lazy("状态"), colours=CORRECTION_COLOURS)
    created_at = tables.DateTimeColumn(verbose_name=lazy("提交时间"))
    keeper = tables.Column(
        verbose_name=lazy("责任人"), accessor="owner__keeper", order_by=("owner__keeper__display_name",)
    )
    decided_by = tables.Column(verbose_name=lazy("审核人"), order_by=("decided_by__display_name",))
    decided_at = tables.DateTimeColumn(verbose_name=lazy("审核时间"))
    reason = tables.Column(verbose_name=lazy("答复"), shown=False, orderable=False)
    community = tables.Column(verbose_name=lazy("项目"), css="nw col-l", order_by=("community__code",), shown=False)


class KnownNameColumn(NameColumn):
    """Whose file is known; an order of somebody passing by has none."""

    def cell(self, value: Any, record: Any) -> Any:
        return super().cell(value, record) if record.owner_id else DASH

    def export(self, value: Any, record: Any) -> str:
        return super().export(value, record) if record.owner_id else ""

    export_plain = export


class LateColumn(tables.DateTimeColumn):
    """The last moment to call, red once it is over."""

    def cell(self, value: Any, record: Any) -> str:
        text = super().cell(value, record)
        return format_html('<span class="t-red" title="{}">{}</span>', _("已逾期"), text) if record.is_late else text


class CallBackTable(tables.Table):
    title = tables.LinkColumn(verbose_name=lazy("事由"), css="cut")
    status = tables.ChoiceColumn(verbose_name=lazy("状态"), colours=CALL_BACK_COLOURS, css="nw")
    cause = tables.ChoiceColumn(verbose_name=lazy("回访原因"), css="nw")
    owner = KnownNameColumn(verbose_name=lazy("住户"), personal="name", order_by=("owner__name",), css="nw")
    unit = UnitColumn(verbose_name=lazy("房屋"), css="nw", order_by=("unit__sort_key",))
    assignee = tables.Column(verbose_name=lazy("分配给"), order_by=("assignee__display_name",), css="nw")
    due_at = tables.DateTimeColumn(verbose_name=lazy("可以拨打"))
    late_at = LateColumn(verbose_name=lazy("最迟"))
    attempts = tables.NumberColumn(verbose_name=lazy("已打次数"))
    closed_by = tables.Column(verbose_name=lazy("回访人"), orderable=False, css="nw")
    closed_at = tables.DateTimeColumn(verbose_name=lazy("回访时间"), shown=False)
    way = tables.ChoiceColumn(verbose_name=lazy("回访方式"), shown=False)
    result = tables.Column(verbose_name=lazy("业主意见"), orderable=False, css="cut", shown=False)
    plan = tables.Column(verbose_name=lazy("回访计划"), orderable=False, css="cut", shown=False)
    planned_at = tables.DateTimeColumn(verbose_name=lazy("应回访时间"), shown=False)
    community = tables.Column(verbose_name=lazy("项目"), css="nw", orderable=False, shown=False)
    created_at = tables.DateTimeColumn(verbose_name=lazy("建立时间"), shown=False)


class RhythmColumn(tables.Column):
    """每 3 个月, or 一轮."""

    def cell(self, value: Any, record: Any) -> str:
        if value == 1:
            return _("每月")
        return _("每 %(n)d 个月") % {"n": value} if value else _("一轮")

    export = cell


class CallBackPlanTable(tables.Table):
    name = tables.LinkColumn(verbose_name=lazy("计划名称"), css="cut")
    cause = tables.ChoiceColumn(verbose_name=lazy("回访类型"), css="nw")
    status = tables.ChoiceColumn(verbose_name=lazy("状态"), colours=PLAN_COLOURS, css="nw")
    community = tables.Column(verbose_name=lazy("项目"), css="nw", order_by=("community__code",))
    every_months = RhythmColumn(verbose_name=lazy("频次"), css="nw")
    next_on = tables.DateColumn(verbose_name=lazy("下一轮"))
    rounds = tables.NumberColumn(verbose_name=lazy("已做轮数"))
    keeper = tables.Column(verbose_name=lazy("计划责任人"), css="nw", order_by=("keeper__display_name",))
    first_on = tables.DateColumn(verbose_name=lazy("第一轮日期"), shown=False)
    created_at = tables.DateTimeColumn(verbose_name=lazy("建立时间"), shown=False)


class ScriptColumn(tables.ChoiceColumn):
    """The cause opens the words, for whoever may change them."""

    def cell(self, value: Any, record: Any) -> Any:
        return tables.linked(record, self.label(value, record))


class CallScriptTable(tables.Table):
    cause = ScriptColumn(verbose_name=lazy("回访原因"), css="nw")
    place = tables.Column(verbose_name=lazy("项目"), css="nw", order_by=("community__name",))
    text = tables.Column(verbose_name=lazy("话术"), css="cut", orderable=False)
