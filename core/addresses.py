"""Addresses of rows: a list needs twenty of one kind, and `reverse` looks the pattern up for each."""

from functools import lru_cache

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
