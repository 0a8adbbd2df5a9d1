"""Which first-level class a topic belongs to (DOMAIN 2.3): the seeded pairs, and what people have chosen on the page of the dictionary.
What nobody has placed stands under 其他."""

from complaints.seeds import CLASS, TOPICS
from core.models import DictItem

OTHER = "other"
_SEEDED: dict[str, str] = {topic: code for code, _name, topics in TOPICS for topic, _label in topics}


def class_code(topic: DictItem) -> str:
    return str(topic.attribute(CLASS) or _SEEDED.get(topic.code, OTHER))


def category_of(topic: DictItem) -> DictItem:
    """The class of a topic, stopped or not: a topic that can be chosen is never without one."""
    rows: dict[str, DictItem] = {row.code: row for row in DictItem.objects.of("complaint_category")}
    return rows.get(class_code(topic)) or rows[OTHER]


def classes() -> list[tuple[str, list[DictItem]]]:
    """[(first level, its topics)] that can be chosen today. Topics of a stopped class stand under 其他."""
    rows = list(DictItem.objects.of("complaint_category").active())
    known = {row.code for row in rows}
    found: dict[str, list[DictItem]] = {}
    for topic in DictItem.objects.of("complaint_topic").active():
        code = class_code(topic)
        found.setdefault(code if code in known else OTHER, []).append(topic)
    return [(row.name, found[row.code]) for row in rows if row.code in found]


def topic_choices(kept: int | None = None) -> list[tuple[str, str]]:
    """噪音 / 装修噪音, in the order of the first level; stopped words only where the case has them."""
    categories = {item.code: item for item in DictItem.objects.of("complaint_category")}
    order = {code: at for at, code in enumerate(categories)}
    rows = [item for item in DictItem.objects.of("complaint_topic") if item.is_active or item.pk == kept]
    rows.sort(key=lambda item: (order.get(class_code(item), len(order)), item.sort))
    return [(str(item.pk), _words(categories.get(class_code(item)), item)) for item in rows]


def _words(category: DictItem | None, topic: DictItem) -> str:
    return str(topic) if category is None or category.name == topic.name else f"{category} / {topic}"
