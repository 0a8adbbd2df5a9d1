"""是否在保: five years for water, two for pipes and wires, from the day the building was accepted (建设工程质量管理条例 第40条)."""

from datetime import date

from properties.models import Building, Unit
from workorders.models import RepairRule, WarrantyPart
from workorders.states import Area, Warranty

YEARS = {WarrantyPart.WATERPROOF: 5, WarrantyPart.INSTALLATION: 2, WarrantyPart.HEATING: 2}


def warranty_of(part: str, *, unit: Unit | None, building: Building | None, on: date) -> tuple[Warranty, date | None]:
    """(在保 | 过保 | 待核实, last day). From the unit's own 质保起日, else the building's completion. 供热供冷 counts two seasons; two years
    hold at least those, so what is out by years alone is still to be checked. Structure lasts for the design life."""
    begun = (unit.warranty_from if unit else None) or (building.completed_on if building else None)
    if part == WarrantyPart.NONE:
        return Warranty.OUT, None
    if part == WarrantyPart.STRUCTURE:
        return Warranty.IN, None
    if begun is None:
        return Warranty.UNKNOWN, None
    last = _last_day(begun, YEARS[WarrantyPart(part)])
    if on <= last:
        return Warranty.IN, last
    return (Warranty.UNKNOWN if part == WarrantyPart.HEATING else Warranty.OUT), last


def is_paid(rule: RepairRule, area: str, state: str) -> bool:
    """有偿: what is the owner's own, of a paid type, and no matter of warranty."""
    return rule.paid and area == Area.INDOOR and state != Warranty.IN


def _last_day(begun: date, years: int) -> date:
    """竣工 2022-03-10, five years: to 2027-03-09. From a 29 February it lasts to the 28th, the day before the period's end."""
    try:
        end = begun.replace(year=begun.year + years)
    except ValueError:
        end = begun.replace(year=begun.year + years, month=3, day=1)
    return date.fromordinal(end.toordinal() - 1)
