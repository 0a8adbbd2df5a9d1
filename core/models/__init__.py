from core.models.attachments import Attachment, SignedLink
from core.models.calendars import CalendarException, WorkCalendar
from core.models.dictionary import DictItem, DictMerge, DictType
from core.models.inbox import InboxAddress, InboxItem, InboxPreference
from core.models.jobs import Heartbeat, Job, JobSlot, JobStatus
from core.models.log import LogEntry
from core.models.numbering import NumberSequence, RateBucket
from core.models.personal import FormDraft, ImportMapping, ListSetting, SavedView

__all__ = [
    "Attachment",
    "CalendarException",
    "DictItem",
    "DictMerge",
    "DictType",
    "FormDraft",
    "Heartbeat",
    "ImportMapping",
    "InboxAddress",
    "InboxItem",
    "InboxPreference",
    "Job",
    "JobSlot",
    "JobStatus",
    "ListSetting",
    "LogEntry",
    "NumberSequence",
    "RateBucket",
    "SavedView",
    "SignedLink",
    "WorkCalendar",
]
