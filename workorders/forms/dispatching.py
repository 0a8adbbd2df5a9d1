"""Forms of dispatch: to whom, and why."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import User
from core.models import DictItem
from core.web.forms import Form
from properties.models import Team
from workorders.models import Repairer
from workorders.queries.crew import Person
from workorders.queries.suggestions import Choice, choice_for
from workorders.states import Duty


class PeopleField(forms.ModelChoiceField):
    """Repairers by name, duty and load, in the order of the ranking; the value is the account."""

    def __init__(self, **options: Any) -> None:
        self.words: dict[int, str] = {}
        super().__init__(User.objects.none(), **options)

    def label_from_instance(self, user: Any) -> str:
        return self.words.get(user.pk, str(user))

    def offer(self, people: list[Person], choice: Choice | None = None) -> None:
        places = {row.person.repairer.user_id: rank for rank, row in enumerate(choice.suggestions)} if choice else {}
        ranked = sorted(people, key=lambda one: places.get(one.repairer.user_id, len(places)))
        ids = list(dict.fromkeys(one.repairer.user_id for one in ranked))
        self.queryset = User.objects.filter(pk__in=ids)
        self.words = {one.repairer.user_id: _words(one, choice) for one in ranked}
        # In the order of the ranking, which the database does not know.
        pairs = [(pk, self.words[pk]) for pk in ids]
        self.widget.choices = pairs if isinstance(self, forms.ModelMultipleChoiceField) else [("", _("请选择")), *pairs]


class HelpersField(PeopleField, forms.ModelMultipleChoiceField):
    """Several of them."""


def _words(person: Person, choice: Choice | None) -> str:
    words = [str(person.user), str(Duty(person.duty.duty).label), _("在办与待接 %(load)d 单") % {"load": person.load}]
    points = choice.points_of(person.repairer.user_id) if choice else None
    return "，".join([*words, _("匹配 %(points)d") % {"points": points}] if points is not None else words)


class HandsForm(Form):
    """A person, a team in which somebody will take it, or a person and the team that answers for it."""

    to = PeopleField(label=gettext_lazy("维修工"), required=False)
    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("班组"), required=False)

    def offer_teams(self, community_ids: list[int]) -> None:
        team: Any = self.fields["team"]
        team.queryset = Team.objects.filter(community__in=community_ids, disabled_at__isnull=True).order_by("name")
        team.empty_label = _("不派给班组")

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not values.get("to") and not values.get("team") and not self.errors:
            self.add_error("to", _("请选择维修工或班组"))
        return values


class OneOrderForm(HandsForm):
    """For one order: its people are ranked when the form is drawn. What is posted is taken from whoever may be chosen, ranked or not."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = Repairer.objects.active().filter(community=self.instance.community_id).exclude(user=self.without)
        for field in self.fields.values():
            if isinstance(field, PeopleField):
                field.queryset = User.objects.filter(pk__in=people.values("user"))
        self.offer_teams([self.instance.community_id])

    @property
    def without(self) -> int | None:
        """Who is not to be chosen."""
        return None

    def show_choice(self) -> Choice:
        choice = choice_for(self.instance, timezone.now(), without=self.without)
        to: Any = self.fields["to"]
        to.offer(choice.people, choice)
        return choice


class DispatchForm(OneOrderForm):
    helpers = HelpersField(label=gettext_lazy("协助"), required=False, widget=forms.SelectMultiple({"data-picker": ""}))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200, required=False)
    first = forms.IntegerField(required=False, widget=forms.HiddenInput)
    back = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    def show_choice(self) -> Choice:
        choice = super().show_choice()
        helpers: Any = self.fields["helpers"]
        helpers.offer(choice.people)
        best = choice.first
        words = _("没有选 %(person)s，或派给休息的人时请填写；仅用于改进排序") if best else _("派给休息的人时请填写")
        # The bound field has copied the text by now, if something was posted.
        self["reason"].help_text = words % {"person": best.user if best else ""}
        self.initial.setdefault("to", best.repairer.user_id if best else None)
        self.initial.setdefault("first", best.repairer.user_id if best else None)
        return choice


class TransferForm(OneOrderForm):
    reason = forms.CharField(label=gettext_lazy("转单原因"), max_length=200)

    @property
    def without(self) -> int | None:
        assignee: int | None = self.instance.assignee_id
        return assignee


class ReturnForm(Form):
    reason = forms.ModelChoiceField(DictItem.objects.filter(type__code="return_reason"), label=gettext_lazy("退单原因"))
    detail = forms.CharField(label=gettext_lazy("说明"), max_length=150, required=False)


class ManyForm(HandsForm):
    """Many orders at once, perhaps of several communities: who does not fit one of them is told with that order."""

    def __init__(self, *args: Any, people: list[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        to: Any = self.fields["to"]
        to.offer(people)
        self.offer_teams(sorted({one.repairer.community_id for one in people}))
