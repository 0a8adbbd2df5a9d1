"""A complaint of somebody who is unhappy with a repair, or said so when he was called: filled in with his words."""

from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import TopicField
from complaints.models.cases import TEXT_LENGTH
from complaints.queries.low_ratings import rating_words
from complaints.states import Kind
from core.models import DictItem
from core.web.forms import Form
from owners.models import CallBackTask
from workorders.models import WorkOrder


class UnhappyForm(Form):
    kind = forms.ChoiceField(label=_("性质"), choices=Kind.choices, initial=Kind.COMPLAINT, widget=forms.RadioSelect)
    topic = TopicField()
    facts = forms.CharField(
        label=_("事实"), max_length=TEXT_LENGTH, min_length=2, widget=forms.Textarea({"rows": 4}),
        help_text=_("已带出业主说的话，可以改"),
    )  # fmt: skip
    demand = forms.CharField(label=_("诉求"), max_length=500, required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].load()  # type: ignore[attr-defined]
        about_repair = isinstance(self.instance, WorkOrder) or self.instance.source_type == "workorders.workorder"
        if about_repair:
            poor = DictItem.objects.get(type__code="complaint_topic", code="repair_poor")
            self.initial.setdefault("topic", str(poor.pk))
        words = order_words(self.instance) if isinstance(self.instance, WorkOrder) else call_words(self.instance)
        self.initial.setdefault("facts", words)


def order_words(order: WorkOrder) -> str:
    return rating_words(order, order.ratings.order_by("-pk").first())


def call_words(task: CallBackTask) -> str:
    said = task.result or task.calls.exclude(text="").order_by("-at").values_list("text", flat=True).first() or ""
    return now("回访“%(title)s”时反映：%(said)s") % {"title": task.title, "said": said}
