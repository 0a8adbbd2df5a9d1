"""What repairs bring along: dictionaries, what follows from each type, how long each clock gives, what the role templates may do."""

from dataclasses import dataclass

from django.db import transaction

from audit.services import seeds as roles
from core.models import DictItem
from core.services.dictionary import ItemSeed, TypeSeed
from workorders.models import ClockRule, RepairRule, WarrantyPart
from workorders.states import Area, Basis, Clock, Urgency

GROUP = "工单"
WET, FITTED, HEAT = WarrantyPart.WATERPROOF, WarrantyPart.INSTALLATION, WarrantyPart.HEATING
CRITICAL, URGENT, NORMAL, COMPLEX = Urgency.CRITICAL, Urgency.URGENT, Urgency.NORMAL, Urgency.COMPLEX


@dataclass(frozen=True)
class Kind:
    """A second-level type and its rule. `area` "" for both."""

    code: str
    name: str
    urgency: str = NORMAL
    area: str = ""
    paid: bool = False
    part: str = ""
    checklist: tuple[str, ...] = ()


# (code, 一级, skill, its 二级) of DOMAIN 2.2.
TYPES: tuple[tuple[str, str, str, tuple[Kind, ...]], ...] = (
    ("plumbing", "给排水", "plumbing", (
        Kind("pipe_leak", "水管漏水", URGENT, "", True, FITTED, ("关闭阀门", "拍漏点", "修复后试水 10 分钟")),
        Kind("tap", "水龙头", NORMAL, Area.INDOOR, True, FITTED, ("更换前拍照", "试水不漏")),
        Kind("drain", "下水堵塞", URGENT, "", True, FITTED, ("疏通前拍照", "通水试验")),
        Kind("floor_drain", "地漏反味", NORMAL, Area.INDOOR, True, FITTED, ("检查水封", "复查气味")),
        Kind("no_water", "停水", URGENT, "", False, FITTED, ("核对是否片区停水", "恢复后试水")),
    )),
    ("electric", "电气", "electric", (
        Kind("trip", "跳闸", NORMAL, Area.INDOOR, True, FITTED, ("断电挂牌", "查明回路", "送电试验")),
        Kind("no_power", "无电", URGENT, "", False, FITTED, ("核对是否片区停电", "断电挂牌", "送电试验")),
        Kind("lamp", "灯具", NORMAL, "", True, FITTED, ("断电挂牌", "更换后试亮")),
        Kind("socket", "插座", NORMAL, Area.INDOOR, True, FITTED, ("断电挂牌", "通电测试")),
        Kind("intercom_power", "对讲电源", NORMAL, "", False, FITTED, ("测量电压", "试通话")),
    )),
    ("civil", "土建", "civil", (
        Kind("wall_leak", "墙面渗漏", COMPLEX, "", False, WET, ("拍渗漏点", "查明来源", "闭水试验")),
        Kind("hollow", "空鼓", COMPLEX, "", False, FITTED, ("敲击标记范围", "修补后拍照")),
        Kind("tile", "地砖", COMPLEX, "", True, FITTED, ("拍破损处", "养护提示")),
        Kind("facade", "外墙脱落", URGENT, Area.PUBLIC, False, WET, ("拉警戒线", "清除松动部位", "拍照")),
        Kind("roof_leak", "屋面漏水", COMPLEX, Area.PUBLIC, False, WET, ("拍渗漏点", "雨后复查")),
    )),
    ("doors", "门窗", "doors", (
        Kind("home_door", "入户门", NORMAL, Area.INDOOR, True, FITTED, ("调试开合",)),
        Kind("lock", "锁具", NORMAL, "", True, FITTED, ("核对业主身份", "试锁三次")),
        Kind("entrance_door", "单元门", NORMAL, Area.PUBLIC, False, FITTED, ("试闭门器", "试门禁")),
        Kind("window", "窗五金", NORMAL, Area.INDOOR, True, FITTED, ("试开合", "检查防坠")),
    )),
    ("lift", "电梯", "lift", (
        Kind("trapped", "困人", CRITICAL, Area.PUBLIC, False, "", ("安抚被困人员", "通知维保单位", "救援完成拍照")),
        Kind("lift_stopped", "停梯", URGENT, Area.PUBLIC, False, "", ("挂停用牌", "通知维保单位", "恢复后试运行")),
        Kind("lift_noise", "异响", NORMAL, Area.PUBLIC, False, "", ("录音或录像", "通知维保单位")),
        Kind("lift_button", "按钮", NORMAL, Area.PUBLIC, False, "", ("更换后测试",)),
    )),
    ("low_voltage", "弱电/智能", "low_voltage", (
        Kind("access", "门禁", NORMAL, Area.PUBLIC, False, FITTED, ("试刷卡",)),
        Kind("barrier", "道闸", URGENT, Area.PUBLIC, False, FITTED, ("抬杆放行", "恢复后试过车")),
        Kind("cctv", "监控", NORMAL, Area.PUBLIC, False, FITTED, ("核对画面",)),
        Kind("intercom", "对讲", NORMAL, "", False, FITTED, ("试通话",)),
        Kind("network", "网络", NORMAL, "", False, "", ("核对是否运营商故障",)),
    )),
    ("fire", "消防", "fire", (
        Kind("false_alarm", "误报", URGENT, Area.PUBLIC, False, FITTED, ("现场确认无火情", "主机复位")),
        Kind("sprinkler", "喷淋漏水", URGENT, "", False, FITTED, ("关闭分区阀", "恢复后开阀")),
        Kind("emergency_light", "应急灯", NORMAL, Area.PUBLIC, False, FITTED, ("断电测试",)),
    )),
    ("facility", "公共设施", "general", (
        Kind("street_lamp", "路灯", NORMAL, Area.PUBLIC),
        Kind("fitness", "健身器材", NORMAL, Area.PUBLIC, False, "", ("设置禁用标志", "修复后试用")),
        Kind("fence", "围栏", NORMAL, Area.PUBLIC),
        Kind("manhole", "井盖", URGENT, Area.PUBLIC, False, "", ("立即围挡", "更换后踩踏检查")),
        Kind("mailbox", "信报箱", NORMAL, Area.PUBLIC),
    )),
    ("heating", "暖通/供热", "hvac", (
        Kind("not_warm", "不热", NORMAL, Area.INDOOR, False, HEAT, ("测室温", "排气")),
        Kind("heating_leak", "暖气漏水", URGENT, Area.INDOOR, False, HEAT, ("关闭阀门", "拍漏点", "恢复后试压")),
    )),
    ("cleaning", "保洁绿化", "cleaning", (
        Kind("rubbish", "垃圾", NORMAL, Area.PUBLIC),
        Kind("pests", "消杀", NORMAL),
        Kind("trees", "树木", NORMAL, Area.PUBLIC, False, "", ("有倒伏危险先围挡",)),
    )),
    ("order", "秩序", "security", (
        Kind("blocking", "占道", NORMAL, Area.PUBLIC),
        Kind("cars", "车辆", NORMAL, Area.PUBLIC),
    )),
    ("other", "其他", "general", (
        Kind("gas", "燃气异味", CRITICAL, "", False, "", ("疏散并开窗", "通知燃气公司")),
        Kind("fire_report", "火警", CRITICAL, "", False, "", ("拨打 119", "组织疏散")),
        Kind("shock", "漏电触电", CRITICAL, "", False, "", ("立即断电", "必要时拨打 120")),
        Kind("other", "其他", NORMAL),
    )),
)  # fmt: skip

