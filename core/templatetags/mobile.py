"""The owners' pages load a sprite of their own: a seventh of the staff's (static/icons-mobile.txt lists what is in it)."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def small_icon(name: str, css: str = "") -> SafeString:
    """One decorative symbol; the word stands beside it."""
    classes, sprite = f"ic {css}".strip(), static("icons-mobile.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>', classes, sprite, name)
