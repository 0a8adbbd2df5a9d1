"""Marks of units: facts of upper floors, written downward by their services in their own transactions (ARCHITECTURE part 1)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from properties.models import Unit, UnitMark


@dataclass(frozen=True)
class MarkRow:
    """What a source says about one unit."""

    unit_id: int
    kind: str
    count: int = 1
    amount: Decimal | None = None
    note: str = ""


Rebuilder = Callable[[], Iterable[MarkRow]]
_rebuilders: dict[str, Rebuilder] = {}


def register_rebuilder(source: str, rebuild: Rebuilder) -> None:
    """Called by an upper app in ready(): gives all marks of its source as they should stand now."""
    _rebuilders[source] = rebuild


def sources() -> list[str]:
    return sorted(_rebuilders)


def set_mark(
    unit: Unit | int, kind: str, *, source: str, count: int = 1, amount: Decimal | None = None, note: str = ""
) -> None:
    """Says that the fact holds; a count of nothing takes the mark away. One statement, safe under two writers."""
    unit_id = unit.pk if isinstance(unit, Unit) else unit
    if count <= 0:
        clear_mark(unit_id, kind, source=source)
        return
    _write(source, [MarkRow(unit_id, kind, count, amount, note)])


def clear_mark(unit: Unit | int, kind: str, *, source: str) -> None:
    unit_id = unit.pk if isinstance(unit, Unit) else unit
    UnitMark.objects.filter(unit_id=unit_id, kind=kind, source=source).delete()


def _write(source: str, rows: Iterable[MarkRow]) -> int:
    now = timezone.now()
    marks = [
        UnitMark(
            unit_id=row.unit_id,
            kind=row.kind,
            source=source,
            count=row.count,
            amount=row.amount,
            note=row.note[:100],
            updated_at=now,
        )
        for row in rows
    ]
    UnitMark.objects.bulk_create(
        marks,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["unit", "kind", "source"],
        update_fields=["count", "amount", "note", "updated_at"],
    )
    return len(marks)


@transaction.atomic
def rebuild_marks(source: str) -> int:
    """Throws away what stands and writes what the source says; returns how many marks stand now."""
    UnitMark.objects.filter(source=source).delete()
    return _write(source, (row for row in _rebuilders[source]() if row.count > 0))
