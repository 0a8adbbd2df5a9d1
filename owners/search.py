"""People and vehicles in the global search: name fragments, pinyin, initials, phone, identity number, customer number, plate."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import blind_index, search
from core.crypto import binding, ring
from core.errors import BadValue
from core.normalise import normalise_name, normalise_phone
from core.pinyin import readings, tone_reading
from core.search import MOST, Found, Hit, SearchText, marked
from owners.models import Owner, OwnerKind, OwnerPhone, Tenure, TenureRole, Vehicle
from owners.visibility import Eyes
from properties.models import UnitMark
from properties.search import in_several_communities, mark_tags

VIEW = "owners.view_owner"
VIEW_VEHICLE = "owners.view_vehicle"
_ROLES = TenureRole.values
# Any other part of a phone than the last four is found by decrypting, which a scope of this size answers in time.
MOST_DECRYPTED = 20_000
NOTICE = gettext_lazy("请输入手机后四位或完整号码")
_PLATE = re.compile(r"[\s.·•‧・-]")
# Three characters or more, a digit among them or the province in front; no plate has seven digits in a row.
_PLATE_PART = re.compile(
    r"(?!\d{7})(?=.*\d|[\u4e00-\u9fff][A-Z])[\u4e00-\u9fff]?[A-Z0-9]{2,7}[\u4e00-\u9fff]?|\d{3,6}|[A-Z0-9]{8}"
)
_CUSTOMER = re.compile(r"KH\d{5,}")


# Rows of half a hundred columns cost more to read than to find: only what a line of the answer shows is fetched.
_OWNER = ("pk", "uid", "number", "kind", "name", "community_ids")
_TENURE = (
    "owner_id", "role", "start", "end", "community__name", "unit__entrance", "unit__number", "unit__kind", "unit__community_id",
    "unit__building__number", "unit__building__name",
)  # fmt: skip
_VEHICLE = (
    "plate",
    "owner__uid",
    "owner__kind",
    "owner__name",
    "owner__community_ids",
    "community__name",
    "space__number",
)


# -- people ------------------------------------------------------------------------------------------
def find_owners(user: Any, text: SearchText, shown: int) -> Found:
    """At most MOST + 1 people, exact names first, present households before former ones."""
    # Never sorted by the database: sorting forty thousand 王 to show five takes ten times as long as finding them.
    visible = Owner.objects.visible_to(user, VIEW).only(*_OWNER).order_by()
    notice: Any = ""
    if text.id_number or len(text.digits) >= 4:
        rows, notice = _by_number(visible, user, text)
    elif word := _name_word(text):
        rows = list(visible.filter(search__begins=[word])[: MOST + 1])
    else:
        return Found()
    held = held_by(user, rows)
    prefetch_related_objects([own[0].unit for own in held.values()], "marks")
    rows.sort(key=lambda owner: _rank(owner, text, held.get(owner.pk, [])))
    return Found(tuple(dress(user, text, rows[:shown], held)), len(rows), notice)


def _name_word(text: SearchText) -> str:
    """The lexeme to begin with; '' when the text is no name: one Chinese character is enough, of letters it takes two."""
    word = normalise_name(text.plain).replace(" ", "").lower()
    if word.isascii():
        return word if len(word) >= 2 and word[0].isalpha() else ""
    return word


def _by_number(visible: QuerySet[Owner], user: Any, text: SearchText) -> tuple[list[Owner], Any]:
    if text.id_number:
        return list(visible.filter(id_index=blind_index.whole("id_number", text.id_number))[: MOST + 1]), ""
    holders = _holders(text.digits)
    found = list(visible.filter(pk__in=holders)[: MOST + 1])
    if found or _is_whole(text.digits):
        return found, ""
    ids = _by_fragment(visible, text.digits)
    if ids is None:
        return [], NOTICE if len(text.digits) > 4 else ""
    return list(visible.filter(pk__in=ids)[: MOST + 1]), ""


def _is_whole(digits: str) -> bool:
    try:
        normalise_phone(digits)
    except BadValue:
        return False
    return True


def _holders(digits: str) -> QuerySet[Any]:
    """Ids of those who have this whole phone, or whose phone ends in these four digits."""
    if len(digits) == 4:
        return OwnerPhone.objects.filter(number_last4=blind_index.last4("phone", digits)).values("owner_id")
    try:
        number = normalise_phone(digits)
    except BadValue:
        return OwnerPhone.objects.none().values("owner_id")
    return OwnerPhone.objects.filter(number_index=blind_index.whole("phone", number)).values("owner_id")


def _by_fragment(visible: QuerySet[Owner], digits: str) -> list[int] | None:
    """Ids of people one of whose phones holds these digits anywhere; None when the scope is too large to decrypt it."""
    if visible[: MOST_DECRYPTED + 1].count() > MOST_DECRYPTED:
        return None
    # Plain rows instead of model instances: the whole scope is read, and all but a few rows are thrown away.
    scope, params = visible.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT owner_id, uid::text, number FROM owners_ownerphone WHERE owner_id IN ({scope})",  # noqa: S608  made by the ORM
            params,
        )
        return list(islice(_holding(cursor.fetchall(), digits), MOST + 1))


def _holding(rows: Iterable[tuple[int, str, str]], digits: str) -> Iterable[int]:
    decrypt, table = ring().decrypt, OwnerPhone._meta.db_table
    for owner_id, uid, sealed in rows:
        if digits in decrypt(sealed, binding(table, "number", uid)).replace("-", ""):
            yield owner_id


def held_by(user: Any, owners: list[Owner]) -> dict[int, list[Tenure]]:
    """Relations of these people inside the reader's scope: those of today first, then the latest ended."""
    today = timezone.localdate()
    rows = Tenure.objects.visible_to(user, VIEW).filter(owner__in=owners).order_by()
    rows = rows.select_related("unit__building", "community").only(*_TENURE)
    held: dict[int, list[Tenure]] = {}
    for row in rows:
        held.setdefault(row.owner_id, []).append(row)
    for own in held.values():
        own.sort(
            key=lambda row: (not row.is_current, row.unit.kind != "home", -(row.end or today).toordinal(), row.unit_id)
        )
    return held


