"""Cells that are words with a meaning: dictionary words, yes and no, layouts, shares."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from core.errors import BadValue
from core.excel.columns import Column, Layout
from core.normalise import checked_decimal, clean_text, parse_decimal_text

_YES = frozenset(("是", "有", "对", "真", "y", "yes", "true", "t", "1", "√", "✓", "✔", "v"))
_NO = frozenset(("否", "无", "不是", "没有", "错", "假", "n", "no", "false", "f", "0", "×", "✗", "✘", "x"))

_CHINESE_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
}
_CHINESE_DIGITS |= {"九": 9, "十": 10}
_LAYOUT_PART_RE = re.compile(
    r"([0-9]{1,2}|[零〇一二两三四五六七八九十])个?"
    r"(室|居室|居|房间|房|卧室|卧|厅|客厅|卫生间|洗手间|卫|浴|厨房|厨|阳台|阳|储物间|储|书房)"
)
_LAYOUT_FIELDS = {"室": 0, "居": 0, "房": 0, "卧": 0, "厅": 1, "客": 1, "卫": 2, "洗": 2, "浴": 2, "厨": 3}
_LAYOUT_FILLING_RE = re.compile(r"[\s,、/+]")
_FRACTION_RE = re.compile(r"([0-9]{1,4})\s?/\s?([0-9]{1,4})")


class UnknownWord(BadValue):
    """A word that no dictionary item and no mapping of the user knows."""

    def __init__(self, word: str):
        super().__init__(_("字典里没有“%s”") % word, _("请在预览页对应到字典项，或改用下拉中的选项"))
        self.word = word


def word_key(text: str) -> str:
    """Under which form words are compared: half width, no spaces, small letters."""
    return clean_text(text).replace(" ", "").casefold()


def choice_words(column: Column, words: Mapping[str, object]) -> dict[str, object]:
    """Every word a choice column understands; labels win over synonyms, the user over both."""
    items = list(column.choices()) if column.choices else []
    known: dict[str, object] = {}
    for item in items:
        for synonym in item.synonyms:
            known.setdefault(word_key(synonym), item.value)
    known |= {word_key(item.label): item.value for item in items}
    return known | {word_key(word): value for word, value in words.items()}


def parse_choice(words: Mapping[str, object], text: str) -> object:
    key = word_key(text[:200])
    if not key:
        return None
    try:
        return words[key]
    except KeyError:
        raise UnknownWord(clean_text(text[:60])) from None


def parse_yesno(text: str) -> bool | None:
    key = word_key(text[:40])
    if not key:
        return None
    if key in _YES:
        return True
    if key in _NO:
        return False
    raise BadValue(_("应为 是 或 否"), _("请填 是 或 否"))


def parse_layout(text: str) -> tuple[Layout, str]:
    """The four numbers of a layout in any order, and the parts for which there is no field."""
    text = _LAYOUT_FILLING_RE.sub("", clean_text(text[:60]))
    numbers: list[int | None] = [None] * 4
    ignored = []
    end = 0
    for match in _LAYOUT_PART_RE.finditer(text):
        field = None if match[2] == "书房" else _LAYOUT_FIELDS.get(match[2][0])
        if match.start() != end or (field is not None and numbers[field] is not None):
            raise _bad_layout()
        end = match.end()
        if field is None:
            ignored.append(match[0])
        else:
            numbers[field] = _CHINESE_DIGITS[match[1]] if match[1] in _CHINESE_DIGITS else int(match[1])
    if end == 0 or end != len(text):
        raise _bad_layout()
    return Layout(*(number or 0 for number in numbers)), "、".join(ignored)


def _bad_layout() -> BadValue:
    return BadValue(_("户型无法识别"), _("写成 3室2厅2卫1厨，先后不限"))


def parse_share(text: str) -> Decimal:
    """Per cent from 50%, 1/2, 0.5 or 50; up to 1 without a sign is a fraction of the whole."""
    text = clean_text(text[:40])
    if (fraction := _FRACTION_RE.fullmatch(text)) is not None:
        if int(fraction[2]) == 0:
            raise BadValue(_("分母不能为 0"), _("写成 50% 或 1/2"))
        share = Decimal(fraction[1]) / Decimal(fraction[2]) * 100
    elif text.endswith("%"):
        share = parse_decimal_text(text[:-1].strip(), 6)
    else:
        share = parse_decimal_text(text, 6)
        share = share * 100 if share <= 1 else share
    if share > 100:
        raise BadValue(_("份额超过 100%"), _("写成 50% 或 1/2"))
    return checked_decimal(share, 2)
