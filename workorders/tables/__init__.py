from workorders.tables.after import SupervisionTable
from workorders.tables.codes import CodeTable
from workorders.tables.orders import WorkOrderTable
from workorders.tables.outages import OutageTable
from workorders.tables.people import RepairerTable
from workorders.tables.setup import ClockTable, MaterialTable, PriceTable, RuleTable, SuspensionTable
from workorders.tables.shifts import HandoverTable

__all__ = [
    "ClockTable",
    "CodeTable",
    "HandoverTable",
    "MaterialTable",
    "OutageTable",
    "PriceTable",
    "RepairerTable",
    "RuleTable",
    "SupervisionTable",
    "SuspensionTable",
    "WorkOrderTable",
]
