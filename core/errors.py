"""Errors with a sentence for the user, and a way to put it right."""


class BusinessError(Exception):
    """What the user asked for cannot be done; `sentence` says why, `fix` what to do instead."""

    def __init__(self, sentence: str, fix: str = ""):
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


class BadValue(BusinessError):
    """A value a person or a file gave is not acceptable."""


class BadFile(BusinessError):
    """An uploaded file is refused as a whole."""
