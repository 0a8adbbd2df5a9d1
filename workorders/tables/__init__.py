from workorders.tables.orders import WorkOrderTable
from workorders.tables.people import RepairerTable

__all__ = ["RepairerTable", "WorkOrderTable"]
