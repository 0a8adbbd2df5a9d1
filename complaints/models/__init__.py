from complaints.models.answers import Answer, Approval, ComplaintOrder, Disclosure, Progress
from complaints.models.cases import Complaint, GroupCase
from complaints.models.city import CityCase
from complaints.models.clocks import ClockStandard, ClockStep, ComplaintClock

__all__ = [
    "Answer",
    "Approval",
    "CityCase",
    "ClockStandard",
    "ClockStep",
    "Complaint",
    "ComplaintClock",
    "ComplaintOrder",
    "Disclosure",
    "GroupCase",
    "Progress",
]
