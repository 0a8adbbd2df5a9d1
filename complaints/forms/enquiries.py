"""Forms of the desk's side of a conversation, and of the ready answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.models import User
from complaints.models import CannedReply
from complaints.models.cases import TEXT_LENGTH
from complaints.models.enquiries import MESSAGE_LENGTH
from complaints.queries.enquiries import answerers, owner_words
from complaints.services.enquiries import MOST_FILES
from complaints.states import Kind
from core.models import DictItem
from core.web.forms import Form, ModelForm
from workorders.forms.fields import FilesField
from workorders.models import RepairRule
from workorders.models.orders import DESCRIPTION_LENGTH
from workorders.states import Urgency


class AnswerForm(Form):
    text = forms.CharField(
        label=_("答复"),
        max_length=MESSAGE_LENGTH,
        required=False,
        widget=forms.Textarea(
            {"rows": 3, "class": "form-control", "data-talk-text": "", "placeholder": _("写给业主的答复")}
        ),
    )
    uploads = FilesField(most=MOST_FILES, label=_("附件"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["uploads"].widget.attrs.pop("accept", None)  # papers too


class NoteForm(Form):
    text = forms.CharField(
        label=_("备注"), max_length=500, widget=forms.Textarea({"rows": 3}), help_text=_("只有同事看得到")
    )


class HandOverForm(Form):
    handler = forms.ModelChoiceField(User.objects.none(), label=_("接待人"))
    note = forms.CharField(label=_("交代一句"), max_length=200, required=False, help_text=_("只有同事看得到"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["handler"].queryset = answerers(self.instance).exclude(pk=self.instance.handler_id)  # type: ignore[attr-defined]


class OrderForm(Form):
    kind = forms.ModelChoiceField(
        DictItem.objects.of("repair_kind"), label=_("报修类型"),
        widget=forms.Select({"data-picker": "", "data-placeholder": _("输入类型，如 漏水、跳闸")}),
    )  # fmt: skip
    urgency = forms.ChoiceField(
        label=_("紧急程度"), choices=[("", _("按类型的规则")), *Urgency.choices], required=False
    )
    description = forms.CharField(
        label=_("情况"),
        max_length=DESCRIPTION_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("已带出业主说的话，可以改"),
    )
    with_files = forms.BooleanField(label=_("带上业主发的照片"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds: Any = self.fields["kind"]
        kinds.queryset = kinds.queryset.filter(pk__in=RepairRule.objects.values("kind"))
        self.initial.setdefault("description", owner_words(self.instance, DESCRIPTION_LENGTH))


class ComplaintForm(Form):
    kind = forms.ChoiceField(label=_("性质"), choices=Kind.choices, initial=Kind.COMPLAINT)
    topic = forms.ModelChoiceField(
        DictItem.objects.of("complaint_topic"), label=_("类别"), widget=forms.Select({"data-picker": ""})
    )
    facts = forms.CharField(
        label=_("事实"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("已带出业主说的话，可以改"),
    )
    with_files = forms.BooleanField(label=_("带上业主发的文件"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("facts", owner_words(self.instance, TEXT_LENGTH))


class ReplyForm(ModelForm):
    """A reply of all communities is left to whose scope is everything."""

    scopes = {"community": "complaints.add_cannedreply"}

    class Meta:
        model = CannedReply
        fields = ("community", "topic", "title", "text")
        widgets = {"text": forms.Textarea({"rows": 5})}
        help_texts = {"title": _("挑选时看到的名称"), "topic": _("留空：任何咨询都能用")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        everything = self.user.access.scope("complaints.add_cannedreply").everything
        self.fields["community"].required = not everything
        self.fields["community"].help_text = _("留空：所有项目") if everything else ""


class ReplyChangeForm(ModelForm):
    class Meta:
        model = CannedReply
        fields = ("topic", "title", "text")
        widgets = {"text": forms.Textarea({"rows": 5})}
        help_texts = ReplyForm.Meta.help_texts
