"""Personal data that leaves the house (个人信息保护法 第23条): to whom, what, why, and that the customer agreed to exactly that."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint, Disclosure
from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError

DISCLOSED = log.declare("complaints.complaint.disclosed", lazy("向外单位提供了客户信息"))


@transaction.atomic
def record_disclosure(
    case: Complaint, *, by: Any, recipient: str, fields: str, purpose: str, agreed: bool, contact: str = "", agreed_way: str = ""
) -> Disclosure:  # fmt: skip
    """Raises BadValue: nothing is handed on that the customer has not agreed to."""
    if case.anonymous:
        raise BusinessError(_("匿名投诉没有可提供的客户信息"))
    if not agreed:
        raise BadValue(_("向其他单位提供个人信息须先取得客户的单独同意"), field="agreed")
    row = Disclosure(
        complaint=case, recipient=recipient, contact=contact, fields=fields, purpose=purpose, agreed=agreed,
        agreed_way=agreed_way, by_id=user_id(by),
    )  # fmt: skip
    save(row)
    log.record(DISCLOSED, case, by=by, changes={"recipient": recipient, "fields": fields, "purpose": purpose})
    return row
