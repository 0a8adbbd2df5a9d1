"""Forms of core's own pages."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import DictItem
from core.web.forms import Form, ModelForm

COLOURS = [("", _("无")), *((f"c{n}", _("颜色 %(n)d") % {"n": n}) for n in range(1, 7))]


class WordsField(forms.CharField):
    """Several words in one line, separated by 、 or commas."""

    def to_python(self, value: Any) -> Any:
        return [word.strip() for word in re.split(r"[、,，;；\n]", value or "") if word.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, (list, tuple)) else value


class DictItemAddForm(Form):
    name = forms.CharField(label=_("名称"), max_length=40)
    code = forms.SlugField(
        label=_("编码"),
        max_length=40,
        required=False,
        help_text=_("小写字母、数字和下划线；留空按拼音生成，保存后不能改"),
    )
    synonyms = WordsField(label=_("同义词"), required=False, help_text=_("导入时也认得的写法，用顿号分开"))
    colour = forms.ChoiceField(label=_("颜色"), choices=COLOURS, required=False)


class DictItemRowForm(ModelForm):
    """The fields that are edited in the row."""

    synonyms = WordsField(label=_("同义词"), required=False)
    sort = forms.IntegerField(label=_("序号"), min_value=0, max_value=99_990)

    class Meta:
        model = DictItem
        fields = ["name", "colour", "synonyms", "sort"]


class DictionaryFileForm(Form):
    file = forms.FileField(
        label=_("字典文件"), help_text=_("先“导出全部”，在文件里增改后再上传；xlsx、xls 或 CSV，最大 5 MB")
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > 5 * 1024 * 1024:
            raise forms.ValidationError(_("文件超过 5 MB"))
        return upload
