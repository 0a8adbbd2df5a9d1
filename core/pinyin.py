"""Chinese text into Latin search keys: full pinyin and initials, with the surname reading **and** the everyday reading.

pypinyin reads 单 as dan, 曾 as ceng, 解 as jie; as surnames they are shan, zeng, xie. People type either, so both are indexed.
"""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

SURNAMES: dict[str, tuple[str, ...]] = {
    "单": ("shan",), "曾": ("zeng",), "解": ("xie",), "区": ("ou",), "查": ("zha",), "乐": ("yue", "le"), "覃": ("qin", "tan"),
    "翟": ("zhai",), "仇": ("qiu",), "朴": ("piao",), "盖": ("ge", "gai"), "缪": ("miao",), "折": ("she",), "种": ("chong",),
    "秘": ("bi",), "宓": ("mi", "fu"), "逄": ("pang",), "员": ("yun",), "召": ("shao",), "繁": ("po",), "洗": ("xian",),
    "冼": ("xian",), "燕": ("yan",), "那": ("na",), "黑": ("he",), "重": ("chong",), "祭": ("zhai",), "佴": ("nai",),
    "隽": ("juan",), "纪": ("ji",), "葛": ("ge",), "柏": ("bai", "bo"), "车": ("che",), "乜": ("nie",), "幺": ("yao",),
    "么": ("yao",), "谌": ("chen", "shen"), "晁": ("chao",), "郇": ("xun", "huan"), "郗": ("xi", "chi"), "盛": ("sheng",),
    "应": ("ying",), "於": ("yu",), "牟": ("mou", "mu"), "万俟": ("moqi",), "尉迟": ("yuchi",), "澹台": ("tantai",),
    "长孙": ("zhangsun",), "令狐": ("linghu",), "宁": ("ning",), "任": ("ren",), "华": ("hua",), "卜": ("bu",), "薄": ("bo",),
    "费": ("fei", "bi"), "贾": ("jia",), "石": ("shi",), "宿": ("su",), "厘": ("xi",), "尹": ("yin",), "阚": ("kan",),
    "适": ("kuo",), "都": ("du",), "撒": ("sa",), "瞿": ("qu",), "俞": ("yu",), "祝": ("zhu",), "褚": ("chu",), "臧": ("zang",),
}  # fmt: skip


@lru_cache(maxsize=30_000)
def syllable(character: str) -> str:
    """The everyday reading of one character, lower case; letters and digits read as themselves, anything else as nothing."""
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    reading = lazy_pinyin(character, style=Style.NORMAL, errors="ignore", v_to_u=False)
    return reading[0] if reading else ""


@lru_cache(maxsize=200_000)
def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """The readings of a name as syllables, everyday reading first; more than one only for surnames that are read otherwise."""
    everyday = tuple(filter(None, map(syllable, name)))
    found = [everyday]
    for length in (2, 1):
        surname = name[:length]
        if len(surname) == length and surname in SURNAMES:
            rest = tuple(filter(None, map(syllable, name[length:])))
            found += [(*_split(reading, length), *rest) for reading in SURNAMES[surname]]
            break
    return tuple(dict.fromkeys(found))


_DOUBLE = {
    "moqi": ("mo", "qi"),
    "yuchi": ("yu", "chi"),
    "tantai": ("tan", "tai"),
    "zhangsun": ("zhang", "sun"),
    "linghu": ("ling", "hu"),
}


def _split(reading: str, length: int) -> tuple[str, ...]:
    return _DOUBLE[reading] if length == 2 else (reading,)


def tone_reading(name: str) -> str:
    """王建国 -> Wáng Jiànguó, for showing beside a name in search results."""
    if not name or name.isascii():
        return ""
    syllables = lazy_pinyin(name, style=Style.TONE, errors="ignore")
    first = readings(name)[-1][0] if readings(name)[-1:] and readings(name)[-1] else ""
    if len(readings(name)) > 1 and len(name) <= 4:
        syllables[0] = first
    return f"{syllables[0].title()} {''.join(syllables[1:]).title()}".strip() if 1 < len(name) <= 4 else ""
