"""What the sample orders are about. Past ones are drawn from HISTORY; those of today stand in NOW, one in every state."""

from dataclasses import dataclass, field

from workorders.states import Status

# Who repairs what, and when: (account, skills, (weekday, from, to) in minutes).
_DAY = tuple((day, 510, 1080) for day in range(6))
_LATE = tuple((day, 780, 1320) for day in range(7))
REPAIRERS = (
    ("weixiu1", ("plumbing", "electric"), _DAY),
    ("weixiu2", ("civil", "doors", "plumbing", "general", "cleaning"), _DAY),
    ("weixiu3", ("lift", "low_voltage", "fire", "electric"), _LATE),
)
TEAM = ("工程维修班", "engineering")

MATERIALS = (
    ("WL0001", "角阀", "DN15", "个", "18.50", 60),
    ("WL0002", "软管", "50 cm", "根", "12.00", 40),
    ("WL0003", "LED 灯管", "T8 18W", "支", "22.00", 80),
    ("WL0004", "空气开关", "2P 32A", "个", "46.00", 24),
    ("WL0005", "门锁芯", "AB 70 mm", "个", "65.00", 15),
    ("WL0006", "密封胶", "300 ml", "支", "15.80", 30),
    ("WL0007", "龙头阀芯", "35 mm", "个", "16.00", 36),
)
PRICES = (
    ("换水龙头", "个", "10.00", "材料另计"), ("马桶疏通", "次", "80.00", ""), ("换门锁", "个", "50.00", "材料另计"),
    ("换灯具", "盏", "15.00", "材料另计"), ("换角阀或软管", "个", "20.00", "材料另计"), ("电路检修", "次", "40.00", "材料另计"),
)  # fmt: skip

# (type, what was said, what was done): for orders that are over.
HISTORY = (
    ("tap", "厨房水龙头滴水，关不紧", "更换龙头阀芯，试水不漏"),
    ("drain", "卫生间地漏下水很慢", "疏通地漏，通水正常"),
    ("pipe_leak", "水槽下面角阀漏水", "更换角阀和软管，试水 10 分钟不漏"),
    ("trip", "一开热水器就跳闸", "热水器回路漏电，更换空气开关"),
    ("lamp", "客厅灯不亮", "更换灯管"),
    ("socket", "书房插座没电", "插座接线松动，已重新接线"),
    ("lock", "入户门锁转不动", "更换锁芯，试锁三次正常"),
    ("window", "主卧平开窗执手松脱", "更换执手"),
    ("intercom", "可视对讲没有声音", "更换听筒线，试通话正常"),
    ("wall_leak", "次卧外墙下雨渗水", "外墙裂缝注胶，闭水试验通过"),
    ("floor_drain", "主卫地漏反味", "加装防臭芯"),
    ("home_door", "入户门关不严", "调整合页"),
)
PUBLIC_HISTORY = (
    ("lamp", "楼道灯不亮", "更换声控灯"),
    ("access", "门禁刷卡没反应", "重启读卡器，恢复正常"),
    ("lift_button", "电梯 5 楼按钮失灵", "更换按钮板"),
    ("rubbish", "楼道堆放纸箱", "已清理并告知住户"),
    ("street_lamp", "路灯夜里不亮", "更换镇流器"),
    ("entrance_door", "单元门闭门器坏了", "更换闭门器"),
)


@dataclass(frozen=True)
class Now:
    """An order of today: `minutes` ago, how far it has come. `where`: unit or place."""

    kind: str
    said: str
    minutes: int
    status: str
    where: str = "unit"
    to: str = ""
    source: str = "hotline"
    spot: str = ""
    extra: dict = field(default_factory=dict)
    # Whoever has this number reports it himself, on the owners' pages.
    phone: str = ""


NOW = (
    Now("drain", "厨房下水堵了，水往外冒", 11, Status.WAITING, spot="厨房"),
    Now("trip", "全屋跳闸，推不上去", 21, Status.WAITING, source="wechat"),
    Now("window", "主卧平开窗执手松脱", 6, Status.WAITING, source="app", spot="主卧"),
    Now("blocking", "两辆电动车占用消防通道", 25, Status.WAITING, "place", source="patrol"),
    Now("tap", "卫生间水龙头漏水", 70, Status.DISPATCHED, to="weixiu1", spot="卫生间"),
    Now("lamp", "楼道灯不亮", 95, Status.DISPATCHED, "place", to="weixiu2", source="counter"),
    Now("no_power", "家里突然没电，邻居有电", 50, Status.WORKING, to="weixiu1"),
    Now("lift_stopped", "电梯停在 3 楼不动", 32, Status.WORKING, "place", to="weixiu3", source="patrol"),
    Now("lock", "门锁锁舌卡住", 150, Status.WORKING, to="weixiu2"),
    Now("intercom", "对讲听不到对方声音", 600, Status.PARTS, to="weixiu3", extra={"part": "听筒线"}),
    Now("wall_leak", "次卧外墙渗水，墙皮鼓起", 900, Status.SUSPENDED, to="weixiu2", spot="次卧"),
    Now("floor_drain", "主卫地漏反味", 300, Status.DONE, to="weixiu2", spot="主卫"),
    Now("lamp", "客厅灯不亮", 260, Status.DONE, to="weixiu1", spot="客厅"),
)

WANG, LI = "15400006620", "16300002091"
# What the two sample owners find on their own pages: one waiting with a time agreed, one in work, one to rate each.
OWN = (
    Now("home_door", "入户门下面刮地，要用力才关得上", 40, Status.WAITING, source="app", spot="入户门", phone=WANG),
    Now(
        "pipe_leak",
        "厨房洗菜池下面的阀门一直滴水，柜子底板泡了",
        180,
        Status.WORKING,
        to="weixiu1",
        source="app",
        spot="厨房",
        phone=WANG,
    ),
    Now("lamp", "阳台灯一闪一闪的", 420, Status.DONE, to="weixiu1", source="app", spot="阳台", phone=WANG),
    Now(
        "not_warm",
        "主卧暖气不热，其他房间正常",
        240,
        Status.PARTS,
        to="weixiu3",
        source="app",
        spot="主卧",
        extra={"part": "温控阀"},
        phone=LI,
    ),
    Now("window", "客厅推拉窗推不动", 360, Status.DONE, to="weixiu2", source="app", spot="客厅", phone=LI),
)
