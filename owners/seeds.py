"""The dictionaries of the household files and what the role templates may do with them."""

from django.utils.translation import gettext_lazy as _

from audit.services import seeds as roles
from core.services.dictionary import ItemAttribute, ItemSeed, TypeSeed

GROUP = str(_("住户"))

DICTIONARIES = (
    TypeSeed(
        "owner_source",
        "客户来源渠道",
        GROUP,
        (
            ItemSeed("move_in", "入住登记", ("入住", "交房登记", "收楼登记")),
            ItemSeed("service_request", "服务申请", ("报修", "服务")),
            ItemSeed("survey", "客户调研", ("调研", "问卷")),
            ItemSeed("home_visit", "上门拜访", ("上门", "拜访")),
            ItemSeed("phone_call", "电话沟通", ("电话", "来电")),
            ItemSeed("wechat", "微信公众号", ("微信", "公众号")),
            ItemSeed("app", "APP", ("手机应用",)),
            ItemSeed("community_event", "社区活动", ("活动",)),
            ItemSeed("excel_import", "Excel 导入", ("导入", "批量导入")),
            ItemSeed("other", "其他"),
        ),
        "档案是从哪里来的",
    ),
    TypeSeed(
        "contact_channel",
        "首选联系方式",
        GROUP,
        (
            ItemSeed("phone", "电话"),
            ItemSeed("sms", "短信"),
            ItemSeed("wechat", "微信", ("微信公众号",)),
            ItemSeed("visit", "上门"),
        ),
    ),
    TypeSeed(
        "owner_level",
        "客户等级",
        GROUP,
        (
            ItemSeed("normal", "普通"),
            ItemSeed("important", "重要", colour="c3"),
            ItemSeed("vip", "VIP", ("贵宾",), colour="c4"),
        ),
        "只用于服务安排，不影响物业费和时限",
    ),
    TypeSeed(
        "family_relation",
        "与户主关系",
        GROUP,
        (
            ItemSeed("spouse", "配偶", ("夫妻", "妻子", "丈夫", "爱人")),
            ItemSeed("son", "儿子", ("子",)),
            ItemSeed("daughter", "女儿", ("女",)),
            ItemSeed("father", "父亲", ("爸爸",)),
            ItemSeed("mother", "母亲", ("妈妈",)),
            ItemSeed("parent_in_law", "配偶父母", ("岳父", "岳母", "公公", "婆婆")),
            ItemSeed("grandchild", "孙辈", ("孙子", "孙女", "外孙")),
            ItemSeed("grandparent", "祖辈", ("爷爷", "奶奶", "外公", "外婆")),
            ItemSeed("sibling", "兄弟姐妹", ("哥哥", "弟弟", "姐姐", "妹妹")),
            ItemSeed("helper", "保姆", ("住家阿姨",)),
            ItemSeed("other", "其他"),
        ),
    ),
    TypeSeed(
        "owner_tag",
        "住户标签",
        GROUP,
        (
            ItemSeed("elder", "老人", ("高龄",), "c1", care=True),
            ItemSeed("living_alone", "独居老人", ("空巢老人",), "c1", sensitive=True, care=True),
            ItemSeed("expecting", "孕婴", ("孕妇", "婴幼儿"), "c1", sensitive=True, care=True),
            ItemSeed("disabled", "残障", ("残疾",), "c1", sensitive=True, care=True),
            ItemSeed("ill", "重病", (), "c1", sensitive=True, care=True),
            ItemSeed("falling_objects", "高空抛物风险", ("高空抛物",), "c3", sensitive=True),
            ItemSeed("vip", "VIP", ("贵宾",), "c4"),
            ItemSeed("pets", "宠物户", ("养宠",), "c2"),
            ItemSeed("committee", "业委会成员", ("业委会",), "c2"),
            ItemSeed("long_away", "长期不在", ("常年在外",), "c5"),
            ItemSeed("block_leader", "楼栋长", (), "c2"),
        ),
        "敏感标签须写明事由，且只对有权限的人显示",
        attributes=(
            ItemAttribute(
                "sensitive", _("敏感"), _("须写明事由，只对有权限的人显示；取消后看得到住户档案的人都能看到")
            ),
            ItemAttribute("care", _("关怀"), _("住户的房屋在房态图上有关怀标记")),
        ),
    ),
    TypeSeed(
        "consent_purpose",
        "同意事项",
        GROUP,
        (
            ItemSeed("service", "物业服务信息处理"),
            ItemSeed("optional_data", "选填资料（家庭、生日、偏好）"),
            ItemSeed("marketing", "营销信息", ("营销",)),
            ItemSeed("care_tag", "关怀标签"),
            ItemSeed("sharing", "向第三方提供"),
        ),
        "告知什么、为了什么（个人信息保护法第 13 至 17 条）",
    ),
    TypeSeed(
        "contact_subject",
        "联系事项",
        GROUP,
        (
            ItemSeed("enquiry", "咨询"),
            ItemSeed("repair", "报修"),
            ItemSeed("complaint", "投诉建议"),
            ItemSeed("call_back", "回访"),
            ItemSeed("verification", "档案核验", ("核验",)),
            ItemSeed("collection", "催缴", ("催费",)),
            ItemSeed("notice", "通知"),
            ItemSeed("care", "关怀"),
            ItemSeed("move_in", "入住与装修"),
            ItemSeed("other", "其他"),
        ),
    ),
    TypeSeed(
        "tenure_end_reason",
        "关系终止原因",
        GROUP,
        (
            ItemSeed("transfer", "过户", ("买卖", "产权变更")),
            ItemSeed("lease_over", "退租", ("租约到期",)),
            ItemSeed("moved_out", "迁出", ("搬离",)),
            ItemSeed("deceased", "去世"),
            ItemSeed("mistake", "登记有误"),
            ItemSeed("other", "其他"),
        ),
    ),
)

