"""The life of a complaint, suggestion or praise (DOMAIN 2.3): every way from state to state, and who may take it. Pure data.

The seven steps of R54 are the ways of this table: ①② 登记、受理判级 ③ 派工 ④⑤ 责任部门反馈 ⑥ 反馈客户 ⑦ 满意关闭. No way leads to 待回访 but
through an answer to the customer, so that nothing ends without one (R50); 撤诉 records the customer's own word instead.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.states import Transition


class Kind(models.TextChoices):
    """性质. Enquiries are conversations and have a model of their own."""

    COMPLAINT = "complaint", _("投诉")
    SUGGESTION = "suggestion", _("建议")
    PRAISE = "praise", _("表扬")


class Status(models.TextChoices):
    NEW = "new", _("待受理")
    ROUTING = "routing", _("待派工")
    WORKING = "working", _("处理中")
    ANSWERING = "answering", _("待反馈客户")
    CALLING = "calling", _("待回访")
    CLOSED = "closed", _("已关闭")


class Action(models.TextChoices):
    ACCEPT = "accept", _("受理判级")
    ASSIGN = "assign", _("派工")
    TAKE = "take", _("自己接办")
    REPORT = "report", _("责任部门反馈")
    ANSWER = "answer", _("反馈客户")
    CLOSE = "close", _("满意关闭")
    REDO = "redo", _("不满意重新处理")
    REROUTE = "reroute", _("转办")
    WITHDRAW = "withdraw", _("撤诉")
    REOPEN = "reopen", _("重启")


OPEN = frozenset({Status.NEW, Status.ROUTING, Status.WORKING, Status.ANSWERING, Status.CALLING})
# What still owes the customer an answer.
UNANSWERED = frozenset({Status.NEW, Status.ROUTING, Status.WORKING, Status.ANSWERING})

# What has not been reported back yet: as long as that, whoever else has to put it right owes an answer.
IN_HAND = frozenset({Status.ROUTING, Status.WORKING})

TRANSITIONS: dict[str, Transition] = {
    Action.ACCEPT: Transition(frozenset({Status.NEW}), Status.ROUTING, "complaints.accept_complaint"),
    Action.ASSIGN: Transition(frozenset({Status.ROUTING}), Status.WORKING, "complaints.assign_complaint"),
    # 首问负责: whoever took it may see it through himself; what is 重大 is assigned from above (policies.may).
    Action.TAKE: Transition(frozenset({Status.ROUTING}), Status.WORKING, "complaints.work_complaint"),
    Action.REPORT: Transition(frozenset({Status.WORKING}), Status.ANSWERING, "complaints.work_complaint"),
    Action.ANSWER: Transition(frozenset({Status.ANSWERING}), Status.CALLING, "complaints.answer_complaint"),
    # Whoever complained says himself whether he is satisfied.
    Action.CLOSE: Transition(
        frozenset({Status.CALLING}), Status.CLOSED, "complaints.close_complaint", owner_field="owner_id"
    ),
    Action.REDO: Transition(
        frozenset({Status.CALLING}), Status.WORKING, "complaints.close_complaint", owner_field="owner_id"
    ),
    # 待受理 has nobody to be taken from: its 受理判级 says whose it is.
    Action.REROUTE: Transition(OPEN - {Status.NEW}, Status.ROUTING, "complaints.assign_complaint"),
    Action.WITHDRAW: Transition(OPEN, Status.CLOSED, "complaints.withdraw_complaint", owner_field="owner_id"),
    Action.REOPEN: Transition(frozenset({Status.CLOSED}), Status.WORKING, "complaints.reopen_complaint"),
}

STATUS_COLOURS: dict[str, str] = {
    Status.NEW: "orange",
    Status.ROUTING: "orange",
    Status.WORKING: "blue",
    Status.ANSWERING: "orange",
    Status.CALLING: "blue",
    Status.CLOSED: "grey",
}


class Level(models.TextChoices):
    MINOR = "minor", _("轻微")
    NORMAL = "normal", _("一般")
    MAJOR = "major", _("重大")


LEVEL_COLOURS: dict[str, str] = {Level.MINOR: "grey", Level.NORMAL: "blue", Level.MAJOR: "red"}


class MajorReason(models.TextChoices):
    """What makes a case 重大 whatever anybody thinks of it."""

    SAFETY = "safety", _("涉及人身或财产安全")
    GROUP = "group", _("3 户及以上投诉同一事项")
    EXPOSED = "exposed", _("媒体曝光或 12345 二次来电")
    LEGAL = "legal", _("涉及诉讼或仲裁")
    AMOUNT = "amount", _("赔付 1,000 元及以上")
    AGAIN = "again", _("处理后两次不满意")


class Source(models.TextChoices):
    PHONE = "phone", _("电话")
    COUNTER = "counter", _("现场")
    CALL_BACK = "call_back", _("回访")
    RATING = "rating", _("评价")
    WECHAT = "wechat", _("微信公众号")
    APP = "app", _("业主端")
    CITY = "city", _("12345")
    PETITION = "petition", _("信访")
    MEDIA = "media", _("媒体")
    COMMITTEE = "committee", _("业委会")
    OPINION = "opinion", _("舆情")


class CityClass(models.TextChoices):
    """诉求类型 of a 12345 case: by it a city says how long it may take."""

    URGENT = "urgent", _("突发")
    UTILITY = "utility", _("水电气热")
    PLAIN = "plain", _("一般")
    COMPLEX = "complex", _("复杂")


class LowAct(models.TextChoices):
    """What follows by itself when a repair is given few stars; who gave them is called back whatever follows (DOMAIN 2.6)."""

    CALL = "call", _("只回访")
    ASK = "ask", _("提醒客服返工或转投诉")
    COMPLAINT = "complaint", _("自动登记投诉")


class Responsibility(models.TextChoices):
    """责任归属 (R53): who has to put it right. The property company stays the one the customer talks to (首问负责)."""

    PROPERTY = "property", _("物业公司")
    DEVELOPER = "developer", _("地产公司")
    THIRD_PARTY = "third_party", _("第三方")
    OWNERS = "owners", _("业主间")


# Those outside the house, who say by when they will answer.
PARTNERS = frozenset({Responsibility.DEVELOPER, Responsibility.THIRD_PARTY})


class Clock(models.TextChoices):
    ACCEPT = "accept", _("受理")
    REPORT_UP = "report_up", _("上报项目经理")
    FIRST_ANSWER = "first", _("首次回复")
    PROGRESS = "progress", _("进展通报")
    COMPLETION = "complete", _("办结")
    SIGN = "sign", _("12345 签收")
    CITY_END = "city_end", _("12345 办结")


# Each clock as one bit of Complaint.met_clocks and .late_clocks.
CLOCK_BITS: dict[str, int] = {clock: 1 << place for place, clock in enumerate(Clock)}
# Those only grave cases or the city's have: of all cases a tenth.
RARE_CLOCKS = sum(CLOCK_BITS[clock] for clock in (Clock.REPORT_UP, Clock.PROGRESS, Clock.SIGN, Clock.CITY_END))


class Basis(models.TextChoices):
    """What a clock counts: every minute, the community's service hours, or whole working days."""

    ROUND = "round", _("7×24 小时")
    SERVICE = "service", _("服务时间")
    DAYS = "days", _("工作日")


