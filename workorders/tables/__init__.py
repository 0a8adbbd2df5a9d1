from workorders.tables.orders import WorkOrderTable

__all__ = ["WorkOrderTable"]
