"""The topics of the in-app help, as data: each is a template under templates/help/."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Topic:
    code: str
    title: Any
    icon: str

    @property
    def template(self) -> str:
        return f"help/{self.code}.html"


TOPICS = (
    Topic("search", _("查找"), "search"),
    Topic("files", _("一户一档"), "home-heart"),
    Topic("corrections", _("资料更正"), "user-edit"),
    Topic("imports", _("导入"), "file-import"),
    Topic("repairs", _("报修工单"), "tool"),
    Topic("dispatch", _("派工"), "route"),
    Topic("callbacks", _("回访"), "phone-check"),
    Topic("statistics", _("工单统计"), "chart-bar"),
    Topic("repairers", _("维修工手机"), "device-mobile"),
    Topic("complaints", _("投诉建议"), "message-report"),
    Topic("complaint_report", _("投诉统计"), "chart-pie"),
    Topic("enquiries", _("在线咨询与舆情"), "messages"),
    Topic("notices", _("通知公告"), "speakerphone"),
    Topic("numbers", _("号码保护"), "shield-lock"),
    Topic("lists", _("列表与视图"), "adjustments-horizontal"),
    Topic("messages", _("消息与提醒"), "bell"),
    Topic("dictionaries", _("数据字典"), "book-2"),
    Topic("calendars", _("工作日历"), "calendar"),
    Topic("channels", _("消息渠道"), "send"),
    Topic("keys", _("快捷键"), "corner-down-left"),
    Topic("rights", _("权限"), "key"),
)


def topic(code: str) -> Topic | None:
    return next((item for item in TOPICS if item.code == code), None)
