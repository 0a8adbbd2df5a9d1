from workorders.tables.after import SupervisionTable
from workorders.tables.orders import WorkOrderTable
from workorders.tables.outages import OutageTable

__all__ = ["OutageTable", "SupervisionTable", "WorkOrderTable"]
