"""Asking the desk, and going on; complaints and suggestions, taking them back, judging what came of them."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import TEXT_LENGTH
from complaints.models.enquiries import MESSAGE_LENGTH
from complaints.queries.classes import classes
from complaints.services.residents import JUDGEMENTS
from complaints.states import Kind
from core.models import DictItem
from portal.forms.base import PortalForm
from portal.forms.repairs import area, photos


class KeyedForm(PortalForm):
    """`key` was made with the page: however often it is sent, it is one."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["key"] = secrets.token_urlsafe(18)


class EnquiryForm(KeyedForm):
    topic = forms.ModelChoiceField(DictItem.objects.of("enquiry_topic"), label=_("想问哪方面"))
    text = forms.CharField(
        label=_("想问什么"), min_length=2, max_length=MESSAGE_LENGTH,
        widget=area(5, placeholder=_("如：车位租金可以按季度交吗？")),
        error_messages={"min_length": _("请写得具体一点")},
    )  # fmt: skip
    photos = photos(label=_("照片"), help_text=_("最多 9 张"))


class MessageForm(PortalForm):
    text = forms.CharField(
        label=_("接着写"), max_length=MESSAGE_LENGTH, required=False, widget=area(2, placeholder=_("接着写…"))
    )
    photos = photos(label=_("照片"))


class ComplaintForm(KeyedForm):
    kind = forms.ChoiceField(label=_("性质"), choices=Kind.choices, widget=forms.RadioSelect)
    topic = forms.ModelChoiceField(DictItem.objects.none(), label=_("关于什么"))
    facts = forms.CharField(
        label=_("事情经过"), min_length=5, max_length=TEXT_LENGTH,
        widget=area(5, placeholder=_("什么时候、在哪里、发生了什么")),
        error_messages={"min_length": _("请写得具体一点")},
    )  # fmt: skip
    demand = forms.CharField(label=_("希望怎么解决"), max_length=500, required=False, widget=area(2))
    photos = photos(label=_("照片"), help_text=_("最多 9 张"))
    confidential = forms.BooleanField(label=_("对被投诉的人保密"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("kind", Kind.COMPLAINT)
        topic: Any = self.fields["topic"]
        groups = classes()
        topic.queryset = DictItem.objects.of("complaint_topic").active()
        topic.choices = [("", _("请选择")), *((name, [(row.pk, row.name) for row in rows]) for name, rows in groups)]


class WithdrawForm(PortalForm):
    words = forms.CharField(
        label=_("为什么撤回"), max_length=300, widget=area(3, placeholder=_("如：已经和邻居说好了，不用处理了"))
    )


class JudgeForm(PortalForm):
    judgement = forms.ChoiceField(label=_("对处理结果"), choices=JUDGEMENTS, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("想说的话"), max_length=300, required=False, widget=area(2), help_text=_("不满意请写明哪里没有解决")
    )
