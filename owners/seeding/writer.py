"""One drawn community into the database: one COPY a table, all inside the caller's transaction."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core import blind_index
from core.lexemes import literal
from core.normalise import normalise_name
from core.uid import uuid7
from owners import indexing
from owners.models import (
    Consent,
    ContactRecord,
    EmergencyContact,
    FamilyMember,
    Owner,
    OwnerPhone,
    OwnerTag,
    Tenure,
    TimelineEntry,
    Vehicle,
)
from owners.seeding.drawn import Drawn
from owners.seeding.estate import Block, Room
from owners.seeding.people import Someone
from owners.seeding.rows import Sealer, Table, reserve
from owners.seeding.words import Words
from properties import naming
from properties.models import Building, Community, Unit


class Writer:
    """Keys are reserved first, so that every row can name the others before any of them is written."""

    def __init__(self, drawn: Drawn, community: Community, first_number: int, staff_id: int, words: Words) -> None:
        self.drawn, self.community, self.words, self.staff_id = drawn, community, words, staff_id
        self.first_number = first_number
        self.unit_ids: dict[int, int] = {}

    def write(self) -> dict[str, int]:
        """Returns how many rows each table got."""
        self._buildings()
        counts = {}
        tables = (
            self._units, self._owners, self._phones, self._emergency, self._tags, self._consents, self._tenures, self._vehicles,
            self._relatives, self._contacts, self._events,
        )  # fmt: skip
        for fill in tables:
            table = fill()
            counts[table.model._meta.label_lower] = table.write()
        return counts

    # -- estate ----------------------------------------------------------------------------------
    def _buildings(self) -> None:
        blocks: dict[int, Block] = {id(room.block): room.block for room in self.drawn.rooms}
        table = Table(
            Building, "id", "community_id", "number", "name", "building_type_id", "floors_above", "floors_below",
            "entrance_count",
            "lift_count", "completed_on", "sort_key",
        )  # fmt: skip
        self.building_ids = dict(zip(blocks, reserve(Building, len(blocks)), strict=True))
        for key, block in blocks.items():
            below = block.kind == "garage"
            table.add(
                self.building_ids[key], self.community.pk, block.number, block.name, self.words["building_type", block.kind],
                None if below else block.floors, 1 if below else None, None if below else block.entrances,
                block.entrances * 2 if block.floors > 6 else 0, self.drawn.plan.completed_on,
                naming.building_sort_key(block.number),
            )  # fmt: skip
        table.write()

    def _units(self) -> Table:
        rooms, words = self.drawn.rooms, self.words
        table = Table(
            Unit, "id", "community_id", "building_id", "entrance", "floor", "number", "kind", "unit_type_id", "rooms", "halls",
            "kitchens", "baths", "orientation_id", "built_area", "inner_area", "property_nature_id", "delivery_status",
            "delivered_on",
            "billing_from", "usage", "decoration_id", "parking_type_id", "parking_status", "sale_status", "design_code", "code",
            "sort_key", "search",
        )  # fmt: skip
        ids = reserve(Unit, len(rooms))
        for pk, room in zip(ids, rooms, strict=True):
            self.unit_ids[id(room)] = pk
            number = room.block.number
            table.add(
                pk, self.community.pk, self.building_ids[id(room.block)], room.entrance, room.floor, room.number, room.kind,
                words["unit_type", room.unit_type], *(room.layout or (None,) * 4), words["orientation", room.orientation],
                room.built, room.inner, words["property_nature", room.nature], room.delivery, room.delivered_on,
                room.delivered_on,
                room.usage, words["decoration", room.decoration], words["parking_type", room.parking_type], room.parking_status,
                room.sale_status, room.design_code, naming.unit_code(number, room.entrance, room.number),
                naming.unit_sort_key(number, room.entrance, room.number),
                literal(naming.unit_lexemes(number, room.entrance, room.number)),
            )  # fmt: skip
        return table

    # -- people ----------------------------------------------------------------------------------
    def _owners(self) -> Table:
        people, words, seal = self.drawn.people, self.words, Sealer(Owner, "id_number")
        table = Table(
            Owner, "id", "uid", "number", "kind", "name", "name_key", "gender", "birth_year", "birth_month", "birth_day",
            "id_type",
            "id_number", "id_index", "id_last4", "contact_person", "preferred_channel_id", "source_id", "level_id",
            "marketing_consent", "keeper_id", "verified_on", "verified_by_id", "completeness", "community_ids", "search",
        )  # fmt: skip
        for offset, (pk, who) in enumerate(zip(reserve(Owner, len(people)), people, strict=True)):
            who.pk = pk
            uid, number, born = uuid7(), f"KH{self.first_number + offset:06d}", who.born
            name = normalise_name(who.name)
            table.add(
                pk, uid, number, who.kind, name, name, ("male" if who.male else "female") if born else "",
                born and born.year, born and born.month, born and born.day, who.id_type, seal(who.id_number, uid),
                blind_index.whole("id_number", who.id_number), blind_index.last4("id_number", who.id_number), who.contact_person,
                words["contact_channel", who.channel], words["owner_source", who.source], words["owner_level", who.level],
                who.marketing, self.staff_id, who.verified_on, self.staff_id if who.verified_on else None, self._complete(who),
                [self.community.pk], literal(indexing.owner_lexemes(name, number)),
            )  # fmt: skip
        return table

    @staticmethod
    def _complete(who: Someone) -> int:
        return indexing.completeness(
            phone=bool(who.phones), unit=True, id_number=bool(who.id_number), emergency=bool(who.emergency),
            family=who.has_family, vehicle=who.has_vehicle,
        )  # fmt: skip

    def _phones(self) -> Table:
        seal = Sealer(OwnerPhone, "number")
        table = Table(
            OwnerPhone, "uid", "owner_id", "number", "number_index", "number_last4", "label", "is_primary", "sort"
        )
        for who in self.drawn.people:
            for sort, number in enumerate(who.phones):
                uid: UUID = uuid7()
                whole, tail = blind_index.whole("phone", number), blind_index.last4("phone", number)
                table.add(uid, who.pk, seal(number, uid), whole, tail, "备用" if sort else "本人", sort == 0, sort)
        return table

    def _emergency(self) -> Table:
        seal = Sealer(EmergencyContact, "phone")
        table = Table(EmergencyContact, "uid", "owner_id", "name", "phone", "relation", "sort")
        for who in self.drawn.people:
            for sort, (name, phone, relation) in enumerate(who.emergency):
                uid = uuid7()
                table.add(uid, who.pk, name, seal(phone, uid), relation, sort)
        return table

    def _tags(self) -> Table:
        table = Table(OwnerTag, "owner_id", "tag_id", "reason", "expires_on", "created_by_id")
        for who in self.drawn.people:
            for tag in who.tags:
                table.add(who.pk, self.words["owner_tag", tag.code], tag.reason, tag.expires_on, self.staff_id)
        return table

    def _consents(self) -> Table:
        """Whoever has a care tag or takes marketing messages was asked."""
        table = Table(Consent, "owner_id", "purpose_id", "version", "way", "given_at", "clerk_id")
        asked = datetime(2026, 5, 30, 2, 0, tzinfo=UTC)
        for who in self.drawn.people:
            for purpose, given in (("care_tag", bool(who.tags)), ("marketing", who.marketing)):
                if given:
                    table.add(who.pk, self.words["consent_purpose", purpose], "2026-03", "paper", asked, self.staff_id)
        return table

    # -- relations -------------------------------------------------------------------------------
    def _tenures(self) -> Table:
        table = Table(
            Tenure, "owner_id", "unit_id", "community_id", "role", "share", "is_primary_contact", "is_payer", "start", "end",
            "end_reason_id", "relation",
        )  # fmt: skip
        for bond in self.drawn.bonds:
            table.add(
                bond.who.pk, self._unit(bond.room), self.community.pk, bond.role, bond.share, bond.contact, bond.payer,
                bond.start,
                bond.end, self.words["tenure_end_reason", bond.reason], bond.relation,
            )  # fmt: skip
        return table

    def _unit(self, room: Room | None) -> int | None:
        return self.unit_ids[id(room)] if room is not None else None

    def _vehicles(self) -> Table:
        table = Table(
            Vehicle, "owner_id", "community_id", "space_id", "plate", "energy", "brand", "colour", "pass_until"
        )
        for car in self.drawn.cars:
            table.add(
                car.owner.pk,
                self.community.pk,
                self._unit(car.space),
                car.plate,
                car.energy,
                car.brand,
                car.colour,
                car.until,
            )
        return table

    def _relatives(self) -> Table:
        table = Table(FamilyMember, "uid", "unit_id", "owner_id", "name", "relation_id", "gender", "age_group")
        for head, room, relation, name, male, age_group in self.drawn.relatives:
            table.add(
                uuid7(),
                self._unit(room),
                head.pk,
                name,
                self.words["family_relation", relation],
                "male" if male else "female",
                age_group,
            )
        return table

    # -- history ---------------------------------------------------------------------------------
    def _contacts(self) -> Table:
        rows = self.drawn.contacts
        table = Table(
            ContactRecord,
            "id",
            "unit_id",
            "owner_id",
            "community_id",
            "at",
            "way",
            "subject_id",
            "content",
            "result",
            "handler_id",
        )
        self._contact_ids = reserve(ContactRecord, len(rows))
        for pk, (who, room, at, (subject, way, content, result)) in zip(self._contact_ids, rows, strict=True):
            subject_id = self.words["contact_subject", subject]
            table.add(
                pk, self._unit(room), who.pk, self.community.pk, at, way, subject_id, content, result, self.staff_id
            )
        return table

    def _events(self) -> Table:
        table = Table(
            TimelineEntry, "unit_id", "owner_id", "at", "kind", "sentence", "detail", "source_type", "source_id"
        )
        label = ContactRecord._meta.label_lower
        for pk, (who, room, at, (_subject, _way, content, result)) in zip(
            self._contact_ids, self.drawn.contacts, strict=True
        ):
            table.add(self._unit(room), who.pk, at, TimelineEntry.Kind.CONTACT, content, result, label, pk)
        for owner, room, at, sentence in self.drawn.events:
            table.add(self._unit(room), owner and owner.pk, at, TimelineEntry.Kind.FILE, sentence, "", "", None)
        return table


def ids_of(rooms: list[Room], writer: Writer) -> list[Any]:
    return [writer.unit_ids[id(room)] for room in rooms]
