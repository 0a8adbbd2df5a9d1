"""The estate as a workbook in the import template's layout: what goes out comes in again and goes out the same.

Rows follow the room, then its people; nothing in the order depends on keys that another database would give otherwise.
The 项目 column stays blank, because the file says nothing about where it is imported.
"""

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.access import Scope
from audit.models import FieldVisibility
from core import log
from core.errors import OutOfScope
from core.excel.columns import Column, Kind
from core.excel.template import header_text
from core.excel.writer import ExportColumn, ExportKind, write_table
from core.masking import mask_id_number, mask_name, mask_phone
from core.models import Job
from core.services.attachments import store_result
from core.tasks import JobResult, Progress
from owners.importing.actions import EXPORTED
from owners.importing.columns import columns
from owners.importing.labels import layout_text
from owners.models import Owner, Tenure, TenureRole, Vehicle
from owners.queries.people import period_start
from owners.visibility import Eyes
from properties.models import Building, Community, Unit

PERMISSION, PLAIN_PERMISSION = "owners.export_owner", "owners.export_plain_owner"
FORMER_PERMISSION = "owners.view_former_owner"
KEEP = timedelta(hours=72)
_BATCH = 1_000
_KINDS = {
    Kind.DECIMAL: ExportKind.AREA, Kind.INTEGER: ExportKind.INTEGER, Kind.DATE: ExportKind.DATE, Kind.SHARE: ExportKind.PERCENT,
    Kind.YESNO: ExportKind.YESNO,
}  # fmt: skip
_ROLES = {role: place for place, role in enumerate(TenureRole.values)}
# The same rows give the same bytes: a workbook otherwise carries the time of its making.
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class EstateExport:
    """One community as rows of the template. Numbers are masked unless `plain`; what the role may not see stays blank even then."""

    def __init__(self, community: Community, user: Any, *, plain: bool) -> None:
        scope = user.access.scope(PERMISSION)
        if not scope.covers_community(community.pk) and community.pk not in scope.building_community_ids:
            raise OutOfScope(_("您没有导出“%s”的权限") % community)
        if plain and not _covers(user.access.scope(PLAIN_PERMISSION), scope, community):
            raise OutOfScope(_("您没有导出“%s”明文号码的权限") % community)
        self.community = community
        self.user = user
        self.plain = plain
        self.columns = columns()
        self.eyes = Eyes(user)
        self.units = Unit.objects.visible_to(user, PERMISSION).filter(community=community, disabled_at__isnull=True)

    def write(self, path: Path, tick: Any = None, *, watermark: str | None = None) -> tuple[int, str]:
        """(rows, SHA-256 of the file)."""
        count = write_table(
            path, [_column(column) for column in self.columns], self._ticking(tick), sheet_name=str(self.community.name),
            watermark=watermark, created=_EPOCH,
        )  # fmt: skip
        return count, hashlib.sha256(path.read_bytes()).hexdigest()

    def log(self, count: int, digest: str, reason: str) -> None:
        changes = {"rows": count, "sha256": digest, "plain": self.plain}
        log.record(EXPORTED, self.community, by=self.user, changes=changes, reason=reason)

    def _ticking(self, tick: Any) -> Iterator[list[Any]]:
        for done, row in enumerate(self.rows(), start=1):
            if tick and done % _BATCH == 0:
                tick(done)
            yield row

    def rows(self) -> Iterator[list[Any]]:
        keys = [column.key for column in self.columns]
        for record in self._records():
            yield [record.get(key) for key in keys]

    def _records(self) -> Iterator[dict[str, Any]]:
        """By keyset, so that memory does not grow with the community."""
        key, code = "", ""
        rows = self.units.select_related("building", "unit_type", "orientation", "property_nature").order_by(
            "sort_key", "code"
        )
        while found := list(
            rows.filter(Q(sort_key__gt=key) | Q(sort_key=key, code__gt=code), sort_key__gte=key)[:_BATCH]
        ):
            key, code = found[-1].sort_key, found[-1].code
            tenures = self._tenures(found)
            for unit in found:
                base = self._unit(unit)
                people = sorted((self._person(tenure) for tenure in tenures[unit.pk]), key=_order)
                yield from ([base | person for person in people] or [base | {"remark": unit.remark}])

    def _tenures(self, units: list[Unit]) -> dict[int, list[Tenure]]:
        """By unit, as far as this reader may look back."""
        vehicles = Vehicle.objects.filter(community=self.community, disabled_at__isnull=True).order_by("plate")
        rows = Tenure.objects.filter(unit__in=units).prefetch_related(
            Prefetch("owner", Owner.objects.all()),
            "owner__phones",
            "owner__emergency_contacts",
            Prefetch("owner__vehicles", vehicles, to_attr="plates_here"),
        )
        grouped: dict[int, list[Tenure]] = defaultdict(list)
        for tenure in rows:
            grouped[tenure.unit_id].append(tenure)
        for unit in units:
            if not self.eyes.covers(FORMER_PERMISSION, self.community.pk, unit.building_id):
                grouped[unit.pk] = _present(grouped[unit.pk])
        return grouped

    def _unit(self, unit: Unit) -> dict[str, Any]:
        layout = (unit.rooms, unit.halls, unit.baths, unit.kitchens)
        return {
            "building": unit.building.number, "entrance": unit.entrance, "floor": unit.floor, "number": unit.number,
            "unit_type": unit.unit_type.name, "built_area": unit.built_area, "inner_area": unit.inner_area,
            "layout": layout_text(count or 0 for count in layout) if any(count is not None for count in layout) else "",
            "orientation": unit.orientation.name if unit.orientation else "",
            "property_nature": unit.property_nature.name if unit.property_nature else "",
            "delivery_status": unit.get_delivery_status_display(), "delivered_on": unit.delivered_on,
            "billing_from": unit.billing_from, "usage": unit.get_usage_display() if unit.usage else "",
        }  # fmt: skip

    def _person(self, tenure: Tenure) -> dict[str, Any]:
        owner: Any = tenure.owner  # with plates_here, which the query brings along
        phones = [self._phone(phone.number) for phone in owner.phones.all()]
        emergency = next(iter(owner.emergency_contacts.all()), None)
        return {
            "name": self._name(owner.name, owner.is_organisation), "role": tenure.get_role_display(), "role_order": _ROLES[tenure.role],
            "share": tenure.share, "is_primary_contact": tenure.is_primary_contact, "is_payer": tenure.is_payer,
            "start": tenure.start, "end": tenure.end, "phone": phones[0] if phones else "", "other_phones": "、".join(phones[1:]),
            "id_type": owner.get_id_type_display() if owner.id_type else "", "id_number": self._id(owner.id_number),
            "gender": owner.get_gender_display() if owner.gender else "",
            "emergency_name": self._name(emergency.name) if emergency else "",
            "emergency_phone": self._phone(emergency.phone) if emergency else "",
            "plates": "、".join(vehicle.plate for vehicle in owner.plates_here), "remark": tenure.remark,
        }  # fmt: skip

    def _level(self, field: str) -> str:
        return self.eyes.level(field, [self.community.pk])

    def _name(self, name: str, organisation: bool = False) -> str:
        level = self._level("name")
        if level == FieldVisibility.HIDDEN:
            return ""
        return name if level == FieldVisibility.PLAIN else mask_name(name, organisation)

    def _phone(self, number: str) -> str:
        return self._number("phone", number, mask_phone)

    def _id(self, number: str) -> str:
        return self._number("id", number, mask_id_number)

    def _number(self, field: str, number: str, mask: Callable[[str], str]) -> str:
        """不可见 comes first: the right to plain numbers lifts the mask, it does not open what the role hides."""
        if self._level(field) == FieldVisibility.HIDDEN:
            return ""
        return number if self.plain else mask(number)


