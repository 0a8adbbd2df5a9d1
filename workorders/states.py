"""The life of a repair order (DOMAIN 2.2): every way from state to state, and who may take it. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.states import Transition


class Status(models.TextChoices):
    WAITING = "waiting", _("待派单")
    DISPATCHED = "dispatched", _("待接单")
    WORKING = "working", _("处理中")
    PARTS = "parts", _("待备件")
    SUSPENDED = "suspended", _("已挂起")
    DONE = "done", _("已完成")
    ARCHIVED = "archived", _("已归档")
    CANCELLED = "cancelled", _("已取消")
    CLOSED = "closed", _("已关闭（未修）")


class Action(models.TextChoices):
    DISPATCH = "dispatch", _("派单")
    CLAIM = "claim", _("抢单")
    ACCEPT = "accept", _("接单")
    RETURN = "return", _("退单")
    TRANSFER = "transfer", _("转单")
    AWAIT_PARTS = "await_parts", _("缺料待备件")
    PARTS_ARRIVED = "parts_arrived", _("备件到料")
    SUSPEND = "suspend", _("挂起")
    RESUME = "resume", _("恢复处理")
    COMPLETE = "complete", _("完工")
    REWORK = "rework", _("返工")
    ARCHIVE = "archive", _("归档")
    CANCEL = "cancel", _("取消")
    CLOSE = "close", _("无法处理，关闭")


OPEN = frozenset({Status.WAITING, Status.DISPATCHED, Status.WORKING, Status.PARTS, Status.SUSPENDED})
# Nobody is at work on it yet.
AT_DESK = frozenset({Status.WAITING, Status.DISPATCHED})
PAUSED = frozenset({Status.PARTS, Status.SUSPENDED})
IN_HAND = frozenset({Status.WORKING, Status.PARTS, Status.SUSPENDED})
FINISHED = frozenset({Status.ARCHIVED, Status.CANCELLED, Status.CLOSED})

_WAITING = frozenset({Status.WAITING})
_DISPATCHED = frozenset({Status.DISPATCHED})
_WORKING = frozenset({Status.WORKING})

TRANSITIONS: dict[str, Transition] = {
    Action.DISPATCH: Transition(_WAITING, Status.DISPATCHED, "workorders.dispatch_workorder"),
    Action.CLAIM: Transition(_WAITING, Status.WORKING, "workorders.claim_workorder"),
    Action.ACCEPT: Transition(_DISPATCHED, Status.WORKING, "workorders.work_workorder"),
    Action.RETURN: Transition(_DISPATCHED, Status.WAITING, "workorders.work_workorder"),
    Action.TRANSFER: Transition(_DISPATCHED | _WORKING, Status.DISPATCHED, "workorders.transfer_workorder"),
    Action.AWAIT_PARTS: Transition(_WORKING, Status.PARTS, "workorders.work_workorder"),
    Action.PARTS_ARRIVED: Transition(frozenset({Status.PARTS}), Status.WORKING, "workorders.work_workorder"),
    # The repairer asks in a request of its own (SuspensionRequest); order and clocks change when a supervisor grants it.
    Action.SUSPEND: Transition(_WORKING, Status.SUSPENDED, "workorders.approve_suspension"),
    Action.RESUME: Transition(frozenset({Status.SUSPENDED}), Status.WORKING, "workorders.work_workorder"),
    Action.COMPLETE: Transition(_WORKING, Status.DONE, "workorders.work_workorder"),
    # What the owner reported himself he may call off before somebody is at it, and have done again when it did not hold.
    Action.REWORK: Transition(frozenset({Status.DONE}), Status.WORKING, "workorders.rework_workorder", "owner_id"),
    Action.ARCHIVE: Transition(frozenset({Status.DONE}), Status.ARCHIVED, "workorders.archive_workorder"),
    Action.CANCEL: Transition(_WAITING | _DISPATCHED, Status.CANCELLED, "workorders.cancel_workorder", "owner_id"),
    Action.CLOSE: Transition(_WORKING, Status.CLOSED, "workorders.close_workorder"),
}

STATUS_COLOURS: dict[str, str] = {
    Status.WAITING: "orange",
    Status.DISPATCHED: "orange",
    Status.WORKING: "blue",
    Status.PARTS: "orange",
    Status.SUSPENDED: "orange",
    Status.DONE: "green",
    Status.ARCHIVED: "grey",
    Status.CANCELLED: "grey",
    Status.CLOSED: "grey",
}


class Urgency(models.TextChoices):
    CRITICAL = "critical", _("特急")
    URGENT = "urgent", _("急修")
    NORMAL = "normal", _("一般")
    COMPLEX = "complex", _("复杂")


class Source(models.TextChoices):
    """来源渠道."""

    APP = "app", _("业主端")
    WECHAT = "wechat", _("微信公众号")
    HOTLINE = "hotline", _("服务热线")
    COUNTER = "counter", _("前台")
    PATROL = "patrol", _("管家巡查")
    CITY = "city", _("12345")
    PLAN = "plan", _("计划维护")
    COMPLAINT = "complaint", _("投诉转单")
    QR = "qr", _("扫码报修")


class Area(models.TextChoices):
    INDOOR = "indoor", _("户内")
    PUBLIC = "public", _("公共区域")


class Warranty(models.TextChoices):
    """是否在保, computed from the completion date (建设工程质量管理条例 第40条)."""

    IN = "in", _("在保")
    OUT = "out", _("过保")
    UNKNOWN = "unknown", _("待核实")


class Clock(models.TextChoices):
    RESPONSE = "response", _("响应")
    ARRIVAL = "arrival", _("到场")
    COMPLETION = "completion", _("完成")


# Each clock as one bit of WorkOrder.met_clocks and .late_clocks.
CLOCK_BITS: dict[str, int] = {Clock.RESPONSE: 1, Clock.ARRIVAL: 2, Clock.COMPLETION: 4}


class Basis(models.TextChoices):
    """What a clock counts: every minute, or only those of the community's working calendar."""

    ROUND = "round", _("7×24 小时")
    SERVICE = "service", _("服务时间")


