"""Rules about single files beyond a permission, as the pages show them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.models import Attachment
from owners.models import Owner, Tenure
from owners.queries.history import local_start
from owners.queries.people import period_start, tenures_of
from owners.visibility import Eyes
from properties.models import Building, Community, Unit

CHANGE = "owners.change_owner"
EXPORT, EXPORT_PLAIN = "owners.export_owner", "owners.export_plain_owner"
VIEW_FORMER = "owners.view_former_owner"

# What the files of a unit and of a person offer, by the permission that the page behind the link asks.
_ON_UNIT = (
    "owners.add_owner", "owners.change_owner", "owners.add_tenure", "owners.change_tenure", "owners.end_tenure",
    "owners.add_familymember", "owners.add_contactrecord", "properties.change_unit",
    "properties.view_building",
)  # fmt: skip
_ON_OWNER = (
    "owners.change_owner", "owners.disable_owner", "owners.add_ownertag", "owners.change_ownertag", "owners.add_consent",
    "owners.change_consent",
)  # fmt: skip


def unit_acts(user: Any, unit: Unit) -> dict[str, bool]:
    """{"end_tenure": True, …}: what this person would not be refused at this unit; holding a permission somewhere else opens
    nothing here. No query."""
    eyes = Eyes(user)
    return {_name(code): eyes.covers(code, unit.community_id, unit.building_id) for code in _ON_UNIT}


def owner_acts(user: Any, owner: Owner) -> dict[str, bool]:
    """The same at a person's file, by the rule of OwnerQuerySet.within. One query, and that only for who holds one of them in single
    buildings: where somebody lives, his row does not say."""
    scopes = {code: user.access.scope(code) for code in _ON_OWNER}
    own = set(owner.community_ids)
    acts = {code: bool(scope.everything or own & scope.community_ids) for code, scope in scopes.items()}
    unclear = [code for code, scope in scopes.items() if scope.building_ids and not acts[code]]
    if unclear:
        buildings = set(Tenure.objects.filter(owner=owner).values_list("unit__building_id", flat=True))
        acts.update({code: bool(buildings & scopes[code].building_ids) for code in unclear})
    return {_name(code): may for code, may in acts.items()}


def with_acts(tenures: list[Tenure], user: Any) -> list[Tenure]:
    """The holdings of a person, each with the acts of its unit as `acts`."""
    for row in tenures:
        row.acts = unit_acts(user, row.unit)  # type: ignore[attr-defined]
    return tenures


def _name(code: str) -> str:
    return code.partition(".")[2]


class PlainReader:
    """May this person export a protected field of a row unmasked? Only with the right to, where it holds, and never what his roles
    hide. False as a whole for whoever holds the right nowhere: the export page then does not offer it."""

    def __init__(self, user: Any) -> None:
        self.scope, self.eyes = user.access.scope(EXPORT_PLAIN), Eyes(user)

    def __bool__(self) -> bool:
        return bool(self.scope.everything or self.scope.community_ids)

    def __call__(self, record: Any, field: str) -> bool:
        owner = record if isinstance(record, Owner) else record.owner
        here = [pk for pk in owner.community_ids if self.scope.covers_community(pk)]
        return bool(here or self.scope.everything) and self.eyes.level(field, here) != "hidden"


def plain_reader(user: Any) -> Callable[[Any, str], bool]:
    return PlainReader(user)


def may_export_plain(user: Any, community: Community) -> bool:
    """The same for a whole community: whatever the right to export brings out of it must lie within the right to plain numbers."""
    export, plain = user.access.scope(EXPORT), user.access.scope(EXPORT_PLAIN)
    if plain.covers_community(community.pk):
        return True
    if export.covers_community(community.pk):
        return False
    here = Building.objects.filter(community=community, pk__in=export.building_ids).values_list("pk", flat=True)
    return bool(here) and plain.building_ids.issuperset(here)


def disable_consequence(owner: Owner) -> dict[str, Any]:
    """What stopping a file means, with the counts of what keeps hanging on it."""
    current = Tenure.objects.filter(owner=owner).current().count()
    counts = [
        (_("在册的人房关系"), current),
        (_("车辆"), owner.vehicles.filter(disabled_at__isnull=True).count()),
        (_("联系记录"), owner.contact_records.count()),
    ]
    consequence = {
        "consequence": _("档案和历史都会保留，不再出现在选择框里，可以随时恢复。"),
        "consequences": [{"label": label, "value": count} for label, count in counts],
    }
    if current:
        consequence["blocked"] = _("还有 %(count)d 条在册的人房关系，请先终止") % {"count": current}
    return consequence


def sees_former(user: Any, unit: Unit) -> bool:
    """Whether the history before the present household of this unit is open to this person; a right held elsewhere opens nothing."""
    scope = user.access.scope(VIEW_FORMER)
    return scope.covers_community(unit.community_id) or unit.building_id in scope.building_ids


def may_open_attachment(user: Any, attachment: Any) -> bool:
    """A file on a unit or a person opens for those who may see the unit or the person; a unit's only when it is of the present
    household's time, unless the reader may see former ones."""
    if attachment.source_type == Owner._meta.label_lower:
        return Owner.objects.visible_to(user, "owners.view_owner").filter(pk=attachment.source_id).exists()
    unit = Unit.objects.visible_to(user, "owners.view_owner").filter(pk=attachment.source_id).first()
    if unit is None:
        return False
    since = None if sees_former(user, unit) else period_start(tenures_of(unit))
    return since is None or attachment.created_at >= local_start(since)


def may_change_source(user: Any, source: Owner | Unit) -> bool:
    """Whether the files of a unit or a person are this person's to tidy, whoever brought them."""
    permissions = [CHANGE, "properties.change_unit"] if isinstance(source, Unit) else [CHANGE]
    rows: Any = type(source)._default_manager
    return any(rows.visible_to(user, permission).filter(pk=source.pk).exists() for permission in permissions)


def removable_attachment(uid: UUID, user: Any) -> Attachment | None:
    """A file this person may open and take away: his own upload, or one of a unit or a person he may change."""
    sources = {model._meta.label_lower: model for model in (Owner, Unit)}
    attachment = Attachment.objects.filter(uid=uid, source_type__in=sources, removed_at__isnull=True).first()
    if attachment is None or not may_open_attachment(user, attachment):
        return None
    source = sources[attachment.source_type]._default_manager.filter(pk=attachment.source_id).first()
    own = attachment.created_by_id == user.pk
    return attachment if own or (source is not None and may_change_source(user, source)) else None


def unit_attachments(unit: Unit, user: Any, since: date | None) -> QuerySet[Attachment]:
    """The files of a unit this reader may open; `since` is the first day of the present household."""
    rows = Attachment.objects.of(unit).filter(removed_at__isnull=True)
    return rows if since is None or sees_former(user, unit) else rows.filter(created_at__gte=local_start(since))
