from workorders.tables.after import SupervisionTable
from workorders.tables.codes import CodeTable
from workorders.tables.orders import WorkOrderTable
from workorders.tables.outages import OutageTable
from workorders.tables.people import RepairerTable

__all__ = ["CodeTable", "OutageTable", "RepairerTable", "SupervisionTable", "WorkOrderTable"]