def _rank(owner: Owner, text: SearchText, held: list[Tenure]) -> tuple[Any, ...]:
    spellings = {owner.name.lower(), owner.number.lower()}
    # Nothing else can be somebody's pinyin, and forty names take a while.
    if text.compact.isascii() and text.compact.isalpha():
        for syllables in readings(owner.name):
            spellings |= {"".join(syllables), "".join(part[0] for part in syllables)}
    names_start = any(spelling.startswith(text.compact) for spelling in spellings)
    current = bool(held) and held[0].is_current
    # Where something waits (arrears, an open order) the caller is likely to be; then owners before their families.
    waiting = current and any(mark.kind != UnitMark.Kind.CARE for mark in held[0].unit.marks.all())
    role = _ROLES.index(held[0].role) if current else len(_ROLES)
    return text.compact not in spellings, not current, not names_start, not waiting, role, owner.name, owner.pk


def dress(user: Any, text: SearchText, owners: list[Owner], held: dict[int, list[Tenure]]) -> list[Hit]:
    prefetch_related_objects(owners, "phones")
    eyes = Eyes(user)
    return [_hit(eyes, text, owner, held.get(owner.pk, []), position == 0) for position, owner in enumerate(owners)]


def _hit(eyes: Eyes, text: SearchText, owner: Owner, held: list[Tenure], best: bool) -> Hit:
    name, first = eyes.owner_name(owner), held[0] if held else None
    is_open = name == owner.name
    tags, status = mark_tags(first.unit, eyes.user) if first and first.is_current else ((), None)
    by_letters = text.compact.isascii() and text.compact.isalpha()
    return Hit(
        url=reverse("owners:owner_file", args=[owner.pk]),
        title=name,
        title_marked=mark_name(name, text.compact) if is_open else name,
        pinyin=tone_reading(owner.name) if best and by_letters and is_open else "",
        facts=tuple(_facts(eyes, text, owner, held)),
        icon="building" if owner.kind == OwnerKind.ORGANISATION else "",
        initial=name[:1],
        tags=tags,
        status=status,
    )


