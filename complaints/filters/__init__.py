from complaints.filters.cases import ComplaintFilter

__all__ = ["ComplaintFilter"]
