"""Which first-level class a topic belongs to. Dictionaries have one level each; what people have added stands under 其他."""

from complaints.seeds import TOPICS
from core.models import DictItem

_CATEGORY_OF = {topic: code for code, _name, topics in TOPICS for topic, _label in topics}
OTHER = "other"


def category_of(topic: DictItem) -> DictItem:
    """The class of a topic, stopped or not: a topic that can be chosen is never without one."""
    rows: dict[str, DictItem] = {row.code: row for row in DictItem.objects.of("complaint_category")}
    return rows.get(_CATEGORY_OF.get(topic.code, OTHER)) or rows[OTHER]


def classes() -> list[tuple[str, list[DictItem]]]:
    """[(first level, its topics)] that can be chosen today."""
    found: dict[str, list[DictItem]] = {}
    for topic in DictItem.objects.of("complaint_topic").active():
        found.setdefault(_CATEGORY_OF.get(topic.code, OTHER), []).append(topic)
    rows = DictItem.objects.of("complaint_category").active()
    return [(row.name, found[row.code]) for row in rows if row.code in found]
