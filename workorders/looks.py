"""Marks of orders that lists and pages share."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.templatetags.mulin import icon
from workorders.states import Urgency

URGENT_LOOKS = {Urgency.CRITICAL: ("urg-3", "chevrons-up"), Urgency.URGENT: ("urg-2", "chevron-up")}


def urgency_html(value: str) -> SafeString:
    """特急 and 急修 stand out by shape; colour is left to the deadline."""
    label = Urgency(value).label
    css, symbol = URGENT_LOOKS.get(Urgency(value), ("", ""))
    return format_html(
        '<span class="{}">{}{}</span>', f"urg {css}".strip(), icon(symbol, "ic-xs") if symbol else "", label
    )
