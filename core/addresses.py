"""Addresses of rows: a list needs twenty of one kind, and `reverse` looks the pattern up for each."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import get_script_prefix, reverse

_ANY_KEY = 987654321


def row_address(name: str, pk: int) -> str:
    """`reverse(name, args=[pk])` for a page whose address has the key of its row and nothing else."""
    before, after = _around(name, get_script_prefix(), settings.ROOT_URLCONF)
    return f"{before}{pk}{after}"


@lru_cache(maxsize=256)
def _around(name: str, _prefix: str, _urls: str) -> tuple[str, str]:
    before, _key, after = reverse(name, args=[_ANY_KEY]).partition(str(_ANY_KEY))
    return before, after


def list_address(name: str, query: Mapping[str, Any]) -> str:
    """The list that is asked this."""
    return f"{_plain(name, get_script_prefix(), settings.ROOT_URLCONF)}?{urlencode(query, doseq=True)}"


def narrowed(name: str, query: Mapping[str, Any], address: str, more: Mapping[str, Any]) -> str:
    """`list_address(name, query | more)` beside `address`, which is that of the query alone: a report leads to thousands of lists, and
    those of one line differ in a word."""
    if any(name in query for name in more):
        return list_address(name, {**query, **more})
    return f"{address}&{_said(tuple(more.items()))}" if more else address


@lru_cache(maxsize=32)
def _plain(name: str, _prefix: str, _urls: str) -> str:
    return reverse(name)


@lru_cache(maxsize=1024)
def _said(more: tuple[tuple[str, Any], ...]) -> str:
    return urlencode(more)
