"""What complaints bring along: dictionaries, how long each clock gives at each level, what the role templates may do."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.services import seeds as roles
from complaints.models import CityFormula, ClockStandard, LowRatingRule
from complaints.states import Basis, Clock, Level
from core.models import DictItem
from core.services.dictionary import ItemAttribute, ItemSeed, TypeSeed

GROUP = "投诉"
CLASS = "category"  # under what its topics remember their first level

# (code, 一级, its 二级) of DOMAIN 2.3; a class without kinds of its own has itself.
TOPICS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("noise", "噪音", (
        ("noise_fitout", "装修噪音"), ("noise_neighbour", "邻里噪音"), ("noise_plant", "设备噪音"), ("noise_square", "广场舞噪音"),
    )),
    ("cleaning", "保洁", (("cleaning", "保洁卫生"),)),
    ("security", "安保秩序", (("guard_absent", "脱岗"), ("theft", "失窃"), ("strangers", "外来人员"))),
    ("parking", "停车", (("parking_wrong", "乱停车"), ("parking_space", "车位"), ("parking_fee", "停车收费"))),
    ("fees", "收费", (("fee_standard", "收费标准"), ("fee_over", "多收费"), ("invoice", "发票"))),
    ("fitout", "装修", (("illegal_building", "违建"), ("fitout_hours", "装修时间"))),
    ("neighbours", "邻里", (
        ("neighbour_leak", "邻里漏水"), ("pets", "宠物"), ("thrown", "高空抛物"), ("blocked_way", "占用通道"),
    )),
    ("repairs", "工程维修", (("repair_slow", "维修慢"), ("repair_poor", "维修质量"), ("repair_again", "反复维修"))),
    ("attitude", "服务态度", (("attitude", "服务态度差"),)),
    ("greenery", "绿化", (("greenery", "绿化养护"),)),
    ("lift", "电梯", (("lift", "电梯运行"),)),
    ("fire", "消防安全", (("fire", "消防隐患"),)),
    ("quality", "房屋质量", (("quality_leak", "渗漏"), ("quality_hollow", "空鼓"), ("quality_windows", "门窗质量"))),
    ("planning", "配套/规划", (("planning", "配套或规划"),)),
    ("other", "其他", (("other", "其他事项"),)),
)  # fmt: skip

DICTIONARIES = (
    TypeSeed(
        "complaint_category", "投诉一级类别", GROUP,
        tuple(ItemSeed(code, name, colour=f"c{at % 6 + 1}") for at, (code, name, _topics) in enumerate(TOPICS)),
    ),
    TypeSeed(
        "complaint_topic", "投诉二级类别", GROUP,
        tuple(ItemSeed(code, name, extra={CLASS: of}) for of, _name, topics in TOPICS for code, name in topics),
        attributes=(
            ItemAttribute(
                CLASS, _("一级类别"), _("以后登记的投诉按这里归类，已登记的不变"), from_type="complaint_category",
            ),
        ),
    ),
    TypeSeed("complaint_cause", "投诉根本原因", GROUP, (
        ItemSeed("process", "流程缺失"), ItemSeed("not_done", "制度未执行"), ItemSeed("skill", "技能不足"),
        ItemSeed("hands", "人手不足"), ItemSeed("communication", "沟通不到位"), ItemSeed("supplier", "外包单位"),
        ItemSeed("construction", "施工质量"), ItemSeed("ageing", "设施老化"), ItemSeed("design", "规划设计"),
        ItemSeed("owners", "业主行为"), ItemSeed("outside", "外部原因"), ItemSeed("other", "其他"),
    )),
)  # fmt: skip

MINOR, NORMAL, MAJOR = Level.MINOR, Level.NORMAL, Level.MAJOR
# (level, clock, basis, amount): DOMAIN 2.2, rows 投诉, and 2.3, "Levels".
STANDARDS = (
    (MINOR, Clock.ACCEPT, Basis.SERVICE, 30),
    (MINOR, Clock.FIRST_ANSWER, Basis.SERVICE, 120),
    (MINOR, Clock.COMPLETION, Basis.ROUND, 1440),
    (NORMAL, Clock.ACCEPT, Basis.SERVICE, 30),
    (NORMAL, Clock.FIRST_ANSWER, Basis.SERVICE, 120),
    (NORMAL, Clock.COMPLETION, Basis.DAYS, 3),
    (MAJOR, Clock.ACCEPT, Basis.ROUND, 15),
    (MAJOR, Clock.REPORT_UP, Basis.ROUND, 30),
    (MAJOR, Clock.FIRST_ANSWER, Basis.ROUND, 30),
    (MAJOR, Clock.PROGRESS, Basis.ROUND, 1440),
    (MAJOR, Clock.COMPLETION, Basis.DAYS, 7),
)

_READ = ["complaints.view_complaint"]
_TAKE = ["complaints.add_complaint", "complaints.change_complaint", "complaints.answer_complaint"]
_LEAD = [
    "complaints.accept_complaint", "complaints.assign_complaint", "complaints.work_complaint",
    "complaints.close_complaint", "complaints.withdraw_complaint", "complaints.reopen_complaint",
    "complaints.export_complaint", "complaints.report_complaint", "complaints.view_confidential",
    "complaints.supervise_complaint",
]  # fmt: skip
_ABOVE = ["complaints.close_major", "complaints.approve_complaint", "complaints.change_cityformula"]
_RULES = ["complaints.view_lowratingrule", "complaints.change_lowratingrule", "complaints.export_lowratingrule"]
PERMISSIONS = {
    roles.CLERK: [*_READ, *_TAKE, "complaints.accept_complaint", "complaints.work_complaint", "complaints.withdraw_complaint"],
    roles.CLERK_LEAD: [*_READ, *_TAKE, *_LEAD, "complaints.view_lowratingrule"],
    roles.ENGINEER_LEAD: [*_READ, "complaints.work_complaint"],
    roles.MANAGER: [*_READ, *_TAKE, *_LEAD, *_ABOVE, "complaints.view_clockstandard", *_RULES],
    roles.GROUP_QUALITY: [
        *_READ, "complaints.view_confidential", "complaints.close_complaint", "complaints.reopen_complaint", *_ABOVE,
        "complaints.export_complaint", "complaints.report_complaint", "complaints.supervise_complaint",
    ],
    roles.SYSTEM_ADMIN: [
        "complaints.view_clockstandard", "complaints.change_clockstandard", "complaints.export_clockstandard", *_RULES,
    ],
}  # fmt: skip


@transaction.atomic
def seed_standards() -> None:
    """Clocks that are missing; what people have changed since stays."""
    there = set(ClockStandard.objects.values_list("level", "clock"))
    ClockStandard.objects.bulk_create(
        ClockStandard(level=level, clock=clock, basis=basis, amount=amount)
        for level, clock, basis, amount in STANDARDS
        if (level, clock) not in there
    )


def seed_rules() -> None:
    """What holds where a community says nothing of its own; what people have changed stays."""
    LowRatingRule.objects.get_or_create(community=None)


def seed_cities() -> None:
    """Beijing's spans of 12345; what people have changed stays."""
    CityFormula.objects.get_or_create(
        city="北京市", defaults={"urgent_hours": 2, "utility_hours": 24, "plain_days": 7, "complex_days": 15}
    )


@transaction.atomic
def seed_classes() -> None:
    """The first level of the seeded topics, where nobody has chosen one: topics that were there before they could be placed."""
    pairs = {topic: code for code, _name, topics in TOPICS for topic, _label in topics}
    rows = [
        item for item in DictItem.objects.of("complaint_topic") if item.code in pairs and CLASS not in item.extra
    ]  # fmt: skip
    for item in rows:
        item.extra = {**item.extra, CLASS: pairs[item.code]}
    DictItem.objects.bulk_update(rows, ["extra"])