def _covers(plain: Scope, export: Scope, community: Community) -> bool:
    """Whether everything that would go out from this community lies within the right to plain numbers."""
    if plain.covers_community(community.pk):
        return True
    if export.covers_community(community.pk):
        return False
    buildings = set(
        Building.objects.filter(community=community, pk__in=export.building_ids).values_list("pk", flat=True)
    )
    return bool(buildings) and buildings <= plain.building_ids


def _present(tenures: list[Tenure]) -> list[Tenure]:
    """Without the former households: whoever left before the present household's first day, or on the day it took over."""
    since = period_start(tenures)
    if since is None:
        return tenures
    return [row for row in tenures if row.end is None or row.end > since or row.start >= since]


def _order(person: dict[str, Any]) -> tuple[Any, ...]:
    ended = person["end"] is not None
    texts = [str(person[key]) for key in ("name", "phone", "id_number", "end", "remark")]
    return (ended, person["role_order"], person["start"], *texts)


def _column(column: Column) -> ExportColumn:
    return ExportColumn(header_text(column), _KINDS.get(column.kind, ExportKind.TEXT), column.width)


def export_job(job: Job, progress: Progress) -> JobResult:
    """The export asked for on the page; rights are those of the moment it runs."""
    community = Community.objects.get(pk=job.args["community"])
    user = job.created_by
    assert user is not None  # asked for by a person on the page
    export = EstateExport(community, user, plain=job.args["plain"])
    total = export.units.count()
    stamp = f"{user.actor_label} {timezone.localtime():%Y-%m-%d %H:%M} {job.args['reason']}"
    with tempfile.TemporaryDirectory(prefix="mulin-export-") as folder:
        path = Path(folder) / "estate.xlsx"
        count, digest = export.write(
            path, lambda done: progress(done, max(total, done), _("正在写入")), watermark=stamp
        )
        name = _("%(community)s_房屋与住户_%(day)s.xlsx") % {"community": community.name, "day": timezone.localdate()}
        kept = store_result(job, path, name, by=user, expires_at=timezone.now() + KEEP)
    export.log(count, digest, job.args["reason"])
    url = reverse("core:attachment_download", args=[kept.uid])
    return JobResult(
        url,
        _("%(community)s已导出 %(count)d 行，文件保留 72 小时") % {"community": community, "count": count},
        {"rows": count, "sha256": digest},
    )
