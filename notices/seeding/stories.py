"""The texts, and what became of them. Days are counted from the day of loading, so that an outage still lies ahead."""

from dataclasses import dataclass

from notices.states import Status


@dataclass(frozen=True)
class Story:
    """`day` and `hour` say when it was published; `affected` the day and hours it is about; `ends` after how many days it is over;
    `{day}` in the text is the day it is about.
    `read`, `confirmed` and `told` are shares in percent: of the persons, of those who read, of the households nobody of whom read."""

    kind: str
    title: str
    body: str
    status: Status = Status.PUBLISHED
    day: int = 0
    hour: int = 10
    buildings: tuple[str, ...] = ()
    channels: tuple[str, ...] = ("in_app",)
    affected: tuple[int, int, int] | None = None
    ends: int | None = None
    read: int = 0
    confirmed: int = 0
    told: int = 0
    receipt: bool = False
    pinned: bool = False
    reason: str = ""
    offer: tuple[str, str] = ("", "")


TANK = (
    "因二次供水水箱清洗，3栋、4栋、5栋将于{day} 9:00 至 15:00 停自来水，电梯与供电正常。\n\n"
    "请您：\n1. 提前储存一天用水；\n2. 出门前关好水龙头；\n3. 来水后先放水 2 分钟再使用。\n\n"
    "家中有老人、病人或新生儿需要送水，请提前告诉我们。"
)
STORIES: dict[str, tuple[Story, ...]] = {
    "HYH": (
        Story(
            "lift", "11栋 1号电梯年检停用", "11栋 1号电梯将停用年检半天，请改乘另一部电梯；行动不便的住户请提前联系客服。",
            Status.EXPIRED, -12, 9, ("11",), affected=(-10, 9, 12), ends=-9, read=82,
        ),
        Story(
            "event", "周末亲子读书会报名", "时间：{day} 14:00\n地点：社区会所\n\n名额 30 组，报名请联系客服。",
            day=-6, hour=17, ends=9, read=52,
        ),
        Story(
            "disclosure", "公共收益收支公示",
            "本季度电梯广告、临时停车等公共收益已按约定用于公共设施维修，收支明细张贴于各楼栋大堂，公示 10 天。\n\n有疑问请联系客服。",
            day=-4, hour=15, ends=10, read=58, pinned=True,
        ),
        Story(
            "outage", "2栋配电房检修停电通知", "因配电房检修，2栋将停电半天。", Status.WITHDRAWN, -3, 11, ("2",),
            affected=(2, 9, 12), read=34, reason="供电公司改期，另行通知",
        ),
        Story(
            "reminder", "冬季用电安全提示",
            "请勿超负荷用电，不用时拔下电暖器插头；电动车请在集中充电处充电，不要推上楼。\n\n感谢配合。",
            day=-2, hour=10, read=69,
            offer=("家庭用电安全检测", "电工上门检查插座、线路和电暖器，60 元/户，一周内可约。"),
        ),
        Story(
            "promotion", "家电清洗便民服务", "本周末会所门前有油烟机、空调清洗服务，价格公示，自愿选择，费用由服务商收取。",
            day=-2, hour=16, ends=6, read=31,
        ),
        Story(
            "outage", "3–5栋水箱清洗停水通知", TANK, day=-1, hour=16, buildings=("3", "4", "5"), channels=("sms", "in_app"),
            affected=(1, 9, 15), ends=2, read=72, confirmed=85, told=30, receipt=True,
        ),
        Story(
            "fire_drill", "消防演练安排", "本小区将举行消防演练，届时会响起警报，请不要惊慌。\n\n欢迎住户参加，集合地点：中心花园。",
            Status.SUBMITTED, affected=(5, 15, 16),
        ),
        Story(
            "reminder", "大风降温温馨提示", "明天起大风降温，请收好阳台花盆和晾晒物，关好门窗，注意用电用气安全。",
            Status.APPROVED, 1, 8,
        ),
        Story(
            "payment", "物业费缴费提醒", "第四季度物业费已可缴纳，可到客服中心缴纳。", Status.REJECTED,
            reason="请写明到期日和缴费方式",
        ),
        Story("fitting", "装修施工时间提醒", "装修施工时间为工作日 8:00 至 12:00、14:00 至 18:00，周末和节假日请勿进行有噪声的施工。",
              Status.DRAFT),
    ),
    "YQL": (
        Story(
            "event", "邻里节摊位报名", "邻里节摊位开始报名，额满为止，报名请联系客服。", Status.EXPIRED, -11, 10, ends=-4, read=61,
        ),
        Story("reminder", "垃圾分类投放时间调整", "投放时间调整为 6:30 至 9:00、18:00 至 21:00，大件垃圾请提前联系保洁。", day=-5, hour=9, read=74),
        Story(
            "outage", "1栋供电线路检修停电通知",
            "因供电线路检修，1栋将于{day} 9:00 至 12:00 停电。\n\n请提前保存资料、关闭电器；停电期间请勿乘坐电梯。",
            day=-1, hour=14, buildings=("1",), affected=(2, 9, 12), ends=3, read=47, confirmed=70, receipt=True,
        ),
        Story("fire_drill", "消防演练安排", "本小区将举行消防演练，届时会响起警报，请不要惊慌。", Status.SUBMITTED, affected=(7, 10, 11)),
        Story("fitting", "装修押金办理说明", "办理装修手续请携带身份证和施工合同到客服中心。", Status.DRAFT),
    ),
}  # fmt: skip
# People everybody meets in the demonstration: what they have not opened yet, so that their first page has something to show.
UNREAD = {"王建国", "王锦刚", "吴家桂", "单立文", "沈国平"}
LEFT_UNREAD = {"3–5栋水箱清洗停水通知", "公共收益收支公示", "冬季用电安全提示"}