class Step(models.TextChoices):
    """Steps of one clock that somebody is told of, as shares of the time given."""

    REMIND = "remind", _("80% 提醒")
    OVERDUE = "overdue", _("超时")
    MANAGER = "manager", _("超时至 1.5 倍")
    REGION = "region", _("超时至 2 倍")


class ImproveStep(models.TextChoices):
    """Steps of an improvement somebody is told of, by the day it is to be done by."""

    DUE = "due", _("到期")
    OVERDUE = "overdue", _("过期")
    SUPERVISOR = "supervisor", _("过期 3 个工作日")


SHARES: dict[str, float] = {Step.REMIND: 0.8, Step.OVERDUE: 1.0, Step.MANAGER: 1.5, Step.REGION: 2.0}


class AnswerWay(models.TextChoices):
    """反馈业主方式."""

    PHONE = "phone", _("电话")
    VISIT = "visit", _("上门面谈")
    MESSAGE = "message", _("短信或微信")
    APP = "app", _("业主端")
    LETTER = "letter", _("书面函件")
    NOTICE = "notice", _("公示（匿名）")


class Outcome(models.TextChoices):
    """How a suggestion ends; the proposer reads the reason."""

    ADOPTED = "adopted", _("采纳")
    PARTLY = "partly", _("部分采纳")
    DECLINED = "declined", _("不采纳")


