"""交接班: the one who goes signs what he leaves behind, the one who comes signs that he has read it."""

from typing import Any

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import holders_of
from core import inbox_kinds, locks, log
from core.actors import user_id
from core.changes import save
from core.errors import BusinessError
from core.services.inbox import Note, notify_many
from properties.models import Community
from workorders.models import Handover
from workorders.queries.shifts import contents, figures, since_when

SIGN = "workorders.sign_handover"
GIVEN = log.declare("workorders.handover.given", lazy("交了班"))
TAKEN = log.declare("workorders.handover.taken", lazy("接了班"))
KIND = inbox_kinds.declare("workorders.handover", lazy("交接班"), permission=SIGN)


@transaction.atomic
def hand_over(*, by: Any, community: Community, note: str = "") -> Handover:
    """Writes down what stands open now. One waits at a time: whoever comes signs for what he was given before more is given."""
    locks.hold("workorders.handover", community.pk)
    waiting = Handover.objects.filter(community=community, taken_at__isnull=True).select_related("given_by").first()
    if waiting is not None:
        raise BusinessError(
            _("%(who)s 交的班还没有人接") % {"who": waiting.given_by}, _("请接班的同事先在“交接班”里确认")
        )
    now = timezone.now()
    since = since_when(community, now)
    row = Handover(
        community=community, given_by_id=by.actor_id, given_at=now, since=since, note=note,
        lines=contents(by, community, now), **figures(community, since, now),
    )  # fmt: skip
    save(row)
    log.record(GIVEN, row, by=by, changes={"received": row.received, "finished": row.finished, "note": note})
    sentence = _("%(who)s 已交班，请确认接班：%(community)s") % {"who": by, "community": community.name}
    people = holders_of(SIGN, [community.pk]).exclude(pk=row.given_by_id)
    notify_many(
        [
            Note(person.pk, sentence, row.get_absolute_url(), "info", f"workorders.handover:{row.pk}:{person.pk}")
            for person in people
        ],
        kind=KIND.code,
    )
    return row


@transaction.atomic
def take_over(handover: Handover, *, by: Any, note: str = "") -> Handover:
    """The second signature, once, and by somebody else."""
    row = Handover.objects.select_for_update(of=("self",)).select_related("community", "taken_by").get(pk=handover.pk)
    if row.taken_at is not None:
        at = formats.date_format(timezone.localtime(row.taken_at), "H:i")
        raise BusinessError(_("已由 %(who)s 于 %(at)s 接班") % {"who": row.taken_by, "at": at})
    if row.given_by_id == user_id(by):
        raise BusinessError(_("交班和接班不能是同一个人"))
    row.taken_by_id, row.taken_at, row.taken_note = user_id(by), timezone.now(), note
    save(row, ["taken_by", "taken_at", "taken_note"])
    log.record(TAKEN, row, by=by, changes={"note": note})
    return row
