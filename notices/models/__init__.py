"""Announcements, their audiences, the channels and the deliveries everybody sends through."""

from notices.models.audience import AudienceKind, AudienceRule
from notices.models.channels import AccessToken, ChannelRequest, ChannelSetting, WechatBinding
from notices.models.deliveries import Delivery
from notices.models.notices import Notice, NoticeTemplate, Urgency

__all__ = [
    "AccessToken",
    "AudienceKind",
    "AudienceRule",
    "ChannelRequest",
    "ChannelSetting",
    "Delivery",
    "Notice",
    "NoticeTemplate",
    "Urgency",
    "WechatBinding",
]
