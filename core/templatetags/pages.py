"""What every page draws again and again, drawn without a template of its own: rows, and parts that are the same for everybody.

Registered as a template builtin.
"""

from collections.abc import Sequence
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.template.base import Node, NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.web.rendering import escaped

register = template.Library()


class FrozenNode(Node):
    """Draws its content in an empty context: what depends on the reader cannot stand in it, because it is not there."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.kept: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        if language not in self.kept:
            self.kept[language] = self.nodelist.render(context.new())
        return self.kept[language]


@register.tag
def frozen(parser: Parser, token: Token) -> FrozenNode:
    """{% frozen %}…{% endfrozen %} around style sheets, scripts and words that no reader and no address changes."""
    nodelist = parser.parse(("endfrozen",))
    parser.delete_first_token()
    return FrozenNode(nodelist)


@register.simple_tag
def html_lang() -> str:
    """The language as browsers, fonts and screen readers know it: Django's zh-hans names a script, which some take for no Chinese."""
    language = get_language() or settings.LANGUAGE_CODE
    return "zh-CN" if language == "zh-hans" else language


@register.simple_tag
def table_rows(rows: Sequence[Any], selectable: Any = False) -> SafeString:
    """The rows of a list (core.web.tables.Row): two hundred cells through the template language take as long as fetching them."""
    tick = _tick() if selectable else ""
    drawn = []
    for number, row in enumerate(rows, start=1):
        css = f' class="{escaped(row.css)}"' if row.css else ""
        url = f' data-row-url="{escaped(row.url)}"' if row.url else ""
        drawn.append(f"<tr{css}{url}>")
        if tick:
            drawn.append(tick % (escaped(row.pk), number))
        drawn += [_cell(cell.html, cell.css) for cell in row.cells]
        drawn.append("</tr>\n")
    return mark_safe("".join(drawn))  # noqa: S308  every value is escaped above


def _cell(content: Any, css: str) -> str:
    return f'<td class="{escaped(css)}">{escaped(content)}</td>' if css else f"<td>{escaped(content)}</td>"


def _tick() -> str:
    """The box that selects a row, with room for its key and its number; the sentence is looked up once a page."""
    label = escaped(_("选择第 %(n)s 行")).replace("%(n)s", "\0").replace("%", "%%").replace("\0", "%s")
    return (
        '<td class="w-ck"><input class="ck" type="checkbox" name="ids" value="%s" form="bulk" data-bulk-row '
        f'aria-label="{label}"></td>'
    )