def _facts(eyes: Eyes, text: SearchText, owner: Owner, held: list[Tenure]) -> Iterable[Any]:
    phone = _shown_phone(eyes, text, owner)
    if not held:
        yield from filter(None, (owner.number, phone))
        return
    first = held[0]
    yield first.unit.label
    if first.is_current:
        yield first.get_role_display()
    else:
        former = _("历史业主") if first.role in ("owner", "co_owner") else _("历史住户")
        yield _("%(former)s，%(end)s 止") % {"former": former, "end": first.end} if first.end else former
    if phone:
        yield phone
    if in_several_communities(eyes.user, VIEW):
        yield first.community.name
    if len({row.unit_id for row in held if row.is_current}) > 1:
        yield _("共 %(n)d 处") % {"n": len({row.unit_id for row in held if row.is_current})}


def _shown_phone(eyes: Eyes, text: SearchText, owner: Owner) -> Any:
    """The number that was meant, else the first one, as this reader may see it."""
    numbers = [row.number for row in owner.phones.all()]
    if not numbers:
        return ""
    wanted = text.digits
    number = next((one for one in numbers if wanted and wanted in one.replace("-", "")), numbers[0])
    shown = eyes.sees("phone", number, owner.community_ids)
    if len(wanted) == 4 and number.endswith(wanted) and shown.endswith(wanted):
        return marked(shown, len(shown) - 4, 4)
    return shown


def mark_name(name: str, word: str) -> Any:
    """The name with the part that was typed: as characters, as full pinyin, as initials."""
    start = name.lower().find(word)
    if start >= 0:
        return marked(name, start, len(word))
    if name.isascii() or not word.isascii():
        return name
    for syllables in readings(name):
        if len(syllables) != len(name):
            continue
        for begin in range(len(name)):
            if "".join(part[0] for part in syllables[begin:]).startswith(word):
                return marked(name, begin, len(word))
            if "".join(syllables[begin:]).startswith(word):
                return marked(name, begin, _characters(syllables[begin:], len(word)))
    return name


def _characters(syllables: tuple[str, ...], letters: int) -> int:
    """How many characters so many letters of their pinyin reach into."""
    reached = 0
    for count, syllable in enumerate(syllables, start=1):
        reached += len(syllable)
        if reached >= letters:
            return count
    return len(syllables)


# -- vehicles ----------------------------------------------------------------------------------------
def find_vehicles(user: Any, text: SearchText, shown: int) -> Found:
    """Any part of a plate from three characters on, whatever the case, width, spaces and dots."""
    part = _PLATE.sub("", text.plain).upper()
    if not _PLATE_PART.fullmatch(part) or _CUSTOMER.fullmatch(part):
        return Found()
    rows = (
        Vehicle.objects.visible_to(user, VIEW_VEHICLE).filter(plate__contains=part, disabled_at__isnull=True).order_by()
    )
    found = list(rows.select_related("owner", "community", "space").only(*_VEHICLE)[: MOST + 1])
    found.sort(key=lambda row: (row.plate != part, not row.plate.endswith(part), row.plate))
    return Found(tuple(_vehicle_hit(Eyes(user), row, part) for row in found[:shown]), len(found))


def _vehicle_hit(eyes: Eyes, row: Vehicle, part: str) -> Hit:
    space = _("车位 %(space)s") % {"space": row.space.number} if row.space else ""
    name = format_html("{} {}", _("车主"), eyes.owner_name(row.owner))
    place = row.community.name if in_several_communities(eyes.user, VIEW_VEHICLE) else ""
    facts = tuple(filter(None, (space, name, place)))
    plate = marked(row.plate, row.plate.find(part), len(part))
    return Hit(reverse("owners:vehicle_detail", args=[row.pk]), row.plate, plate, facts=facts, icon="car")


def register() -> None:
    search.register(search.SearchSource("owners", gettext_lazy("住户"), VIEW, find_owners, order=10))
    search.register(search.SearchSource("vehicles", gettext_lazy("车辆"), VIEW_VEHICLE, find_vehicles, order=30))
