"""Password rules beyond Django's: an upper length (hashing cost) and our own list of words people here would guess first."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = Path(__file__).with_name("password_words.txt")


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


class MaximumLengthValidator:
    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("密码最多 %(count)d 个字符") % {"count": self.max_length}


class WordListValidator:
    """Refuses passwords that are little more than a listed word: at least eight characters must remain without it."""

    def validate(self, password: str, user: Any = None) -> None:
        text = password.lower()
        for word in words():
            if word in text and len(text.replace(word, "")) < 8:
                raise ValidationError(
                    _("密码里含有容易被猜到的“%(word)s”，请换一个或再加长一些") % {"word": word},
                    code="password_listed_word",
                )

    def get_help_text(self) -> str:
        return _("不要以公司名、小区名、键盘次序或常见词为主")
