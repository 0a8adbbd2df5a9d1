"""{% drawn %}: a part of a page is drawn once for everything it depends on.

    {% drawn name=person.name jobs=jobs varying here=request.get_full_path %}…{% enddrawn %}

The content sees the values named here and nothing else, so these are its whole key and there is nothing to invalidate: a right withdrawn
is another value. What follows `varying` is not part of the key: where it stands in the content the value of the request is put in,
escaped as everywhere. Of a varying value the content may ask only whether there is one, and may not pass it through filters.
`csrf_token` varies by itself. Registered as a template builtin.
"""

import secrets
from typing import Any

from django import template
from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core.web.rendering import escaped

register = template.Library()

KEPT = 512
# Where a varying value stands until it is put in. Nobody outside the process knows it, so no text of a page can look like it.
_SECRET = secrets.token_hex(8)


def _mark(name: str) -> SafeString:
    return SafeString(f"varying-{_SECRET}-{name}-")


_CSRF = _mark("csrf")


class DrawnNode(Node):
    def __init__(
        self, nodelist: NodeList, values: dict[str, FilterExpression], varying: dict[str, FilterExpression]
    ) -> None:
        self.nodelist, self.values, self.varying = nodelist, values, varying
        self.kept: dict[Any, str] = {}

    def render(self, context: Context) -> SafeString:
        values = {name: value.resolve(context) for name, value in self.values.items()}
        varying = {name: value.resolve(context) for name, value in self.varying.items()}
        absent = {name: value for name, value in varying.items() if not value}
        key = (get_language(), *[_key(value) for value in values.values()], _key(absent))
        html = self.kept.get(key)
        if html is None:
            marks = {name: _mark(name) for name in varying}
            html = self.nodelist.render(context.new(values | marks | absent | {"csrf_token": _CSRF}))
            if len(self.kept) >= KEPT:
                self.kept.clear()
            self.kept[key] = html
        for name, value in varying.items():
            if value:
                html = html.replace(_mark(name), escaped(value if isinstance(value, str) else str(value)))
        if _CSRF in html:
            html = html.replace(_CSRF, escaped(str(context.get("csrf_token") or "")))
        return mark_safe(html)  # noqa: S308  drawn by the template engine, every value put in is escaped


def _key(value: Any) -> Any:
    """A value as part of a key: equal only to what is drawn alike. 1 equals True and text marked as safe equals the same text that is
    not, so the class belongs to it; `__class__`, because that of a lazy object is the class of what it stands for."""
    if isinstance(value, dict):
        return tuple([(name, _key(part)) for name, part in value.items()])
    if isinstance(value, list | tuple):
        return tuple([_key(part) for part in value])
    return value.__class__, value


@register.tag
def drawn(parser: Parser, token: Token) -> DrawnNode:
    words = token.split_contents()[1:]
    at = words.index("varying") if "varying" in words else len(words)
    fixed, changing = words[:at], words[at + 1 :]
    values, varying = token_kwargs(fixed, parser), token_kwargs(changing, parser)
    if fixed or changing:  # token_kwargs takes what it understands away
        raise template.TemplateSyntaxError(f"drawn: name=value was expected, not {' '.join(fixed + changing)}")
    nodelist = parser.parse(("enddrawn",))
    parser.delete_first_token()
    return DrawnNode(nodelist, values, varying)
