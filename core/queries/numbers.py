"""Document numbers as people type them: BX20261123-0018, 20261123-0018, 1123-0018, HYH-BX20261123-0018."""

import re
from functools import lru_cache

from django.utils import timezone


@lru_cache(maxsize=16)
def _spelling(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    one = "|".join(prefixes)
    return re.compile(
        rf"(?:(?!(?:{one})\d)([A-Z0-9]{{2,12}})-(?=(?:{one})))?({one})?(\d{{8}}|\d{{4}})-?(\d{{4,5}})?", re.IGNORECASE
    )


def spelled(text: str, *prefixes: str) -> tuple[str, tuple[str, ...]] | None:
    """(code of the community or "", beginnings of the number) when the text is spelled like one of these kinds; without its letters
    it may be any of them."""
    found = _spelling(prefixes).fullmatch(text.replace(" ", ""))
    if found is None:
        return None
    code, prefix, day, rest = found.groups()
    if not prefix and "-" not in text:
        return None
    if len(day) == 4:
        day = f"{timezone.localdate():%Y}{day}"
    kinds = (prefix.upper(),) if prefix else prefixes
    return (code or "").upper(), tuple(f"{kind}{day}-{rest}" if rest else f"{kind}{day}" for kind in kinds)
