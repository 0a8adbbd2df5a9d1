"""What the sample cases are about. Past ones are drawn from HISTORY; those of today stand in NOW, every state among them."""

from dataclasses import dataclass, field
from typing import Any

from complaints.states import Level, Responsibility, Status

# (class, what was said, what was wanted, what was done, root cause)
HISTORY = (
    (
        "noise_fitout",
        "楼上中午一点多还在用电锤",
        "午休时间停工",
        "已约谈装修负责人，签了作息承诺，连查三天未再违规",
        "not_done",
    ),
    (
        "noise_neighbour",
        "隔壁晚上十一点后打麻将，孩子睡不着",
        "晚上十点后安静",
        "两户面谈达成约定，楼管跟进一周",
        "owners",
    ),
    ("cleaning", "电梯厅烟头两天没人扫", "每天清扫", "增加早晚两次巡扫，保洁主管抽查", "not_done"),
    ("guard_absent", "北门岗亭晚上没人", "夜里有人值守", "调整夜班排班，增加打卡点", "hands"),
    ("parking_wrong", "消防通道停了三辆车", "及时清走", "已联系车主移车，补划禁停线", "process"),
    ("fee_over", "水费多收了一个月", "退还多收部分", "核对抄表记录后退还，并向业主致歉", "skill"),
    ("pets", "遛狗不牵绳，狗扑老人", "要求牵绳", "上门告知养犬规定，加贴提示牌", "owners"),
    ("repair_slow", "报修三天没人上门", "尽快维修", "当天安排维修并修好，班长向业主说明原因", "hands"),
    ("repair_again", "卫生间修了三次还漏", "彻底修好", "换用新工艺，闭水试验 48 小时通过", "skill"),
    ("attitude", "前台打电话态度生硬", "道歉", "主管上门致歉，前台参加沟通培训", "communication"),
    ("greenery", "一楼树枝伸进阳台", "修剪", "绿化班已修剪到位", "process"),
    ("lift", "电梯早高峰常停 7 楼不动", "检修", "维保单位更换门机皮带，一周未再停", "ageing"),
    ("invoice", "交了物业费半个月没收到发票", "补开发票", "已补开电子发票发到业主手机", "communication"),
    ("blocked_way", "楼道堆满纸箱和鞋柜", "清走", "限期自清，逾期由保洁清运", "owners"),
    ("quality_leak", "飘窗上沿渗水，墙纸起皮", "修好并赔墙纸", "地产公司重做外墙防水，淋水试验无渗漏", "construction"),
    ("quality_windows", "客厅推拉门关不严，冬天漏风", "更换", "地产公司更换密封条并调整门框", "construction"),
    ("noise_square", "广场舞音响太大，孩子没法写作业", "调低音量", "与社区居委会一起约定时段和音量", "outside"),
    ("noise_plant", "水泵房夜里嗡嗡响", "降噪", "加装减振垫，夜间改低速运行", "ageing"),
    ("parking_space", "固定车位老被人占", "管住", "加装地锁，岗亭放行前核对车牌", "process"),
    ("neighbour_leak", "楼上卫生间漏到我家吊顶", "让楼上修", "协调楼上重做防水，双方签了协议", "owners"),
    ("strangers", "推销的人随便上楼敲门", "管住门岗", "访客登记后放行，单元门禁修复", "not_done"),
    ("fire", "楼道消火栓箱打不开", "马上修", "更换箱锁，全区排查一遍", "ageing"),
)
# Whose it is where it is not the property company's.
ELSEWHERE = {
    "quality_leak": Responsibility.DEVELOPER, "quality_windows": Responsibility.DEVELOPER, "noise_square": Responsibility.THIRD_PARTY,
    "noise_neighbour": Responsibility.OWNERS, "pets": Responsibility.OWNERS, "neighbour_leak": Responsibility.OWNERS,
}  # fmt: skip
# What is done so that it does not come again, by root cause.
IMPROVEMENTS = {
    "not_done": "列入每周巡查表，主管逐项签字", "owners": "入户告知并在单元门厅张贴提示", "process": "修订流程并组织当班人员培训",
    "hands": "调整排班，高峰时段加岗", "skill": "组织专项培训并考核上岗", "communication": "开展沟通礼仪培训，抽听通话录音",
    "ageing": "列入下季度设备更换计划", "construction": "书面发函地产公司，排查同户型",
}  # fmt: skip
SUGGESTIONS = (
    ("greenery", "中心花园加几张长椅", "adopted", "", "已在花园东侧加装四张长椅"),
    ("parking_space", "把西侧空地划成访客车位", "partly", "先划 6 个，其余留作消防登高面", "已划 6 个访客车位"),
    (
        "planning",
        "小区里建一个室内游泳池",
        "declined",
        "没有可用场地，业主大会也未列入维修资金计划",
        "已向提议业主说明",
    ),
)
PRAISE = ("保安帮我把菜提上楼，谢谢小李", "孙师傅修水管很仔细，走时还擦了地")


