from workorders.filters.orders import WorkOrderFilter

__all__ = ["WorkOrderFilter"]
