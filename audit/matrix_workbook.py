"""The role matrix as an Excel sheet: same rows and columns as the page, heads frozen, ticks as words that can be filtered."""

from collections.abc import Sequence
from io import BytesIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.queries.matrix import Group, Head, Setting

TICK = "✓"


def workbook(columns: Sequence[Head], settings: Sequence[Setting], groups: Sequence[Group]) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("权限矩阵"))
    bold, middle = book.add_format({"bold": True}), book.add_format({"align": "center"})
    head = book.add_format({"bold": True, "align": "center", "bg_color": "#F0F3F4", "bottom": 1})
    band = book.add_format({"bold": True, "bg_color": "#EFF2F3"})
    sheet.write_string(0, 0, _("角色与权限"), bold)
    sheet.write_string(0, 1, timezone.localtime().strftime("%Y-%m-%d %H:%M"))
    row = 2
    for place, title in enumerate([_("功能与动作"), _("敏感"), *(h.role.name for h in columns)]):
        sheet.write_string(row, place, title, head)
    for setting in settings:
        row += 1
        words = dict(setting.choices)
        sheet.write_string(row, 0, setting.label)
        for place, (_role, value, _frozen) in enumerate(setting.cells, start=2):
            sheet.write_string(row, place, str(words[value]), middle)
    for group in groups:
        row += 1
        for place in range(len(columns) + 2):
            sheet.write_string(row, place, group.name if place == 0 else "", band)
        for line in group.lines:
            row += 1
            sheet.write_string(row, 0, line.facts.label)
            sheet.write_string(row, 1, _("敏感") if line.facts.sensitive else "", middle)
            for place, cell in enumerate(line.cells, start=2):
                sheet.write_string(row, place, TICK if cell.on else "", middle)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, len(columns) + 1, 11)
    sheet.freeze_panes(3, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    book.close()
    return out.getvalue()
