from notices.models.audience import AudienceKind, AudienceRule
from notices.models.deliveries import Delivery
from notices.models.notices import Notice, NoticeTemplate, Urgency

__all__ = ["AudienceKind", "AudienceRule", "Delivery", "Notice", "NoticeTemplate", "Urgency"]
