"""Forms of the channel settings, built from what each channel says of itself. The services own the rules."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.web.forms import Form
from notices.channels import registry, templates
from notices.channels.spec import Setting


def _field(setting: Setting, stored: bool) -> forms.Field:
    """The input of one setting. Required ones may stay empty until the channel is enabled: the service says so."""
    words = _("，").join(str(text) for text in (_("启用前必填") if setting.required else "", setting.help) if text)
    options: dict[str, Any] = {"label": setting.label, "required": False, "help_text": words}
    if setting.kind == "choice":
        return forms.ChoiceField(choices=setting.choices, **options)
    if setting.kind == "number":
        return forms.IntegerField(min_value=1, max_value=65535, **options)
    if setting.kind == "secret":
        shown = _("已保存，留空不变") if stored else ""
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "placeholder": shown})
        return forms.CharField(max_length=500, widget=widget, **options)
    if setting.kind in {"json", "lines"}:
        area = forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"})
        return forms.CharField(max_length=4000, widget=area, **options)
    return forms.CharField(max_length=300, **options)


class ChannelForm(Form):
    """One channel. The names of the fields are what notices.services.channels.change_channel takes."""

    codes = ("base_url",)
    enabled = forms.BooleanField(required=False)
    rate_per_second = forms.DecimalField(min_value=Decimal("0.01"), max_digits=6, decimal_places=2)
    base_url = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        self.spec = registry.spec_of(instance.code)
        self.sections = ((_("发送"), self._common()),)
        for section in self.spec.sections:
            self.sections += ((section.title, self._settings(section.settings)),)
        if self.spec.registered:
            names = tuple(
                name for template in templates.declared(self.spec.channel) for name in self._template(template)
            )
            self.sections += ((_("登记过的模板"), names),)

    def _common(self) -> tuple[str, ...]:
        fields, setting = self.fields, self.instance
        fields["enabled"].label, fields["base_url"].label = _("启用这个渠道"), _("接口地址")
        fields["rate_per_second"].label = _("每秒最多条数")
        fields["rate_per_second"].help_text = _("按服务商的限额填写，超过的排队等候")
        fields["base_url"].help_text = _("默认 %(url)s") % {"url": self.spec.base_url} if self.spec.base_url else ""
        self.initial.update({"enabled": setting.enabled, "base_url": setting.base_url})
        self.initial["rate_per_second"] = f"{setting.rate_per_second.normalize():f}"
        if self.spec.base_url is None:
            del fields["base_url"]
        return tuple(name for name in ("base_url", "rate_per_second", "enabled") if name in fields)

    def _settings(self, settings: tuple[Setting, ...]) -> tuple[str, ...]:
        names, stored = [], self.instance.secret_values
        for setting in settings:
            self.fields[setting.name] = _field(setting, setting.name in stored)
            names.append(setting.name)
            if setting.kind != "secret":
                self.initial[setting.name] = self.instance.options.get(setting.name, setting.default)
            elif setting.name in stored and not setting.required:
                label = _("清除已保存的%(name)s") % {"name": setting.label}
                self.fields[f"remove_{setting.name}"] = forms.BooleanField(label=label, required=False)
                names.append(f"remove_{setting.name}")
        return tuple(names)

    def _template(self, template: templates.Template) -> tuple[str, ...]:
        words = {
            "code": (_("模板编号"), forms.TextInput()),
            "text": (_("文字"), forms.Textarea(attrs={"rows": 2})),
            "fields": (_("字段"), forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"})),
        }
        link = () if template.at_once else ("url", "token")
        places = " ".join(f"{{{name}}}" for name in (*template.sample, *link))
        helps = {
            "code": _("服务商给的编号"),
            "text": _("与登记的文字一致，变量写成 %(places)s") % {"places": places},
            "fields": _("每行一个“字段名={变量名}”，可用 %(places)s") % {"places": places},
        }
        names = []
        for part in self.spec.registered:
            label, widget = words[part]
            name = f"{template.name}__{part}"
            self.fields[name] = forms.CharField(
                label=f"{template.label}：{label}", max_length=500, required=False, widget=widget, help_text=helps[part]
            )
            self.initial[name] = self.instance.templates.get(template.name, {}).get(part, "")
            names.append(name)
        return tuple(names)


class ChannelTestForm(Form):
    """What a test asks: which registered text, and an address only where the account knows none."""

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        spec = registry.spec_of(instance.code)
        if spec.registered:
            known = [
                (row.name, row.label) for row in templates.declared(spec.channel) if row.name in instance.templates
            ]
            self.fields["template"] = forms.ChoiceField(label=_("模板"), choices=known)
        if spec.recipient in {"email", "openid"}:
            label = _("收件邮箱（您自己的）") if spec.recipient == "email" else _("您自己的 openid")
            self.fields["to"] = forms.CharField(label=label, max_length=120)
            self.fields["to"].error_messages["required"] = _("请填写")
