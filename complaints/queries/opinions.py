"""What the keywords make of a text, and opinions as their list needs them."""

from dataclasses import dataclass
from typing import Any

from complaints.models import KeywordRule
from complaints.states import Level
from core.models import DictItem

_RANK: dict[str, int] = {Level.MINOR: 0, Level.NORMAL: 1, Level.MAJOR: 2}


@dataclass(frozen=True)
class Suggestion:
    """The gravest level any of the words stands for, the class of the gravest word that has one, the words themselves."""

    level: str
    topic: DictItem | None
    words: list[str]


def suggested(text: str) -> Suggestion:
    """Without a word that is known it is an ordinary matter of no particular class."""
    lowered = text.lower()
    rules = KeywordRule.objects.filter(disabled_at__isnull=True).select_related("topic")
    hits = sorted(
        (rule for rule in rules if rule.word.lower() in lowered),
        key=lambda rule: (-_RANK[rule.level], -len(rule.word), rule.word),
    )
    topic = next((rule.topic for rule in hits if rule.topic is not None), None)
    return Suggestion(hits[0].level if hits else Level.NORMAL, topic, [rule.word for rule in hits])


def listed(rows: Any) -> Any:
    return rows.select_related("community", "platform", "topic", "found_by", "handled_by", "complaint")
