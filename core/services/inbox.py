"""The staff inbox: one list of everything the system wants to tell a person, and how else each kind reaches him."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import inbox_kinds, inbox_ways, log
from core.actors import SYSTEM
from core.errors import BadValue
from core.masking import mask_email
from core.models import InboxAddress, InboxItem, InboxPreference
from core.services import jobs

CHOSEN = log.declare("core.inbox.preferences_changed", lazy("修改了消息提醒方式"))


@transaction.atomic
def notify(
    user: Any,
    sentence: str,
    *,
    kind: str = inbox_kinds.OTHER.code,
    url: str = "",
    level: str = InboxItem.Level.INFO,
    dedup_key: str | None = None,
) -> InboxItem | None:
    """Puts one item into a person's inbox, and a job beside it when he wants this kind by other ways too. With a dedup key at most
    once ever; None when it is there already. What he does not want to hear of stands in the list as read."""
    known = inbox_kinds.get(kind)
    wish = InboxPreference.objects.filter(user_id=user.pk, kind=kind).first()
    silent = wish is not None and not wish.rings and not known.demands
    item = InboxItem(
        user_id=user.pk, kind=kind, sentence=sentence[:200], url=url, level=level, dedup_key=dedup_key,
        read_at=timezone.now() if silent else None,
    )  # fmt: skip
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:
        return None
    if wish is not None and wish.ways and inbox_ways.job():
        arguments = {"item": item.pk, "ways": list(wish.ways)}
        jobs.enqueue(inbox_ways.job(), by=SYSTEM, args=arguments, visible=False, title=str(known.label))
    return item


class Note(NamedTuple):
    """One item of notify_many. It has a key: whoever tells thousands may be killed and begin again."""

    user_id: int
    sentence: str
    url: str
    level: str
    dedup_key: str


_MANY = """
INSERT INTO core_inboxitem (user_id, kind, sentence, url, level, dedup_key, carried, read_at)
SELECT n.user_id, %s, n.sentence, n.url, n.level, n.key, '{}', CASE WHEN n.user_id = ANY(%s) THEN now() END
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[]) AS n(user_id, sentence, url, level, key)
    ON CONFLICT DO NOTHING RETURNING id, user_id
"""


@transaction.atomic
def notify_many(notes: Sequence[Note], *, kind: str) -> int:
    """As notify() for thousands, in one statement; returns how many are new."""
    if not notes:
        return 0
    known = inbox_kinds.get(kind)
    wishes = {
        wish.user_id: wish
        for wish in InboxPreference.objects.filter(kind=kind, user__in={note.user_id for note in notes})
    }
    silent = [pk for pk, wish in wishes.items() if not wish.rings and not known.demands]
    columns: list[Any] = [
        [note.user_id for note in notes], [note.sentence[:200] for note in notes], [note.url for note in notes],
        [str(note.level) for note in notes], [note.dedup_key for note in notes],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [kind, silent, *columns])
        written = cursor.fetchall()
    for item_id, user_id in written:
        wish = wishes.get(user_id)
        if wish is not None and wish.ways and inbox_ways.job():
            arguments = {"item": item_id, "ways": list(wish.ways)}
            jobs.enqueue(inbox_ways.job(), by=SYSTEM, args=arguments, visible=False, title=str(known.label))
    return len(written)


def mark_read(user: Any, *, item_id: int | None = None) -> int:
    """Marks one item, or all of them, as read; returns how many changed."""
    unread = InboxItem.objects.filter(user_id=user.pk, read_at__isnull=True)
    return (unread.filter(pk=item_id) if item_id else unread).update(read_at=timezone.now())


def note_carried(item: InboxItem, way: str, result: str) -> None:
    """Beside the message: what became of one way."""
    with transaction.atomic():
        row = InboxItem.objects.select_for_update().get(pk=item.pk)
        row.carried[way] = result
        row.save(update_fields=["carried"])


@transaction.atomic
def change_preferences(
    user: Any, *, by: Any, choices: Mapping[str, tuple[bool, Sequence[str]]], email: str = ""
) -> None:
    """`choices` = {kind: (rings, ways)}. Raises BadValue when something shall go by e-mail and there is no address."""
    if not email and any(inbox_ways.EMAIL in ways for _rings, ways in choices.values()):
        raise BadValue(_("要收邮件请先填写邮箱"), field="email")
    changes = {}
    for code, (rings, ways) in choices.items():
        wish = (rings or inbox_kinds.get(code).demands, sorted(ways))
        row, _made = InboxPreference.objects.select_for_update().get_or_create(user=user, kind=code)
        before = (row.rings, row.ways)
        if before != wish:
            changes[code] = [_words(*before), _words(*wish)]
            InboxPreference.objects.filter(pk=row.pk).update(rings=wish[0], ways=wish[1])
    address = InboxAddress.objects.select_for_update().filter(user=user).first() or InboxAddress(user=user)
    if address.email != email:
        changes["email"] = [mask_email(str(address.email)), mask_email(email)]
        address.email = email
        address.save()
    if changes:
        log.record(CHOSEN, user, by=by, changes=changes)


def _words(rings: bool, ways: Sequence[str]) -> str:
    return " ".join(filter(None, ["in_app" if rings else "", *ways]))
