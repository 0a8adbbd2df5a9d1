"""What lines of a household's history tell of: floors above say which page shows it, and who may open that."""

from typing import NamedTuple

from django.urls import reverse


class Source(NamedTuple):
    permission: str
    url: str


_sources: dict[str, Source] = {}


def register(source_type: str, permission: str, url: str) -> None:
    """`url` is a URL name that takes the key of the row; called in ready()."""
    _sources[source_type] = Source(permission, url)


def of(source_type: str) -> Source | None:
    return _sources.get(source_type)


def address(source: Source, pk: int) -> str:
    return reverse(source.url, args=[pk])


def registered() -> dict[str, Source]:
    return dict(_sources)
