"""Form fields of cases."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.queries.classes import topic_choices
from core.models import DictItem
from workorders.forms.fields import FilesField

MOST_FILES = 9


class TopicField(forms.ChoiceField):
    """The class of a case, found by typing. Cleans to the item of the dictionary."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("类别"))
        words = _("输入几个字，如 噪音、渗漏")
        super().__init__(widget=forms.Select({"data-picker": "", "data-placeholder": words}), **options)

    def load(self, kept: int | None = None) -> None:
        self.choices = [("", ""), *topic_choices(kept)]

    def clean(self, value: Any) -> DictItem | None:  # type: ignore[override]
        text = super().clean(str(getattr(value, "pk", value) or ""))
        return DictItem.objects.of("complaint_topic").filter(pk=int(text)).first() if text else None


class CaseFilesField(FilesField):
    """Photos, recordings, letters: anything the house may keep."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("附件"))
        options.setdefault("help_text", _("照片、录音截图或来函，最多 9 个"))
        super().__init__(most=MOST_FILES, **options)
        self.widget.attrs.pop("accept", None)
