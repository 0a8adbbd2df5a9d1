"""话术 of call-backs."""

from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from core.web.forms import ModelForm
from owners.models import CallScript
from owners.queries.call_scripts import placeholder_words, unknown_word
from owners.services.call_scripts import CHANGE


class ScriptChangeForm(ModelForm):
    class Meta:
        model = CallScript
        fields: tuple[str, ...] = ("text",)
        widgets = {"text": forms.Textarea({"rows": 9})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].help_text = now("可以写 %(words)s，拨打时自动换成实际内容") % {"words": placeholder_words()}

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if word := unknown_word(text):
            raise forms.ValidationError(word)
        return text


class ScriptForm(ScriptChangeForm):
    """One community's own, before those of all."""

    scopes = {"community": CHANGE}

    class Meta(ScriptChangeForm.Meta):
        fields = ("community", "cause", "text")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["community"].required = True
        self.fields["community"].help_text = _("只在这个项目用，优先于所有项目的话术")
