"""Forms of what comes after the work, and of demanding it: 督办, its answer, a rating by staff or by the owner himself, the contractor."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.web.forms import Form, MomentField
from workorders.services.after import ASK_WHY

STARS = [
    (5, _("5 星，非常满意")),
    (4, _("4 星，满意")),
    (3, _("3 星，一般")),
    (2, _("2 星，不满意")),
    (1, _("1 星，很不满意")),
]
OWNER_STARS = [(1, _("很不满意")), (2, _("不满意")), (3, _("一般")), (4, _("满意")), (5, _("很满意"))]
VIA = [("phone", _("电话")), ("visit", _("当面")), ("paper", _("纸质回执"))]
SENT_FOR = [(7, _("7 天")), (14, _("14 天")), (30, _("30 天"))]


class SuperviseForm(Form):
    demand = forms.CharField(label=_("督办要求"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    due_at = MomentField(label=_("要求完成时间"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_at"].initial = timezone.localtime(timezone.now() + timedelta(hours=4)).replace(minute=0)


class ReplyForm(Form):
    reply = forms.CharField(
        label=_("回复"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("原因、现在到哪一步、何时完成"),
    )


class _RatingForm(Form):
    """Nothing is chosen beforehand: whoever sends without choosing is asked, and never counted as content."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags: Any = self.fields["tags"]
        tags.empty_label = None  # among boxes to tick there is none for nothing

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        stars = values.get("stars")
        if stars and stars <= ASK_WHY and not values.get("why"):
            self.add_error("why", _("两星及以下请说明原因，我们好改进"))
        return values


class RateForm(_RatingForm):
    """By staff, for the owner."""

    stars = forms.TypedChoiceField(label=_("评分"), choices=STARS, coerce=int, widget=forms.RadioSelect)
    why = forms.CharField(label=_("不满意的原因"), max_length=200, required=False, help_text=_("两星及以下必填"))
    tags = forms.ModelMultipleChoiceField(
        DictItem.objects.of("rating_tag"), label=_("标签"), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(
        label=_("业主原话"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    via = forms.ChoiceField(label=_("途径"), choices=VIA, widget=forms.RadioSelect)


class OwnerRateForm(_RatingForm):
    """By the owner behind his personal link; works without a script."""

    stars = forms.TypedChoiceField(label=_("请评价这次维修"), choices=OWNER_STARS, coerce=int, widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("哪里没做好？"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2, "class": "form-control po-area"})
    )  # fmt: skip
    tags = forms.ModelMultipleChoiceField(
        DictItem.objects.of("rating_tag"), label=_("印象"), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(
        label=_("想对我们说的"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control po-area"})
    )  # fmt: skip


class ContractorForm(Form):
    company = forms.CharField(label=_("转给哪家公司"), max_length=60, help_text=_("地产公司、施工或维保单位"))
    days = forms.TypedChoiceField(label=_("有效期"), choices=SENT_FOR, coerce=int, initial=14)
    note = forms.CharField(label=_("说明"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ContractorAnswerForm(Form):
    text = forms.CharField(
        label=_("处理情况"), max_length=300, widget=forms.Textarea(attrs={"rows": 3, "class": "form-control po-area"})
    )
