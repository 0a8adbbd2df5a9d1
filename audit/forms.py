"""Forms of accounts, roles and grants. They validate shapes; the services own the rules."""

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import scope_choices
from audit.models import Role, User
from audit.queries.colleagues import colleagues_and
from core.web.forms import DateField, Form, ModelForm, Offers
from core.web.pickers import RemoteSelect


class SignInForm(forms.Form):
    """The names `username` and `password` are relied on by others."""

    username = forms.CharField(label=_("账号"), max_length=150, error_messages={"required": _("请填写账号")})
    password = forms.CharField(
        label=_("密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput,
        error_messages={"required": _("请填写密码")},
    )

    def clean_username(self) -> str:
        return str(User.normalize_username(self.cleaned_data["username"].strip()))


def _password(label: Any, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "maxlength": 128})
    return forms.CharField(label=label, max_length=128, strip=False, widget=widget)


class PasswordForm(Form):
    old_password = _password(_("原密码"), "current-password")
    password1 = _password(_("新密码"), "new-password")
    password2 = _password(_("再输一次新密码"), "new-password")

    @property
    def rules(self) -> list[str]:
        return [str(text) for text in password_validators_help_texts()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("两次输入的新密码不一样"))
        return data


class _Staff(Offers):
    def offered(self, user: Any, kept: Any) -> QuerySet[User]:
        return colleagues_and(user, kept)


class StaffField(_Staff, forms.ModelChoiceField):
    """One of the staff around the person who fills in the form, found by typing. `blank` is what no choice means."""

    def __init__(self, *, blank: Any = None, **options: Any) -> None:
        widget = RemoteSelect("audit:staff_picker", placeholder=_("姓名、拼音或账号"))
        widget.empty_word = "" if options.get("required", True) else blank or _("未指定")
        super().__init__(User.objects.none(), widget=widget, **options)


class SeveralStaffField(_Staff, forms.ModelMultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        widget = forms.SelectMultiple({"data-picker": "", "data-wide": "1"})
        super().__init__(User.objects.none(), widget=widget, **options)


class UserForm(ModelForm):
    """Facts of an account; `username` cannot change once given, because the log names people by it."""

    valid_until = DateField(
        label=_("账号有效期至"), required=False, help_text=_("留空为长期有效；外包、临时人员请填写")
    )
    sections: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (_("账号"), ("username", "display_name")),
        (_("岗位"), ("staff_number", "position", "mobile", "valid_until")),
    )

    class Meta:
        model = User
        fields = ("username", "display_name", "staff_number", "position", "mobile", "valid_until")
        help_texts = {"username": _("登录用，建好后不能改"), "display_name": _("显示在工单、日志等处")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["username"]
            self.sections = ((_("账号"), ("display_name",)), self.sections[1])
        elif "username" in self.fields:
            self.fields["username"].widget.attrs.update(
                {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
            )


class RoleForm(ModelForm):
    sections = (
        (_("角色"), ("name", "description", "data_scope")),
        (_("敏感信息怎样显示"), ("name_visibility", "phone_visibility", "id_visibility", "amount_visibility")),
    )

    class Meta:
        model = Role
        fields = (
            "name",
            "description",
            "data_scope",
            "name_visibility",
            "phone_visibility",
            "id_visibility",
            "amount_visibility",
        )
        help_texts = {"data_scope": _("给人分配这个角色时，按它选择楼栋、项目或组织节点")}


class _PlacesForm(Form):
    """The three id lists of a grant and its end; the page draws them as trees."""

    nodes = forms.TypedMultipleChoiceField(label=_("组织节点"), coerce=int, required=False)
    communities = forms.TypedMultipleChoiceField(label=_("项目"), coerce=int, required=False)
    buildings = forms.TypedMultipleChoiceField(label=_("楼栋"), coerce=int, required=False)
    until = DateField(label=_("有效期至"), required=False, help_text=_("留空为长期有效；到期当天结束后失效"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, listing in (
            ("nodes", scope_choices.nodes),
            ("communities", scope_choices.communities),
            ("buildings", scope_choices.buildings),
        ):
            field = cast(forms.TypedMultipleChoiceField, self.fields[name])
            field.choices = [(row.id, row.label) for row in listing()]

    def clean_until(self) -> Any:
        """The end of the chosen day."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("有效期不能早于今天"))
        start = datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())
        return start + timedelta(days=1)

    def ticked(self, name: str) -> set[int]:
        """The ids to draw as checked: what was sent, else what is stored."""
        if self.is_bound:
            sent = cast(QueryDict, self.data).getlist(name)
            return {int(value) for value in sent if value.isdecimal() and len(value) < 19}
        return set(self.initial.get(name) or ())


class GrantForm(_PlacesForm):
    """`instance` is the person who gets the role."""

    role = forms.ModelChoiceField(label=_("角色"), queryset=Role.objects.none(), empty_label=_("请选择"))
    field_order = ("role", "until", "nodes", "communities", "buildings")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = self.instance.grants.filter(withdrawn_at__isnull=True).values("role") if self.instance else ()
        choices = cast(forms.ModelChoiceField, self.fields["role"])
        choices.queryset = Role.objects.filter(disabled_at__isnull=True).exclude(pk__in=held)


class GrantChangeForm(_PlacesForm):
    """`instance` is the grant."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grant = self.instance
        stored = {
            "nodes": grant.node_ids,
            "communities": grant.chosen_ids or grant.community_ids,
            "buildings": grant.building_ids,
        }
        if grant.node_ids:
            stored["communities"] = grant.chosen_ids
        last = grant.until - timedelta(seconds=1) if grant.until else None
        self.initial = {**stored, "until": timezone.localdate(last) if last else None, **self.initial}
