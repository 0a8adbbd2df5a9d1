"""Finding any word inside a short Chinese text: an index over its pairs of neighbouring characters.

PostgreSQL's trigrams need three characters, and what people type into a search box is two: 漏水, 跳闸. The pairs are made by the
expression of the index itself, so that nothing has to be kept beside the text. An index only says where to look: whoever asks also
asks the text itself (`matching`).
"""

import re
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func, Lookup, Q

_WORDS = re.compile(r"[a-z\u4e00-\u9fff]+|[0-9]{2}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


class Pairs(Func):
    """天花漏水 -> 天花 漏水 花漏 水: every character begins a pair, the last one stands alone."""

    template = (
        "to_tsvector('simple'::regconfig, regexp_replace(upper(%(expressions)s), '(..)', '\\1 ', 'g') || ' ' || "
        "regexp_replace(substr(upper(%(expressions)s), 2), '(..)', '\\1 ', 'g'))"
    )
    arity = 1
    output_field = SearchVectorField()


def pairs_of(text: str) -> list[str]:
    """What the index is asked for; nothing where no two letters or two digits stand together. Letters are those PostgreSQL takes for
    some in any locale; the text itself is compared anyway."""
    text = text.upper().lower()
    spans = [text] if len(text) == 1 else [text[at : at + 2] for at in range(len(text) - 1)]
    return sorted({span for span in spans if _WORDS.fullmatch(span)})


class _Asks(Lookup):
    """Every pair is among the row's; a single character begins one."""

    lookup_name = "asks"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        words = " & ".join(f"'{pair}'" if len(pair) > 1 else f"'{pair}':*" for pair in self.rhs)
        return f"{lhs} @@ %s::tsquery", (*params, words)


class _InOneProcess(Lookup):
    """Always true; PostgreSQL does not ask for it in parallel. It takes rows with several pairs for few and far between, and to start
    others for the ten thousand that are met took twice as long as to read them."""

    lookup_name = "in_one_process"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "pg_backend_pid() > 0", ()


def containing(field: str, text: str) -> Q:
    """Asked of a row that is looked at: whether its field contains the text, whatever its case."""
    # Comparing without case costs five times as much, and Chinese has none.
    plain = text.upper() == text.lower()
    return Q(**{f"{field}__{'contains' if plain else 'icontains'}": text})


def is_pair(text: str) -> bool:
    """One pair, or the beginning of one, in letters without case is all that is asked: the index alone knows it."""
    return pairs_of(text) == [text] and bool(_CHINESE.fullmatch(text))


def matching(field: str, text: str) -> Q:
    """The same as the index finds it; of a pair the text is not read again."""
    words = pairs_of(text)
    if not words:
        return containing(field, text)
    found = Q(_Asks(Pairs(field), words))
    return found if is_pair(text) else found & containing(field, text) & Q(_InOneProcess(F(field), True))
