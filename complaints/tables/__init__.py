from complaints.tables.cases import ComplaintTable

__all__ = ["ComplaintTable"]