_SKILLS = (
    ("plumbing", "给排水"), ("electric", "电气"), ("civil", "土建"), ("doors", "门窗"), ("lift", "电梯"),
    ("low_voltage", "弱电"), ("fire", "消防"), ("hvac", "暖通"), ("cleaning", "保洁绿化"), ("security", "秩序"),
    ("general", "综合维修"),
)  # fmt: skip

DICTIONARIES = (
    TypeSeed(
        "repair_category", "报修一级类型", GROUP,
        tuple(ItemSeed(code, name, colour=f"c{at % 6 + 1}") for at, (code, name, _skill, _kinds) in enumerate(TYPES)),
    ),
    TypeSeed(
        "repair_kind", "报修二级类型", GROUP,
        (
            *(ItemSeed(kind.code, kind.name) for *_rest, kinds in TYPES for kind in kinds if kind.code != "other"),
            ItemSeed("other", "其他问题", ("其他",)),
        ),
        "所属一级类型、紧急程度、检查项等在“报修类型规则”里设置",
    ),
    TypeSeed("skill", "维修技能", GROUP, tuple(ItemSeed(code, name) for code, name in _SKILLS)),
    TypeSeed("fault_cause", "故障原因", GROUP, (
        ItemSeed("ageing", "材料老化"), ItemSeed("workmanship", "施工质量"), ItemSeed("misuse", "使用不当"),
        ItemSeed("outside", "外力"), ItemSeed("weather", "自然灾害"), ItemSeed("other", "其他"),
    )),
    TypeSeed("suspend_reason", "挂起原因", GROUP, (
        ItemSeed("away", "业主不在家"), ItemSeed("moved", "业主改约"), ItemSeed("third_party", "等第三方"),
        ItemSeed("other", "其他"),
    )),
    TypeSeed("return_reason", "退单原因", GROUP, (
        ItemSeed("not_mine", "非本专业"), ItemSeed("off_duty", "不在岗"), ItemSeed("unclear", "信息不全"),
        ItemSeed("busy", "手头工单过多"), ItemSeed("other", "其他"),
    )),
    TypeSeed("cancel_reason", "取消原因", GROUP, (
        ItemSeed("false_report", "误报"), ItemSeed("duplicate", "重复"), ItemSeed("withdrawn", "业主撤销"),
        ItemSeed("outage_over", "故障已恢复"), ItemSeed("other", "其他"),
    )),
    TypeSeed("close_reason", "无法处理原因", GROUP, (
        ItemSeed("beyond_service", "超出服务范围"), ItemSeed("repair_fund", "需动用维修资金"),
        ItemSeed("developer", "在保转地产公司"), ItemSeed("other", "其他"),
    )),
    TypeSeed("reporter_relation", "报事人与房屋关系", GROUP, (
        ItemSeed("owner", "业主"), ItemSeed("family", "家属"), ItemSeed("tenant", "租户"), ItemSeed("agent", "受托人"),
        ItemSeed("staff", "物业人员"), ItemSeed("neighbour", "邻居"), ItemSeed("passer_by", "路过"), ItemSeed("other", "其他"),
    )),
    TypeSeed("rating_tag", "评价标签", GROUP, (
        ItemSeed("on_time", "准时"), ItemSeed("polite", "态度好"), ItemSeed("skilled", "手艺好"), ItemSeed("clean", "收拾干净"),
        ItemSeed("late", "来得晚"), ItemSeed("rude", "态度差"), ItemSeed("not_fixed", "没修好"), ItemSeed("dear", "收费不清"),
    )),
)  # fmt: skip

