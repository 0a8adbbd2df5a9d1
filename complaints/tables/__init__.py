from complaints.tables.cases import ComplaintTable
from complaints.tables.standards import StandardTable

__all__ = ["ComplaintTable", "StandardTable"]
