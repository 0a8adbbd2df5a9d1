"""Photos, recordings and letters of a case."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.services.intake import MOST_FILES
from core.errors import BadValue
from core.services import attachments


@transaction.atomic
def attach_files(case: Complaint, *, by: Any, files: Sequence[Any]) -> Complaint:
    if not files:
        raise BadValue(_("请选择文件"), field="files")
    if len(files) > MOST_FILES:
        raise BadValue(_("一次最多 %(most)d 个") % {"most": MOST_FILES}, field="files")
    for file in files:
        attachments.store(case, file, by=by)
    return case
