"""What owners correct themselves (R26): asked by the person, decided by whoever keeps the file, applied by the existing services."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import holders_of
from audit.states import move
from core import inbox_kinds, log
from core.actors import user_id
from core.changes import save
from core.errors import BusinessError
from core.services.inbox import notify
from owners.models import Correction, Owner
from owners.services import correction_values as values_
from owners.services import timeline
from owners.states import TRANSITIONS, CorrectionAction, CorrectionStatus
from properties.models import Unit

REQUESTED = log.declare("owners.correction.requested", lazy("住户提交资料更正"))
ADOPTED = log.declare("owners.correction.adopted", lazy("采纳资料更正"))
REJECTED = log.declare("owners.correction.rejected", lazy("驳回资料更正"))
WITHDRAWN = log.declare("owners.correction.withdrawn", lazy("住户撤回资料更正"))
REVIEW = "owners.review_correction"
WAITING = inbox_kinds.declare("owners.correction", lazy("住户提交的资料更正"), demands=True, permission=REVIEW)

MOST_WAITING = 10
KEEP_VALUES = timedelta(days=180)


@transaction.atomic
def request_correction(
    owner: Owner,
    *,
    by: Any,
    unit: Unit,
    topic: str,
    act: str,
    target_id: int | None = None,
    values: Mapping[str, Any],
    note: str = "",
) -> Correction:
    """Puts a request into the queue and tells whoever keeps the file. The file itself does not change; the log says which part the
    person wants changed, never the values."""
    Owner.objects.select_for_update(no_key=True).get(pk=owner.pk)  # two taps of one button queue behind each other
    row = values_.target_of(owner, topic, target_id)
    if act not in values_.acts_of(topic) or (row is None) != (act == "add"):
        raise BusinessError(_("这条资料已不在档案里"), _("请刷新页面"))
    before = values_.current(topic, row)
    after = values_.cleaned(owner, topic, act, row, values)
    if act == "change" and after == before:
        raise BusinessError(_("内容没有变化"))
    _check_waiting(owner, topic, act, after)
    request = Correction(
        owner=owner, unit=unit, community_id=unit.community_id, topic=topic, act=act,
        target_id=row.pk if row is not None and topic not in values_.ONLY_CHANGE else None,
        before=json.dumps(before, ensure_ascii=False) if before else "",
        after=json.dumps(after, ensure_ascii=False) if after else "", note=note[:200],
    )  # fmt: skip
    save(request)
    timeline.note_unit([unit.pk], _("住户提交资料更正：%(what)s") % {"what": request}, owner=owner, source=request)
    log.record(REQUESTED, request, by=by, changes={"owner": owner.log_label})
    sentence = _("%(unit)s 的住户提交资料更正：%(what)s") % {"unit": unit.label, "what": request}
    for person in _who_is_told(owner, unit):
        notify(person, sentence, url=request.get_absolute_url(), kind=WAITING.code)
    return request


def _who_is_told(owner: Owner, unit: Unit) -> list[Any]:
    """The keeper of the file; where there is none, whoever may review in that community: a request that rings nowhere is not seen."""
    if owner.keeper is not None and owner.keeper.is_active:
        return [owner.keeper]
    return list(holders_of(REVIEW, [unit.community_id]))


def _check_waiting(owner: Owner, topic: str, act: str, after: dict[str, Any]) -> None:
    """A second tap of the same button is not a second request, and one person does not fill the queue."""
    waiting = list(Correction.objects.filter(owner=owner, status=CorrectionStatus.WAITING))
    if len(waiting) >= MOST_WAITING:
        raise BusinessError(
            _("您已有 %(count)d 项更正在审核") % {"count": len(waiting)}, _("请等审核后再提交，或撤回其中一项")
        )
    if act == "add" and any(row.topic == topic and row.new_values == after for row in waiting):
        raise BusinessError(_("同样的更正已经提交，正在审核"))


@transaction.atomic
def withdraw_correction(request: Correction, *, by: Any) -> Correction:
    """The person takes it back himself; nobody else can."""
    change = move(request, CorrectionAction.WITHDRAW, by=by, transitions=TRANSITIONS)
    log.record(WITHDRAWN, request, by=by, changes=change)
    return request


def fingerprint(request: Correction) -> str:
    """What the file says now, as a short keyed word for the reviewer's form: adopted is only what he has seen."""
    row = values_.target_of(request.owner, request.topic, request.target_id)
    text = json.dumps(values_.current(request.topic, row), sort_keys=True, ensure_ascii=False)
    return salted_hmac("owners.correction", f"{request.uid}{text}", algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def adopt_correction(request: Correction, *, by: Any, seen: str) -> Correction:
    """Puts the values into the file, by the same services and guards as a clerk's own work. Nothing of it stays when one refuses.
    `seen` is the fingerprint of what the reviewer compared with."""
    change = _decide(request, CorrectionAction.ADOPT, by)
    owner = Owner.objects.select_for_update(no_key=True).get(pk=request.owner_id)
    request.owner = owner
    row = values_.target_of(owner, request.topic, request.target_id)
    if row is None and request.act != "add":
        raise BusinessError(_("这条资料已不在档案里"), _("请驳回并说明"))
    if fingerprint(request) != seen:
        raise BusinessError(_("页面打开后档案又有改动"), _("请刷新页面，重新比对"))
    values_.put_into_file(request, row, by=by)
    log.record(ADOPTED, request, by=by, changes=change | {"owner": owner.log_label})
    return request


@transaction.atomic
def reject_correction(request: Correction, *, by: Any, reason: str) -> Correction:
    """Says no, with a sentence the owner reads."""
    change = _decide(request, CorrectionAction.REJECT, by, reason=reason[:200])
    timeline.note_unit(
        [request.unit_id], _("资料更正未采纳：%(what)s") % {"what": request}, owner=request.owner, source=request
    )
    log.record(REJECTED, request, by=by, changes=change | {"owner": request.owner.log_label}, reason=reason)
    return request


def acknowledge(owner: Owner) -> int:
    """The person has read the answers; they leave the first page."""
    answered = [CorrectionStatus.ADOPTED, CorrectionStatus.REJECTED]
    return Correction.objects.filter(owner=owner, status__in=answered, told_at__isnull=True).update(told_at=Now())


def forget_values() -> int:
    """Half a year after a decision the values have served: what was adopted stands in the file, the log says who decided."""
    over = Correction.objects.filter(decided_at__lt=timezone.now() - KEEP_VALUES) | Correction.objects.filter(
        status=CorrectionStatus.WITHDRAWN, created_at__lt=timezone.now() - KEEP_VALUES
    )
    return over.exclude(before="", after="", note="").update(before="", after="", note="")


def _decide(request: Correction, action: str, by: Any, **values: Any) -> dict[str, Any]:
    """Staff say yes or no; of two who decide at once one succeeds, the other reads who was first."""
    decided: dict[str, Any] = {"decided_at": timezone.now(), "decided_by_id": user_id(by)}
    return move(request, action, by=by, transitions=TRANSITIONS, **decided, **values)