_READ = [
    "owners.view_owner",
    "owners.view_tenure",
    "owners.view_vehicle",
    "owners.view_familymember",
    "owners.view_contactrecord",
]
_CONTACT = ["owners.add_contactrecord"]
_KEEP = [
    "owners.add_owner", "owners.change_owner", "owners.reveal_owner",
    "owners.add_tenure", "owners.change_tenure", "owners.end_tenure",
    "owners.add_familymember", "owners.change_familymember",
    "owners.add_vehicle", "owners.change_vehicle", "owners.disable_vehicle",
    "owners.add_ownertag", "owners.change_ownertag", "owners.add_consent", "owners.change_consent",
    "owners.review_correction",
]  # fmt: skip
_CALL_BACK = [
    "owners.view_callbacktask", "owners.call_callbacktask", "owners.view_callbackplan",
]  # fmt: skip
# Whoever calls reads the words on the page of the call.
_WORDS = ["owners.view_callscript", "owners.change_callscript", "owners.export_callscript"]
_CALL_LEAD = [
    "owners.assign_callbacktask", "owners.export_callbacktask", "owners.report_callbacktask", "owners.add_callbackplan",
    "owners.change_callbackplan", *_WORDS,
]  # fmt: skip
_LEAD = [
    "owners.disable_owner",
    "owners.view_sensitive_tag",
    "owners.export_owner",
    "owners.export_tenure",
    "owners.export_vehicle",
    "owners.export_correction",
]

PERMISSIONS = {
    roles.CLERK: [*_READ, *_CONTACT, *_KEEP, *_CALL_BACK],
    roles.CLERK_LEAD: [*_READ, *_CONTACT, *_KEEP, *_LEAD, *_CALL_BACK, *_CALL_LEAD],
    roles.ENGINEER_LEAD: ["owners.view_owner", "owners.view_tenure", *_CONTACT, "owners.view_contactrecord"],
    # Not what was said to others: call-backs tell what was complained of (DOMAIN 2.0).
    roles.CASHIER: ["owners.view_owner", "owners.view_tenure", "owners.view_vehicle", *_CONTACT],
    roles.MANAGER: [*_READ, *_CONTACT, *_LEAD, *_CALL_BACK, *_CALL_LEAD, "owners.reveal_owner"],
    roles.GROUP_QUALITY: [
        *_READ,
        "owners.view_callbacktask",
        "owners.export_callbacktask",
        "owners.report_callbacktask",
        "owners.view_callbackplan",
    ],
    roles.SYSTEM_ADMIN: _WORDS,
    roles.FILE_IMPORTER: [
        *_READ,
        *_KEEP,
        *_LEAD,
        "owners.import_owner",
        "owners.export_plain_owner",
        "owners.view_former_owner",
    ],
}
