"""Who an announcement is meant for: rules become households and people, always through the author's scope.

Places add up; without any, all households of the announcement's communities are meant. Tags, relations and views of people narrow
what the places give: alternatives of one kind, all kinds together. Exclusions take away, and win.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet, PermissionDenied
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import BusinessError
from core.web.list_names import list_view
from notices.models import AudienceKind, AudienceRule, Notice
from notices.queries.reach import any_of, reach
from notices.seeds import MARKETING
from owners.models import OwnerTag, Tenure
from owners.services.care import NOT_LIVED_IN
from properties.models import Unit

WRITE = "notices.add_notice"
UNIT_LIST, OWNER_LIST = "properties:unit_list", "owners:owner_list"
LISTS = (UNIT_LIST, OWNER_LIST)
PLACES = (
    AudienceKind.ALL, AudienceKind.COMMUNITY, AudienceKind.BUILDING, AudienceKind.ENTRANCE, AudienceKind.UNIT,
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """What will be sent to whom, before anything is sent."""

    households: int = 0
    persons: int = 0
    unreachable: int = 0
    empty: int = 0
    reachable: dict[str, int] = field(default_factory=dict)
    # Of an announcement that advertises: people who have not agreed to marketing, and who are skipped.
    refusing: int = 0


def units(notice: Notice, rules: Iterable[AudienceRule] | None = None) -> QuerySet[Unit]:
    """The units the rules name, as far as the author may write to them."""
    rules = list(notice.rules.all() if rules is None else rules)
    reach_of_author = Unit.objects.visible_to(notice.author, WRITE)
    rows = reach_of_author.active().filter(community__in=notice.community_ids)
    places = [rule for rule in rules if rule.kind in PLACES or rule.view_list == UNIT_LIST]
    meant, out = Q(), Q()
    for rule in places:
        if rule.exclude:
            out |= _place(rule, notice)
        else:
            meant |= _place(rule, notice)
    if all(rule.exclude for rule in places):
        meant = _lived_in()
    return rows.filter(meant).exclude(out) if out else rows.filter(meant)


def _lived_in() -> Q:
    """Nobody is told about a lift at a parking space, unless it is named by itself."""
    return ~Q(kind__in=NOT_LIVED_IN)


def _place(rule: AudienceRule, notice: Notice) -> Q:
    match rule.kind:
        case AudienceKind.COMMUNITY:
            return Q(community=rule.community_id) & _lived_in()
        case AudienceKind.BUILDING:
            return Q(building=rule.building_id) & _lived_in()
        case AudienceKind.ENTRANCE:
            return Q(building=rule.building_id, entrance=rule.entrance) & _lived_in()
        case AudienceKind.UNIT:
            return Q(pk=rule.unit_id)
        case AudienceKind.VIEW:
            return Q(pk__in=_view_rows(rule, notice).order_by().values("pk"))
    return _lived_in()


def _view_rows(rule: AudienceRule, notice: Notice) -> QuerySet[Any]:
    """What the saved view shows to the author now."""
    try:
        view = list_view(rule.view_list, notice.author)
    except (Http404, PermissionDenied):
        words = {"view": rule.view_name}
        raise BusinessError(_("拟稿人已看不到视图“%(view)s”的列表") % words, _("请从发送范围里去掉它")) from None
    rows: QuerySet[Any] = view.filtered(notice.author, QueryDict(rule.view_query)).qs
    return rows


def people(notice: Notice, rules: Iterable[AudienceRule] | None = None) -> QuerySet[Tenure]:
    """Today's relations of the people the rules let through, in any unit."""
    rules = list(notice.rules.all() if rules is None else rules)
    rows = Tenure.objects.current().filter(owner__disabled_at__isnull=True)
    for kind in (AudienceKind.ROLE, AudienceKind.TAG, AudienceKind.VIEW):
        mine = [rule for rule in rules if rule.kind == kind and rule.view_list != UNIT_LIST]
        wanted, unwanted = [r for r in mine if not r.exclude], [r for r in mine if r.exclude]
        if wanted:
            rows = rows.filter(_persons(kind, wanted, notice))
        if unwanted:
            rows = rows.exclude(_persons(kind, unwanted, notice))
    return rows


def _persons(kind: str, rules: list[AudienceRule], notice: Notice) -> Q:
    if kind == AudienceKind.ROLE:
        return Q(role__in=[rule.role for rule in rules])
    if kind == AudienceKind.TAG:
        today = timezone.localdate()
        tags = OwnerTag.objects.filter(
            Q(expires_on__isnull=True) | Q(expires_on__gte=today),
            removed_at__isnull=True,
            tag__in=[rule.tag_id for rule in rules],
        )
        return Q(owner__in=tags.values("owner_id"))
    found = Q()
    for rule in rules:
        found |= Q(owner__in=_view_rows(rule, notice).order_by().values("pk"))
    return found


def recipients(notice: Notice, rules: Iterable[AudienceRule] | None = None) -> QuerySet[Any]:
    """One row for each (unit_id, owner_id) that will be told."""
    rules = list(notice.rules.all() if rules is None else rules)
    rows = people(notice, rules).filter(unit__in=units(notice, rules).order_by().values("pk"))
    return rows.order_by().values("unit_id", "owner_id").distinct()


def sql_of(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]] | None:
    """The statement of a query, to be put into a larger one; None when it can give no row."""
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:
        return None


def figures(notice: Notice) -> Figures:
    """The preview: one statement over everybody, one for the units where nobody lives."""
    rules = list(notice.rules.all())
    found = sql_of(recipients(notice, rules))
    all_units = units(notice, rules).order_by().count()
    if found is None:
        return Figures(empty=all_units, reachable=dict.fromkeys(notice.channels, 0))
    statement, params = found
    willing = "o.marketing_consent" if notice.notice_type.attribute(MARKETING) else "true"
    counted = ", ".join(f"count(DISTINCT o.id) FILTER (WHERE {reach(code)} AND {willing})" for code in notice.channels)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH people(unit_id, owner_id) AS ({statement})
            SELECT count(DISTINCT unit_id), count(DISTINCT o.id),
                   count(DISTINCT unit_id) - count(DISTINCT unit_id) FILTER (WHERE {any_of(notice.channels)}),
                   count(DISTINCT o.id) FILTER (WHERE NOT {willing}), {counted}
              FROM people JOIN owners_owner o ON o.id = people.owner_id
            """,  # noqa: S608  our own statements; values are parameters
            params,
        )
        households, persons, unreachable, refusing, *reachable = cursor.fetchone()
    by_channel = dict(zip(notice.channels, reachable, strict=True))
    return Figures(households, persons, unreachable, all_units - households, by_channel, refusing)


def unreachable_units(notice: Notice) -> QuerySet[Unit]:
    """The households of which nobody can be reached over any of the channels: for the telephone, the door and the notice board."""
    found = sql_of(recipients(notice))
    if found is None:
        return Unit.objects.none()
    statement, params = found
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH people(unit_id, owner_id) AS ({statement})
            SELECT unit_id FROM people JOIN owners_owner o ON o.id = people.owner_id
             GROUP BY unit_id HAVING NOT bool_or({any_of(notice.channels)})
            """,  # noqa: S608  our own statements; values are parameters
            params,
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    return Unit.objects.filter(pk__in=ids).with_place().order_by("community_id", "sort_key", "pk")
