"""The report as tables: sheets of a workbook, tables on paper. The same rows as on the page, all of them."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.queries.reports.asked import Asked
from complaints.queries.reports.cross import Cross
from complaints.queries.reports.lines import CLOCKS, Line, Lines
from complaints.queries.reports.overview import City, Overview, Share
from complaints.tables.reports import RATES
from core.excel.writer import ExportColumn, ExportKind, Sheet
from core.queries.figures import percent, whole_minutes

TEXT, NUMBER, PERCENT, DECIMAL = ExportKind.TEXT, ExportKind.INTEGER, ExportKind.PERCENT, ExportKind.MONEY


def overview_sheets(found: Overview, formulas: dict[str, str]) -> list[Sheet]:
    return [
        _periods(found), _months(found),
        _shares(_("责任归属占比"), _("责任归属"), found.responsibilities, _("责任归属在受理判级时确定，转办会改变。")),
        _shares(_("根本原因 TOP10"), _("根本原因"), found.causes, _("根本原因由责任部门反馈时填写，占比以全部投诉为分母。")),
        _shares(_("建议处理结论"), _("结论"), found.suggestions),
        _city(found.city, formulas),
    ]  # fmt: skip


def _periods(found: Overview) -> Sheet:
    """One row a period: a column holds one kind of number."""
    lines = ((_("本期"), found.asked.period, found.now), (_("环比上期"), found.before_period, found.before))
    rows = [*lines, (_("去年同期"), found.year_ago_period, found.year_ago)]
    columns = [ExportColumn(_("周期")), ExportColumn(_("起止日期"), TEXT, 26), *_figure_columns(), *_place_columns()]
    note = _("首次回复用时按自然时间计；满意率只算表过态的客户；没有可算的留空。")
    values = [
        [name, f"{period.start} – {period.end}", *_figure_values(line), line.households, line.density]
        for name, period, line in rows
    ]
    return Sheet(_("主要指标"), columns, values, note)


def _figure_columns() -> list[ExportColumn]:
    return [
        ExportColumn(_("件数"), NUMBER, 8), ExportColumn(_("其中投诉"), NUMBER, 10), ExportColumn(_("没有回音"), NUMBER, 10),
        ExportColumn(_("重大"), NUMBER, 8),
        *(ExportColumn(str(RATES[clock]), PERCENT, 14) for clock in CLOCKS),
        ExportColumn(_("首次回复中位数（分钟）"), NUMBER, 20), ExportColumn(_("首次回复九成（分钟）"), NUMBER, 20),
        ExportColumn(_("重复投诉"), NUMBER, 10), ExportColumn(_("重复投诉率"), PERCENT, 12),
        ExportColumn(_("已表态"), NUMBER, 8), ExportColumn(_("满意"), NUMBER, 8), ExportColumn(_("满意率"), PERCENT, 10),
    ]  # fmt: skip


def _figure_values(line: Line) -> list[Any]:
    minutes = [whole_minutes(value) for value in (line.p50, line.p90)]
    return [
        line.total, line.complaints, line.waiting, line.major, *(line.on_time(clock) for clock in CLOCKS), *minutes, line.repeated,
        line.repeat_rate, line.spoke, line.content, line.satisfaction,
    ]  # fmt: skip


def _place_columns() -> list[ExportColumn]:
    return [ExportColumn(_("户数"), NUMBER, 8), ExportColumn(_("每千户投诉（‰）"), DECIMAL, 16)]


def _months(found: Overview) -> Sheet:
    columns = [ExportColumn(_("月份")), ExportColumn(_("投诉件数"), NUMBER), ExportColumn(_("按期办结率"), PERCENT)]
    return Sheet(_("十二个月走势"), columns, [[row.label, row.count, row.on_time] for row in found.months], bar=1)


def _shares(title: str, what: str, parts: list[Share], note: str = "") -> Sheet:
    columns = [ExportColumn(what, TEXT, 24), ExportColumn(_("件数"), NUMBER), ExportColumn(_("占比"), PERCENT)]
    return Sheet(title, columns, [[row.label, row.count, row.share] for row in parts], note, bar=1)


def _city(city: City, formulas: dict[str, str]) -> Sheet:
    columns = [
        ExportColumn(_("指标"), TEXT, 14), ExportColumn(_("分子"), NUMBER), ExportColumn(_("分母"), NUMBER),
        ExportColumn(_("比率"), PERCENT), ExportColumn(_("口径"), TEXT, 60),
    ]  # fmt: skip
    rows = [[row.label, row.count, row.whole, row.rate, formulas.get(row.name, "")] for row in city.rates]
    clocks = [[_("%(clock)s及时率") % {"clock": row.label}, row.count, row.whole, row.rate, ""] for row in city.clocks]
    note = _("12345 工单共 %(n)s 件；还没有回填的不计入比率。") % {"n": city.total}
    return Sheet(_("12345 三率"), columns, [*rows, *clocks], note)


def lines_sheet(found: Lines) -> Sheet:
    """One dimension, the sum of all lines as the last row."""
    has_homes = found.whole.households is not None
    columns = [
        ExportColumn(str(found.by.label), TEXT, 24),
        *_figure_columns(),
        *(_place_columns() if has_homes else []),
    ]
    columns.insert(2, ExportColumn(_("占比"), PERCENT, 8))
    rows = []
    for line in [*found.lines, found.whole]:
        values = [line.label, *_figure_values(line), *([line.households, line.density] if has_homes else [])]
        values.insert(2, percent(line.total, found.whole.total))
        rows.append(values)
    return Sheet(_("按%(what)s") % {"what": found.by.label}, columns, rows, summed=True)


def cross_sheet(found: Cross) -> Sheet:
    heads = [ExportColumn(head.label, NUMBER, max(10, 2 * len(head.label) + 2)) for head in found.columns]
    columns = [ExportColumn(str(found.down.label), TEXT, 24), *heads, ExportColumn(_("合计"), NUMBER)]
    rows = [[row.head.label, *(cell.count or None for cell in row.cells), row.head.total] for row in found.rows]
    sums = [_("合计"), *(head.total for head in found.columns), found.total]
    words = {"down": found.down.label, "across": found.across.label}
    return Sheet(_("%(down)s × %(across)s") % words, columns, [*rows, sums], summed=True)


def paper(asked: Asked, user: Any, title: str, at: datetime | None = None) -> dict[str, Any]:
    """What stands above and below the tables of a printed report."""
    at = timezone.localtime(at or timezone.now())
    where = asked.community.name if asked.community else _("全部项目")
    words = {"where": where, "period": asked.period.label, "kind": asked.kind_word}
    made = {"who": user.display_name, "at": f"{at:%Y-%m-%d %H:%M}"}
    return {
        "title": title, "lines": [_("%(where)s，%(period)s，%(kind)s，按登记日期统计") % words],
        "foot": _("%(who)s 制表于 %(at)s，只含制表人有权查看的案件") % made, "words": {"empty": _("没有数据")},
        "figures": [], "tables": [],
    }  # fmt: skip
