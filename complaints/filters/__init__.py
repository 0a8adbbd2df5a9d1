from complaints.filters.cases import ComplaintFilter
from complaints.filters.standards import StandardFilter

__all__ = ["ComplaintFilter", "StandardFilter"]
