"""Where a case came from, as a link for whoever may open it: a conversation, what was said in public, or a call."""

from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext as _

from complaints.models import Complaint, Enquiry, OpinionEntry
from complaints.states import Source
from owners.models import CallBackTask


def origins_of(case: Complaint, user: Any) -> list[dict[str, Any]]:
    """Lines for the facts of its page; asked only of cases that can have one."""
    found: models.Model | None = None
    if case.source == Source.APP:
        found = Enquiry.objects.visible_to(user, "complaints.view_enquiry").filter(links__complaint=case).first()
    elif case.source == Source.OPINION:
        found = OpinionEntry.objects.visible_to(user, "complaints.view_opinionentry").filter(complaint=case).first()
    elif case.source == Source.CALL_BACK:
        label = Complaint._meta.label_lower
        calls = CallBackTask.objects.visible_to(user, "owners.view_callbacktask")
        found = calls.filter(follows__source_type=label, follows__source_id=case.pk).first()
    if found is None:
        return []
    address = found.get_absolute_url()  # type: ignore[attr-defined]
    return [
        {"label": _("由来"), "value": format_html('<a href="{}">{} {}</a>', address, found._meta.verbose_name, found)}
    ]
