"""Where a call-back leads to: floors above say which page shows what it is about."""

from django.urls import reverse

_pages: dict[str, str] = {}


def register(source_type: str, url_name: str) -> None:
    """Called in ready() by the app that owns the model (its label in lower case); the page takes the primary key."""
    _pages[source_type] = url_name


def address(source_type: str, source_id: int) -> str:
    """ "" when nobody has said."""
    name = _pages.get(source_type)
    return reverse(name, args=[source_id]) if name else ""
