"""Room numbers as people write them, and the one way the system keeps them (DOMAIN 2.0, PEERS 8.2).

Shown `3栋2单元1502`; coded `03-02-1502`; accepted `3-2-1502`, `3栋1502`, `031502`, full-width, with spaces or dashes of any kind.
Leading zeros of building and entrance mean nothing and are dropped; those of a room number are kept (0301 is not 301's floor).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from core.normalise import clean_text

_BUILDING_TAIL = re.compile(r"(?:号楼|号栋|栋|幢|楼|#|号)$")
_ENTRANCE_TAIL = re.compile(r"(?:单元|门洞|门|元)$")
_NUMBER_TAIL = re.compile(r"(?:室|房|号房|号)$")
_SEPARATORS = re.compile(r"[-‐‑‒–—―−_/\\.]+")
_CHINESE_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九")}
_BASEMENT = re.compile(r"^[B负](\d)(?!\d)")
_DIGIT_RUN = re.compile(r"\d+")
_SPOKEN = re.compile(
    r"^(?P<building>[^-]+?(?:号楼|栋|幢|座|#))-?(?:(?P<entrance>[^-]+?单元)-?)?(?P<number>.*)$", re.IGNORECASE
)


@dataclass(frozen=True)
class RoomName:
    """Building, entrance ("" when there is none) and room number in canonical spelling."""

    building: str
    entrance: str
    number: str


def _plain(text: str) -> str:
    return _SEPARATORS.sub("-", clean_text(text).replace(" ", "")).strip("-").upper()


def _unpadded(text: str) -> str:
    return (text.lstrip("0") or "0") if text.isdecimal() else text


def _arabic(text: str) -> str:
    """一 -> 1, 十二 -> 12, 二十 -> 20; anything else unchanged."""
    if not text or any(c not in _CHINESE_DIGITS and c != "十" for c in text):
        return text
    if "十" not in text:
        return "".join(_CHINESE_DIGITS[c] for c in text)
    tens, _ten, ones = text.partition("十")
    return str(int(_CHINESE_DIGITS.get(tens, "1")) * 10 + int(_CHINESE_DIGITS.get(ones, "0")))


@lru_cache(maxsize=10_000)
def canonical_building(text: str) -> str:
    """3栋, 03, 3#, 三号楼 -> 3; A座 stays A座; 地下车库 B1 -> 地下车库B1."""
    text = _plain(text)
    return _unpadded(_arabic(_BUILDING_TAIL.sub("", text) or text))


@lru_cache(maxsize=10_000)
def canonical_entrance(text: str) -> str:
    """2单元, 02, 二单元 -> 2; blank stays blank."""
    text = _plain(text)
    return _unpadded(_arabic(_ENTRANCE_TAIL.sub("", text))) if text else ""


@lru_cache(maxsize=100_000)
def canonical_number(text: str) -> str:
    """1502室 -> 1502; 0301 keeps its zero; s-101 -> S-101."""
    text = _plain(text)
    return _NUMBER_TAIL.sub("", text) or text


@lru_cache(maxsize=100_000)
def split_room(text: str) -> RoomName | None:
    """A combined spelling such as 1-1-1001, 1栋1单元1001, A座1001 -> its parts; None when it cannot be told apart."""
    plain = _plain(text)
    parts = plain.split("-")
    spoken = _SPOKEN.match(plain)
    # A座-1-1001 names an entrance, 3栋-B1-0235 a space in the basement.
    dashed = len(parts) == 3 and not _BASEMENT.match(parts[1])
    if spoken and spoken["number"] and not dashed:
        return RoomName(
            canonical_building(spoken["building"]),
            canonical_entrance(spoken["entrance"] or ""),
            canonical_number(spoken["number"].strip("-")),
        )
    if len(parts) == 3:
        return RoomName(canonical_building(parts[0]), canonical_entrance(parts[1]), canonical_number(parts[2]))
    if len(parts) == 2:
        return RoomName(canonical_building(parts[0]), "", canonical_number(parts[1]))
    return None


def unit_label(building_label: str, entrance: str, number: str) -> str:
    """3栋2单元1502, from what the building is called."""
    word = "单元" if entrance and entrance.isascii() else ""
    return f"{building_label}{entrance}{word}{number}"


def building_label(number: str, name: str = "") -> str:
    """3 -> 3栋; names, and numbers that already say what they are, stay as they are."""
    if name:
        return name
    return f"{number}栋" if number[-1:].isalnum() and number.isascii() else number


def unit_code(building: str, entrance: str, number: str) -> str:
    """03-02-1502: numbers of building and entrance padded to two digits; no entrance, no middle part."""
    padded = [part.zfill(2) if part.isdecimal() else part for part in (building, entrance) if part]
    return "-".join([*padded, number])


@lru_cache(maxsize=100_000)
def natural(text: str) -> str:
    """A key that sorts 2栋 before 10栋: every run of digits padded to six."""
    return _DIGIT_RUN.sub(lambda run: run[0].zfill(6), text)


def building_sort_key(building: str) -> str:
    return natural(building)[:80]


def unit_sort_key(building: str, entrance: str, number: str) -> str:
    return f"{natural(building)}|{natural(entrance)}|{natural(number)}"[:120]


@lru_cache(maxsize=100_000)
def floor_of(number: str) -> int | None:
    """The floor a room number tells: 1502 -> 15, 0301 and 301 -> 3, B1-0235 -> -1; None when it does not."""
    if basement := _BASEMENT.match(number):
        return -int(basement[1])
    if number.isdecimal() and 3 <= len(number) <= 5:
        return int(number[:-2]) or None
    return None


def unit_lexemes(building: str, entrance: str, number: str) -> list[str]:
    """Every spelling a search box should take (prefixes of them match too), lower case."""
    building, entrance, number = building.lower(), entrance.lower(), number.lower()
    words = []
    for room in {number, _unpadded(number)}:
        words += [room, f"{building}-{room}", f"{building}-{entrance}-{room}" if entrance else ""]
        words += [room.rpartition("-")[2]] if "-" in room else []
    if number.isdecimal() and building.isdecimal():
        words += [building.zfill(2) + number, building + number]
        if entrance.isdecimal():
            words += [building.zfill(2) + entrance.zfill(2) + number, building + entrance + number]
    return words


def search_words(text: str) -> list[str]:
    """What to look for when somebody typed a room: 3栋2单元1502 and 03-02-1502 -> ["3-2-1502"], 031502 -> ["031502"]."""
    plain = _plain(text)
    room = split_room(text)
    if room is not None:
        parts = [part for part in (room.building, room.entrance, room.number) if part]
        return ["-".join(parts).lower()]
    if _BUILDING_TAIL.search(plain) and not plain.endswith("号"):
        return [f"{canonical_building(plain)}-".lower()]
    return [canonical_number(plain).lower()] if plain else []
