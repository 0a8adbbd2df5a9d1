from workorders.filters.orders import WorkOrderFilter
from workorders.filters.people import RepairerFilter

__all__ = ["RepairerFilter", "WorkOrderFilter"]
