"""Forms of core's own pages."""

from core.forms.dictionary import (
    DictionaryFileForm,
    DictItemAddForm,
    DictItemRowForm,
    DictMergeForm,
    WordsField,
)

__all__ = ["DictItemAddForm", "DictItemRowForm", "DictMergeForm", "DictionaryFileForm", "WordsField"]
