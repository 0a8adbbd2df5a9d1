from workorders.tables.codes import CodeTable
from workorders.tables.orders import WorkOrderTable
from workorders.tables.outages import OutageTable

__all__ = ["CodeTable", "OutageTable", "WorkOrderTable"]
