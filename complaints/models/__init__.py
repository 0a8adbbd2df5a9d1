from complaints.models.answers import Answer, Approval, ComplaintOrder, Disclosure, Progress
from complaints.models.cases import Complaint
from complaints.models.city import CityCase, CityFormula
from complaints.models.clocks import ClockStandard, ClockStep, ComplaintClock
from complaints.models.enquiries import CannedReply, Enquiry, EnquiryLink, EnquiryMessage
from complaints.models.groups import GroupCase
from complaints.models.improvements import ImprovementStep
from complaints.models.low_ratings import LowRatingRule
from complaints.models.opinions import KeywordRule, OpinionEntry
from complaints.models.supervisions import CaseSupervision

__all__ = [
    "Answer",
    "Approval",
    "CannedReply",
    "CaseSupervision",
    "CityCase",
    "CityFormula",
    "ClockStandard",
    "ClockStep",
    "Complaint",
    "ComplaintClock",
    "ComplaintOrder",
    "Disclosure",
    "Enquiry",
    "EnquiryLink",
    "EnquiryMessage",
    "GroupCase",
    "ImprovementStep",
    "KeywordRule",
    "LowRatingRule",
    "OpinionEntry",
    "Progress",
]
