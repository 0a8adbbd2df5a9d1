"""The life of an announcement (DOMAIN 2.4): 草稿 → 待审核 → (驳回) / 待发布 → 已发布 → 已撤回 / 已过期."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.states import Transition


class Status(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审核")
    REJECTED = "rejected", _("已驳回")
    APPROVED = "approved", _("待发布")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")
    EXPIRED = "expired", _("已过期")


class Action(models.TextChoices):
    SUBMIT = "submit", _("提交审核")
    RECALL = "recall", _("收回修改")
    APPROVE = "approve", _("审核通过")
    REJECT = "reject", _("驳回")
    PUBLISH = "publish", _("发布")
    PUBLISH_URGENTLY = "publish_urgently", _("紧急发布")
    WITHDRAW = "withdraw", _("撤回")
    EXPIRE = "expire", _("到期")


# Where the text may still be written; from publication on it is frozen, here and by a trigger of the database.
EDITABLE = frozenset({Status.DRAFT, Status.REJECTED})
FROZEN = frozenset({Status.PUBLISHED, Status.WITHDRAWN, Status.EXPIRED})

# The stages people sort announcements by, on tabs and in filters.
GROUPS: dict[str, list[str]] = {
    "standing": [Status.PUBLISHED],
    "waiting": [Status.SUBMITTED],
    "ready": [Status.APPROVED],
    "drafts": [Status.DRAFT, Status.REJECTED],
    "ended": [Status.WITHDRAWN, Status.EXPIRED],
}

TRANSITIONS: dict[str, Transition] = {
    Action.SUBMIT: Transition(EDITABLE, Status.SUBMITTED, "notices.change_notice"),
    Action.RECALL: Transition(frozenset({Status.SUBMITTED, Status.APPROVED}), Status.DRAFT, "notices.change_notice"),
    Action.APPROVE: Transition(frozenset({Status.SUBMITTED}), Status.APPROVED, "notices.approve_notice"),
    Action.REJECT: Transition(frozenset({Status.SUBMITTED}), Status.REJECTED, "notices.approve_notice"),
    Action.PUBLISH: Transition(frozenset({Status.APPROVED}), Status.PUBLISHED, "notices.publish_notice"),
    # What cannot wait skips the review; the log says so under an action of its own.
    Action.PUBLISH_URGENTLY: Transition(
        frozenset({Status.DRAFT, Status.REJECTED, Status.SUBMITTED}),
        Status.PUBLISHED,
        "notices.publish_urgent_notice",
    ),
    Action.WITHDRAW: Transition(frozenset({Status.PUBLISHED}), Status.WITHDRAWN, "notices.withdraw_notice"),
    Action.EXPIRE: Transition(frozenset({Status.PUBLISHED}), Status.EXPIRED),
}

STATUS_COLOURS: dict[str, str] = {
    Status.DRAFT: "grey",
    Status.SUBMITTED: "orange",
    Status.REJECTED: "red",
    Status.APPROVED: "blue",
    Status.PUBLISHED: "green",
    Status.WITHDRAWN: "grey",
    Status.EXPIRED: "grey",
}


class Outcome(models.TextChoices):
    """What is known of one delivery."""

    WAITING = "waiting", _("待发")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("成功")
    FAILED = "failed", _("失败")
    UNKNOWN = "unknown", _("未知")
    SKIPPED = "skipped", _("已跳过")


OUTCOME_COLOURS: dict[str, str] = {
    Outcome.WAITING: "grey",
    Outcome.SENDING: "blue",
    Outcome.SENT: "green",
    Outcome.FAILED: "red",
    Outcome.UNKNOWN: "orange",
    Outcome.SKIPPED: "grey",
}


class Reason(models.TextChoices):
    """Why a delivery failed or was skipped, where code decides on it; what a vendor says stands in `detail`."""

    NO_CONTACT = "no_contact", _("无联系方式")
    BAD_ADDRESS = "bad_address", _("号码或地址无效")
    REFUSED = "refused", _("渠道拒绝")
    OPTED_OUT = "opted_out", _("已退订营销信息")
    NOT_ENABLED = "not_enabled", _("渠道未启用")
    WITHDRAWN = "withdrawn", _("通知已撤回")
    NO_ANSWER = "no_answer", _("发出后没有答复")


class ToldWay(models.TextChoices):
    PHONE = "phone", _("电话告知")
    VISIT = "visit", _("上门告知")


class OwnerChannel(models.TextChoices):
    """The ways to owners that an announcement may take, in the order people think of them."""

    IN_APP = "in_app", _("站内")
    WECHAT = "wechat", _("微信")
    SMS = "sms", _("短信")
    EMAIL = "email", _("邮件")
