from workorders.filters.after import SupervisionFilter
from workorders.filters.orders import WorkOrderFilter
from workorders.filters.outages import OutageFilter

__all__ = ["OutageFilter", "SupervisionFilter", "WorkOrderFilter"]
