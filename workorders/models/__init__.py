from workorders.models.after import OrderMessage
from workorders.models.clocks import Escalation, OrderClock, Pause, Supervision, SuspensionRequest
from workorders.models.kinds import ClockRule, RepairRule, WarrantyPart
from workorders.models.orders import WorkOrder
from workorders.models.outages import Outage, OutageConcern, OutagePlace
from workorders.models.people import DispatchSetting, DutyOverride, Repairer, Shift, ShiftException
from workorders.models.shifts import Handover
from workorders.models.work import (
    CheckPoint,
    Material,
    MaterialLine,
    PaidLine,
    PriceItem,
    Rating,
    ReportCode,
)

__all__ = [
    "CheckPoint",
    "ClockRule",
    "DispatchSetting",
    "DutyOverride",
    "Escalation",
    "Handover",
    "Material",
    "MaterialLine",
    "OrderClock",
    "OrderMessage",
    "Outage",
    "OutageConcern",
    "OutagePlace",
    "PaidLine",
    "Pause",
    "PriceItem",
    "Rating",
    "RepairRule",
    "Repairer",
    "ReportCode",
    "Shift",
    "ShiftException",
    "Supervision",
    "SuspensionRequest",
    "WarrantyPart",
    "WorkOrder",
]
