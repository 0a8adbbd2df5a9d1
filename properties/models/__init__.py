from properties.models.buildings import Building
from properties.models.communities import Community, OrgNode
from properties.models.marks import UnitMark
from properties.models.places import Place, Team
from properties.models.units import DeliveryStatus, ParkingStatus, SaleStatus, Unit, UnitKind, UsageStatus

__all__ = [
    "Building",
    "Community",
    "DeliveryStatus",
    "OrgNode",
    "ParkingStatus",
    "Place",
    "SaleStatus",
    "Team",
    "Unit",
    "UnitKind",
    "UnitMark",
    "UsageStatus",
]
