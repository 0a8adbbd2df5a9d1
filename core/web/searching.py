"""Search boxes over very many rows: each meaning of what was typed is asked by itself, and last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core.bigrams import containing, is_pair, matching
from core.keys import among, keys_of, typed
from core.web.paging import EXACT_LIMIT, Count, estimate

# What PostgreSQL's statistics know, they know to a few per cent: so many rows by them are surely more than are counted.
MANY = EXACT_LIMIT * 3 // 2
# By the length of what is looked for. The pairs of a city's orders and complaints are known to 4 %; which of them one character begins
# is a guess, of longer texts nothing is known.
SURELY_MANY = {1: 2 * MANY, 2: MANY}


class SearchesLast:
    """For a filter set: the search looks among what the other filters leave, and knows how many are too many to count. `typed` names
    foreign keys that stand in a GIN index, `kinds` filters by one column of few values: of how many rows each is, the statistics know."""

    typed: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    permission = ""  # whose scope the rows are in; needed where there are kinds

    def filter_queryset(self, queryset: Any) -> Any:
        values = self.form.cleaned_data  # type: ignore[attr-defined]
        text = values.get("q", "")
        values["q"] = ""
        rows = typed(super().filter_queryset(queryset), *self.typed)  # type: ignore[misc]
        values["q"] = text  # the chip says it
        if text:
            return self.search(rows, "q", text)  # type: ignore[attr-defined]
        return self._counted_by_statistics(rows, values) if self.kinds else rows

    def _counted_by_statistics(self, rows: Any, values: dict[str, Any]) -> Any:
        """To count ten thousand of a kind, an index is read until they are met: of a twelfth, through a hundred thousand entries. Of two
        kinds together statistics know nothing; they are counted."""
        asked = {name for name, value in values.items() if value and (name, value) != ("group", "all")}
        if len(asked) == 1 and asked <= self.kinds and self._sees_all() and estimate(rows) > MANY:
            rows.counted = Count.of(EXACT_LIMIT + 1)
        return rows

    def _sees_all(self) -> bool:
        """A scope narrows by a column too."""
        user = self.user  # type: ignore[attr-defined]
        return user is not None and user.access.scope(self.permission).everything


@dataclass(frozen=True)
class Meaning:
    """One thing the text may mean, said twice: `found` as an index finds the rows, `asked` of each row that is looked at. A function
    is called when its turn comes; it gives None where it met more rows than are counted."""

    found: Q | Callable[[], Q | None]
    asked: Q
    words_of: str = ""  # found by an index of words which begins with this foreign key
    surely_many: int | None = None  # when more rows than this are expected, there are too many to count

    @classmethod
    def of(cls, condition: Q) -> "Meaning":
        """The same for both."""
        return cls(condition, condition)


def said(field: str, text: str) -> Meaning:
    """The text stands in this field. The index of its words knows the community too: of a hundred thousand rows with a frequent word,
    the two thousand of one community are met at once."""
    surely_many = SURELY_MANY[len(text)] if is_pair(text) else None
    return Meaning(matching(field, text), containing(field, text), words_of="community", surely_many=surely_many)


def any_of(rows: Any, meanings: Sequence[Meaning]) -> Any:
    """Rows for which one of the meanings holds. Asked for at once, PostgreSQL reads the whole table: it cannot tell how much a part
    that asks another table lets through. So each is asked alone, by its index, the few before the many; once there are very many, the
    list is looked through in its own order, where they are soon found, for those known by then and for what was not asked yet."""
    known: set[int] = set()
    for at, meaning in enumerate(meanings):
        new = _keys(rows, meaning)
        if new is None or len(known.union(new)) > EXACT_LIMIT:
            return _looked_through(rows, known, meanings[at:])
        known.update(new)
    found = rows.filter(among(known))
    found.counted = Count.of(len(known))
    return found


def _keys(rows: Any, meaning: Meaning) -> list[int] | None:
    """Of those for which it holds; None where there are more than are counted, as far as that is known without looking."""
    found = meaning.found() if callable(meaning.found) else meaning.found
    if found is None:
        return None
    part = (typed(rows, meaning.words_of) if meaning.words_of else rows).filter(found)
    return None if _surely_many(rows, part, meaning) else keys_of(part, EXACT_LIMIT + 1)


def _looked_through(rows: Any, known: set[int], meanings: Sequence[Meaning]) -> Any:
    condition = Q(among(known)) if known else Q()
    for meaning in meanings:
        condition |= meaning.asked
    many = rows.filter(condition)
    many.counted = Count.of(EXACT_LIMIT + 1)
    return many


def _surely_many(rows: Any, part: Any, meaning: Meaning) -> bool:
    """Where nothing else narrows the rows, PostgreSQL knows frequent words by the statistics of their index: to gather a hundred
    thousand rows of it, only to count ten thousand, takes 20 ms."""
    return meaning.surely_many is not None and not rows.query.where and estimate(part) > meaning.surely_many
