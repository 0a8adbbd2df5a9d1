"""The global search (UX 2): apps register what can be found and how; the box asks all of them at once.

A source gets the person and the text and answers at most `MOST` hits, best first, narrowed to that person's scope by itself.
Nothing is ranked across sources: people look for the group they mean.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import log, rate_limit
from core.masking import mask_id_number, mask_phone
from core.normalise import clean_text

# Hits fetched from each source; a count beyond it reads "40+".
MOST = 40
PER_MINUTE = 60
LONGEST_TEXT = 64
# From so many digits on a text holds somebody's number, whatever stands around it: it must stand in no address.
PRIVATE_DIGITS = 7
# A text of nothing but digits may be the end of a telephone number: it is private, and looking for it is logged.
TAIL_DIGITS = 4
_FILLING = re.compile(r"[\s\-‐-―()]")
# isNumber in static/js/search.js posts at least what is private here.
_SIGNS = re.compile(r"[\W_]+")
_LONG_NUMBER = re.compile(rf"\d{{{PRIVATE_DIGITS}}}")
_ID_NUMBER = re.compile(r"\d{17}[\dXx]")

NUMBER_SEARCHED = log.declare("core.search.number_searched", _("按号码搜索"), sensitive=True)


class SearchText:
    """What somebody typed, cleaned once: full width to half, spaces tidied; and what kind of key it may be."""

    def __init__(self, typed: str) -> None:
        self.plain = clean_text(typed[:LONGEST_TEXT])

    @cached_property
    def compact(self) -> str:
        """Lower case without any space: for names and plates."""
        return self.plain.replace(" ", "").lower()

    @cached_property
    def digits(self) -> str:
        """The digits when the text is nothing but a number as people write numbers; a room such as 3-2-1502 is none."""
        bare = _FILLING.sub("", self.plain)
        bare = bare[3:] if bare.startswith("+86") else bare
        if not bare.isascii() or not bare.isdecimal():
            return ""
        parts = [part for part in re.split(r"[-‐-―]", self.plain) if part]
        is_room = 1 < len(parts) <= 3 and len(parts[-1]) <= 5
        return "" if is_room and len(bare) < 10 else bare

    @cached_property
    def id_number(self) -> str:
        """The text as a whole identity number, else ''."""
        bare = _FILLING.sub("", self.plain)
        return bare.upper() if _ID_NUMBER.fullmatch(bare) else ""

    @property
    def is_private(self) -> bool:
        """Whether the text may be somebody's telephone or identity number, or the end of one, and so must not stand in an address."""
        return len(self.digits) >= TAIL_DIGITS or _LONG_NUMBER.search(_SIGNS.sub("", self.plain)) is not None

    @property
    def asks_number(self) -> bool:
        """Whether people are looked for by number: that is logged."""
        return bool(self.id_number) or len(self.digits) >= TAIL_DIGITS

    @property
    def masked(self) -> str:
        """The number as the log may keep it."""
        if self.id_number:
            return mask_id_number(self.id_number)
        return mask_phone(self.digits) if len(self.digits) == 11 else "*" * (len(self.digits) - 2) + self.digits[-2:]


@dataclass(frozen=True)
class Hit:
    """One line of the answer; names and numbers are already as this person may see them. `tags` and `status` are dicts of word
    and kind or colour, as components/_search_results.html has them."""

    url: str
    title: str
    title_marked: Any = ""
    pinyin: str = ""
    facts: tuple[Any, ...] = ()
    initial: str = ""
    icon: str = ""
    tags: tuple[dict[str, str], ...] = ()
    status: dict[str, str] | None = None
    new_url: str = ""


@dataclass(frozen=True)
class Found:
    """What one source answers. `count` is of all it fetched; `notice` tells why it did not look everywhere."""

    items: tuple[Hit, ...] = ()
    count: int = 0
    notice: Any = ""


@dataclass(frozen=True)
class SearchSource:
    """`find(user, text, shown)` fetches at most MOST + 1 rows and dresses the first `shown` of them."""

    name: str
    label: str | Promise
    permission: str
    find: Callable[[Any, SearchText, int], Found]
    order: int = 100


@dataclass
class Group:
    label: Any
    items: tuple[Hit, ...]
    count: str


@dataclass
class Answer:
    groups: list[Group] = field(default_factory=list)
    notices: list[Any] = field(default_factory=list)
    total: str = "0"


_sources: dict[str, SearchSource] = {}


def register(source: SearchSource) -> None:
    """Called by apps in ready()."""
    _sources[source.name] = source


def sources() -> Iterator[SearchSource]:
    yield from sorted(_sources.values(), key=lambda source: source.order)


def capped(count: int) -> str:
    return f"{MOST}+" if count > MOST else str(count)


def require_quota(user: Any) -> None:
    """Typing asks once a pause; 60 a minute is more than anybody needs. The box, the pickers and the lists share one count."""
    rate_limit.require(f"search:{user.pk}", capacity=PER_MINUTE, seconds=60, sentence=gettext("搜索太频繁"))


def record_number(user: Any, masked: str, **facts: Any) -> None:
    """The entry of one search for a person by number, without the number; `facts` say where it was looked for or what was found."""
    log.record(NUMBER_SEARCHED, by=user, changes={"number": masked, **facts})


def search(user: Any, text: SearchText, *, shown: int) -> Answer:
    """Asks every source the person may use. Looking for somebody by number leaves one log entry, without the number."""
    answer, total, more = Answer(), 0, False
    for source in sources():
        if not text.compact or not user.has_perm(source.permission):
            continue
        found = source.find(user, text, shown)
        if found.notice:
            answer.notices.append(found.notice)
        if found.items:
            answer.groups.append(Group(source.label, found.items, capped(found.count)))
            total, more = total + min(found.count, MOST), more or found.count > MOST
    answer.total = f"{total}+" if more else str(total)
    if text.asks_number:
        record_number(user, text.masked, found=answer.total)
    return answer


def marked(text: str, start: int, length: int) -> Any:
    """The text with one part highlighted; unchanged when there is no such part."""
    if start < 0 or length <= 0:
        return text
    return format_html("{}<mark>{}</mark>{}", text[:start], text[start : start + length], text[start + length :])
