"""The long parts of the dispatch board, drawn without a template of their own: three hundred cards through the template language take
longer than fetching them."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.templatetags.mulin import icon, moment, sep
from core.web.filters import without
from core.web.rendering import escaped
from workorders.models import WorkOrder
from workorders.queries.board import Board, Line
from workorders.states import DUTY_COLOURS, Duty, Urgency

register = template.Library()


@register.simple_tag(takes_context=True)
def board_orders(context: Context, board: Board) -> SafeString:
    """One card an order: urgency and type, time left, place, care, what is wrong; and the box that ticks it."""
    base = escaped(without(context["request"].GET, "order") + "&order=")
    words = {value: str(label) for value, label in Urgency.choices}
    tick, divider, chevron = _("勾选 %(order)s"), sep(), icon("chevron-up", "ic-xs")
    drawn = []
    for row in board.orders:
        here = row is board.selected
        drawn.append(f'<li class="db-o{" on" if here else ""}"><a id="o-{row.pk}" href="{base}{row.pk}"')
        drawn.append(' aria-current="true">' if here else ">")
        drawn.append(f'<span class="between"><span class="gap-row">{_urgency(row, words, chevron)}')
        drawn.append(f"<b>{escaped(str(row.category))}{divider}{escaped(str(row.kind))}</b></span>{_due(row)}</span>")
        drawn.append(f'<span class="between"><span class="t-cut">{escaped(_where(row))}</span>{_care(row)}</span>')
        drawn.append(f'<span class="t-meta t-cut">{escaped(row.description[:80])}</span></a>')
        label = escaped(tick % {"order": row.number})
        drawn.append(
            f'<input class="ck" type="checkbox" name="ids" value="{row.pk}" form="board-many" data-board-tick aria-label="{label}"></li>'
        )
    return mark_safe("".join(drawn))  # noqa: S308  every value is escaped above


def _where(row: WorkOrder) -> str:
    return f"{row.address} {row.spot}".strip()


def _urgency(row: Any, words: dict[str, str], chevron: SafeString) -> str:
    if not row.urgency_css:
        return ""
    return f'<span class="urg {row.urgency_css}">{chevron}{escaped(words[row.urgency])}</span>'


def _due(row: Any) -> str:
    return str(row.due.html) if row.due else ""


def _care(row: Any) -> str:
    if row.care is None:
        return ""
    return f'<span class="tag care">{icon("heart-handshake", "ic-xs")}{escaped(row.care or _("关怀"))}</span>'


@register.simple_tag(takes_context=True)
def board_people(context: Context, board: Board, may_set_duty: bool) -> SafeString:
    """One row a person; the last cell dispatches to him."""
    first = board.suggestions[0].person.repairer.pk if board.suggestions else 0
    words = {value: str(label) for value, label in Duty.choices}
    return mark_safe("".join(_person(board, line, first, words, may_set_duty) for line in board.shown))  # noqa: S308


def _person(board: Board, line: Line, first: int, words: dict[str, str], may_set_duty: bool) -> str:
    person, row = line.person, line.person.repairer
    css = ' class="sel"' if row.pk == first else ' class="dim"' if person.duty.is_off else ""
    name, page = escaped(str(person.user)), reverse("workorders:repairer_detail", args=[row.pk])
    blocks = "".join(f'<i class="{block}"></i>' for block in line.blocks)
    note = f' <span class="{"t-orange" if line.over else "t-3"}">{escaped(line.note)}</span>' if line.note else ""
    skills = escaped("、".join(str(skill) for skill in person.skills)) or "—"
    cells = (
        f'<td class="nw"><span class="gap-row"><span class="ml-ava s grey">{name[:1]}</span><a class="t-ink" href="{page}">{name}</a></span></td>',
        f'<td class="nw">{_duty(line, words, may_set_duty)}</td>',
        f'<td class="nw"><span class="load">{blocks}<span class="num">{person.in_hand}</span></span></td>',
        f'<td class="r">{person.to_accept}</td><td class="r">{person.done_today}</td>',
        f'<td class="db-sk t-2"><div class="t-cut" title="{skills}">{skills}</div></td>',
        f'<td class="nw">{escaped(line.place)}{note}</td>',
        f'<td class="r nw">{_send(board, line)}</td>',
    )
    return f"<tr{css}>{''.join(cells)}</tr>"


def _duty(line: Line, words: dict[str, str], may_set_duty: bool) -> str:
    state, row = line.person.duty, line.person.repairer
    colour = DUTY_COLOURS[state.duty]
    dot = f'<span class="dot{"" if colour == "grey" else f" {colour}"}"></span>{escaped(words[state.duty])}'
    until = escaped(_("到 %(at)s") % {"at": moment(state.until)}) if state.until else ""
    if not may_set_duty:
        return f'<span class="gap-row" title="{until}">{dot}</span>'
    url = reverse("workorders:repairer_duty", args=[row.pk])
    return f'<a class="gap-row t-ink" id="duty-{row.pk}" data-dialog href="{url}" title="{until}">{dot}</a>'


def _send(board: Board, line: Line) -> str:
    order, user = board.selected, line.person.user
    if order is None:
        return ""
    if not line.can_send:
        return f'<span class="t-3">{escaped(_("不可派"))}</span>'
    first = board.suggestions[0].person.user.pk if board.suggestions else ""
    url = reverse("workorders:workorder_dispatch", args=[order.pk]) + f"?to={user.pk}&amp;first={first}&amp;back=board"
    word = escaped(_("仍要派") if line.person.duty.is_off else _("派单"))
    label = escaped(_("派给%(person)s") % {"person": user})
    return (
        f'<a class="lnk" id="to-{user.pk}" data-dialog data-board-to="{user.pk}" data-word="{word}" aria-label="{label}" '
        f'href="{url}">{word}</a>'
    )
