"""The upload of a workbook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import Form

MOST_BYTES = 5 * 1024 * 1024


class WorkbookForm(Form):
    file = forms.FileField(
        label=_("文件"), help_text=_("xlsx、xls 或 CSV，最大 5 MB；可以先导出，在文件里增改后再上传")
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 5 MB"))
        return upload
