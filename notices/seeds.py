"""The dictionary of announcements, their ready texts, and what the role templates may do with them."""

from django.utils.translation import gettext_lazy as _

from audit.services import seeds as roles
from core.services.dictionary import ItemAttribute, ItemSeed, TypeSeed

PLANNED, MARKETING = "planned", "marketing"

DICTIONARIES = (
    TypeSeed(
        "notice_type",
        "通知类型",
        "沟通",
        (
            ItemSeed("outage", "停水停电", ("停水", "停电", "停气"), "c3", extra={PLANNED: True}),
            ItemSeed("lift", "电梯检修", ("电梯年检",), "c3", extra={PLANNED: True}),
            ItemSeed("fire_drill", "消防演练", (), "c2"),
            ItemSeed("event", "社区活动", ("活动",), "c2"),
            ItemSeed("reminder", "温馨提示", ("天气", "提示"), "c1"),
            ItemSeed("payment", "催缴提示", ("催缴", "缴费提醒"), "c5"),
            ItemSeed("fitting", "装修管理", ("装修",), "c5"),
            ItemSeed("emergency", "紧急通知", ("紧急",), "c4"),
            ItemSeed("disclosure", "公示", ("收支公示", "公共收益", "业主大会"), "c6"),
            ItemSeed("promotion", "便民服务推广", ("推广", "团购"), "c6", extra={MARKETING: True}),
        ),
        "停水停电一类须填影响时段；营销一类不发给没有同意营销信息的住户",
        attributes=(
            ItemAttribute(PLANNED, _("须填影响时段"), _("提前不足 24 小时发布时提醒")),
            ItemAttribute(MARKETING, _("营销信息"), _("住户可以退订；没有同意的不发送")),
        ),
    ),
)

# (key, type, name, title, body); 【】 is what the writer fills in.
TEMPLATES = (
    (
        "water", "outage", "停水通知", "【3栋】停水通知",
        "因【水箱清洗】，【3栋】将于【11 月 26 日 9:00】至【15:00】停水。\n\n请提前储水。来水后请先放水 2 分钟再使用。",
    ),
    (
        "power", "outage", "停电通知", "【3栋】停电通知",
        "因【供电线路检修】，【3栋】将于【11 月 26 日 9:00】至【15:00】停电。\n\n请提前保存资料、关闭电器；停电期间请勿乘坐电梯。",
    ),
    (
        "lift", "lift", "电梯检修", "【3栋 1 单元】电梯检修",
        "【3栋 1 单元】电梯将于【11 月 26 日 9:00】至【11:00】停用检修。\n\n请改乘其他电梯或走楼梯；行动不便的住户请提前联系客服。",
    ),
    (
        "fire_drill", "fire_drill", "消防演练", "消防演练安排",
        "本小区将于【11 月 26 日 15:00】举行消防演练，届时会响起警报，请不要惊慌。\n\n欢迎住户参加，集合地点：【中心花园】。",
    ),
    (
        "event", "event", "社区活动", "【周末亲子读书会】报名",
        "时间：【11 月 28 日 14:00】\n地点：【社区会所】\n\n名额【30】组，报名请联系客服。",
    ),
    (
        "weather", "reminder", "天气提示", "【大风降温】温馨提示",
        "预计【11 月 26 日】起【大风降温】。请收好阳台花盆和晾晒物，关好门窗，注意用电用气安全。",
    ),
    (
        "payment", "payment", "缴费提醒", "物业费缴费提醒",
        "【2026 年第四季度】物业费已可缴纳，到期日【12 月 31 日】。\n\n可在业主端查看账单，或到客服中心缴纳。",
    ),
    (
        "fitting", "fitting", "装修时间", "装修施工时间提醒",
        "装修施工时间为工作日 8:00 至 12:00、14:00 至 18:00，周末和节假日请勿进行有噪声的施工。\n\n感谢配合。",
    ),
    (
        "emergency", "emergency", "紧急通知", "【爆管抢修】紧急通知",
        "【3栋】因【主管道爆裂】已紧急停水，正在抢修，预计【18:00】恢复。\n\n有困难请联系客服。",
    ),
    (
        "disclosure", "disclosure", "公共收益公示", "【第四季度】公共收益公示",
        "现将【2026 年第四季度】公共收益收支情况公示如附件。公示期：【11 月 22 日】至【12 月 1 日】。\n\n有疑问请联系客服。",
    ),
    (
        "promotion", "promotion", "便民服务推广", "【空调清洗】便民服务",
        "【空调清洗】将于【11 月 28 日】在本小区集中上门，【89 元一台】，自愿参加。\n\n需要的住户请在【11 月 27 日】前联系客服登记。",
    ),
)  # fmt: skip

_READ = ["notices.view_notice", "notices.view_delivery"]
_WRITE = [
    "notices.add_notice", "notices.change_notice", "notices.view_noticetemplate", "notices.tell_delivery",
]  # fmt: skip
_LEAD = [
    "notices.approve_notice", "notices.publish_notice", "notices.publish_urgent_notice", "notices.withdraw_notice",
    "notices.export_notice", "notices.export_delivery", "notices.resend_delivery",
    "notices.add_noticetemplate", "notices.change_noticetemplate", "notices.export_noticetemplate",
]  # fmt: skip

# DOMAIN 2.0: the clerk drafts, his lead and the manager review; the engineering lead plans the outages that are announced but has to do
# with work orders only, so he reads the text and not who has read it. Channels are parameters: they belong to the system
# administrator, who sees no business data, announcements included. The three administrators and the repairer have none of it.
PERMISSIONS = {
    roles.SYSTEM_ADMIN: ["notices.change_channelsetting"],
    roles.CLERK: [*_READ, *_WRITE],
    roles.CLERK_LEAD: [*_READ, *_WRITE, *_LEAD],
    roles.MANAGER: [*_READ, *_WRITE, *_LEAD],
    roles.ENGINEER_LEAD: ["notices.view_notice"],
    roles.CASHIER: _READ,
    roles.GROUP_QUALITY: _READ,
}
