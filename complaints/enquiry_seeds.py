"""What conversations with the desk bring along: dictionaries, first ready answers, what the role templates may do."""

from django.db import transaction

from audit.services import seeds as roles
from complaints.models import CannedReply, KeywordRule
from complaints.states import Level
from core.models import DictItem
from core.services.dictionary import ItemSeed, TypeSeed

GROUP = "投诉"
DICTIONARIES = (
    TypeSeed("enquiry_topic", "咨询事项", GROUP, (
        ItemSeed("fees", "物业费与停车费", colour="c1"), ItemSeed("invoice", "发票与收据", colour="c1"),
        ItemSeed("repairs", "报修与维修进度", colour="c2"), ItemSeed("fitout", "装修办理", colour="c3"),
        ItemSeed("parking", "车位与车辆", colour="c4"), ItemSeed("access", "门禁与通行", colour="c4"),
        ItemSeed("papers", "证明与手续", colour="c5"), ItemSeed("activities", "社区活动", colour="c6"),
        ItemSeed("other", "其他事项"),
    )),
    TypeSeed("opinion_platform", "舆情平台", GROUP, (
        ItemSeed("douyin", "抖音"), ItemSeed("xiaohongshu", "小红书"), ItemSeed("weibo", "微博"),
        ItemSeed("wechat", "微信公众号"), ItemSeed("group", "业主群"), ItemSeed("forum", "论坛与贴吧"),
        ItemSeed("news", "新闻媒体"), ItemSeed("message_board", "政府留言板"), ItemSeed("review", "点评网站"),
        ItemSeed("other", "其他"),
    )),
)  # fmt: skip

# (title, topic, text): of the house; people change them or write their own.
REPLIES = (
    ("收到，马上核实", "", "您好，已收到您的咨询，我们马上核实，稍后在这里答复您。"),
    ("请补充房号和联系方式", "", "您好，为了尽快处理，请补充具体位置和方便接听的电话，有照片也可以一起发来。"),
    ("物业费怎么交", "fees", "您好，物业费可以到物业服务中心缴纳，也可以使用微信、支付宝或银行转账，缴费后可以领取收据。"),
    ("开发票需要什么", "invoice", "您好，开发票请提供发票抬头；公司抬头请一并提供税号。开好后会通知您领取或发到您的邮箱。"),
    ("装修怎么办手续", "fitout", "您好，装修前请业主本人带身份证到物业服务中心办理装修登记，提交装修方案和施工单位资料。"),
    ("可以施工的时间", "fitout", "您好，为不影响邻居休息，请在规定的施工时段内施工，节假日不进行有噪音的作业。具体时段以小区装修管理规定为准。"),
    ("门禁卡补办", "access", "您好，门禁卡遗失请业主本人带身份证到物业服务中心补办，旧卡会同时停用。"),
    ("维修进度在哪里看", "repairs", "您好，报修进度可以在手机页面的“我的报修”里查看，师傅上门前会和您联系。"),
)  # fmt: skip

# (word, level, class): what makes a posting worth a look.
KEYWORDS = (
    ("坠落", Level.MAJOR, "thrown"), ("受伤", Level.MAJOR, "other"), ("起火", Level.MAJOR, "fire"), ("火灾", Level.MAJOR, "fire"),
    ("困人", Level.MAJOR, "lift"), ("维权", Level.MAJOR, "other"), ("拉横幅", Level.MAJOR, "other"), ("起诉", Level.MAJOR, "other"),
    ("高空抛物", Level.MAJOR, "thrown"), ("乱收费", Level.NORMAL, "fee_over"), ("多收", Level.NORMAL, "fee_over"),
    ("停车难", Level.NORMAL, "parking_space"), ("漏水", Level.NORMAL, "quality_leak"), ("渗水", Level.NORMAL, "quality_leak"),
    ("电梯", Level.NORMAL, "lift"), ("保安", Level.NORMAL, "strangers"), ("态度差", Level.NORMAL, "attitude"),
    ("垃圾", Level.MINOR, "cleaning"), ("绿化", Level.MINOR, "greenery"), ("噪音", Level.NORMAL, "noise_plant"),
)  # fmt: skip

_TALK = ["complaints.view_enquiry", "complaints.answer_enquiry", "complaints.view_cannedreply"]
_KEEP = [
    "complaints.assign_enquiry", "complaints.export_enquiry", "complaints.add_cannedreply",
    "complaints.change_cannedreply", "complaints.export_cannedreply",
]  # fmt: skip
_OPINIONS = ["complaints.view_opinionentry", "complaints.add_opinionentry", "complaints.change_opinionentry"]
_WORDS = [
    "complaints.view_keywordrule", "complaints.add_keywordrule", "complaints.change_keywordrule", "complaints.export_keywordrule",
]  # fmt: skip
PERMISSIONS = {
    roles.CLERK: [*_TALK, "complaints.view_opinionentry", "complaints.add_opinionentry"],
    roles.CLERK_LEAD: [*_TALK, *_KEEP, *_OPINIONS, "complaints.export_opinionentry", "complaints.view_keywordrule"],
    roles.MANAGER: [*_TALK, *_KEEP, *_OPINIONS, "complaints.export_opinionentry", "complaints.view_keywordrule"],
    roles.GROUP_QUALITY: [
        "complaints.view_enquiry", "complaints.export_enquiry", *_OPINIONS, *_WORDS, "complaints.export_opinionentry",
    ],
    roles.SYSTEM_ADMIN: [*_WORDS, "complaints.view_cannedreply", *_KEEP[2:]],
}  # fmt: skip


@transaction.atomic
def seed() -> None:
    """First ready answers and keywords; where people have written any of their own, nothing is added."""
    topics = {row.code: row for row in DictItem.objects.of("enquiry_topic")}
    if not CannedReply.objects.exists():
        CannedReply.objects.bulk_create(
            CannedReply(title=title, topic=topics.get(code), text=text) for title, code, text in REPLIES
        )
    classes = {row.code: row for row in DictItem.objects.of("complaint_topic")}
    if not KeywordRule.objects.exists():
        KeywordRule.objects.bulk_create(
            KeywordRule(word=word, level=level, topic=classes.get(code)) for word, level, code in KEYWORDS
        )
