"""The house's directory as data: menu (config/menu.py), tabs of the household file, cards of the workbench. A test resolves every name.

Floors that come later add their lines here; the pages below learn of them only through this list.
"""

from django.utils.translation import gettext_lazy as _

from config.entries import Card, CardPart, FileTab, PageAct, PortalEntry, QuickAction, UrgentSource
from config.menu import MENU as MENU

UNIT_TABS: tuple[FileTab, ...] = (
    FileTab("timeline", _("动态"), "owners:unit_timeline", "owners.view_owner"),
    FileTab("orders", _("工单"), "workorders:unit_orders", "workorders.view_workorder"),
    FileTab("complaints", _("投诉建议"), "complaints:unit_cases", "complaints.view_complaint"),
    FileTab("contacts", _("联系记录"), "owners:unit_contacts", "owners.view_contactrecord"),
    FileTab("notices", _("通知"), "notices:unit_notices", "notices.view_delivery"),
    FileTab("attachments", _("附件"), "owners:unit_attachments", "owners.view_owner"),
    FileTab("history", _("变更记录"), "owners:unit_history", "owners.view_owner"),
)
OWNER_TABS: tuple[FileTab, ...] = (
    FileTab("timeline", _("动态"), "owners:owner_timeline", "owners.view_owner"),
    FileTab("orders", _("工单"), "workorders:owner_orders", "workorders.view_workorder"),
    FileTab("complaints", _("投诉建议"), "complaints:owner_cases", "complaints.view_complaint"),
    FileTab("contacts", _("联系记录"), "owners:owner_contacts", "owners.view_contactrecord"),
    FileTab("notices", _("通知"), "notices:owner_notices", "notices.view_delivery"),
    FileTab("attachments", _("附件"), "owners:owner_attachments", "owners.view_owner"),
    FileTab("history", _("变更记录"), "owners:owner_history", "owners.view_owner"),
)
UNIT_CARD: tuple[CardPart, ...] = (
    CardPart("owners:unit_people", "owners.view_owner"),
    CardPart("workorders:unit_card", "workorders.view_workorder"),
)
# What the page of an order shows of the floors above once its owner has judged it: fragments that take its primary key.
ORDER_PARTS: tuple[CardPart, ...] = (CardPart("complaints:workorder_cases", "complaints.view_complaint"),)
# What a call may lead to.
CALL_BACK_ACTS: tuple[PageAct, ...] = (
    PageAct(_("登记投诉"), "message-report", "complaints:callback_raise", "complaints.add_complaint"),
    PageAct(_("登记报修"), "tool", "workorders:callback_raise", "workorders.add_workorder"),
)
CARDS: tuple[Card, ...] = (
    # desk
    Card("orders_over", _("工单已超时"), "alarm", "dashboard:card_orders_over", "workorders.view_workorder", "red"),
    Card("orders_soon", _("工单将超时"), "clock", "dashboard:card_orders_soon", "workorders.view_workorder"),
    Card("orders_waiting", _("工单待派单"), "route", "dashboard:card_orders_waiting", "workorders.dispatch_workorder"),
    # field
    Card("suspensions", _("挂起待审批"), "player-pause", "dashboard:card_suspensions", "workorders.approve_suspension"),
    # complaints: desk
    Card("unanswered", _("投诉没有回音"), "message-report", "dashboard:card_unanswered", "complaints.view_complaint"),
    Card(
        "complaints_new",
        _("投诉待受理"),
        "clipboard-check",
        "dashboard:card_complaints_new",
        "complaints.accept_complaint",
    ),
    Card("approvals", _("投诉方案待审批"), "file-check", "dashboard:card_approvals", "complaints.approve_complaint"),
    Card(
        "case_supervisions",
        _("投诉督办待回复"),
        "bell-ringing",
        "dashboard:card_case_supervisions",
        "complaints.view_complaint",
    ),
    Card("improvements", _("整改已过期"), "checks", "dashboard:card_improvements", "complaints.view_complaint"),
    Card("partners", _("对方答复已逾期"), "calendar-due", "dashboard:card_partners", "complaints.view_complaint"),
    # after
    Card("supervisions", _("督办待回复"), "bell-ringing", "dashboard:card_supervisions", "workorders.view_workorder"),
    # talk
    Card("enquiries", _("在线咨询待答复"), "messages", "dashboard:card_enquiries", "complaints.view_enquiry"),
    Card("callbacks", _("待回访"), "phone-check", "dashboard:card_callbacks", "owners.view_callbacktask"),
    Card("incomplete", _("资料不全的住户"), "id", "dashboard:card_incomplete", "owners.view_owner"),
    Card("leases", _("租约即将到期"), "calendar-due", "dashboard:card_leases", "owners.view_tenure"),
    Card("passes", _("通行证即将到期"), "car", "dashboard:card_passes", "owners.view_vehicle"),
    Card("tags", _("标签即将到期"), "tags", "dashboard:card_tags", "owners.view_owner"),
    Card("corrections", _("资料更正待审核"), "user-edit", "dashboard:card_corrections", "owners.review_correction"),
    Card("imports", _("导入待确认"), "file-import", "dashboard:card_imports", "owners.import_owner"),
    Card("notices", _("待我审核的通知"), "speakerphone", "dashboard:card_notices", "notices.approve_notice"),
    Card("calendars", _("节假日未导入"), "calendar-due", "dashboard:card_calendars", "core.change_workcalendar"),
    Card("messages", _("我的未读消息"), "bell", "dashboard:card_messages", "*"),
)
URGENT: tuple[UrgentSource, ...] = (
    UrgentSource("workorders.queries.urgent.urgent_orders", "workorders.view_workorder"),
)
QUICK_ACTIONS: tuple[QuickAction, ...] = (
    # Whoever may take orders has the caller's number on the order's own page; the others look up whose number it is.
    QuickAction(
        _("来电登记"),
        "phone",
        "owners:lookup",
        "owners.view_owner",
        dialog=True,
        hotkey="F2",
        unless="workorders.add_workorder",
    ),
    QuickAction(_("来电登记"), "phone", "workorders:workorder_create", "workorders.add_workorder", hotkey="F2"),
    QuickAction(_("登记联系"), "phone-outgoing", "owners:contact_start", "owners.add_contactrecord"),
    QuickAction(_("导入住户与房屋"), "file-import", "owners:import_start", "owners.import_owner"),
    QuickAction(_("新建住户"), "user-plus", "owners:owner_create", "owners.add_owner"),
    QuickAction(_("登记投诉"), "message-report", "complaints:complaint_create", "complaints.add_complaint"),
    # Whoever only has orders of his own works by the page made for his phone.
    QuickAction(
        _("我的工单"),
        "clipboard-list",
        "workorders:phone_list",
        "workorders.work_workorder",
        primary=True,
        unless="workorders.add_workorder",
    ),
    QuickAction(
        _("新建报修"), "plus", "workorders:workorder_create", "workorders.add_workorder", primary=True, hotkey="N"
    ),
)
# The bar has room for four. Floors that come later put 账单 where 我的家 stands: that is among the services of the first page too.
PORTAL: tuple[PortalEntry, ...] = (
    PortalEntry(
        _("首页"),
        "home",
        "portal:home",
        ("tab",),
        ("portal:home", "portal:unit", "portal:notice", "portal:enquiry", "portal:complaint"),
    ),
    PortalEntry(_("报修"), "tool", "portal:repair_kind", ("home",), main=True),
    PortalEntry(_("我的报修"), "clipboard-check", "portal:repair_list", ("home",)),
    PortalEntry(_("报修"), "tool", "portal:repair_list", ("tab",), ("portal:repair", "portal:outage")),
    # talk
    PortalEntry(_("在线咨询"), "message-2", "portal:enquiry_list"),
    PortalEntry(_("投诉建议"), "message-report", "portal:complaint_list"),
    PortalEntry(_("通知"), "speakerphone", "portal:notice_list"),
    PortalEntry(_("我的家"), "home-heart", "portal:household", ("tab", "home"), ("portal:household",)),
    PortalEntry(
        _("我的资料"),
        "user-edit",
        "portal:me",
        ("home",),
    ),
    PortalEntry(_("同意与退订"), "hand-stop", "portal:consent_list", ("mine",)),
    PortalEntry(_("我的更正"), "clipboard-check", "portal:correction_list", ("mine",)),
    PortalEntry(_("微信提醒"), "brand-wechat", "portal:wechat", ("mine",)),
    PortalEntry(_("登录设备"), "device-mobile", "portal:device_list", ("mine",)),
    PortalEntry(_("帮助与隐私"), "help-circle", "portal:help", ("mine",)),
    PortalEntry(
        _("我的"),
        "user",
        "portal:me",
        ("tab",),
        (
            "portal:me",
            "portal:preferences",
            "portal:correct",
            "portal:consent",
            "portal:wechat",
            "portal:device",
            "portal:help",
        ),
    ),
)