# (urgency, clock, minutes, basis, by appointment): DOMAIN 2.2, "SLA defaults".
CLOCKS = (
    (CRITICAL, Clock.RESPONSE, 5, Basis.ROUND, False),
    (CRITICAL, Clock.ARRIVAL, 15, Basis.ROUND, False),
    (CRITICAL, Clock.COMPLETION, 120, Basis.ROUND, False),
    (URGENT, Clock.RESPONSE, 15, Basis.ROUND, False),
    (URGENT, Clock.ARRIVAL, 30, Basis.ROUND, False),
    (URGENT, Clock.COMPLETION, 240, Basis.ROUND, False),
    (NORMAL, Clock.RESPONSE, 30, Basis.SERVICE, False),
    (NORMAL, Clock.ARRIVAL, 240, Basis.SERVICE, True),
    (NORMAL, Clock.COMPLETION, 1440, Basis.ROUND, False),
    (COMPLEX, Clock.RESPONSE, 30, Basis.SERVICE, False),
    (COMPLEX, Clock.ARRIVAL, 1440, Basis.ROUND, True),
    (COMPLEX, Clock.COMPLETION, 4320, Basis.ROUND, False),
)

_READ = ["workorders.view_workorder", "workorders.view_outage"]
_TAKE = [
    "workorders.add_workorder", "workorders.change_workorder", "workorders.cancel_workorder", "workorders.view_handover",
    "workorders.sign_handover",
]  # fmt: skip
_LEAD = [
    "workorders.dispatch_workorder", "workorders.transfer_workorder", "workorders.approve_suspension",
    "workorders.supervise_workorder", "workorders.act_for_workorder", "workorders.rework_workorder",
    "workorders.archive_workorder", "workorders.export_workorder", "workorders.report_workorder",
    "workorders.view_repairer", "workorders.add_outage", "workorders.change_outage", "workorders.end_outage",
    "workorders.export_outage", "workorders.manage_reportcode", "workorders.set_duty_repairer",
    "workorders.export_repairer",
    # What is done for a repairer (代办) is his work: both rights together.
    "workorders.work_workorder", "workorders.view_material", "workorders.view_priceitem",
]  # fmt: skip
_ENGINEER = [
    "workorders.close_workorder", "workorders.add_repairer", "workorders.change_repairer",
    "workorders.change_dispatchsetting",
    "workorders.add_material", "workorders.change_material", "workorders.export_material",
    "workorders.add_priceitem", "workorders.change_priceitem", "workorders.export_priceitem",
    "workorders.export_repairrule", "workorders.add_clockrule", "workorders.export_clockrule",
    "workorders.view_repairrule", "workorders.change_repairrule", "workorders.view_clockrule",
    "workorders.change_clockrule",
]  # fmt: skip
PERMISSIONS = {
    roles.CLERK: [
        *_READ, *_TAKE, "workorders.dispatch_workorder", "workorders.rework_workorder", "workorders.archive_workorder",
        "workorders.act_for_workorder", "workorders.work_workorder", "workorders.view_material",
        "workorders.view_repairer", "workorders.add_outage", "workorders.change_outage",
    ],
    roles.CLERK_LEAD: [*_READ, *_TAKE, *_LEAD],
    roles.ENGINEER_LEAD: [*_READ, *_TAKE, *_LEAD, *_ENGINEER],
    roles.MANAGER: [*_READ, *_TAKE, *_LEAD, *_ENGINEER],
    roles.REPAIRER: [*_READ, "workorders.work_workorder", "workorders.claim_workorder", "workorders.view_material"],
    roles.GROUP_QUALITY: [
        *_READ, "workorders.supervise_workorder", "workorders.report_workorder", "workorders.export_workorder",
    ],
    roles.SYSTEM_ADMIN: [
        "workorders.view_material", "workorders.add_material", "workorders.change_material", "workorders.export_material",
        "workorders.view_priceitem", "workorders.add_priceitem", "workorders.change_priceitem",
        "workorders.export_priceitem", "workorders.export_repairrule", "workorders.add_clockrule",
        "workorders.export_clockrule",
        "workorders.view_repairrule", "workorders.change_repairrule", "workorders.view_clockrule",
        "workorders.change_clockrule",
    ],
}  # fmt: skip


@transaction.atomic
def seed_rules() -> None:
    """Rules and clocks that are missing; what people have changed since stays."""
    words = {(item.type.code, item.code): item for item in DictItem.objects.select_related("type")}
    known = set(RepairRule.objects.values_list("kind__code", flat=True))
    RepairRule.objects.bulk_create(
        RepairRule(
            kind=words["repair_kind", kind.code],
            category=words["repair_category", code],
            skill=words["skill", skill],
            urgency=kind.urgency,
            area=kind.area,
            paid=kind.paid,
            warranty_part=kind.part,
            checklist=list(kind.checklist),
            pool=kind.urgency != Urgency.CRITICAL,
        )
        for code, _name, skill, kinds in TYPES
        for kind in kinds
        if kind.code not in known
    )
    there = set(ClockRule.objects.filter(kind__isnull=True).values_list("urgency", "clock"))
    ClockRule.objects.bulk_create(
        ClockRule(urgency=urgency, clock=clock, minutes=minutes, basis=basis, by_appointment=appointed)
        for urgency, clock, minutes, basis, appointed in CLOCKS
        if (urgency, clock) not in there
    )
