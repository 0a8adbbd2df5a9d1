from workorders.filters.after import SupervisionFilter
from workorders.filters.codes import CodeFilter
from workorders.filters.orders import WorkOrderFilter
from workorders.filters.outages import OutageFilter
from workorders.filters.people import RepairerFilter

__all__ = ["CodeFilter", "OutageFilter", "RepairerFilter", "SupervisionFilter", "WorkOrderFilter"]
