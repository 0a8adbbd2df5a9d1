"""Forms of opinions and keywords."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import KeywordRule, OpinionEntry
from complaints.models.cases import TEXT_LENGTH
from complaints.states import Level
from core.models import DictItem
from core.web.forms import Form, ModelForm


class OpinionForm(ModelForm):
    """Level and class may be left to the keywords."""

    scopes = {"community": "complaints.add_opinionentry"}
    codes = ("address",)
    level = forms.ChoiceField(label=_("级别"), choices=[("", _("按关键词建议")), *Level.choices], required=False)
    posted_at = forms.DateTimeField(
        label=_("发布时间"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    sections = (
        (_("说了什么"), ("community", "platform", "title", "text", "address", "author", "posted_at")),
        (_("怎么看"), ("mood", "level", "topic")),
    )

    class Meta:
        model = OpinionEntry
        fields = (
            "community", "platform", "title", "text", "address", "author", "posted_at", "mood", "level", "topic",
        )  # fmt: skip
        widgets = {"text": forms.Textarea({"rows": 5}), "topic": forms.Select({"data-picker": ""})}
        help_texts = {
            "title": _("没有标题的，写一句话概括"), "text": _("原话摘要，不要写业主的姓名和电话"), "topic": _("不选：按关键词建议"),
            "author": _("网名"),
        }  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is None:
            self.initial.setdefault("posted_at", timezone.localtime())


class OpinionChangeForm(OpinionForm):
    level = forms.ChoiceField(label=_("级别"), choices=Level.choices)
    sections = (  # type: ignore[assignment]
        (_("说了什么"), ("platform", "title", "text", "address", "author", "posted_at")),
        (_("怎么看"), ("mood", "level", "topic")),
    )
    scopes = {}

    class Meta(OpinionForm.Meta):
        fields = OpinionForm.Meta.fields[1:]  # type: ignore[assignment]
        help_texts = {"text": OpinionForm.Meta.help_texts["text"]}


class ResultForm(Form):
    result = forms.CharField(
        label=_("处置结果"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("如 已在评论区回复，已约业主面谈"),
    )


class IgnoreForm(Form):
    result = forms.CharField(label=_("原因"), max_length=300, help_text=_("如 不是本项目、重复登记"))


class CaseForm(Form):
    """What the complaint begins with."""

    topic = forms.ModelChoiceField(
        DictItem.objects.of("complaint_topic"), label=_("二级类别"), widget=forms.Select({"data-picker": ""})
    )
    level = forms.ChoiceField(label=_("级别"), choices=Level.choices)
    facts = forms.CharField(label=_("事实"), max_length=TEXT_LENGTH, widget=forms.Textarea({"rows": 5}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        row = self.instance
        facts = "\n".join(part for part in (f"{row.platform}：{row.title}", row.text, row.address) if part)
        self.initial = {"topic": row.topic_id, "level": row.level, "facts": facts[:TEXT_LENGTH], **self.initial}


class KeywordForm(ModelForm):
    class Meta:
        model = KeywordRule
        fields = ("word", "level", "topic")
        widgets = {"topic": forms.Select({"data-picker": ""})}
        help_texts = {"word": _("标题或内容里出现就算命中"), "topic": _("不选：只提示级别")}
