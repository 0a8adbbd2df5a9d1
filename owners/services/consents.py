"""What a person agreed to, told by which version, and what he took back (PIPL 13–17)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BusinessError
from core.models import DictItem
from owners.models import Consent, Owner
from owners.services import timeline

GIVEN = log.declare("owners.consent.given", lazy("登记同意"))
WITHDRAWN = log.declare("owners.consent.withdrawn", lazy("撤回同意"))
OPTED_OUT = log.declare("owners.owner.opted_out", lazy("退订营销信息"))

# Who said no is not asked again for 90 days (PIPL 16: no frequent asking).
ASK_AGAIN = timedelta(days=90)
MARKETING = "marketing"
# What a personal link is for that takes the consent to marketing back.
OPT_OUT = "owners.opt_out"


@transaction.atomic
def give_consent(
    owner: Owner,
    *,
    by: Any,
    purpose: DictItem,
    version: str,
    way: str,
    given_at: datetime | None = None,
    remark: str = "",
) -> Consent:
    """Records a consent. `marketing_consent` of the owner follows the marketing purpose; a withdrawal blocks asking for 90 days
    unless the person comes by himself (way online)."""
    given_at = given_at or timezone.now()
    rows = Consent.objects.filter(owner=owner, purpose=purpose)
    if rows.filter(withdrawn_at__isnull=True, version=version).exists():
        raise BusinessError(_("这个版本已登记同意"), field="version")
    last = rows.filter(withdrawn_at__gt=given_at - ASK_AGAIN).order_by("-withdrawn_at").first()
    if last is not None and last.withdrawn_at is not None and way != Consent.Way.ONLINE:
        day = timezone.localdate(last.withdrawn_at + ASK_AGAIN)
        raise BusinessError(
            _("此人撤回同意不满 90 天，%(day)s 前不再征求") % {"day": day},
            _("业主主动提出的，请由其在线上办理"),
            field="purpose",
        )
    row = Consent(
        owner=owner, purpose=purpose, version=version, way=way, given_at=given_at, clerk_id=user_id(by), remark=remark
    )
    save(row)
    _follow_marketing(owner, purpose, True)
    timeline.note_owner(owner, _("同意“%(purpose)s”") % {"purpose": purpose}, detail=row.get_way_display())
    facts = {"purpose": purpose, "version": version, "way": row.get_way_display()}
    log.record(GIVEN, row, by=by, changes={key: [None, value] for key, value in facts.items()})
    return row


@transaction.atomic
def withdraw_consent(row: Consent, *, by: Any, reason: str = "") -> Consent:
    """Takes a consent back; never a reason to refuse a service."""
    if not Consent.objects.filter(pk=row.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now()):
        raise BusinessError(_("这项同意已撤回"), _("请刷新页面"))
    row.refresh_from_db()
    _follow_marketing(row.owner, row.purpose, False)
    timeline.note_owner(row.owner, _("撤回“%(purpose)s”") % {"purpose": row.purpose})
    log.record(WITHDRAWN, row, by=by, changes={"purpose": [row.purpose, None]}, reason=reason)
    return row


def _follow_marketing(owner: Owner, purpose: DictItem, given: bool) -> None:
    """The flag repeats the fact for lists; it follows the built-in purpose whatever people have renamed it to."""
    if purpose.code != MARKETING:
        return
    still = Consent.objects.filter(owner=owner, purpose=purpose, withdrawn_at__isnull=True).exists()
    Owner.objects.filter(pk=owner.pk).update(marketing_consent=given or still)
    owner.marketing_consent = given or still


@transaction.atomic
def withdraw_purpose(owner: Owner, *, by: Any, purpose: DictItem) -> int:
    """Takes back whatever a person has agreed to for one purpose, in all versions; returns how many. A marketing flag that came with
    an import has no consent behind it and goes all the same: saying no is always possible."""
    rows = list(
        Consent.objects.filter(owner=owner, purpose=purpose, withdrawn_at__isnull=True).select_related("purpose")
    )
    for row in rows:
        withdraw_consent(row, by=by)
    if not rows and purpose.code == MARKETING and owner.marketing_consent:
        _follow_marketing(owner, purpose, False)
        timeline.note_owner(owner, _("撤回“%(purpose)s”") % {"purpose": purpose})
        log.record(OPTED_OUT, owner, by=by, changes={"marketing_consent": [True, False]})
    return len(rows)
