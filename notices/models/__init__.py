"""Announcements, their audiences, the channels and the deliveries everybody sends through."""

from notices.models.channels import AccessToken, ChannelRequest, ChannelSetting, WechatBinding

__all__ = ["AccessToken", "ChannelRequest", "ChannelSetting", "WechatBinding"]
