"""Forms of the data dictionaries."""

import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.services.dictionary import attributes_of
from core.web.forms import BaseForm, Form, ModelForm

COLOURS = [("", _("无")), *((f"c{n}", _("颜色 %(n)d") % {"n": n}) for n in range(1, 7))]


class WordsField(forms.CharField):
    """Several words in one line, separated by 、 or commas."""

    def to_python(self, value: Any) -> Any:
        return [word.strip() for word in re.split(r"[、,，;；\n]", value or "") if word.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, (list, tuple)) else value


class _AttributeFields(BaseForm):
    """A box or a choice for each attribute the dictionary declares, after the fields of its own."""

    def add_attributes(self, code: str, item: DictItem | None = None) -> None:
        self.attributes = attributes_of(code)
        for row in self.attributes:
            shared: dict[str, Any] = {"label": row.label, "required": False, "help_text": row.help}
            if row.choices:
                self.fields[row.name] = forms.ChoiceField(choices=[("", _("无")), *row.choices], **shared)
            else:
                self.fields[row.name] = forms.BooleanField(**shared)
            if item is not None:
                self.initial[row.name] = item.attribute(row.name)

    def attribute_fields(self) -> list[forms.BoundField]:
        return [self[row.name] for row in self.attributes]


class DictItemAddForm(_AttributeFields, Form):
    name = forms.CharField(label=_("名称"), max_length=40)
    code = forms.SlugField(
        label=_("编码"),
        max_length=40,
        required=False,
        help_text=_("小写字母、数字和下划线；留空按拼音生成，保存后不能改"),
    )
    synonyms = WordsField(label=_("同义词"), required=False, help_text=_("导入时也认得的写法，用顿号分开"))
    colour = forms.ChoiceField(label=_("颜色"), choices=COLOURS, required=False)

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_attributes(code)


class DictItemRowForm(_AttributeFields, ModelForm):
    """The fields that are edited in the row."""

    synonyms = WordsField(label=_("同义词"), required=False)
    sort = forms.IntegerField(label=_("序号"), min_value=0, max_value=99_990)

    class Meta:
        model = DictItem
        fields = ["name", "colour", "synonyms", "sort"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_attributes(self.instance.type.code, self.instance)


class DictMergeForm(Form):
    """Which two become one. A stopped item may be merged away, never be the one that stays."""

    merged = forms.ModelChoiceField(
        label=_("并掉的项"), queryset=DictItem.objects.none(), help_text=_("合并后停用，它的名称成为保留项的同义词")
    )
    kept = forms.ModelChoiceField(
        label=_("保留的项"), queryset=DictItem.objects.none(), help_text=_("记录都改到这一项")
    )

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("merged", DictItem.objects.of(code)), ("kept", DictItem.objects.of(code).active())):
            field = cast(forms.ModelChoiceField, self.fields[name])
            field.queryset = rows
            field.label_from_instance = _item_label  # type: ignore[method-assign, assignment]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("merged") and values.get("merged") == values.get("kept"):
            self.add_error("kept", _("请选择另外一项"))
        return values


def _item_label(item: DictItem) -> str:
    return item.name if item.is_active else _("%(name)s（已停用）") % {"name": item.name}


class DictionaryFileForm(Form):
    file = forms.FileField(
        label=_("字典文件"), help_text=_("先“导出全部”，在文件里增改后再上传；xlsx、xls 或 CSV，最大 5 MB")
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > 5 * 1024 * 1024:
            raise forms.ValidationError(_("文件超过 5 MB"))
        return upload
