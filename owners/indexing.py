"""What makes an owner findable and how complete his file is; pure functions shared by the services and the import."""

import re
from functools import lru_cache

from core.normalise import normalise_name
from core.pinyin import readings

# Company names are long; people remember how they begin.
SUFFIXES = 12
# DOMAIN 2.1: 姓名 20, 手机 30, 房号 20, 证件 10, 紧急联系人 10, 家庭 5, 车辆 5.
WEIGHTS = {"name": 20, "phone": 30, "unit": 20, "id_number": 10, "emergency": 10, "family": 5, "vehicle": 5}


# Nothing to normalise in such a name, nor a case to fold.
_PLAIN_RE = re.compile("[\u4e00-\u9fff]+")


@lru_cache(maxsize=200_000)
def name_lexemes(name: str) -> tuple[str, ...]:
    """Every tail of the name, of its full pinyin and of its initials: any fragment is then a prefix of one of them."""
    key = name if _PLAIN_RE.fullmatch(name) else normalise_name(name).replace(" ", "").lower()
    words = _tails(key)
    for syllables in readings(key):
        words += _tails("".join([part[0] for part in syllables]))
        full = "".join(syllables)
        for syllable in syllables[:SUFFIXES]:
            words.append(full)
            full = full[len(syllable) :]
    return tuple(dict.fromkeys(words))


def _tails(text: str) -> list[str]:
    return [text[start:] for start in range(min(len(text), SUFFIXES))]


def owner_lexemes(name: str, number: str) -> list[str]:
    """Lexemes of an owner's search column: his name and his customer number."""
    return [*name_lexemes(name), number.lower()]


@lru_cache(maxsize=200)  # of the 128 answers there are
def completeness(
    *, phone: bool, unit: bool, id_number: bool, emergency: bool, family: bool, vehicle: bool, name: bool = True
) -> int:
    """档案完整度 in per cent."""
    facts = {
        "name": name,
        "phone": phone,
        "unit": unit,
        "id_number": id_number,
        "emergency": emergency,
        "family": family,
        "vehicle": vehicle,
    }
    return sum(WEIGHTS[key] for key, present in facts.items() if present)