class Ending(models.TextChoices):
    SATISFIED = "satisfied", _("满意")
    BASICALLY = "basically", _("基本满意")
    UNREACHED = "unreached", _("三次回访未接通")
    REFUSED = "refused", _("客户拒访")
    ANONYMOUS = "anonymous", _("匿名，已公示答复")
    WITHDRAWN = "withdrawn", _("撤诉")


# The customer is content with what came of it; the other endings say nothing about that.
CONTENT = frozenset({Ending.SATISFIED, Ending.BASICALLY})


class ApprovalKind(models.TextChoices):
    PLAN = "plan", _("处理方案")
    COMPENSATION = "compensation", _("赔付")


class ApprovalStatus(models.TextChoices):
    PENDING = "pending", _("待审批")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class EnquiryStatus(models.TextChoices):
    WAITING = "waiting", _("待答复")
    ANSWERED = "answered", _("已答复")
    CLOSED = "closed", _("已结束")


class EnquiryAction(models.TextChoices):
    WRITE = "write", _("继续咨询")
    ANSWER = "answer", _("答复")
    END = "end", _("结束咨询")
    TAKE_BACK = "take_back", _("不用答复了")


ENQUIRY_OPEN = frozenset({EnquiryStatus.WAITING, EnquiryStatus.ANSWERED})
ENQUIRY_COLOURS: dict[str, str] = {
    EnquiryStatus.WAITING: "orange",
    EnquiryStatus.ANSWERED: "green",
    EnquiryStatus.CLOSED: "grey",
}
# Staff end only what they have answered (R50); whoever asked may say that he needs no answer any more.
ENQUIRY_TRANSITIONS: dict[str, Transition] = {
    EnquiryAction.WRITE: Transition(frozenset(EnquiryStatus), EnquiryStatus.WAITING, owner_field="owner_id"),
    EnquiryAction.ANSWER: Transition(ENQUIRY_OPEN, EnquiryStatus.ANSWERED, "complaints.answer_enquiry"),
    EnquiryAction.END: Transition(
        frozenset({EnquiryStatus.ANSWERED}), EnquiryStatus.CLOSED, "complaints.answer_enquiry", owner_field="owner_id"
    ),
    EnquiryAction.TAKE_BACK: Transition(
        frozenset({EnquiryStatus.WAITING}), EnquiryStatus.CLOSED, owner_field="owner_id"
    ),
}


class Voice(models.TextChoices):
    """Who speaks in a conversation. Notes are for colleagues; what has become of the matter is read by both sides."""

    OWNER = "owner", _("业主")
    STAFF = "staff", _("客服")
    NOTE = "note", _("内部备注")
    EVENT = "event", _("进展")


class Mood(models.TextChoices):
    """情感倾向 of a public-opinion entry (R62)."""

    NEGATIVE = "negative", _("负面")
    NEUTRAL = "neutral", _("中性")
    POSITIVE = "positive", _("正面")


class OpinionStatus(models.TextChoices):
    OPEN = "open", _("待处置")
    HANDLED = "handled", _("已处置")
    IGNORED = "ignored", _("无需处置")


class OpinionAction(models.TextChoices):
    HANDLE = "handle", _("登记处置结果")
    IGNORE = "ignore", _("无需处置")
    REOPEN = "reopen", _("重新处置")


MOOD_COLOURS: dict[str, str] = {Mood.NEGATIVE: "red", Mood.NEUTRAL: "grey", Mood.POSITIVE: "green"}
OPINION_COLOURS: dict[str, str] = {
    OpinionStatus.OPEN: "orange",
    OpinionStatus.HANDLED: "green",
    OpinionStatus.IGNORED: "grey",
}
_TO_HANDLE = frozenset({OpinionStatus.OPEN})
OPINION_TRANSITIONS: dict[str, Transition] = {
    OpinionAction.HANDLE: Transition(_TO_HANDLE, OpinionStatus.HANDLED, "complaints.change_opinionentry"),
    OpinionAction.IGNORE: Transition(_TO_HANDLE, OpinionStatus.IGNORED, "complaints.change_opinionentry"),
    OpinionAction.REOPEN: Transition(
        frozenset(OpinionStatus) - _TO_HANDLE, OpinionStatus.OPEN, "complaints.change_opinionentry"
    ),
}


REOPEN_DAYS = 30
REPEAT_DAYS = 90
GROUP_HOUSEHOLDS = 3
GROUP_DAYS = 30
MAJOR_AMOUNT = 1000
SIGN_MINUTES = 120  # of service time, where the city gave no deadline of its own
ESCALATE_AT_REDO = 2
