"""Lines, notes and names: full width to half, invisible characters gone."""

import re
import unicodedata

from django.utils.translation import gettext as _

from core.errors import BadValue

# What copies of web pages and phone books carry along: zero-width characters, joiners, soft
# hyphens, byte order marks and the direction overrides that iOS puts around phone numbers.
_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
# Not characters of any text: PostgreSQL refuses NUL, UTF-8 refuses lone surrogates.
_FORBIDDEN = "\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff"
_FORBIDDEN_RE = re.compile(f"[{_FORBIDDEN}]")
_INVISIBLE_RE = re.compile(f"[{_INVISIBLE}]")
_UNTIDY_RE = re.compile(rf"[{_FORBIDDEN}{_INVISIBLE}]|[^\S ]|  |^ | $")
_SPACES_RE = re.compile(r"\s+")
_LINE_SPACES_RE = re.compile(r"[^\S\n]+")


def clean_text(text: str) -> str:
    """One line of text: full width to half, invisible characters gone, spaces collapsed.

    Rare ideographs (extension B and beyond) are kept as they are.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if _UNTIDY_RE.search(text) is None:
        return text
    refuse_forbidden(text)
    # Twice, because an invisible character may have kept a letter from its accent.
    text = unicodedata.normalize("NFKC", _INVISIBLE_RE.sub("", text))
    return _SPACES_RE.sub(" ", text).strip()


def clean_line(text: str) -> str:
    """Free text of one line: punctuation and width stay as written, invisible characters go, spaces collapse."""
    refuse_forbidden(text)
    return _SPACES_RE.sub(" ", _INVISIBLE_RE.sub("", text)).strip()


def clean_note(text: str) -> str:
    """Free text: punctuation and line breaks stay as written, invisible characters go."""
    refuse_forbidden(text)
    text = _INVISIBLE_RE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    lines = (_LINE_SPACES_RE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip()


def refuse_forbidden(text: str) -> None:
    if _FORBIDDEN_RE.search(text):
        raise BadValue(_("含有不可见的控制字符"), _("请删除后重新输入"))


_HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_SPACE_RE = re.compile(rf"(?<=[{_HAN}]) | (?=[{_HAN}])")
# The dot inside 阿依古丽·买买提 arrives as one of eight look-alikes.
_DOTS_RE = re.compile("\\s*[\u2022\u2027\u2219\u22c5\u30fb\uff65\u25cf\u00b7]\\s*")


def normalise_name(text: str) -> str:
    """A person's or company's name: no spaces beside Chinese characters, one kind of middle dot.

    Latin names keep single spaces and their case.
    """
    text = clean_text(text)
    if " " in text:
        text = _HAN_SPACE_RE.sub("", text)
    return _DOTS_RE.sub("\u00b7", text)


# Shared by the numbers of every kind.
DASHES_RE = re.compile("[\u2010-\u2015\u2212\u30fc\u2500~]")
MASK_RE = re.compile(r"[*×•●#_?]{2,}|[xX]{3,}")
SCIENTIFIC_RE = re.compile(r"[0-9.]+[eE]\+?[0-9]+")

# What people write when they have no number. Such a value counts as missing, and is named.
# fmt: off
NOTHING_WORDS = frozenset({
    "无", "没有", "暂无", "未知", "不详", "不知道", "未填", "未提供", "空",
    "-", "--", "---", "/", "\\", "0", "x", "*", "?", "n/a", "na", "none", "null", "nil",
})
# fmt: on
