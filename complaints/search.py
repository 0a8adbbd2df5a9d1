"""Cases in the global search, by number."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from complaints.policies import VIEW
from complaints.queries.search import PREFIXES, by_number
from core import search
from core.queries.numbers import spelled
from core.search import MOST, Found, Hit, SearchText, marked
from properties.search import in_several_communities


def find_cases(user: Any, text: SearchText, shown: int) -> Found:
    found = spelled(text.plain, *PREFIXES)
    if found is None or (text.is_private and not text.compact.startswith(tuple(word.lower() for word in PREFIXES))):
        return Found()
    rows = by_number(Complaint.objects.visible_to(user, VIEW), *found)
    hits = list(rows.select_related("topic", "community").order_by("-id")[: MOST + 1])
    return Found(tuple(_hit(user, row, len(found[1][0])) for row in hits[:shown]), len(hits))


def _hit(user: Any, case: Complaint, length: int) -> Hit:
    place = case.community.name if in_several_communities(user, VIEW) else ""
    return Hit(
        url=case.get_absolute_url(), title=case.number, title_marked=marked(case.number, 0, length),
        facts=tuple(filter(None, (str(case.topic), case.address, place))), icon="message-report",
        status={"word": case.status_word, "colour": case.colour},
    )  # fmt: skip


def register() -> None:
    search.register(search.SearchSource("complaints", _("投诉建议"), VIEW, find_cases, order=26))
