"""One chunk of decided rows into the tables: COPY for what is new, one UPDATE a field for what changes, and the log of both."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.models import DictItem, LogEntry
from owners.importing import actions
from owners.importing.changing import apply_sets
from owners.importing.chunks import add_buildings
from owners.importing.copying import NULL, Table, cell, compact_json, copy, escaped, next_ids
from owners.importing.labels import Labels
from owners.importing.plans import FileRow, UnitPlan
from owners.importing.preparing import PERSON_COLUMNS, Prepared, start_of
from owners.models import EmergencyContact, ImportBatch, Owner, OwnerPhone, Tenure, TimelineEntry, Vehicle
from owners.services.care import refresh_care_of
from owners.services.derived import refresh_owner
from properties.models import Unit
from properties.naming import building_label, unit_label

_UNIT_VALUES = (
    "floor", "unit_type_id", "built_area", "inner_area", "rooms", "halls", "baths", "kitchens", "orientation_id",
    "property_nature_id", "delivery_status", "delivered_on", "billing_from", "usage", "remark",
)  # fmt: skip
UNITS = Table(
    Unit,
    ("id", "community_id", "building_id", "entrance", "number", "kind", "code", "sort_key", "search", *_UNIT_VALUES),
)
OWNERS = Table(Owner, ("id", "number", "search", "source_id", "community_ids", *PERSON_COLUMNS))
PHONES = Table(OwnerPhone, ("owner_id", "is_primary", "sort", "uid", "number", "number_index", "number_last4"))
EMERGENCIES = Table(EmergencyContact, ("owner_id", "uid", "name", "phone"))
TENURES = Table(
    Tenure,
    (
        "id",
        "owner_id",
        "unit_id",
        "community_id",
        "role",
        "share",
        "is_primary_contact",
        "is_payer",
        "start",
        "end",
        "remark",
    ),
)
VEHICLES = Table(Vehicle, ("id", "owner_id", "community_id", "plate"))
TIMELINE = Table(TimelineEntry, ("unit_id", "owner_id", "kind", "sentence", "source_type", "source_id"))
LOG = Table(
    LogEntry,
    (
        "action", "object_type", "object_id", "object_label", "changes", "actor_type", "actor_id", "actor_label", "community_id",
        "batch",
    ),
)  # fmt: skip
_TABLES = ("properties_unit", "owners_owner", "owners_tenure", "owners_vehicle")
Pair = tuple[Prepared, FileRow]
Pairs = Sequence[Pair]
SOURCE_CODES = ("excel", "import", "excel_import")


class ChunkWriter:
    """Writes the rows of one chunk. `written` maps what is made to its new key: units by plan, persons by uid."""

    def __init__(self, cursor: Any, batch: ImportBatch, labels: Labels, units: Sequence[UnitPlan]) -> None:
        self.cursor = cursor
        self.batch = batch
        self.units = units
        self.labels = labels
        self.unit_ids: dict[int, int] = {}
        self.owner_ids: dict[str, int] = {}
        self.log: list[str] = []
        self.timeline: list[str] = []
        self.words: dict[str, tuple[str, str]] = {}
        self.labelled: tuple[UnitPlan | None, str] = (None, "")
        by = batch.created_by
        who = f"{by.actor_type}\t{by.actor_id}\t{escaped(by.actor_label[:80])}"
        self.log_tail = f"\t{who}\t{batch.community_id}\t{batch.uid}{LOG.tail}"

    def write(self, pairs: Pairs, first_number: int) -> None:
        """Locks come in one order for every import: buildings, units, persons, tenures, vehicles; each sorted by its key.
        `first_number` begins the customer numbers set aside for the chunk's new persons."""
        self._buildings()
        new: tuple[Sequence[Any], ...] = self._sorted_out(pairs)
        keys = [next_ids(self.cursor, table, len(rows)) for table, rows in zip(_TABLES, new, strict=True)]
        units, owners, tenures, plates = (
            list(zip(ids, rows, strict=True)) for ids, rows in zip(keys, new, strict=True)
        )
        self._write_units(units)
        self._write_owners(owners, first_number)
        if any(row.sets for _item, row in pairs):
            apply_sets(self, pairs)
        self._write_tenures(tenures)
        self._write_vehicles(plates)
        copy(self.cursor, TIMELINE.sql, self.timeline)
        copy(self.cursor, LOG.sql, self.log)
        # Those who were there already: their communities and completeness follow from what they have now.
        known = sorted({row.person.fact.id for _item, row in pairs if row.person and row.person.fact})
        refresh_owner(known)
        refresh_care_of(known)

    def _sorted_out(self, pairs: Pairs) -> tuple[list[Pair], list[Pair], list[Pair], list[tuple[str, Prepared]]]:
        """What is new: units, persons, tenures, plates; each in the order in which it is locked."""
        units, tenures, plates = [], [], []
        owners: dict[str, Pair] = {}
        for pair in pairs:
            item, row = pair
            if row.unit is not None and row.unit.fact is not None:
                self.unit_ids[id(row.unit)] = row.unit.fact.id
            elif "unit" in row.adds:
                units.append(pair)
            if row.person is None:
                continue
            if row.person.fact is not None:
                self.owner_ids[item.stored.uid] = row.person.fact.id
            else:
                owners.setdefault(item.stored.uid, pair)
            if "tenure" in row.adds:
                tenures.append(pair)
            plates += [(add[6:], item) for add in row.adds if add.startswith("plate:")]
        # By identity number, which is unique: two imports that bring the same person wait for each other, never in a circle.
        ordered = sorted(owners.values(), key=lambda pair: pair[0].id_index or b"")
        return units, ordered, tenures, sorted(plates, key=lambda plate: plate[0])

    def note(self, action: str, kind: str, pk: int, label: str, changes: dict[str, Any]) -> None:
        """One entry of the operation log; personal values in `changes` are masked by the caller."""
        text = escaped(compact_json(changes)) if changes else "{}"
        self.log.append(f"{action}\t{kind}\t{pk}\t{escaped(label[:160])}\t{text}{self.log_tail}")

    # --- the estate -----------------------------------------------------------------------------------------------------------

    def _buildings(self) -> None:
        """They were made before the first chunk, unless somebody has removed one since."""
        made = add_buildings(self.batch, [unit.key[0] for unit in self.units if unit.building is None and unit.rows])
        for unit in self.units:
            unit.building_id = unit.building_id or made.get(unit.key[0], 0)

    def _write_units(self, new: Sequence[tuple[int, Pair]]) -> None:
        lines = []
        for pk, (item, row) in new:
            unit = row.unit
            assert unit is not None  # its row adds it
            self.unit_ids[id(unit)] = pk
            lines.append(self._unit_line(pk, unit, item.place, "" if row.person else row.values.get("remark") or ""))
            shown = self.labels.remembered
            changes = {key: shown(key, value) for key, value in unit.values.items() if value is not None}
            self.note(actions.UNIT_ADDED, "properties.unit", pk, self.label_of(unit), changes)
            if row.person is None:
                self._tell(pk, NULL, _("导入建立房屋档案"))
        copy(self.cursor, UNITS.sql, lines)

    def _unit_line(self, pk: int, unit: UnitPlan, place: str, remark: str) -> str:
        values = unit.values
        layout = values.get("layout")
        rooms, halls, baths, kitchens = layout if layout else (NULL, NULL, NULL, NULL)
        unit_type = values["unit_type"]
        _building, entrance, number = unit.key
        return (
            f"{pk}\t{self.batch.community_id}\t{unit.building_id}\t{escaped(entrance)}\t{escaped(number)}\t"
            f"{self.labels.unit_kind(unit_type)}\t{place}\t"
            f"{cell(values.get('floor'))}\t{unit_type}\t{cell(values.get('built_area'))}\t{cell(values.get('inner_area'))}\t"
            f"{rooms}\t{halls}\t{baths}\t{kitchens}\t{cell(values.get('orientation'))}\t{cell(values.get('property_nature'))}\t"
            f"{values.get('delivery_status') or 'delivered'}\t{cell(values.get('delivered_on'))}\t"
            f"{cell(values.get('billing_from'))}\t{values.get('usage') or ''}\t{escaped(remark)}{UNITS.tail}"
        )

    def label_of(self, unit: UnitPlan) -> str:
        """3栋2单元1502, as Unit.label says it; every row of the unit asks for it again."""
        if unit is not self.labelled[0]:
            building, entrance, number = unit.key
            known = unit.building.label if unit.building is not None else building_label(building)
            self.labelled = (unit, unit_label(known, entrance, number))
        return self.labelled[1]

    # --- people ---------------------------------------------------------------------------------------------------------------

    def _write_owners(self, new: Sequence[tuple[int, Pair]], first: int) -> None:
        told, community = cell(self._source()), self.batch.community_id
        owners, phones, emergencies = [], [], []
        for place, (pk, (item, _row)) in enumerate(new, start=first):
            number = f"KH{place:06d}"
            self.owner_ids[item.stored.uid] = pk
            owners.append(
                f"{pk}\t{number}\t{item.words} '{number.lower()}'\t{told}\t{{{community}}}\t{item.person}{OWNERS.tail}"
            )
            for sort, phone in enumerate(item.phones):
                phones.append(f"{pk}\t{'t' if sort == 0 else 'f'}\t{sort}\t{phone}{PHONES.tail}")
            if item.emergency:
                emergencies.append(f"{pk}\t{item.emergency}{EMERGENCIES.tail}")
            self.note(actions.OWNER_ADDED, "owners.owner", pk, f"{item.seen['name']}（{number}）", item.seen)
        copy(self.cursor, OWNERS.sql, owners)
        copy(self.cursor, PHONES.sql, phones)
        copy(self.cursor, EMERGENCIES.sql, emergencies)

    def _source(self) -> int | None:
        return DictItem.objects.of("owner_source").filter(code__in=SOURCE_CODES).values_list("pk", flat=True).first()

    # --- what ties them together ------------------------------------------------------------------------------------------------

    def _write_tenures(self, new: Sequence[tuple[int, Pair]]) -> None:
        lines = []
        today = self.labels.today
        community = self.batch.community_id
        for pk, (item, row) in new:
            values, unit = row.values, row.unit
            assert unit is not None  # a tenure is one of a unit
            unit_id, owner_id = self.unit_ids[id(unit)], self.owner_ids[item.stored.uid]
            delivered = unit.values.get("delivered_on") or (unit.fact.values["delivered_on"] if unit.fact else None)
            start = start_of(values, delivered, today)
            role, share, end = values["role"], values.get("share"), values.get("end")
            contact, payer = values.get("is_primary_contact") is True, values.get("is_payer") is True
            lines.append(
                f"{pk}\t{owner_id}\t{unit_id}\t{community}\t{role}\t{cell(share)}\t{cell(contact)}\t{cell(payer)}\t{start}\t"
                f"{cell(end)}\t{escaped(values.get('remark') or '')}{TENURES.tail}"
            )
            word, sentence = self._role(role)
            label = f"{self.label_of(unit)} {item.seen['name']} {word}"
            self.note(actions.TENURE_ADDED, "owners.tenure", pk, label, {"role": word, "start": str(start)})
            self._tell(unit_id, owner_id, sentence)
        copy(self.cursor, TENURES.sql, lines)

    def _role(self, role: str) -> tuple[str, str]:
        """A role's word and the line of the timeline, translated once."""
        if role not in self.words:
            word = self.labels.role(role)
            self.words[role] = (word, _("导入登记为%s") % word)
        return self.words[role]

    def _write_vehicles(self, new: Sequence[tuple[int, tuple[str, Prepared]]]) -> None:
        lines = []
        for pk, (plate, item) in new:
            lines.append(f"{pk}\t{self.owner_ids[item.stored.uid]}\t{self.batch.community_id}\t{plate}{VEHICLES.tail}")
            self.note(actions.VEHICLE_ADDED, "owners.vehicle", pk, plate, {"plate": plate})
        copy(self.cursor, VEHICLES.sql, lines)

    def _tell(self, unit_id: Any, owner_id: Any, sentence: str) -> None:
        self.timeline.append(
            f"{unit_id}\t{owner_id}\tfile\t{sentence}\towners.importbatch\t{self.batch.pk}{TIMELINE.tail}"
        )
