"""What a dictionary means to the app that owns it: which of its items may be merged, and what has to follow when one has changed.

Core moves references without knowing what they say; the app whose business they are registers its rule in ready().
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet


def _allows(merged: Any, kept: Any) -> str:
    return ""


def _nothing(by: Any) -> None:
    return None


@dataclass(frozen=True)
class Rule:
    """`refuse(merged, kept)` gives the sentence that forbids a merge, "" to let it pass.

    `settle[model label](rows, kept)` makes room where a thing carries both items although it may carry each but once: `rows` are
    those of the merged item; `settled` says to the person what becomes of them. Without it such a merge is refused.
    `follow(by)` runs in the transaction of a merge, of its undoing and of a change of declared attributes.
    """

    refuse: Callable[[Any, Any], str] = _allows
    settle: Mapping[str, Callable[[QuerySet, Any], None]] = field(default_factory=dict)
    settled: Any = ""
    follow: Callable[[Any], None] = _nothing


_rules: dict[str, Rule] = {}


def register(code: str, rule: Rule) -> None:
    _rules[code] = rule


def registered() -> frozenset[str]:
    return frozenset(_rules)


def rule_of(code: str) -> Rule:
    return _rules.get(code, Rule())
