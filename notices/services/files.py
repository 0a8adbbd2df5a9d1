"""Files of an announcement: they come and go with its text and are frozen with it."""

from typing import Any

from django.db import transaction

from core.models import Attachment
from core.services import attachments
from notices.models import Notice
from notices.services.notices import lock_editable


@transaction.atomic
def attach_file(notice: Notice, *, by: Any, upload: Any) -> Notice:
    lock_editable(notice)
    attachments.store(notice, upload, by=by)
    return notice


@transaction.atomic
def detach_file(attachment: Attachment, *, by: Any, notice: Notice) -> Notice:
    lock_editable(notice)
    attachments.remove_attachment(attachment, by=by)
    return notice
