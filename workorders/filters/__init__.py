from workorders.filters.codes import CodeFilter
from workorders.filters.orders import WorkOrderFilter
from workorders.filters.outages import OutageFilter

__all__ = ["CodeFilter", "OutageFilter", "WorkOrderFilter"]
