"""What lines of a household's history tell of: who may read that, and which page shows it; floors above say so of theirs."""

from typing import NamedTuple

from django.urls import reverse


class Source(NamedTuple):
    permission: str
    url: str


_sources: dict[str, Source] = {}


def register(source_type: str, permission: str, url: str = "") -> None:
    """`url` is a URL name that takes the key of the row, "" where it has no page; called in ready()."""
    _sources[source_type] = Source(permission, url)


def of(source_type: str) -> Source | None:
    return _sources.get(source_type)


def address(source: Source, pk: int) -> str:
    return reverse(source.url, args=[pk]) if source.url else ""


def registered() -> dict[str, Source]:
    return dict(_sources)
