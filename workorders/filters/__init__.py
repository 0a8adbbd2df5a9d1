from workorders.filters.after import SupervisionFilter
from workorders.filters.codes import CodeFilter
from workorders.filters.orders import WorkOrderFilter
from workorders.filters.outages import OutageFilter
from workorders.filters.people import RepairerFilter
from workorders.filters.setup import ClockFilter, MaterialFilter, PriceFilter, RuleFilter, SuspensionFilter
from workorders.filters.shifts import HandoverFilter

__all__ = [
    "ClockFilter",
    "CodeFilter",
    "HandoverFilter",
    "MaterialFilter",
    "OutageFilter",
    "PriceFilter",
    "RepairerFilter",
    "RuleFilter",
    "SupervisionFilter",
    "SuspensionFilter",
    "WorkOrderFilter",
]
