"""The second-level classes under their first level (DOMAIN 2.3). The pairs are seeded; a word somebody added since stands under 其他."""

from complaints.seeds import TOPICS
from core.models import DictItem

OTHER = "other"
CATEGORY_OF: dict[str, str] = {topic: code for code, _name, topics in TOPICS for topic, _label in topics}


def category_of(topic: DictItem) -> DictItem:
    code = CATEGORY_OF.get(topic.code, OTHER)
    return DictItem.objects.get(type__code="complaint_category", code=code)


def topic_choices(kept: int | None = None) -> list[tuple[str, str]]:
    """噪音 / 装修噪音, in the order of the first level; stopped words only where the case has them."""
    categories = {item.code: item for item in DictItem.objects.of("complaint_category")}
    order = {code: at for at, code in enumerate(categories)}
    rows = [
        item for item in DictItem.objects.of("complaint_topic") if item.disabled_at is None or item.pk == kept
    ]  # fmt: skip
    rows.sort(key=lambda item: (order.get(CATEGORY_OF.get(item.code, OTHER), len(order)), item.sort))
    return [(str(item.pk), _words(categories.get(CATEGORY_OF.get(item.code, OTHER)), item)) for item in rows]


def _words(category: DictItem | None, topic: DictItem) -> str:
    return str(topic) if category is None or category.name == topic.name else f"{category} / {topic}"