@dataclass(frozen=True)
class Now:
    """A case of today: `minutes` ago, how far it has come. `flat` chooses the flat, so that several stories can share building or home."""

    topic: str
    said: str
    minutes: int
    status: str
    demand: str = ""
    flat: int = 0
    level: str = Level.NORMAL
    responsibility: str = Responsibility.PROPERTY
    source: str = "phone"
    extra: dict[str, Any] = field(default_factory=dict)


NOW = (
    Now("cleaning", "单元门口垃圾桶满出来了，味道很大", 8, Status.NEW, "马上清走", flat=3),
    Now("parking_fee", "临停收费和公示的不一样", 26, Status.NEW, "解释收费依据", flat=8, source="counter"),
    Now("noise_square", "广场舞每晚跳到十点", 24, Status.NEW, "九点前结束", source="city", flat=11, extra={"city": "plain"}),
    Now("thrown", "有人从楼上往下扔酒瓶", 18, Status.NEW, "查清是谁", flat=5, extra={"anonymous": True}),
    Now("quality_leak", "次卧外墙下雨渗水，墙皮大片脱落", 180, Status.ROUTING, "彻底修好", flat=14, responsibility="",
        extra={"part": "waterproof", "promised": 3}),
    Now("fee_standard", "停车费涨价没有公示", 240, Status.ROUTING, "说明依据", flat=17),
    Now("noise_fitout", "15 层装修，周六早上七点就开工", 1500, Status.WORKING, "按规定时间施工", flat=20),
    Now("noise_fitout", "楼上装修，电锤声整天不停", 1300, Status.WORKING, "按规定时间施工", flat=21),
    Now("lift", "电梯突然下坠两层，老人吓得住院", 200, Status.WORKING, "查明原因，承担医药费", flat=26, level=Level.MAJOR,
        extra={"major": ["safety"], "progress": "维保单位已停梯检查，陪同家属就诊", "plan": "停梯检修，请第三方检测，医药费先行垫付"}),
    Now("attitude", "前台接待员当众说我家“事儿多”", 700, Status.WORKING, "道歉", flat=29, extra={"confidential": True}),
    Now("quality_windows", "北卧窗框变形，关不上，夜里灌风", 4300, Status.WORKING, "更换窗扇", flat=50, responsibility=Responsibility.DEVELOPER,
        extra={"told": "已转地产公司维修部，约定昨天前上门", "promised": -1}),
    Now("repair_poor", "卫生间重做防水后还是漏到楼下", 2600, Status.WORKING, "重新做防水，赔楼下吊顶", flat=32,
        extra={"compensation": "800", "order": "wall_leak"}),
    Now("neighbour_leak", "楼上漏水，天花板滴水", 900, Status.ANSWERING, "修好并赔墙面", flat=35, extra={
        "told": "已关楼上水阀，今天下午上门查漏", "supervise": "今天内把查漏结果告诉楼下业主",
    }),
    Now("guard_absent", "东门闸机常开，外人随便进", 1500, Status.ANSWERING, "有人管", flat=38),
    Now("repair_slow", "报修门禁一周没人来", 2900, Status.CALLING, "尽快修好", flat=41),
    Now("parking_wrong", "我的车位被占了两次", 1800, Status.CALLING, "劝离", flat=44),
    Now("noise_plant", "水泵房夜里嗡嗡响", 4000, "redone", "换静音泵", flat=47),
)  # fmt: skip
