"""Errors that a person may read. Each carries a sentence and, where it helps, how to mend the matter."""

from collections.abc import Iterable

from django.utils.translation import gettext as _


class BusinessError(Exception):
    """A rule said no. `sentence` is shown to the user as it is; `fix` says what to do; `field` places it beside a form field."""

    status = 409

    def __init__(self, sentence: str, fix: str = "", *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)
        self.fix = str(fix)
        self.field = field


class BadValue(BusinessError):
    """A value that cannot be right: wrong length, wrong check digit, not a date."""

    status = 400


class BadFile(BusinessError):
    """An uploaded file that is refused as a whole."""

    status = 400


class OutOfScope(BusinessError):
    """The act would touch, or leave behind, something outside the actor's data scope."""

    status = 403


class QuotaExceeded(BusinessError):
    """Too many times today."""

    status = 429


class InvalidTransition(BusinessError):
    """The record is not in a state from which this action leads on; says what is allowed now."""

    def __init__(self, sentence: str, allowed: Iterable[str] = ()) -> None:
        words = "、".join(str(word) for word in allowed)
        super().__init__(sentence, _("现在可以：%(actions)s") % {"actions": words} if words else "")