class Level(models.TextChoices):
    """Steps of one clock that somebody is told of, as shares of the time given."""

    REMIND = "remind", _("80% 提醒")
    OVERDUE = "overdue", _("超时")
    MANAGER = "manager", _("超时至 1.5 倍")
    REGION = "region", _("超时至 2 倍")


SHARES: dict[str, float] = {Level.REMIND: 0.8, Level.OVERDUE: 1.0, Level.MANAGER: 1.5, Level.REGION: 2.0}


class PauseKind(models.TextChoices):
    PARTS = "parts", _("待备件")
    SUSPENDED = "suspended", _("挂起")


class RequestStatus(models.TextChoices):
    PENDING = "pending", _("待审批")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")


class Duty(models.TextChoices):
    """派工中的人员状态 (R39)."""

    ON = "on", _("在岗")
    OUT = "out", _("外出")
    OFF = "off", _("休息")


DUTY_COLOURS: dict[str, str] = {Duty.ON: "green", Duty.OUT: "orange", Duty.OFF: "grey"}


class ConfirmWay(models.TextChoices):
    """业主确认方式."""

    SIGNATURE = "signature", _("现场签字")
    LINK = "link", _("链接确认")
    PHONE = "phone", _("电话确认")
    NONE = "none", _("业主不在场")


class OutageKind(models.TextChoices):
    PLANNED = "planned", _("计划")
    EMERGENCY = "emergency", _("突发")


class MessageKind(models.TextChoices):
    """What the household is told by itself."""

    DISPATCHED = "dispatched", _("已派单")
    ARRIVED = "arrived", _("维修人员已到场")
    COMPLETED = "completed", _("已完工，请评价")
    REWORKED = "reworked", _("转返工")
    ENDED = "ended", _("已结束")
    RESTORED = "restored", _("故障已恢复")
