"""Forms of announcements. They collect and clean; services decide."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import DictItem, SavedView
from core.web.forms import Form, ModelForm, MomentField
from core.web.pickers import RemoteSelect
from notices.models import AudienceKind, Notice, NoticeTemplate
from notices.queries.audience import LISTS, WRITE
from notices.states import OwnerChannel, ToldWay
from owners.models import TenureRole
from properties.models import Building, Community, Unit

_CHANNELS = ("channel_1", "channel_2", "channel_3")


def _channel(label: Any, required: bool = False) -> forms.ChoiceField:
    choices = [*OwnerChannel.choices] if required else [("", _("不用")), *OwnerChannel.choices]
    return forms.ChoiceField(label=label, choices=choices, required=required)


class NoticeForm(ModelForm):
    """Text, time and channels; who is told stands on a page of its own."""

    free_text = ("title", "offer_title")

    communities = forms.ModelMultipleChoiceField(
        Community.objects.none(),
        label=_("项目"),
        widget=forms.SelectMultiple({"data-picker": "", "data-placeholder": _("可选多个项目")}),
        error_messages={"required": _("请至少选一个项目")},
    )
    affected_from = MomentField(required=False, label=_("影响开始"), help_text=_("停水停电、电梯检修须填写"))
    affected_until = MomentField(required=False, label=_("影响结束"))
    publish_at = MomentField(required=False, label=_("定时发布"), help_text=_("留空则审核后手工发布"))
    expires_at = MomentField(required=False, label=_("有效期至"))
    channel_1 = _channel(_("首选渠道"), required=True)
    channel_2 = _channel(_("未读时改用"))
    channel_3 = _channel(_("仍未读时改用"))
    sections = (
        (_("内容"), ("communities", "notice_type", "title", "body", "urgency", "receipt_wanted", "pinned")),
        (_("时间"), ("affected_from", "affected_until", "publish_at", "expires_at")),
        (_("渠道"), (*_CHANNELS, "fallback_hours")),
        (_("服务推荐"), ("offer_title", "offer")),
    )

    class Meta:
        model = Notice
        fields = (
            "notice_type", "title", "body", "urgency", "receipt_wanted", "pinned", "affected_from", "affected_until",
            "publish_at", "expires_at", "fallback_hours", "offer_title", "offer",
        )  # fmt: skip
        widgets = {
            "title": forms.TextInput(attrs={"data-wide": "1"}), "body": forms.Textarea(attrs={"rows": 10}),
            "offer": forms.Textarea(attrs={"rows": 2}),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["communities"]
        field.queryset = Community.objects.visible_to(self.user, WRITE).filter(disabled_at__isnull=True)
        places = list(field.queryset[:2])
        if self.instance.pk is not None:
            self.initial["communities"] = self.instance.community_ids
            self.initial.update(zip(_CHANNELS, self.instance.channels, strict=False))
        elif len(places) == 1:
            self.initial.setdefault("communities", places)

    def _clean_fields(self) -> None:
        """An announcement is printed as it was written: the house's cleaning would take away the indents of its paragraphs."""
        body: Any = self.fields["body"]
        body.to_python = _paragraphs
        super()._clean_fields()  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        chosen = [values.pop(name, "") for name in _CHANNELS]
        return values | {"channels": list(dict.fromkeys(filter(None, chosen)))}


def _paragraphs(value: Any) -> str:
    lines = [line.rstrip() for line in str(value or "").replace("\r\n", "\n").split("\n")]
    return "\n".join(lines).strip()


class RuleForm(Form):
    """One rule of the audience; of the fields only those of the chosen kind count."""

    kind = forms.ChoiceField(label=_("范围"), choices=AudienceKind.choices)
    exclude = forms.BooleanField(label=_("排除"), required=False, help_text=_("从已选的范围里去掉"))
    community = forms.ModelChoiceField(Community.objects.none(), label=_("项目"), required=False)
    building = forms.ModelChoiceField(
        Building.objects.none(), label=_("楼栋"), required=False,
        widget=RemoteSelect("properties:building_picker", placeholder=_("楼栋号，如 3")),
    )  # fmt: skip
    entrance = forms.CharField(label=_("单元"), required=False, max_length=10, help_text=_("与楼栋一起填"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("房屋"), required=False,
        widget=RemoteSelect("properties:unit_picker", placeholder=_("房号，如 3-2-1502")),
    )  # fmt: skip
    tag = forms.ModelChoiceField(DictItem.objects.of("owner_tag"), label=_("标签"), required=False)
    role = forms.ChoiceField(label=_("关系"), choices=[("", _("请选择")), *TenureRole.choices], required=False)
    view = forms.ModelChoiceField(SavedView.objects.none(), label=_("视图"), required=False)
    needed = {
        "community": ("community",), "building": ("building",), "entrance": ("building", "entrance"), "unit": ("unit",),
        "tag": ("tag",), "role": ("role",), "view": ("view",), "all": (),
    }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # static/js/shown-fields.js shows the fields of the chosen kind only; without a script all of them stand there.
        self.fields["kind"].widget.attrs["data-shows"] = json.dumps(self.needed)
        ids = self.instance.community_ids
        for name, model, path in (
            ("community", Community, "pk"), ("building", Building, "community"), ("unit", Unit, "community")
        ):  # fmt: skip
            rows: Any = model._default_manager
            choice: Any = self.fields[name]
            choice.queryset = rows.visible_to(self.user, WRITE).filter(**{f"{path}__in": ids})
        tags: Any = self.fields["tag"]
        if not self.user.has_perm("owners.view_sensitive_tag"):
            tags.queryset = tags.queryset.filter(sensitive=False)
        views: Any = self.fields["view"]
        views.queryset = SavedView.objects.usable_by(self.user).filter(list_name__in=LISTS)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        kind = values.get("kind", "")
        wanted = self.needed.get(kind, ())
        for name in wanted:
            if not values.get(name) and name not in self.errors:
                self.add_error(name, _("请选择") if name != "entrance" else _("请填写"))
        return {"kind": kind, "exclude": values.get("exclude", False)} | {name: values.get(name) for name in wanted}


class NoteForm(Form):
    note = forms.CharField(label=_("审核意见"), required=False, max_length=200)


class RejectForm(Form):
    note = forms.CharField(label=_("驳回原因"), max_length=200)


class ResendForm(Form):
    channel = forms.ChoiceField(label=_("渠道"), choices=OwnerChannel.choices, initial=OwnerChannel.SMS)


class TellForm(Form):
    way = forms.ChoiceField(label=_("告知方式"), choices=ToldWay.choices)


class DecideForm(Form):
    sent = forms.TypedChoiceField(
        label=_("结果"), choices=[("yes", _("已收到")), ("no", _("没有收到"))], coerce=lambda value: value == "yes"
    )


class AttachForm(Form):
    upload = forms.FileField(label=_("文件"), help_text=_("图片、PDF 或 Office 文件，最大 20 MB"))


class TemplateForm(ModelForm):
    free_text = ("title",)

    class Meta:
        model = NoticeTemplate
        fields = ("name", "notice_type", "title", "body")
        widgets = {"body": forms.Textarea(attrs={"rows": 10})}

    _clean_fields = NoticeForm._clean_fields
