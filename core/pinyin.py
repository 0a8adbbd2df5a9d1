"""Chinese text into Latin search keys: full pinyin and initials, with the surname reading **and** the everyday reading.

pypinyin reads 单 as dan, 曾 as ceng, 解 as jie; as surnames they are shan, zeng, xie. People type either, so both are indexed.
"""

from functools import lru_cache
from itertools import chain
from unicodedata import combining, normalize

from pypinyin import Style, lazy_pinyin, pinyin

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
    for length in (2, 1):
        surname = name[:length]
        if surname in SURNAMES and len(surname) == length:
            rest = tuple(filter(None, map(syllable, name[length:])))
            others = [(*_split(reading, length), *rest) for reading in SURNAMES[surname]]
            return tuple(dict.fromkeys([everyday, *others]))
    return (everyday,)


_DOUBLE = {
    "moqi": ("mo", "qi"),
    "yuchi": ("yu", "chi"),
    "tantai": ("tan", "tai"),
    "zhangsun": ("zhang", "sun"),
    "linghu": ("ling", "hu"),
}


def _split(reading: str, length: int) -> tuple[str, ...]:
    return _DOUBLE[reading] if length == 2 else (reading,)


# Two characters, one surname, read as every day: 欧阳, 上官.
_COMPOUND = {
    "欧阳", "上官", "司马", "司徒", "司空", "诸葛", "东方", "皇甫", "公孙", "慕容", "夏侯", "南宫",
    "端木", "百里", "轩辕", "宇文", "独孤", "闻人", "申屠", "西门", "东郭", "钟离", "呼延", "赫连",
    "拓跋", "公羊",
} | {surname for surname in SURNAMES if len(surname) == 2}  # fmt: skip


def _toned(character: str, syllable: str) -> str:
    """The reading of a character that without its tone is this syllable; the syllable itself when there is none."""
    variants = pinyin(character, style=Style.TONE, heteronym=True, errors="ignore")
    return next((one for one in chain(*variants) if _without_tone(one) == syllable), syllable)


def _without_tone(reading: str) -> str:
    return "".join(part for part in normalize("NFD", reading) if not combining(part))


def tone_reading(name: str) -> str:
    """王建国 -> Wáng Jiànguó, 欧阳明轩 -> Ōuyáng Míngxuān, for showing beside a name in search results."""
    if not name or name.isascii() or not 1 < len(name) <= 4:
        return ""
    syllables = lazy_pinyin(name, style=Style.TONE, errors="ignore")
    length = 2 if len(name) > 2 and name[:2] in _COMPOUND else 1
    if len(readings(name)) > 1:  # the surname is read otherwise than every day
        syllables[:length] = map(_toned, name[:length], readings(name)[1][:length])
    return f"{''.join(syllables[:length]).title()} {''.join(syllables[length:]).title()}".strip()
